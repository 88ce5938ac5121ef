/* Threads with a queue: a blocking check for each thread at a time. */
#include "ops.h"
#include "pool.h"

#define WORKERS 16

static enum err open_threads(void **self, const struct engine_env *env, struct engine_room *room, struct errmsg *why)
{
    return pool_open((struct pool **)self, env, env->workers ? env->workers : WORKERS, room, "threads", why);
}

static enum err submit(void *self, const struct job *job)
{
    return pool_submit(self, job);
}

static void cancel(void *self, uint64_t job_id)
{
    (void)self;
    (void)job_id; /* it ends by its own timeout */
}

static void close_threads(void *self)
{
    pool_close(self);
}

const struct engine_ops engine_threads_ops = {
    .name = "threads",
    .summary = "a queue and a pool of threads, each running one blocking check",
    .lesson = "waits overlap, as many as there are threads; each thread costs a stack and the kernel's time to switch to it",
    .open = open_threads,
    .submit = submit,
    .cancel = cancel,
    .close = close_threads,
};
