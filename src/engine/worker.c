/* A distributed worker. The taker reads jobs from its region's streams as long as the engine has room, and takes over the
 * jobs of workers that are dead; the returner gives results back, each together with the acknowledgement of its job, so
 * that a job is only forgotten when what came of it is kept, and tells Redis that this worker lives. */
#include "engine/worker.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "check/evidence.h"
#include "redis_keys.h"
#include "redis_link.h"
#include "redis_message.h"

#define BATCH 100
#define BLOCK_MS 1000
#define HEARTBEAT_NS (2 * NS_PER_S)
#define HEARTBEAT_LIVES_MS 6000
#define IDLE_MS 2000                          /* a job that idle is looked at: does its worker live? */
#define DELIVERIES_MOST 3                     /* so many workers may die of one job */
#define FINISH_NS (5 * NS_PER_S)
#define RETRY_NS (50 * NS_PER_MS)
#define RESULTS_KEPT 20000                    /* while Redis is away */
#define ENTRY_ID_SIZE 44                      /* "1700000000000-0" */

/* A job that was taken: where it came from, and whose it is. */
struct task {
    bool used;                                /* under lock */
    uint8_t stream;                           /* index in streams[] */
    char id[ENTRY_ID_SIZE];
    char name[64];                            /* of the site, for the log */
    struct envelope envelope;
};

/* What goes back. */
struct returned {
    struct task task;
    struct result result;
};

enum { STREAM_HIGH, STREAM_NORMAL, STREAMS };

struct worker {
    struct worker_options options;
    char region[REGION_NAME_SIZE];
    char *prefix;
    char id[64];                              /* host:pid:number */
    char stream[STREAMS][KEY_SIZE];
    char results[KEY_SIZE], heartbeat[KEY_SIZE], workers[KEY_SIZE], dead[KEY_SIZE], term_key[KEY_SIZE];
    pthread_t taker, returner;
    struct redis_link *in, *out;              /* the taker's, the returner's */
    struct engine *engine;
    size_t slots;
    struct queue *done;                       /* of struct returned */
    _Atomic bool closing, ended;              /* take no more; return no more */
    _Atomic uint64_t taken, given, lost;
    int64_t heartbeat_ns;                     /* the returner's */
    int64_t orphans_ns;                       /* the taker's */
    uint64_t term;                            /* likewise; of the monitor there is now */
    const struct options *cache;              /* likewise; of the last job */

    struct mutex lock;                        /* leaf */
    struct cond changed;                      /* a task ended, or closing began */
    struct task *task;                        /* under lock; one for each slot */
    size_t ntask;                             /* under lock; used ones */
};

/* --- tasks -------------------------------------------------------------------------------------------------------- */

/* A free slot for a job; -1: none, or it is being run already. */
static int take_slot(struct worker *w, const struct task *t)
{
    int slot = -1;
    size_t i;

    mutex_lock(&w->lock);
    for (i = 0; i < w->slots; i++) {
        if (w->task[i].used && !strcmp(w->task[i].id, t->id) && w->task[i].stream == t->stream) {
            slot = -1;
            break;
        }
        if (!w->task[i].used && slot < 0)
            slot = (int)i;
    }
    if (slot >= 0) {
        w->task[slot] = *t;
        w->task[slot].used = true;
        w->ntask++;
    }
    mutex_unlock(&w->lock);
    return slot;
}

static struct task give_slot(struct worker *w, size_t slot)
{
    struct task t;

    mutex_lock(&w->lock);
    t = w->task[slot];
    w->task[slot].used = false;
    w->ntask--;
    mutex_unlock(&w->lock);
    cond_broadcast(&w->changed);
    return t;
}

static size_t tasks(struct worker *w)
{
    size_t n;

    mutex_lock(&w->lock);
    n = w->ntask;
    mutex_unlock(&w->lock);
    return n;
}

