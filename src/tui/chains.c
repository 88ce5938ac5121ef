/* The thread that looks at certificates, and the few it has seen. */
#include "chains.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mutex.h"

#define KEPT 16

struct seen {
    char *url;                       /* NULL: none */
    int64_t at_ns;
    struct chain chain;
};

struct chains {
    pthread_t thread;
    void (*wake)(void *context);
    void *context;
    atomic_bool stop;
    struct mutex lock;               /* leaf: for all below */
    struct cond news;
    const struct site *wanted;       /* a reference; NULL: nothing is */
    struct seen seen[KEPT];          /* a ring */
    unsigned next;
};

static struct seen *find_locked(struct chains *c, const char *url) NEEDS(c->lock);

static struct seen *find_locked(struct chains *c, const char *url)
{
    int i;

    for (i = 0; i < KEPT; i++)
        if (c->seen[i].url && !strcmp(c->seen[i].url, url))
            return &c->seen[i];
    return NULL;
}

/* What is wanted, a reference; NULL: it is over. */
static const struct site *wait(struct chains *c)
{
    const struct site *site;

    mutex_lock(&c->lock);
    while (!c->wanted && !atomic_load(&c->stop))
        cond_wait(&c->news, &c->lock, COND_FOREVER);
    site = c->wanted;
    c->wanted = NULL;
    mutex_unlock(&c->lock);
    return site;
}

static void keep(struct chains *c, const char *url, const struct chain *chain)
{
    char *fresh = strdup(url), *old = NULL;
    struct seen *s;

    if (!fresh)
        return;
    mutex_lock(&c->lock);
    s = find_locked(c, url);
    if (!s)
        s = &c->seen[c->next++ % KEPT];
    old = s->url;
    *s = (struct seen){ fresh, clock_mono_ns(), *chain };
    mutex_unlock(&c->lock);
    free(old);
}

static void *run(void *context)
{
    struct chains *c = context;
    const struct site *site;
    struct chain chain;

    while ((site = wait(c)) != NULL) {
        chain_look(&chain, site, &c->stop);
        keep(c, site->url, &chain);
        site_unref(site);
        c->wake(c->context);
    }
    return NULL;
}

enum err chains_start(struct chains **out, void (*wake)(void *context), void *context)
{
    struct chains *c = calloc(1, sizeof(*c));
    sigset_t all, before;
    int failed;

    if (!c)
        return ERR_NOMEM;
    c->wake = wake;
    c->context = context;
    mutex_init(&c->lock);
    cond_init(&c->news);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&c->thread, NULL, run, c);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        cond_release(&c->news);
        mutex_release(&c->lock);
        free(c);
        return ERR_UNAVAILABLE;
    }
    *out = c;
    return ERR_OK;
}

void chains_stop(struct chains *c)
{
    int i;

    if (!c)
        return;
    mutex_lock(&c->lock);
    atomic_store(&c->stop, true);
    mutex_unlock(&c->lock);
    cond_signal(&c->news);
    pthread_join(c->thread, NULL);
    site_unref(c->wanted);
    for (i = 0; i < KEPT; i++)
        free(c->seen[i].url);
    cond_release(&c->news);
    mutex_release(&c->lock);
    free(c);
}

bool chains_take(struct chains *c, const char *url, struct chain *out, int64_t *seen_ns)
{
    const struct seen *s;

    mutex_lock(&c->lock);
    s = find_locked(c, url);
    if (s) {
        *out = s->chain;
        *seen_ns = s->at_ns;
    }
    mutex_unlock(&c->lock);
    return s != NULL;
}

void chains_want(struct chains *c, const struct site *site)
{
    const struct site *dropped;

    mutex_lock(&c->lock);
    dropped = c->wanted;
    c->wanted = site_ref(site);
    mutex_unlock(&c->lock);
    site_unref(dropped);
    cond_signal(&c->news);
}
