/* Jobs of workers that are dead: found by how long nobody has answered them, and taken over by one of those who live. */
#include "worker_inside.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define IDLE_MS 2000                          /* a job that idle is looked at: does its worker live? */
#define DELIVERIES_MOST 3                     /* so many workers may die of one job */

static bool lives(struct worker *w, const char *consumer)
{
    char key[KEY_SIZE];
    redisReply *r;
    bool alive;

    key_format(key, w->prefix, "worker:%.80s", consumer);
    r = redis_link_call(w->in, "EXISTS %s", key);
    alive = !r || r->type != REDIS_REPLY_INTEGER || r->integer != 0; /* in doubt it lives */
    freeReplyObject(r);
    return alive;
}

/* Several workers died with it in their hands: nobody shall take it again, and its monitor is told. */
static void put_aside(struct worker *w, int stream, const char *id, const redisReply *fields)
{
    struct task t = { .stream = (uint8_t)stream };
    struct site *site = NULL;
    struct job job = { 0 };
    struct result r;
    bool secrets;

    snprintf(t.id, sizeof(t.id), "%s", id);
    if (message_get_job(fields, &t.envelope, &job, &site, &secrets, &w->cache) == ERR_OK)
        log_line(LEVEL_ERROR, "the check of %s killed %d workers: put aside", site->name, DELIVERIES_MOST);
    freeReplyObject(redis_link_call(w->in, "XADD %s MAXLEN ~ 1000 * id %s site %s deliveries %d", w->dead, id,
                                    site ? site->name : "?", DELIVERIES_MOST));
    result_init(&r, &job);
    snprintf(r.detail, sizeof(r.detail), "its check killed %d workers", DELIVERIES_MOST);
    worker_refuse(w, &t, &r, OUTCOME_LOCAL_WORKER);
    site_unref(site);
}

/* Claims one entry; the claim of whoever comes second fails, because the first made it busy. */
static void take_over(struct worker *w, int stream, const char *id, int64_t deliveries)
{
    redisReply *r = redis_link_call(w->in, "XCLAIM %s %s %s %d %s", w->stream[stream], GROUP_WORKERS, w->id, IDLE_MS, id);
    const redisReply *entry = r && r->type == REDIS_REPLY_ARRAY && r->elements == 1 ? r->element[0] : NULL;

    if (entry && entry->type == REDIS_REPLY_ARRAY && entry->elements == 2) {
        if (deliveries >= DELIVERIES_MOST)
            put_aside(w, stream, id, entry->element[1]);
        else
            worker_take_job(w, stream, id, entry->element[1]);
    }
    freeReplyObject(r);
}

/* XPENDING ... IDLE: [[id, consumer, idle ms, deliveries], ...] */
static void look_into(struct worker *w, int stream)
{
    redisReply *r = redis_link_call(w->in, "XPENDING %s %s IDLE %d - + %d", w->stream[stream], GROUP_WORKERS, IDLE_MS, WORKER_BATCH);
    size_t i;

    for (i = 0; r && r->type == REDIS_REPLY_ARRAY && i < r->elements; i++) {
        const redisReply *p = r->element[i];

        if (p->type != REDIS_REPLY_ARRAY || p->elements != 4 || p->element[0]->type != REDIS_REPLY_STRING ||
            p->element[1]->type != REDIS_REPLY_STRING || !strcmp(p->element[1]->str, w->id))
            continue;
        if (worker_tasks(w) < w->slots && !lives(w, p->element[1]->str))
            take_over(w, stream, p->element[0]->str, p->element[3]->integer);
    }
    freeReplyObject(r);
}

void worker_look_for_orphans(struct worker *w)
{
    int i;

    if (clock_mono_ns() < w->orphans_ns)
        return;
    w->orphans_ns = clock_mono_ns() + HEARTBEAT_NS;
    worker_learn_term(w);
    for (i = 0; i < STREAMS; i++)
        look_into(w, i);
}