/* What came of a job is kept for Redis; when too much waits, the oldest goes, and its job comes back to somebody. */
static void keep_result(struct worker *w, const struct task *t, const struct result *r)
{
    struct returned kept = { *t, *r }, oldest;

    while (queue_push(w->done, &kept) == ERR_FULL)
        if (queue_drain(w->done, &oldest, 1))
            atomic_fetch_add(&w->lost, 1);
}

static void on_done(void *context, const struct result *r)
{
    struct worker *w = context;
    struct task t = give_slot(w, r->site_id);
    char message[RESULT_MESSAGE_SIZE];

    if (r->outcome == OUTCOME_CANCELLED)
        return; /* we are closing: another worker will find it */
    log_line(LEVEL_DEBUG, "checked %s: %s", t.name, result_message(message, r));
    keep_result(w, &t, r);
}

/* --- taking ------------------------------------------------------------------------------------------------------- */

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

/* Ends a job without running it. */
static void refuse(struct worker *w, const struct task *t, struct result *r, enum outcome outcome)
{
    r->outcome = outcome;
    r->checked_at_ms = clock_wall_ms();
    keep_result(w, t, r);
}

/* Takes a free slot, or says that there is none. */
static void run_job(struct worker *w, const struct task *t, struct job *job)
{
    int slot = take_slot(w, t);
    struct result r;

    if (slot < 0)
        return; /* taken over from ourselves: it is being run */
    job->id = (uint64_t)slot + 1;
    job->site_id = (uint32_t)slot;
    if (engine_submit(w->engine, job) == ERR_OK)
        return;
    give_slot(w, (size_t)slot);
    result_init(&r, job);
    refuse(w, t, &r, OUTCOME_LOCAL_MEMORY);
}

/* Nobody shall run it. */
static void forget(struct worker *w, int stream, const char *id)
{
    freeReplyObject(redis_link_call(w->in, "XACK %s %s %s", w->stream[stream], GROUP_WORKERS, id));
    freeReplyObject(redis_link_call(w->in, "XDEL %s %s", w->stream[stream], id));
}

static void learn_term(struct worker *w)
{
    redisReply *r = redis_link_call(w->in, "GET %s", w->term_key);

    if (r && r->type == REDIS_REPLY_STRING)
        w->term = strtoull(r->str, NULL, 10);
    freeReplyObject(r);
}

static void take_job(struct worker *w, int stream, const char *id, const redisReply *fields)
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
        refuse(w, &t, &r, OUTCOME_LOCAL_SETTINGS);
    else if (redis_link_clock_ms(w->in) > t.envelope.begin_by_ms)
        refuse(w, &t, &r, OUTCOME_LOCAL_EXPIRED);
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
                take_job(w, stream, entry->element[0]->str, entry->element[1]);
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

static void wait_a_little(struct worker *w)
{
    int64_t until_ns = clock_mono_ns() + RETRY_NS;
    bool in_time = true;

    mutex_lock(&w->lock);
    while (!atomic_load(&w->closing) && in_time)
        in_time = cond_wait(&w->changed, &w->lock, until_ns);
    mutex_unlock(&w->lock);
}

/* No more than there is room for: what we took and could not begin, nobody else would begin either. */
static void take_once(struct worker *w)
{
    size_t room = wait_for_room(w) / STREAMS;
    redisReply *r;

    if (!room)
        return; /* closing */
    if (room > BATCH)
        room = BATCH;
    r = redis_link_call(w->in, "XREADGROUP GROUP %s %s COUNT %d BLOCK %d STREAMS %s %s > >", GROUP_WORKERS, w->id,
                        (int)room, BLOCK_MS, w->stream[STREAM_HIGH], w->stream[STREAM_NORMAL]);
    if (!r)
        return;
    if (redis_is_error(r, "NOGROUP"))
        make_groups(w);
    else if (r->type == REDIS_REPLY_ERROR)
        wait_a_little(w);
    else if (r->type == REDIS_REPLY_ARRAY) {
        learn_term(w);
        take_streams(w, r);
    }
    freeReplyObject(r);
}

