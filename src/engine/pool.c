/* Threads with a queue between them and whoever submits. Each thread owns one blocking runner of checks. */
#include "pool.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mutex.h"
#include "base/queue.h"
#include "check/check.h"

/* So many jobs may wait in the queue, so that nobody idles while the submitter is woken, and it is woken for several at once. */
#define JOBS_AHEAD 16

struct worker {
    pthread_t thread;
    struct pool *pool;
    struct check_runner *runner;
};

struct pool {
    struct engine_env env;
    struct queue *jobs;
    _Atomic size_t in_flight;
    size_t slots;
    int nworker;                /* threads that run */
    struct worker worker[];
};

static void *work(void *context)
{
    struct worker *w = context;
    struct pool *p = w->pool;
    struct result result;
    struct job job;

    while (queue_pop(p->jobs, &job, COND_FOREVER) == ERR_OK) {
        check_run(w->runner, &job, &result);
        site_unref(job.site);
        atomic_fetch_sub(&p->in_flight, 1);
        p->env.done(p->env.context, &result);
    }
    return NULL;
}

static enum err start_worker(struct pool *p, struct errmsg *why)
{
    struct worker *w = &p->worker[p->nworker];
    enum err err = check_runner_open(&w->runner, why);
    int number;

    if (err)
        return err;
    w->pool = p;
    number = pthread_create(&w->thread, NULL, work, w);
    if (number) {
        check_runner_close(w->runner);
        return err_errno(why, ERR_UNAVAILABLE, number, "cannot start thread %d", p->nworker + 1);
    }
    p->nworker++;
    return ERR_OK;
}

enum err pool_open(struct pool **out, const struct engine_env *env, int workers, struct engine_room *room,
                   const char *name, struct errmsg *why)
{
    size_t slots = (size_t)workers + (workers > JOBS_AHEAD ? (size_t)workers : JOBS_AHEAD);
    struct pool *p = calloc(1, sizeof(*p) + (size_t)workers * sizeof(p->worker[0]));
    enum err err = ERR_NOMEM;

    if (slots > env->slots)
        slots = env->slots;
    if (p)
        p->jobs = queue_new(slots, sizeof(struct job));
    if (!p || !p->jobs) {
        free(p);
        return err_set(why, err, "cannot open engine '%s': out of memory", name);
    }
    p->env = *env;
    p->slots = slots;
    while (p->nworker < workers) {
        err = start_worker(p, why);
        if (err) {
            pool_close(p);
            return err;
        }
    }
    room->workers = workers;
    room->slots = slots;
    *out = p;
    return ERR_OK;
}

enum err pool_submit(struct pool *p, const struct job *job)
{
    enum err err;

    if (atomic_fetch_add(&p->in_flight, 1) >= p->slots) {
        atomic_fetch_sub(&p->in_flight, 1);
        return ERR_FULL;
    }
    site_ref(job->site);
    err = queue_push(p->jobs, job);
    if (err) {
        site_unref(job->site);
        atomic_fetch_sub(&p->in_flight, 1);
    }
    return err;
}

void pool_close(struct pool *p)
{
    int i;

    if (!p)
        return;
    for (i = 0; i < p->nworker; i++)
        check_runner_stop(p->worker[i].runner);
    queue_close(p->jobs);
    for (i = 0; i < p->nworker; i++) {
        pthread_join(p->worker[i].thread, NULL);
        check_runner_close(p->worker[i].runner);
    }
    queue_free(p->jobs);
    free(p);
}
