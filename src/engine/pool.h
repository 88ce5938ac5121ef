#ifndef POOL_H
#define POOL_H

#include "engine/engine.h"

/* Threads with a queue: each takes a job, runs the check to its end, takes the next. What serial and threads share. */
struct pool;

/* why names the engine. */
enum err pool_open(struct pool **out, const struct engine_env *env, int workers, struct engine_room *room,
                   const char *name, struct errmsg *why);
enum err pool_submit(struct pool *p, const struct job *job);
void pool_close(struct pool *p);

#endif
