/* One check after the other: a single thread, so that whoever submits is not held. */
#include "ops.h"
#include "pool.h"

static enum err open_serial(void **self, const struct engine_env *env, struct engine_room *room, struct errmsg *why)
{
    return pool_open((struct pool **)self, env, 1, room, "serial", why);
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

static void close_serial(void *self)
{
    pool_close(self);
}

const struct engine_ops engine_serial_ops = {
    .name = "serial",
    .summary = "one check after the other",
    .lesson = "each check waits for the one before, so that the pass is as long as all waits together",
    .open = open_serial,
    .submit = submit,
    .cancel = cancel,
    .close = close_serial,
};
