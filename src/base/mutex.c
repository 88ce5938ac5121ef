/* Locks and conditions over pthread, with the rule that no thread holds two built in. Any thread. */
#include "base/mutex.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

#include "base/clock.h"

static _Thread_local int held;

void mutex_init(struct mutex *m)
{
    pthread_mutex_init(&m->native, NULL);
}

void mutex_release(struct mutex *m)
{
    pthread_mutex_destroy(&m->native);
}

/* Here the checker's own words are made: it can not see through pthread. */
#define UNCHECKED MUTEX_ATTRIBUTE(no_thread_safety_analysis)

UNCHECKED void mutex_lock(struct mutex *m)
{
    assert(held == 0);
    held++;
    pthread_mutex_lock(&m->native);
}

UNCHECKED void mutex_unlock(struct mutex *m)
{
    pthread_mutex_unlock(&m->native);
    held--;
    assert(held == 0);
}

void cond_init(struct cond *c)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&c->native, &attr);
    pthread_condattr_destroy(&attr);
}

void cond_release(struct cond *c)
{
    pthread_cond_destroy(&c->native);
}

bool cond_wait(struct cond *c, struct mutex *m, int64_t until_ns)
{
    struct timespec until;

    if (until_ns == COND_FOREVER)
        return pthread_cond_wait(&c->native, &m->native) == 0;
    if (until_ns < 0)
        until_ns = 0;
    until.tv_sec = (time_t)(until_ns / NS_PER_S);
    until.tv_nsec = (long)(until_ns % NS_PER_S);
    return pthread_cond_timedwait(&c->native, &m->native, &until) != ETIMEDOUT;
}

void cond_signal(struct cond *c)
{
    pthread_cond_signal(&c->native);
}

void cond_broadcast(struct cond *c)
{
    pthread_cond_broadcast(&c->native);
}
