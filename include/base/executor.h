#ifndef BASE_EXECUTOR_H
#define BASE_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Work done aside, by threads started when there is work for them, up to a limit, and used again. Handing work in gives a
 * future: the promise of its end, which can be waited for, cancelled before it has begun, or told by a callback. All
 * functions may be called by any thread unless said otherwise; none may be called with a lock held. */
struct executor;
struct future;

/* What is done; its return is the future's value. */
typedef void *work_fn(void *context);
/* Told once when a future is done or cancelled, on whichever thread ended it. May drop the future, and may submit; must
 * not wait. */
typedef void future_done_fn(void *context, struct future *f);

enum future_state { FUTURE_PENDING, FUTURE_RUNNING, FUTURE_DONE, FUTURE_CANCELLED };

/* threads: at most, at least 1. NULL when memory ran out. */
struct executor *executor_new(int threads);

/* Cancels what has not begun, waits for what has, joins its threads. Futures that somebody holds stay valid. Nobody may
 * submit any more. NULL is fine. */
void executor_close(struct executor *e);

/* Hands work in. *f, unless f is NULL, is a future the caller drops with future_drop(). done may be NULL. ERR_NOMEM; ERR_CLOSED
 * once closing has begun; ERR_UNAVAILABLE when not even one thread could be started. */
enum err executor_submit(struct executor *e, work_fn *work, void *context, future_done_fn *done, void *done_context,
                         struct future **f);

/* Threads running now, and work that has not begun. */
int executor_threads(struct executor *e);
size_t executor_pending(struct executor *e);

enum future_state future_state(struct future *f);
/* Waits until it is done or cancelled, or until_ns (monotonic; COND_FOREVER for no limit) has passed: false then. */
bool future_wait(struct future *f, int64_t until_ns);
/* True when it will never run. False when it has begun or is over. */
bool future_cancel(struct future *f);
/* What the work returned; NULL unless FUTURE_DONE. */
void *future_value(struct future *f);
/* Gives a reference back. NULL is fine. */
void future_drop(struct future *f);

/* Futures in the order in which they end, whatever order they were handed in. One thread iterates. */
struct as_completed;
/* Watches f[0..n), which must not be dropped before as_completed_free(). NULL when memory ran out. */
struct as_completed *as_completed_new(struct future *const *f, size_t n);
/* The next to have ended, as its index; false when until_ns has passed or all were given. */
bool as_completed_next(struct as_completed *a, int64_t until_ns, size_t *index);
void as_completed_free(struct as_completed *a);

#endif
