/* A distributed worker. The taker reads jobs from its region's streams as long as the engine has room, and takes over the
 * jobs of workers that are dead; the returner gives results back. Here are what both share, the opening and the end. */
#include "worker_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "check/evidence.h"

#define FINISH_NS (5 * NS_PER_S)
#define RETRY_NS (50 * NS_PER_MS)
#define RESULTS_KEPT 20000                    /* while Redis is away */

/* --- tasks -------------------------------------------------------------------------------------------------------- */

int worker_take_slot(struct worker *w, const struct task *t)
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

struct task worker_give_slot(struct worker *w, size_t slot)
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

size_t worker_tasks(struct worker *w)
{
    size_t n;

    mutex_lock(&w->lock);
    n = w->ntask;
    mutex_unlock(&w->lock);
    return n;
}

void worker_keep_result(struct worker *w, const struct task *t, const struct result *r)
{
    struct returned kept = { *t, *r }, oldest;

    while (queue_push(w->done, &kept) == ERR_FULL)
        if (queue_drain(w->done, &oldest, 1))
            atomic_fetch_add(&w->lost, 1);
}

static void on_done(void *context, const struct result *r)
{
    struct worker *w = context;
    struct task t = worker_give_slot(w, r->site_id);
    char message[RESULT_MESSAGE_SIZE];

    if (r->outcome == OUTCOME_CANCELLED)
        return; /* we are closing: another worker will find it */
    log_line(LEVEL_DEBUG, "checked %s: %s", t.name, result_message(message, r));
    worker_keep_result(w, &t, r);
}

void worker_wait_a_little(struct worker *w)
{
    int64_t until_ns = clock_mono_ns() + RETRY_NS;
    bool in_time = true;

    mutex_lock(&w->lock);
    while (!atomic_load(&w->closing) && in_time)
        in_time = cond_wait(&w->changed, &w->lock, until_ns);
    mutex_unlock(&w->lock);
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
        number = pthread_create(&w->returner, NULL, worker_return_results, w);
        if (!number && (number = pthread_create(&w->taker, NULL, worker_take_jobs, w))) {
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
                                   .lost = atomic_load(&w->lost), .in_flight = worker_tasks(w) };
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
