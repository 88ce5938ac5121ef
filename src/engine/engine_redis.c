/* A distributed task queue on Redis: checks go out by streams to workers on any number of machines (engine/worker.h), one for
 * each region a site names, and what the regions find is made one result. Two threads, each with a connection: the sender
 * also holds the lock that makes us the only monitor of this prefix; the reader takes results. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "redis_inside.h"

static void redis_free(struct redis *e)
{
    redis_link_free(e->out);
    redis_link_free(e->in);
    queue_free(e->inbox);
    cond_release(&e->stop);
    mutex_release(&e->lock);
    free(e->flight);
    free(e->free_place);
    free(e->prefix);
    strings_release(&e->regions);
    free(e);
}

/* Joins; a thread that waits for a server which does not answer loses its connection. */
static void join_soon(pthread_t thread, struct redis_link *link)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 500 * NS_PER_MS;
    until.tv_sec += until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    if (pthread_timedjoin_np(thread, NULL, &until) == 0)
        return;
    redis_link_break(link);
    pthread_join(thread, NULL);
}

static void stop_threads(struct redis *e)
{
    mutex_lock(&e->lock);
    atomic_store(&e->closing, true);
    mutex_unlock(&e->lock);
    cond_broadcast(&e->stop);
    queue_close(e->inbox);
    redis_link_break(e->in);
    join_soon(e->sender, e->out);
    redis_link_break(e->in); /* it may have been between two connections */
    join_soon(e->reader, e->in);
}

static void close_redis(void *self)
{
    struct redis *e = self;

    if (!e)
        return;
    stop_threads(e);
    flight_end_overdue(e, true, OUTCOME_CANCELLED);
    leader_leave(e);
    redis_free(e);
}

static enum err make_parts(struct redis *e, struct errmsg *why)
{
    const struct engine_broker *b = e->env.broker;
    char host[32] = "monitor", name[64];
    uint32_t i;
    enum err err;

    gethostname(host, sizeof(host) - 1);
    snprintf(e->token, sizeof(e->token), "%.24s:%ld:%" PRIx64, host, (long)getpid(), (uint64_t)clock_mono_ns());
    snprintf(name, sizeof(name), "uptimesquirrel-monitor");
    e->quorum = b->quorum;
    for (i = 0; b->regions && i < b->regions->n; i++)
        if (strings_add(&e->regions, b->regions->item[i]) != ERR_OK)
            return err_set(why, ERR_NOMEM, "cannot open engine 'redis': out of memory");
    e->prefix = strdup(b->prefix ? b->prefix : PREFIX_BUILT_IN);
    e->inbox = queue_new(e->slots, sizeof(uint32_t));
    e->flight = calloc(e->slots, sizeof(*e->flight));
    e->free_place = calloc(e->slots, sizeof(*e->free_place));
    if (!e->prefix || !e->inbox || !e->flight || !e->free_place)
        return err_set(why, ERR_NOMEM, "cannot open engine 'redis': out of memory");
    for (i = 0; i < e->slots; i++)
        e->free_place[e->nfree++] = (uint32_t)e->slots - 1 - i;
    err = redis_link_new(&e->out, b, name, why);
    return err ? err : redis_link_new(&e->in, b, name, why);
}

static enum err open_redis(void **self, const struct engine_env *env, struct engine_room *room, struct errmsg *why)
{
    struct redis *e;
    enum err err;
    int number;

    if (!env->broker || !env->broker->url)
        return err_set(why, ERR_UNAVAILABLE, "engine 'redis' needs redis.url in uptime.cfg");
    e = calloc(1, sizeof(*e));
    if (!e)
        return err_set(why, ERR_NOMEM, "cannot open engine 'redis': out of memory");
    e->env = *env;
    e->slots = env->slots;
    mutex_init(&e->lock);
    cond_init(&e->stop);
    err = make_parts(e, why);
    if (err) {
        redis_free(e);
        return err;
    }
    number = pthread_create(&e->sender, NULL, redis_send_jobs, e);
    if (!number && (number = pthread_create(&e->reader, NULL, redis_read_results, e))) {
        atomic_store(&e->closing, true);
        queue_close(e->inbox);
        pthread_join(e->sender, NULL);
    }
    if (number) {
        redis_free(e);
        return err_errno(why, ERR_UNAVAILABLE, number, "cannot start the threads of engine 'redis'");
    }
    room->workers = 1;
    room->slots = e->slots;
    *self = e;
    return ERR_OK;
}

static enum err submit(void *self, const struct job *job)
{
    struct redis *e = self;
    uint32_t place;
    enum err err = flight_begin(e, job, &place);

    if (!err)
        queue_push(e->inbox, &place); /* fits: it has as many places */
    return err;
}

static void cancel(void *self, uint64_t job_id)
{
    (void)self;
    (void)job_id; /* a worker may have begun; its answer is dropped by its generation */
}

const struct engine_ops engine_redis_ops = {
    .name = "redis",
    .summary = "a task queue on Redis, worked on by any number of machines",
    .lesson = "every check is two messages: too much on one machine, the only way over many, and from many places",
    .open = open_redis,
    .submit = submit,
    .cancel = cancel,
    .close = close_redis,
};