/* --- jobs of the dead --------------------------------------------------------------------------------------------- */

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
    refuse(w, &t, &r, OUTCOME_LOCAL_WORKER);
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
            take_job(w, stream, id, entry->element[1]);
    }
    freeReplyObject(r);
}

/* XPENDING ... IDLE: [[id, consumer, idle ms, deliveries], ...] */
static void look_for_orphans(struct worker *w, int stream)
{
    redisReply *r = redis_link_call(w->in, "XPENDING %s %s IDLE %d - + %d", w->stream[stream], GROUP_WORKERS, IDLE_MS, BATCH);
    size_t i;

    for (i = 0; r && r->type == REDIS_REPLY_ARRAY && i < r->elements; i++) {
        const redisReply *p = r->element[i];

        if (p->type != REDIS_REPLY_ARRAY || p->elements != 4 || p->element[0]->type != REDIS_REPLY_STRING ||
            p->element[1]->type != REDIS_REPLY_STRING || !strcmp(p->element[1]->str, w->id))
            continue;
        if (tasks(w) < w->slots && !lives(w, p->element[1]->str))
            take_over(w, stream, p->element[0]->str, p->element[3]->integer);
    }
    freeReplyObject(r);
}

static void look_for_all_orphans(struct worker *w)
{
    int i;

    if (clock_mono_ns() < w->orphans_ns)
        return;
    w->orphans_ns = clock_mono_ns() + HEARTBEAT_NS;
    learn_term(w);
    for (i = 0; i < STREAMS; i++)
        look_for_orphans(w, i);
}

static void *take_jobs(void *context)
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
            look_for_all_orphans(w);
            take_once(w);
        } else {
            wait_a_little(w);
        }
    }
    return NULL;
}

/* --- returning ---------------------------------------------------------------------------------------------------- */

/* MULTI, XADD of the result, XACK and XDEL of the job, EXEC: all or nothing. */
static void queue_returned(struct worker *w, const struct returned *r)
{
    static const char *const multi[] = { "MULTI" }, *const exec[] = { "EXEC" };
    const char *stream = w->stream[r->task.stream];
    const char *ack[] = { "XACK", stream, GROUP_WORKERS, r->task.id }, *del[] = { "XDEL", stream, r->task.id };
    struct evidence *evidence = evidence_take(r->result.job_id);
    struct message m;

    message_begin(&m, "XADD", w->results);
    message_add(&m, "MAXLEN");
    message_add(&m, "~");
    message_add(&m, STREAM_RESULTS_MOST);
    message_add(&m, "*");
    message_put_result(&m, &r->task.envelope, w->region, w->id, &r->result);
    if (evidence)
        message_put_evidence(&m, evidence);
    free(evidence);
    redis_link_queue(w->out, 1, multi, NULL);
    redis_link_queue(w->out, m.nword, m.word, m.length);
    redis_link_queue(w->out, 4, ack, NULL);
    redis_link_queue(w->out, 3, del, NULL);
    redis_link_queue(w->out, 1, exec, NULL);
    message_release(&m);
}

/* False when it has to be done again: the connection is gone, or Redis refused. */
static bool return_batch(struct worker *w, const struct returned *batch, size_t n)
{
    bool good = true;
    size_t i;

    for (i = 0; i < n; i++)
        queue_returned(w, &batch[i]);
    for (i = 0; i < 5 * n; i++) {
        redisReply *r = redis_link_reply(w->out);

        if (!r)
            return false;
        good = good && r->type != REDIS_REPLY_ERROR;
        freeReplyObject(r);
    }
    if (good)
        atomic_fetch_add(&w->given, n);
    return good;
}

