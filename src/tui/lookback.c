/* The reader's thread: sleeps until a site is wanted, reads, and leaves the value where the main thread takes it. */
#include "lookback.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mutex.h"

struct lookback_reader {
    pthread_t thread;
    char *path;
    void (*wake)(void *context);
    void *context;

    struct mutex lock;
    struct cond  news;
    bool over;                       /* under lock, as all below */
    bool wanted, wants_evidence, wants_log;
    char name[LOOKBACK_NAME_SIZE];
    int64_t window_ms, incident, before_ms;
    struct past_log *log;
    bool has_read, has_evidence;
    struct lookback read;
    struct evidence evidence;
};

/* What one turn of the thread is about. */
struct errand {
    bool site, evidence, log;
    char name[LOOKBACK_NAME_SIZE];
    int64_t window_ms, incident, before_ms;
};

static bool wait_for_errand(struct lookback_reader *r, struct errand *e)
{
    bool over;

    mutex_lock(&r->lock);
    while (!r->over && !r->wanted && !r->wants_evidence && !r->wants_log)
        cond_wait(&r->news, &r->lock, COND_FOREVER);
    over = r->over;
    *e = (struct errand){ .site = r->wanted, .evidence = r->wants_evidence, .log = r->wants_log, .window_ms = r->window_ms,
                          .incident = r->incident, .before_ms = r->before_ms };
    memcpy(e->name, r->name, sizeof(e->name));
    r->wanted = r->wants_evidence = r->wants_log = false;
    mutex_unlock(&r->lock);
    return !over;
}

static void leave(struct lookback_reader *r, const struct lookback *read, const struct evidence *evidence)
{
    mutex_lock(&r->lock);
    if (read) {
        r->read = *read;
        r->has_read = true;
    }
    if (evidence) {
        r->evidence = *evidence;
        r->has_evidence = true;
    }
    mutex_unlock(&r->lock);
    r->wake(r->context);
}

static enum err read_log(struct lookback_reader *r, struct query *q, int64_t before_ms)
{
    struct past_log *log = malloc(sizeof(*log));
    struct errmsg why;
    enum err err = log ? lookback_read_log(log, q, before_ms, &why) : ERR_NOMEM;

    if (err) {
        free(log);
        return err;
    }
    mutex_lock(&r->lock);
    r->log = log;                    /* it is wanted once */
    mutex_unlock(&r->lock);
    r->wake(r->context);
    return ERR_OK;
}

/* False when the database can not be read now: it is opened anew for the next errand. */
static bool run_errand(struct lookback_reader *r, struct query *q, const struct errand *e, struct lookback *read,
                       struct evidence *evidence)
{
    struct errmsg why;
    enum err err = ERR_OK;

    if (e->site) {
        err = lookback_read(read, q, e->name, e->window_ms, clock_wall_ms(), &why);
        if (!err)
            leave(r, read, NULL);
    }
    if (!err && e->evidence) {
        err = query_evidence(q, e->incident, evidence, &why);
        if (!err)
            leave(r, NULL, evidence);
        if (err == ERR_NOTFOUND)
            err = ERR_OK;
    }
    if (!err && e->log)
        err = read_log(r, q, e->before_ms);
    return !err;
}

static void *read_all(void *context)
{
    struct lookback_reader *r = context;
    struct lookback *read = malloc(sizeof(*read));
    struct evidence *evidence = malloc(sizeof(*evidence));
    struct query *q = NULL;
    struct errmsg why;
    struct errand e;

    while (read && evidence && wait_for_errand(r, &e)) {
        if (!q && query_open(&q, r->path, &why))
            q = NULL;
        if (q && !run_errand(r, q, &e, read, evidence)) {
            query_close(q);
            q = NULL;
        }
    }
    query_close(q);
    free(read);
    free(evidence);
    return NULL;
}

enum err lookback_start(struct lookback_reader **out, const char *path, void (*wake)(void *context), void *context)
{
    struct lookback_reader *r = calloc(1, sizeof(*r));
    sigset_t all, before;
    int failed;

    if (!r || !(r->path = strdup(path))) {
        free(r);
        return ERR_NOMEM;
    }
    r->wake = wake;
    r->context = context;
    mutex_init(&r->lock);
    cond_init(&r->news);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&r->thread, NULL, read_all, r);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        cond_release(&r->news);
        mutex_release(&r->lock);
        free(r->path);
        free(r);
        return ERR_UNAVAILABLE;
    }
    *out = r;
    return ERR_OK;
}

void lookback_stop(struct lookback_reader *r)
{
    if (!r)
        return;
    mutex_lock(&r->lock);
    r->over = true;
    mutex_unlock(&r->lock);
    cond_signal(&r->news);
    pthread_join(r->thread, NULL);
    cond_release(&r->news);
    mutex_release(&r->lock);
    free(r->log);
    free(r->path);
    free(r);
}

void lookback_want_log(struct lookback_reader *r, int64_t before_ms)
{
    mutex_lock(&r->lock);
    r->before_ms = before_ms;
    r->wants_log = !r->log;
    mutex_unlock(&r->lock);
    cond_signal(&r->news);
}

struct past_log *lookback_take_log(struct lookback_reader *r)
{
    struct past_log *log;

    mutex_lock(&r->lock);
    log = r->log;
    r->log = NULL;
    mutex_unlock(&r->lock);
    return log;
}

void lookback_want(struct lookback_reader *r, const char *name, int64_t window_ms)
{
    size_t length = strnlen(name, LOOKBACK_NAME_SIZE - 1);

    if (!r)
        return;
    mutex_lock(&r->lock);
    memcpy(r->name, name, length);
    r->name[length] = '\0';
    r->window_ms = window_ms;
    r->wanted = true;
    mutex_unlock(&r->lock);
    cond_signal(&r->news);
}

void lookback_want_evidence(struct lookback_reader *r, int64_t incident)
{
    if (!r)
        return;
    mutex_lock(&r->lock);
    r->incident = incident;
    r->wants_evidence = true;
    mutex_unlock(&r->lock);
    cond_signal(&r->news);
}

bool lookback_take(struct lookback_reader *r, struct lookback *out)
{
    bool has;

    if (!r)
        return false;
    mutex_lock(&r->lock);
    has = r->has_read;
    if (has)
        *out = r->read;
    r->has_read = false;
    mutex_unlock(&r->lock);
    return has;
}

bool lookback_take_evidence(struct lookback_reader *r, struct evidence *out)
{
    bool has;

    if (!r)
        return false;
    mutex_lock(&r->lock);
    has = r->has_evidence;
    if (has)
        *out = r->evidence;
    r->has_evidence = false;
    mutex_unlock(&r->lock);
    return has;
}
