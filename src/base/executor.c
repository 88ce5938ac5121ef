/* An executor: a list of work under one leaf lock, threads that take from it, and futures that remember how it ended. A
 * future is freed with its last reference: one of the executor's until it has ended, one for each holder. */
#include "base/executor.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mutex.h"

/* Who wants to be told beside the submitter: an iteration over many futures. */
struct watcher {
    struct watcher *next;
    struct as_completed *iteration;
    size_t index;
};

struct future {
    struct executor *executor;       /* valid while pending or running; the lock lives in the shared part */
    struct shared   *shared;
    struct future   *next, *previous;/* under lock; in the list of pending work */
    work_fn         *work;
    void            *context;
    future_done_fn  *done;
    void            *done_context;
    void            *value;          /* under lock */
    enum future_state state;         /* under lock */
    unsigned         refs;           /* under lock */
    struct watcher  *watchers;       /* under lock */
};

/* What outlives the executor as long as somebody holds a future of it. */
struct shared {
    struct mutex lock;
    struct cond  ended;              /* some future ended */
    size_t       refs;               /* under lock; the executor, and each future */
};

struct executor {
    struct shared *shared;
    struct cond    more;             /* work came, or closing; with the shared lock */
    struct future *first, *last;     /* under lock */
    size_t         npending;         /* under lock */
    int            nidle;            /* under lock; threads that wait */
    int            nthread;          /* under lock; threads started */
    bool           closing;          /* under lock */
    int            most;
    pthread_t      thread[];         /* under lock until closing; then the closer's */
};

struct as_completed {
    struct shared *shared;
    struct watcher *watcher;         /* one for each future */
    struct future *const *future;
    size_t        *order;            /* under lock; indexes of ended futures */
    size_t         n, ended, given;  /* ended: under lock */
};

/* --- references --------------------------------------------------------------------------------------------------- */

static void shared_drop(struct shared *s, size_t refs)
{
    bool last;

    mutex_lock(&s->lock);
    s->refs -= refs;
    last = s->refs == 0;
    mutex_unlock(&s->lock);
    if (!last)
        return;
    cond_release(&s->ended);
    mutex_release(&s->lock);
    free(s);
}

void future_drop(struct future *f)
{
    struct shared *s;
    bool last;

    if (!f)
        return;
    s = f->shared;
    mutex_lock(&s->lock);
    last = --f->refs == 0;
    mutex_unlock(&s->lock);
    if (!last)
        return;
    free(f);
    shared_drop(s, 1);
}

/* --- ends --------------------------------------------------------------------------------------------------------- */

static void end_locked(struct shared *s, struct future *f, enum future_state state, void *value) NEEDS(s->lock)
{
    struct watcher *w;

    (void)s;
    f->state = state;
    f->value = value;
    for (w = f->watchers; w; w = w->next)
        w->iteration->order[w->iteration->ended++] = w->index;
    f->watchers = NULL;
}

/* Tells the end to whoever wants to know, and lets go of the executor's reference. Without a lock. */
static void tell_end(struct future *f)
{
    cond_broadcast(&f->shared->ended);
    if (f->done)
        f->done(f->done_context, f);
    future_drop(f);
}

static void unlist_locked(struct shared *s, struct executor *e, struct future *f) NEEDS(s->lock)
{
    (void)s;
    if (f->previous)
        f->previous->next = f->next;
    else
        e->first = f->next;
    if (f->next)
        f->next->previous = f->previous;
    else
        e->last = f->previous;
    e->npending--;
}

/* --- the threads -------------------------------------------------------------------------------------------------- */

/* The next work; NULL when there will be none. */
static struct future *take_work(struct executor *e)
{
    struct shared *s = e->shared;
    struct future *f;

    mutex_lock(&s->lock);
    e->nidle++;
    while (!e->first && !e->closing)
        cond_wait(&e->more, &s->lock, COND_FOREVER);
    e->nidle--;
    f = e->first;
    if (f) {
        unlist_locked(s, e, f);
        f->state = FUTURE_RUNNING;
    }
    mutex_unlock(&s->lock);
    return f;
}

static void *work(void *context)
{
    struct executor *e = context;
    struct future *f;

    while ((f = take_work(e)) != NULL) {
        void *value = f->work(f->context);

        mutex_lock(&e->shared->lock);
        end_locked(e->shared, f, FUTURE_DONE, value);
        mutex_unlock(&e->shared->lock);
        tell_end(f);
    }
    return NULL;
}

struct executor *executor_new(int threads)
{
    struct executor *e = calloc(1, sizeof(*e) + (size_t)threads * sizeof(e->thread[0]));
    struct shared *s = calloc(1, sizeof(*s));

    if (!e || !s) {
        free(e);
        free(s);
        return NULL;
    }
    mutex_init(&s->lock);
    cond_init(&s->ended);
    cond_init(&e->more);
    s->refs = 1;
    e->shared = s;
    e->most = threads;
    return e;
}

/* One thread more, when all are busy and the limit allows it. Threads are started under the lock, so that none is started
 * twice; that is the one system call a lock is held across, and it happens `most` times in a life. */
static bool start_thread_locked(struct executor *e) NEEDS(e->shared->lock)
{
    if ((size_t)e->nidle >= e->npending || e->nthread == e->most)
        return e->nthread > 0;
    if (pthread_create(&e->thread[e->nthread], NULL, work, e) == 0)
        e->nthread++;
    return e->nthread > 0;
}

enum err executor_submit(struct executor *e, work_fn *fn, void *context, future_done_fn *done, void *done_context,
                         struct future **out)
{
    struct future *f = calloc(1, sizeof(*f));
    enum err err = ERR_OK;