static void beat(struct worker *w)
{
    static const char script[] =
        "redis.call('HSET', KEYS[1], 'region', ARGV[1], 'in_flight', ARGV[2], 'taken', ARGV[3], 'returned', ARGV[4], "
        "'version', ARGV[5]) redis.call('PEXPIRE', KEYS[1], ARGV[6]) "
        "redis.call('ZADD', KEYS[2], ARGV[7], ARGV[8]) redis.call('ZREMRANGEBYSCORE', KEYS[2], 0, ARGV[9])";
    int64_t now_ms = redis_link_clock_ms(w->out);
    char number[5][24];

    w->heartbeat_ns = clock_mono_ns() + HEARTBEAT_NS;
    snprintf(number[0], sizeof(number[0]), "%zu", tasks(w));
    snprintf(number[1], sizeof(number[0]), "%" PRIu64, atomic_load(&w->taken));
    snprintf(number[2], sizeof(number[0]), "%" PRIu64, atomic_load(&w->given));
    snprintf(number[3], sizeof(number[0]), "%" PRId64, now_ms);
    snprintf(number[4], sizeof(number[0]), "%" PRId64, now_ms - MS_PER_DAY);
    freeReplyObject(redis_link_call(w->out, "EVAL %s 2 %s %s %s %s %s %s %s %d %s %s %s", script, w->heartbeat, w->workers,
                                    w->region, number[0], number[1], number[2], UPTIME_VERSION, HEARTBEAT_LIVES_MS,
                                    number[3], w->id, number[4]));
}

