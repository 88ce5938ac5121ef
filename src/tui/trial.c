/* A pass over sites that are none yet, on a thread of its own. */
#include "trial.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "monitor/pass.h"

#define PATIENCE_MS (5 * MS_PER_S)   /* a person waits for it */

struct trial {
    pthread_t thread;
    const struct site **site;
    size_t n;
    void (*wake)(void *context);
    void *context;
    struct mutex lock;
    struct tried *tried;             /* under lock */
    bool over;                       /* under lock */
    atomic_bool stop;
};

static void settled(void *context, size_t i, const struct pass_result *r)
{
    struct trial *t = context;
    struct tried one = { .settled = true, .state = r->state, .degraded = r->degraded };

    result_message(one.text, &r->result);
    mutex_lock(&t->lock);
    t->tried[i] = one;
    mutex_unlock(&t->lock);
    t->wake(t->context);
}

static void *run(void *context)
{
    struct trial *t = context;
    struct pass_options options = { .engine = "events", .max_in_flight = 32, .settled = settled, .context = t,
                                    .stop = &t->stop };
    struct pass_result *out = calloc(t->n, sizeof(*out));
    struct errmsg why;

    if (out)
        pass_run(t->site, t->n, &options, out, NULL, &why);
    free(out);
    mutex_lock(&t->lock);
    t->over = true;
    mutex_unlock(&t->lock);
    return NULL;
}

/* The same sites with less patience. */
static bool shorten(const struct site **site, size_t n)
{
    struct options o;
    size_t i;

    for (i = 0; i < n; i++) {
        const struct options *shared;
        const struct site *shorter;

        if (site[i]->options->timeout_ms <= PATIENCE_MS)
            continue;
        if (options_copy(&o, site[i]->options))
            return false;
        o.timeout_ms = PATIENCE_MS;
        shared = options_share(&o);
        shorter = shared ? site_new(site[i]->name, site[i]->url, shared) : NULL;
        options_unref(shared);
        if (!shorter)
            return false;
        site_unref(site[i]);
        site[i] = shorter;
    }
    return true;
}

static void trial_free(struct trial *t)
{
    size_t i;

    for (i = 0; i < t->n; i++)
        site_unref(t->site[i]);
    free(t->site);
    free(t->tried);
    mutex_release(&t->lock);
    free(t);
}

static bool start_thread(struct trial *t)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&t->thread, NULL, run, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return !failed;
}

enum err trial_start(struct trial **out, const struct settings *s, const char *const *url, size_t n,
                     void (*wake)(void *context), void *context)
{
    struct trial *t = calloc(1, sizeof(*t));
    struct faults faults = { 0 };
    enum err err;

    if (!t)
        return ERR_NOMEM;
    mutex_init(&t->lock);
    t->wake = wake;
    t->context = context;
    err = settings_url_sites(&t->site, &t->n, s, url, n, &faults);
    faults_release(&faults);
    if (!err && t->n != n)
        err = ERR_UNAVAILABLE;
    t->tried = calloc(n, sizeof(*t->tried));
    if (!err && (!t->tried || !shorten(t->site, t->n)))
        err = ERR_NOMEM;
    if (!err && !start_thread(t))
        err = ERR_UNAVAILABLE;
    if (err)
        trial_free(t);
    else
        *out = t;
    return err;
}

bool trial_is_over(struct trial *t)
{
    bool over;

    mutex_lock(&t->lock);
    over = t->over;
    mutex_unlock(&t->lock);
    return over;
}

void trial_stop(struct trial *t)
{
    if (!t)
        return;
    atomic_store(&t->stop, true);
    pthread_join(t->thread, NULL);
    trial_free(t);
}

void trial_look(struct trial *t, struct tried *out, size_t n)
{
    mutex_lock(&t->lock);
    memcpy(out, t->tried, (n < t->n ? n : t->n) * sizeof(*out));
    mutex_unlock(&t->lock);
}
