#ifndef BASE_MUTEX_H
#define BASE_MUTEX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Locks. All are leaves: no thread ever holds two, and mutex_lock() asserts it. None is held across I/O, allocation, a
 * callback or a log line. Lock and unlock stand in one function.
 *
 * NEEDS(lock) behind a declaration says that the caller holds the lock; Clang checks it (-Wthread-safety). */
#if defined(__clang__)
#define MUTEX_ATTRIBUTE(x) __attribute__((x))
#else
#define MUTEX_ATTRIBUTE(x)
#endif
#define NEEDS(lock) MUTEX_ATTRIBUTE(requires_capability(lock))
#define ACQUIRES(lock) MUTEX_ATTRIBUTE(acquire_capability(lock))
#define RELEASES(lock) MUTEX_ATTRIBUTE(release_capability(lock))

struct MUTEX_ATTRIBUTE(capability("mutex")) mutex {
    pthread_mutex_t native;
};

/* For a lock that lives as long as the program. */
#define MUTEX_INIT { PTHREAD_MUTEX_INITIALIZER }

/* A condition to wait for, on the monotonic clock. Wait in a `while (!ready)` loop. */
struct cond {
    pthread_cond_t native;
};

#define COND_FOREVER INT64_MAX

void mutex_init(struct mutex *m);
void mutex_release(struct mutex *m);
void mutex_lock(struct mutex *m) ACQUIRES(*m);
void mutex_unlock(struct mutex *m) RELEASES(*m);

void cond_init(struct cond *c);
void cond_release(struct cond *c);
/* False when until_ns (monotonic, COND_FOREVER for no limit) has passed; the lock is held again either way. */
bool cond_wait(struct cond *c, struct mutex *m, int64_t until_ns) NEEDS(*m);
void cond_signal(struct cond *c);
void cond_broadcast(struct cond *c);

#endif
