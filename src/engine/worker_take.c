/* The taker: reads jobs from its region's streams as long as the engine has room. */
#include "worker_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define BLOCK_MS 1000

/* The site to be checked; NULL, with the reason in r, when it can not be. */
static const struct site *complete_site(struct worker *w, const struct site *sent, bool needs_secrets, struct result *r)
{
    const struct site *own, *whole;

    if (!needs_secrets)
        return site_ref(sent);
    own = w->options.own_site ? w->options.own_site(w->options.context, sent->name) : NULL;
    whole = own ? site_with_secrets(sent, own) : NULL;
    site_unref(own);
    if (!whole)
        snprintf(r->detail, sizeof(r->detail), "the uptime.cfg of the worker in '%s' has no such site", w->region);
    return whole;
}

void worker_refuse(struct worker *w, const struct task *t, struct result *r, enum outcome outcome)
{
    r->outcome = outcome;
    r->checked_at_ms = clock_wall_ms();
    worker_keep_result(w, t, r);
}

/* Takes a free slot, or says that there is none. */
static void run_job(struct worker *w, const struct task *t, struct job *job)
{
    int slot = worker_take_slot(w, t);
    struct result r;

    if (slot < 0)
        return; /* taken over from ourselves: it is being run */
    job->id = (uint64_t)slot + 1;
    job->site_id = (uint32_t)slot;
    if (engine_submit(w->engine, job) == ERR_OK)
        return;
    worker_give_slot(w, (size_t)slot);
    result_init(&r, job);
    worker_refuse(w, t, &r, OUTCOME_LOCAL_MEMORY);
}

/* Nobody shall run it. */
static void forget(struct worker *w, int stream, const char *id)
{
    freeReplyObject(redis_link_call(w->in, "XACK %s %s %s", w->stream[stream], GROUP_WORKERS, id));
    freeReplyObject(redis_link_call(w->in, "XDEL %s %s", w->stream[stream], id));
}

void worker_learn_term(struct worker *w)
{
    redisReply *r = redis_link_call(w->in, "GET %s", w->term_key);

    if (r && r->type == REDIS_REPLY_STRING)
        w->term = strtoull(r->str, NULL, 10);
    freeReplyObject(r);
}

void worker_take_job(struct worker *w, int stream, const char *id, const redisReply *fields)
{
    struct task t = { .stream = (uint8_t)stream };
    struct site *sent = NULL;
    const struct site *site;
    bool needs_secrets = false;
    struct job job = { 0 };
    struct result r;
    enum err err = message_get_job(fields, &t.envelope, &job, &sent, &needs_secrets, &w->cache);

    snprintf(t.id, sizeof(t.id), "%s", id);
    result_init(&r, &job);
    if (err) { /* nobody can be answered: it goes to the dead */
        log_line(LEVEL_WARNING, "%s of %s is no job: put aside", id, w->stream[stream]);
        freeReplyObject(redis_link_call(w->in, "XADD %s MAXLEN ~ 1000 * id %s why invalid", w->dead, id));
        forget(w, stream, id);
        return;
    }
    if (t.envelope.term != w->term) { /* of a monitor that has ended */
        site_unref(sent);
        forget(w, stream, id);
        return;
    }
    atomic_fetch_add(&w->taken, 1);
    snprintf(t.name, sizeof(t.name), "%s", sent->name);
    site = complete_site(w, sent, needs_secrets, &r);
    job.site = site;
    if (!site)
        worker_refuse(w, &t, &r, OUTCOME_LOCAL_SETTINGS);
    else if (redis_link_clock_ms(w->in) > t.envelope.begin_by_ms)
        worker_refuse(w, &t, &r, OUTCOME_LOCAL_EXPIRED);
    else
        run_job(w, &t, &job);
    site_unref(site);
    site_unref(sent);
}

static int stream_numbered(const struct worker *w, const char *key)
{
    int i;

    for (i = 0; i < STREAMS; i++)
        if (!strcmp(w->stream[i], key))
            return i;
    return -1;
}

/* [[stream, [[id, fields], ...]], ...] */
static void take_streams(struct worker *w, const redisReply *reply)
{
    size_t i, j;

    for (i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++) {
        const redisReply *one = reply->element[i];
        int stream;

        if (one->type != REDIS_REPLY_ARRAY || one->elements != 2 || (stream = stream_numbered(w, one->element[0]->str)) < 0)
            continue;
        for (j = 0; j < one->element[1]->elements; j++) {
            const redisReply *entry = one->element[1]->element[j];

            if (entry->type == REDIS_REPLY_ARRAY && entry->elements == 2 && entry->element[0]->type == REDIS_REPLY_STRING)
                worker_take_job(w, stream, entry->element[0]->str, entry->element[1]);
        }
    }
}

static void make_groups(struct worker *w)
{
    int i;

    for (i = 0; i < STREAMS; i++) /* "BUSYGROUP" when it is there already */
        freeReplyObject(redis_link_call(w->in, "XGROUP CREATE %s %s 0 MKSTREAM", w->stream[i], GROUP_WORKERS));
}

/* Waits until each stream can give a job, or closing begins; how many slots are free. */
static size_t wait_for_room(struct worker *w)
{
    size_t room;

    mutex_lock(&w->lock);
    while (w->slots - w->ntask < STREAMS && !atomic_load(&w->closing))
        cond_wait(&w->changed, &w->lock, COND_FOREVER);
    room = w->slots - w->ntask;
    mutex_unlock(&w->lock);
    return room;
}

/* No more than there is room for: what we took and could not begin, nobody else would begin either. */
static void take_once(struct worker *w)
{
    size_t room = wait_for_room(w) / STREAMS;
    redisReply *r;

    if (!room)
        return; /* closing */
    if (room > WORKER_BATCH)
        room = WORKER_BATCH;
    r = redis_link_call(w->in, "XREADGROUP GROUP %s %s COUNT %d BLOCK %d STREAMS %s %s > >", GROUP_WORKERS, w->id,
                        (int)room, BLOCK_MS, w->stream[STREAM_HIGH], w->stream[STREAM_NORMAL]);
    if (!r)
        return;
    if (redis_is_error(r, "NOGROUP"))
        make_groups(w);
    else if (r->type == REDIS_REPLY_ERROR)
        worker_wait_a_little(w);
    else if (r->type == REDIS_REPLY_ARRAY) {
        worker_learn_term(w);
        take_streams(w, r);
    }
    freeReplyObject(r);
}

void *worker_take_jobs(void *context)
{
    struct worker *w = context;
    bool told = false;

    while (!atomic_load(&w->closing)) {
        bool fresh, ready = redis_link_ready(w->in, &fresh);

        if (!ready && !told)
            log_line(LEVEL_WARNING, "%s; trying again", redis_link_trouble(w->in));
        if (fresh) {
            log_line(LEVEL_INFO, "taking checks for '%s' from %s", w->region, redis_link_name(w->in));
            make_groups(w);
        }
        told = !ready;
        if (ready) {
            worker_look_for_orphans(w);
            take_once(w);
        } else {
            worker_wait_a_little(w);
        }
    }
    return NULL;
}
