/* The reader's thread: sleeps until a site is wanted, reads, and leaves the value where the main thread takes it. */
#include "lookback_inside.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "replay_read.h"
#include "since_read.h"

/* What one turn of the thread is about. */
struct errand {
    bool site, evidence, log, since;
    int64_t since_ms;
    char name[LOOKBACK_NAME_SIZE];
    int64_t window_ms, until_ms, incident, before_ms;
    struct replay_want *replay;
    struct replay_asks *asks;
};

static void take_errand(struct lookback_reader *r, struct errand *e) NEEDS(r->lock);

static void take_errand(struct lookback_reader *r, struct errand *e)
{
    *e = (struct errand){ .site = r->wanted, .evidence = r->wants_evidence, .log = r->wants_log, .since = r->wants_since,
                          .since_ms = r->since_ms, .window_ms = r->window_ms, .until_ms = r->until_ms, .incident = r->incident,
                          .before_ms = r->before_ms, .replay = r->replay, .asks = r->asks };
    memcpy(e->name, r->name, sizeof(e->name));
    r->wanted = r->wants_evidence = r->wants_log = r->wants_since = false;
    r->replay = NULL;
    r->asks = NULL;
}

static bool wait_for_errand(struct lookback_reader *r, struct errand *e)
{
    bool over;

    mutex_lock(&r->lock);
    while (!r->over && !r->wanted && !r->wants_evidence && !r->wants_log && !r->wants_since && !r->replay && !r->asks)
        cond_wait(&r->news, &r->lock, COND_FOREVER);
    over = r->over;
    if (!over)
        take_errand(r, e);
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

static enum err read_since(struct lookback_reader *r, struct query *q, int64_t from_ms, struct errmsg *why)
{
    struct since *read, *before;
    enum err err = since_read(&read, q, from_ms, clock_wall_ms(), why);

    if (err)
        return err;
    mutex_lock(&r->lock);
    before = r->since;
    r->since = read;
    mutex_unlock(&r->lock);
    since_free(before);
    r->wake(r->context);
    return ERR_OK;
}

/* --- replay ------------------------------------------------------------------------------------------------------- */

/* Another moment is wanted. */
static bool picture_is_overtaken(void *context)
{
    struct lookback_reader *r = context;
    bool overtaken;

    mutex_lock(&r->lock);
    overtaken = r->over || r->replay;
    mutex_unlock(&r->lock);
    return overtaken;
}

/* Or other figures are. */
static bool figures_are_overtaken(void *context)
{
    struct lookback_reader *r = context;
    bool overtaken;

    mutex_lock(&r->lock);
    overtaken = r->over || r->replay || r->asks;
    mutex_unlock(&r->lock);
    return overtaken;
}

static void leave_picture(struct lookback_reader *r, struct replay_picture *p)
{
    struct replay_picture *before;

    mutex_lock(&r->lock);
    before = r->picture;
    r->picture = p;
    mutex_unlock(&r->lock);
    replay_picture_free(before);
    r->wake(r->context);
}

/* That there is none: why says so. */
static void leave_failure(struct lookback_reader *r, const struct replay_want *w, enum err err, const struct errmsg *why)
{
    struct replay_picture *p = calloc(1, sizeof(*p));

    if (!p)
        return;
    p->number = w->number;
    p->err = err;
    p->why = *why;
    leave_picture(r, p);
}

static void leave_chunk(struct lookback_reader *r, struct replay_chunk *c)
{
    mutex_lock(&r->lock);
    *r->last = c;
    r->last = &c->next;
    mutex_unlock(&r->lock);
    r->wake(r->context);
}

static enum err read_figures(struct lookback_reader *r, struct query *q, const struct replay_asks *asks, struct errmsg *why)
{
    enum err err = ERR_OK;
    size_t at, done = 1;

    for (at = 0; at < asks->n && !err && done && !figures_are_overtaken(r); at += done) {
        struct replay_chunk *c = calloc(1, sizeof(*c));

        err = c ? replay_read_figures(c, q, asks, at, &done, figures_are_overtaken, r, why) : ERR_NOMEM;
        if (err)
            free(c);
        else
            leave_chunk(r, c);
    }
    return err;
}

/* A key waits for these: they are read before everything else. */
static enum err run_replay(struct lookback_reader *r, struct query *q, const struct errand *e, struct errmsg *why)
{
    struct replay_picture *p = e->replay ? replay_read(q, e->replay, clock_wall_ms(), picture_is_overtaken, r) : NULL;
    enum err err = p ? p->err : ERR_OK;

    if (p)
        leave_picture(r, p);
    else if (e->replay && !picture_is_overtaken(r))
        leave_failure(r, e->replay, err_set(why, ERR_NOMEM, "out of memory"), why);
    return e->asks && !err ? read_figures(r, q, e->asks, why) : err;
}

/* False when the database can not be read now: it is opened anew for the next errand. */
static bool run_errand(struct lookback_reader *r, struct query *q, const struct errand *e, struct lookback *read,
                       struct evidence *evidence)
{
    struct errmsg why;
    enum err err = run_replay(r, q, e, &why);

    if (!err && e->since)
        err = read_since(r, q, e->since_ms, &why);
    if (!err && e->site) {
        err = lookback_read(read, q, e->name, e->window_ms, e->until_ms ? e->until_ms : clock_wall_ms(), &why);
        read->until_ms = e->until_ms;
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
        enum err err = q ? ERR_OK : query_open(&q, r->path, &why);

        if (err) {
            q = NULL;
            if (e.replay)
                leave_failure(r, e.replay, err, &why);
        } else if (!run_errand(r, q, &e, read, evidence)) {
            query_close(q);
            q = NULL;
        }
        replay_want_free(e.replay);
        replay_asks_free(e.asks);
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
    r->last = &r->first;
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

static void free_chunks(struct replay_chunk *c)
{
    struct replay_chunk *next;

    for (; c; c = next) {
        next = c->next;
        free(c);
    }
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
    replay_want_free(r->replay);
    replay_asks_free(r->asks);
    replay_picture_free(r->picture);
    free_chunks(r->first);
    since_free(r->since);
    free(r->log);
    free(r->path);
    free(r);
}