    if (!f)
        return ERR_NOMEM;
    *f = (struct future){ .executor = e, .shared = e->shared, .work = fn, .context = context, .done = done,
                          .done_context = done_context, .refs = out ? 2 : 1 };
    mutex_lock(&e->shared->lock);
    if (e->closing) {
        err = ERR_CLOSED;
    } else {
        f->previous = e->last;
        if (e->last)
            e->last->next = f;
        else
            e->first = f;
        e->last = f;
        e->npending++;
        e->shared->refs++;
        if (!start_thread_locked(e)) {
            unlist_locked(e->shared, e, f);
            e->shared->refs--;
            err = ERR_UNAVAILABLE;
        }
    }
    mutex_unlock(&e->shared->lock);
    if (err) {
        free(f);
        return err;
    }
    cond_signal(&e->more);
    if (out)
        *out = f;
    return ERR_OK;
}

static struct future *take_pending(struct executor *e)
{
    struct future *f;

    mutex_lock(&e->shared->lock);
    f = e->first;
    if (f) {
        unlist_locked(e->shared, e, f);
        end_locked(e->shared, f, FUTURE_CANCELLED, NULL);
    }
    mutex_unlock(&e->shared->lock);
    return f;
}

void executor_close(struct executor *e)
{
    struct future *f;
    int i;

    if (!e)
        return;
    mutex_lock(&e->shared->lock);
    e->closing = true;
    mutex_unlock(&e->shared->lock);
    while ((f = take_pending(e)) != NULL)
        tell_end(f);
    cond_broadcast(&e->more);
    for (i = 0; i < e->nthread; i++)
        pthread_join(e->thread[i], NULL);
    cond_release(&e->more);
    shared_drop(e->shared, 1);
    free(e);
}

int executor_threads(struct executor *e)
{
    int n;

    mutex_lock(&e->shared->lock);
    n = e->nthread;
    mutex_unlock(&e->shared->lock);
    return n;
}

size_t executor_pending(struct executor *e)
{
    size_t n;

    mutex_lock(&e->shared->lock);
    n = e->npending;
    mutex_unlock(&e->shared->lock);
    return n;
}

/* --- futures ------------------------------------------------------------------------------------------------------ */

enum future_state future_state(struct future *f)
{
    enum future_state state;

    mutex_lock(&f->shared->lock);
    state = f->state;
    mutex_unlock(&f->shared->lock);
    return state;
}

void *future_value(struct future *f)
{
    void *value;

    mutex_lock(&f->shared->lock);
    value = f->value;
    mutex_unlock(&f->shared->lock);
    return value;
}

bool future_wait(struct future *f, int64_t until_ns)
{
    bool in_time = true, over;

    mutex_lock(&f->shared->lock);
    while (f->state < FUTURE_DONE && in_time)
        in_time = cond_wait(&f->shared->ended, &f->shared->lock, until_ns);
    over = f->state >= FUTURE_DONE;
    mutex_unlock(&f->shared->lock);
    return over;
}

bool future_cancel(struct future *f)
{
    struct shared *s = f->shared;
    bool cancelled;

    mutex_lock(&s->lock);
    cancelled = f->state == FUTURE_PENDING;
    if (cancelled) {
        unlist_locked(s, f->executor, f);
        end_locked(s, f, FUTURE_CANCELLED, NULL);
    }
    mutex_unlock(&s->lock);
    if (cancelled)
        tell_end(f);
    return cancelled;
}

/* --- iteration ---------------------------------------------------------------------------------------------------- */

static void watch_locked(struct as_completed *a, struct future *f, size_t i) NEEDS(a->shared->lock)
{
    if (f->state >= FUTURE_DONE) {
        a->order[a->ended++] = i;
        return;
    }
    a->watcher[i] = (struct watcher){ .next = f->watchers, .iteration = a, .index = i };
    f->watchers = &a->watcher[i];
}

struct as_completed *as_completed_new(struct future *const *f, size_t n)
{
    struct as_completed *a = calloc(1, sizeof(*a));
    size_t i;

    if (!a)
        return NULL;
    a->watcher = calloc(n + 1, sizeof(*a->watcher));
    a->order = calloc(n + 1, sizeof(*a->order));
    if (!a->watcher || !a->order) {
        as_completed_free(a);
        return NULL;
    }
    a->future = f;
    a->n = n;
    if (!n)
        return a;
    a->shared = f[0]->shared;
    mutex_lock(&a->shared->lock);
    for (i = 0; i < n; i++) {
        assert(f[i]->shared == a->shared); /* one executor's */
        watch_locked(a, f[i], i);
    }
    mutex_unlock(&a->shared->lock);
    return a;
}

bool as_completed_next(struct as_completed *a, int64_t until_ns, size_t *index)
{
    bool in_time = true, any;

    if (a->given == a->n)
        return false;
    mutex_lock(&a->shared->lock);
    while (a->given == a->ended && in_time)
        in_time = cond_wait(&a->shared->ended, &a->shared->lock, until_ns);
    any = a->given < a->ended;
    if (any)
        *index = a->order[a->given++];
    mutex_unlock(&a->shared->lock);
    return any;
}

static void unwatch_locked(struct as_completed *a, struct future *f) NEEDS(a->shared->lock)
{
    struct watcher **at = &f->watchers;

    while (*at) {
        if ((*at)->iteration == a)
            *at = (*at)->next;
        else
            at = &(*at)->next;
    }
    (void)a;
}

void as_completed_free(struct as_completed *a)
{
    size_t i;

    if (!a)
        return;
    if (a->shared) {
        mutex_lock(&a->shared->lock);
        for (i = 0; i < a->n; i++)
            unwatch_locked(a, a->future[i]);
        mutex_unlock(&a->shared->lock);
    }
    free(a->watcher);
    free(a->order);
    free(a);
}
