/* Threads with an event loop each: every worker drives many checks at a time, so that a site that hangs delays nobody. Jobs
 * come to a worker through an inbox; everything else of a worker is its own thread's. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/queue.h"
#include "check/check.h"
#include "ops.h"

#define INBOX_BATCH 64
#define SHARE 32                  /* jobs a worker takes before it is another's turn: few wake-ups while there is little to do */

struct events;

struct worker {
    pthread_t thread;
    struct events *engine;
    struct check_loop *loop;
    struct queue *inbox;          /* of struct job, each with a reference on its site */
    struct queue *cancels;        /* of uint64_t; a hint lost when full is only a hint lost */
    _Atomic bool poked;           /* the loop was woken and has not looked into the inbox since */
    _Atomic size_t in_flight;
};

struct events {
    struct engine_env env;
    _Atomic bool closing;
    size_t slots;                 /* of one worker */
    int nworker;                  /* threads that run */
    struct worker *turn;          /* the submitter's: who gets jobs ... */
    size_t turn_slots;            /* ... until it has so many in flight */
    struct worker worker[];
};

static void on_done(void *context, const struct result *result)
{
    struct worker *w = context;

    atomic_fetch_sub(&w->in_flight, 1);
    w->engine->env.done(w->engine->env.context, result);
}

/* The job can not even be begun. */
static void fail(struct worker *w, const struct job *job, enum outcome outcome)
{
    struct result result;

    result_fail(&result, job, outcome, clock_mono_ns(), clock_wall_ms());
    on_done(w, &result);
}

static void start(struct worker *w, const struct job *job)
{
    if (atomic_load(&w->engine->closing))
        fail(w, job, OUTCOME_CANCELLED);
    else if (check_loop_start(w->loop, job) != ERR_OK)
        fail(w, job, OUTCOME_LOCAL_MEMORY);
    site_unref(job->site); /* the inbox's; the loop has its own */
}

static void take_inbox(struct worker *w)
{
    struct job jobs[INBOX_BATCH];
    uint64_t cancels[INBOX_BATCH];
    size_t n, i;

    atomic_store(&w->poked, false);
    do {
        n = queue_drain(w->inbox, jobs, INBOX_BATCH);
        for (i = 0; i < n; i++)
            start(w, &jobs[i]);
    } while (n == INBOX_BATCH);
    n = queue_drain(w->cancels, cancels, INBOX_BATCH);
    for (i = 0; i < n; i++)
        check_loop_cancel(w->loop, cancels[i]);
}

static void *work(void *context)
{
    struct worker *w = context;

    while (!atomic_load(&w->engine->closing)) {
        take_inbox(w);
        check_loop_turn(w->loop, INT64_MAX);
    }
    take_inbox(w);
    return NULL;
}

static void poke(struct worker *w)
{
    if (!atomic_exchange(&w->poked, true))
        check_loop_wake(w->loop);
}

static enum err start_worker(struct events *e, struct errmsg *why)
{
    struct worker *w = &e->worker[e->nworker];
    enum err err;
    int number;

    w->engine = e;
    w->inbox = queue_new(e->slots, sizeof(struct job));
    w->cancels = queue_new(INBOX_BATCH, sizeof(uint64_t));
    if (!w->inbox || !w->cancels) {
        err = err_set(why, ERR_NOMEM, "cannot open engine 'events': out of memory");
        goto fail;
    }
    err = check_loop_open(&w->loop, e->slots, on_done, w, why);
    if (err)
        goto fail;
    number = pthread_create(&w->thread, NULL, work, w);
    if (number) {
        err = err_errno(why, ERR_UNAVAILABLE, number, "cannot start thread %d", e->nworker + 1);
        check_loop_close(w->loop);
        goto fail;
    }
    e->nworker++;
    return ERR_OK;

fail:
    queue_free(w->inbox);
    queue_free(w->cancels);
    return err;
}

static void close_events(void *self)
{
    struct events *e = self;
    int i;

    if (!e)
        return;
    atomic_store(&e->closing, true);
    for (i = 0; i < e->nworker; i++)
        check_loop_wake(e->worker[i].loop);
    for (i = 0; i < e->nworker; i++) {
        pthread_join(e->worker[i].thread, NULL);
        check_loop_close(e->worker[i].loop); /* ours now; it could not be woken if its thread had closed it */
        queue_free(e->worker[i].inbox);
        queue_free(e->worker[i].cancels);
    }
    free(e);
}

static int cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > 1024 ? 1024 : (int)n;
}

/* Gives the turn to whoever has least to do. */
static void next_turn(struct events *e)
{
    size_t least = SIZE_MAX;
    int i;

    for (i = 0; i < e->nworker; i++) {
        size_t in_flight = atomic_load(&e->worker[i].in_flight);

        if (in_flight < least) {
            least = in_flight;
            e->turn = &e->worker[i];
        }
    }
    e->turn_slots = least + SHARE < e->slots ? least + SHARE : e->slots;
}

static enum err open_events(void **self, const struct engine_env *env, struct engine_room *room, struct errmsg *why)
{
    int workers = env->workers ? env->workers : cores();
    struct events *e;

    if ((size_t)workers > env->slots)
        workers = (int)env->slots;
    e = calloc(1, sizeof(*e) + (size_t)workers * sizeof(e->worker[0]));
    if (!e)
        return err_set(why, ERR_NOMEM, "cannot open engine 'events': out of memory");
    e->env = *env;
    e->slots = env->slots / (size_t)workers;
    while (e->nworker < workers) {
        enum err err = start_worker(e, why);

        if (err) {
            close_events(e);
            return err;
        }
    }
    next_turn(e);
    room->workers = workers;
    room->slots = e->slots * (size_t)workers;
    *self = e;
    return ERR_OK;
}

static enum err submit(void *self, const struct job *job)
{
    struct events *e = self;

    if (atomic_load(&e->turn->in_flight) >= e->turn_slots)
        next_turn(e);
    if (atomic_load(&e->turn->in_flight) >= e->slots)
        return ERR_FULL;
    atomic_fetch_add(&e->turn->in_flight, 1);
    site_ref(job->site);
    queue_push(e->turn->inbox, job); /* fits: it has as many places as slots */
    poke(e->turn);
    return ERR_OK;
}

static void cancel(void *self, uint64_t job_id)
{
    struct events *e = self;
    int i;

    for (i = 0; i < e->nworker; i++) {
        queue_push(e->worker[i].cancels, &job_id);
        poke(&e->worker[i]);
    }
}

const struct engine_ops engine_events_ops = {
    .name = "events",
    .summary = "a pool of threads, each an event loop that drives many checks",
    .lesson = "one thread waits for all sockets at once, so that waiting costs nothing and a hanging site delays nobody",
    .open = open_events,
    .submit = submit,
    .cancel = cancel,
    .close = close_events,
};