static void *return_results(void *context)
{
    struct worker *w = context;
    struct returned *batch = calloc(BATCH, sizeof(*batch));
    size_t n = 0;

    while (batch && !(atomic_load(&w->ended) && !n && !queue_length(w->done))) {
        bool fresh, ready = redis_link_ready(w->out, &fresh);

        if (ready && (fresh || clock_mono_ns() >= w->heartbeat_ns))
            beat(w);
        if (!n && queue_pop(w->done, &batch[0], clock_mono_ns() + HEARTBEAT_NS / 10) == ERR_OK)
            n = 1;
        if (n)
            n += queue_drain(w->done, batch + n, BATCH - n);
        if (n && ready && return_batch(w, batch, n))
            n = 0;
        else if (atomic_load(&w->ended))
            break; /* Redis is away: others will do what we can not give back */
        else if (n)
            wait_a_little(w);
    }
    free(batch);
    return NULL;
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

static void worker_free(struct worker *w)
{
    engine_close(w->engine);
    redis_link_free(w->in);
    redis_link_free(w->out);
    queue_free(w->done);
    cond_release(&w->changed);
    mutex_release(&w->lock);
    options_unref(w->cache);
    free(w->task);
    free(w->prefix);
    free(w);
}

static void make_names(struct worker *w)
{
    const struct worker_options *o = &w->options;
    const char *prefix = o->broker.prefix ? o->broker.prefix : PREFIX_BUILT_IN;
    char host[32] = "worker";

    gethostname(host, sizeof(host) - 1);
    snprintf(w->region, sizeof(w->region), "%s", o->region ? o->region : ANYWHERE);
    snprintf(w->id, sizeof(w->id), "%.24s:%ld:%" PRIx64, host, (long)getpid(), (uint64_t)clock_mono_ns());
    key_format(w->stream[STREAM_HIGH], prefix, "jobs:%s:hi", w->region);
    key_format(w->stream[STREAM_NORMAL], prefix, "jobs:%s", w->region);
    key_format(w->results, prefix, "results");
    key_format(w->heartbeat, prefix, "worker:%s", w->id);
    key_format(w->workers, prefix, "workers");
    key_format(w->dead, prefix, "dead");
    key_format(w->term_key, prefix, "leader:term");
    w->prefix = strdup(prefix);
}

static enum err open_parts(struct worker *w, struct errmsg *why)
{
    size_t slots = w->options.slots < STREAMS ? STREAMS : w->options.slots;
    struct engine_env env = { .workers = w->options.threads, .slots = slots, .done = on_done, .context = w };
    enum err err = engine_open(&w->engine, "events", &env, why);

    if (err)
        return err;
    make_names(w);
    w->slots = engine_room(w->engine)->slots;
    w->task = calloc(w->slots, sizeof(*w->task));
    w->done = queue_new(RESULTS_KEPT, sizeof(struct returned));
    if (!w->prefix || !w->task || !w->done)
        return err_set(why, ERR_NOMEM, "cannot start a worker: out of memory");
    err = redis_link_new(&w->in, &w->options.broker, "uptimesquirrel-worker", why);
    return err ? err : redis_link_new(&w->out, &w->options.broker, "uptimesquirrel-worker", why);
}

enum err worker_open(struct worker **out, const struct worker_options *o, struct errmsg *why)
{
    struct worker *w = calloc(1, sizeof(*w));
    enum err err;
    int number;

    if (!w)
        return err_set(why, ERR_NOMEM, "cannot start a worker: out of memory");
    w->options = *o;
    mutex_init(&w->lock);
    cond_init(&w->changed);
    err = open_parts(w, why);
    w->options.broker = (struct engine_broker){ 0 }; /* it was borrowed */
    w->options.region = NULL;
    if (!err) {
        number = pthread_create(&w->returner, NULL, return_results, w);
        if (!number && (number = pthread_create(&w->taker, NULL, take_jobs, w))) {
            atomic_store(&w->ended, true);
            pthread_join(w->returner, NULL);
        }
        if (number)
            err = err_errno(why, ERR_UNAVAILABLE, number, "cannot start the threads of a worker");
    }
    if (err) {
        worker_free(w);
        return err;
    }
    evidence_keep(true); /* whoever sent the job says whether it is wanted */
    *out = w;
    return ERR_OK;
}

void worker_counts(struct worker *w, struct worker_counts *out)
{
    *out = (struct worker_counts){ .taken = atomic_load(&w->taken), .returned = atomic_load(&w->given),
                                   .lost = atomic_load(&w->lost), .in_flight = tasks(w) };
}

/* What is begun is finished, as long as it does not take too long. */
static void finish_tasks(struct worker *w)
{
    int64_t until_ns = clock_mono_ns() + FINISH_NS;
    bool in_time = true;

    mutex_lock(&w->lock);
    while (w->ntask && in_time)
        in_time = cond_wait(&w->changed, &w->lock, until_ns);
    mutex_unlock(&w->lock);
}

/* A consumer that is deleted loses what is pending for it, so that only one without may go. */
static void leave(struct worker *w)
{
    int i;

    for (i = 0; i < STREAMS; i++) {
        redisReply *r = redis_link_call(w->out, "XPENDING %s %s - + 1 %s", w->stream[i], GROUP_WORKERS, w->id);

        if (r && r->type == REDIS_REPLY_ARRAY && r->elements == 0)
            freeReplyObject(redis_link_call(w->out, "XGROUP DELCONSUMER %s %s %s", w->stream[i], GROUP_WORKERS, w->id));
        freeReplyObject(r);
    }
    freeReplyObject(redis_link_call(w->out, "DEL %s", w->heartbeat));
    freeReplyObject(redis_link_call(w->out, "ZREM %s %s", w->workers, w->id));
}

void worker_close(struct worker *w)
{
    if (!w)
        return;
    mutex_lock(&w->lock);
    atomic_store(&w->closing, true);
    mutex_unlock(&w->lock);
    cond_broadcast(&w->changed);
    redis_link_break(w->in);
    pthread_join(w->taker, NULL);
    finish_tasks(w);
    engine_close(w->engine); /* the rest is cancelled, and stays pending for another worker */
    w->engine = NULL;
    atomic_store(&w->ended, true);
    pthread_join(w->returner, NULL);
    leave(w);
    worker_free(w);
}
