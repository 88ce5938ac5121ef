/* Futures: each job is handed to an executor, which runs it on a thread of its own choosing; the future's callback tells its
 * end, and an executor that closes cancels what has not begun. */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/executor.h"
#include "base/queue.h"
#include "check/check.h"
#include "ops.h"

#define WORKERS 16
#define JOBS_A_WORKER 2     /* so many may be handed in for each thread, so that none idles while the submitter is woken */

struct futures {
    struct engine_env env;
    struct executor *executor;
    struct queue *idle;            /* of struct check_runner *: those no thread uses; there is one for each thread */
    _Atomic size_t in_flight;
    size_t slots;
    int nrunner;
    struct check_runner *runner[];
};

/* One job in flight; freed when its future has ended. */
struct task {
    struct futures *engine;
    struct job job;                /* with a reference on its site */
    struct result result;
};

static void *run_check(void *context)
{
    struct task *t = context;
    struct check_runner *runner;

    queue_pop(t->engine->idle, &runner, 0);
    check_run(runner, &t->job, &t->result);
    queue_push(t->engine->idle, &runner);
    return &t->result;
}

static void on_ended(void *context, struct future *f)
{
    struct task *t = context;
    struct futures *e = t->engine;

    if (future_state(f) == FUTURE_CANCELLED)
        result_fail(&t->result, &t->job, OUTCOME_CANCELLED, clock_mono_ns(), clock_wall_ms());
    site_unref(t->job.site);
    atomic_fetch_sub(&e->in_flight, 1);
    e->env.done(e->env.context, &t->result);
    free(t);
}

static void close_futures(void *self)
{
    struct futures *e = self;
    int i;

    if (!e)
        return;
    for (i = 0; i < e->nrunner; i++)
        check_runner_stop(e->runner[i]);
    executor_close(e->executor);
    for (i = 0; i < e->nrunner; i++)
        check_runner_close(e->runner[i]);
    queue_free(e->idle);
    free(e);
}

static enum err open_futures(void **self, const struct engine_env *env, struct engine_room *room, struct errmsg *why)
{
    int workers = env->workers ? env->workers : WORKERS;
    struct futures *e = calloc(1, sizeof(*e) + (size_t)workers * sizeof(e->runner[0]));
    enum err err = ERR_OK;

    if (!e)
        return err_set(why, ERR_NOMEM, "cannot open engine 'futures': out of memory");
    e->env = *env;
    e->slots = (size_t)workers * JOBS_A_WORKER < env->slots ? (size_t)workers * JOBS_A_WORKER : env->slots;
    e->executor = executor_new(workers);
    e->idle = queue_new((size_t)workers, sizeof(e->runner[0]));
    if (!e->executor || !e->idle)
        err = err_set(why, ERR_NOMEM, "cannot open engine 'futures': out of memory");
    while (!err && e->nrunner < workers) {
        err = check_runner_open(&e->runner[e->nrunner], why);
        if (!err)
            queue_push(e->idle, &e->runner[e->nrunner++]);
    }
    if (err) {
        close_futures(e);
        return err;
    }
    room->workers = workers;
    room->slots = e->slots;
    *self = e;
    return ERR_OK;
}

static enum err submit(void *self, const struct job *job)
{
    struct futures *e = self;
    struct task *t;
    enum err err;

    if (atomic_load(&e->in_flight) >= e->slots)
        return ERR_FULL;
    t = malloc(sizeof(*t));
    if (!t)
        return ERR_NOMEM;
    t->engine = e;
    t->job = *job;
    site_ref(job->site);
    atomic_fetch_add(&e->in_flight, 1);
    err = executor_submit(e->executor, run_check, t, on_ended, t, NULL);
    if (err) {
        atomic_fetch_sub(&e->in_flight, 1);
        site_unref(job->site);
        free(t);
    }
    return err;
}

static void cancel(void *self, uint64_t job_id)
{
    (void)self;
    (void)job_id; /* it ends by its own timeout */
}

const struct engine_ops engine_futures_ops = {
    .name = "futures",
    .summary = "an executor that gives a future for each check",
    .lesson = "threads again, but started when there is work; each check hands back a promise that can be waited for",
    .open = open_futures,
    .submit = submit,
    .cancel = cancel,
    .close = close_futures,
};
