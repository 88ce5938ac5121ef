/* A server's book. Any thread; everything but the counters is under its lock, and waits are for a change of what it holds. */
#include "support/book.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "support/server.h"

/* A path that was asked for, and how often. */
struct hit {
    struct hit *next;
    char *method, *path;
    unsigned n;
};

/* The newest request for a path. */
struct kept {
    struct kept *next;
    char *path, *request;
};

/* What /set/NAME/PATH said. */
struct named {
    struct named *next;
    char *name, *path;
};

void book_init(struct book *b)
{
    memset(b, 0, sizeof(*b));
    mutex_init(&b->lock);
    cond_init(&b->changed);
}

static void routes_free(struct route *r)
{
    while (r) {
        struct route *older = r->older;

        script_release(&r->script);
        free(r->path);
        free(r);
        r = older;
    }
}

void book_release(struct book *b)
{
    book_forget(b);
    routes_free(atomic_load(&b->routes));
    routes_free(atomic_load(&b->greeting));
    while (b->named) {
        struct named *n = b->named;

        b->named = n->next;
        free(n->name);
        free(n->path);
        free(n);
    }
    cond_release(&b->changed);
    mutex_release(&b->lock);
}

/* --- waiting ------------------------------------------------------------------------------------------------------ */

void book_tell(struct book *b)
{
    if (!atomic_load(&b->waiting))
        return;
    mutex_lock(&b->lock);
    cond_broadcast(&b->changed);
    mutex_unlock(&b->lock);
}

bool book_wait(struct book *b, book_ready_fn *ready, const void *what)
{
    int64_t until_ns = clock_mono_ns() + SERVER_PATIENCE_S * NS_PER_S;
    bool in_time = true, is_ready;

    atomic_fetch_add(&b->waiting, 1);
    mutex_lock(&b->lock);
    while (!(is_ready = ready(b, what)) && in_time)
        in_time = cond_wait(&b->changed, &b->lock, until_ns);
    mutex_unlock(&b->lock);
    atomic_fetch_sub(&b->waiting, 1);
    return is_ready;
}

/* --- what to do --------------------------------------------------------------------------------------------------- */

static struct route *route_new(const char *path, const struct step *steps)
{
    struct route *r = calloc(1, sizeof(*r));
    bool made = r && (r->path = strdup(path)) && script_init(&r->script, steps);

    assert(made);
    (void)made;
    r->length = strlen(path);
    r->prefix = r->length && path[r->length - 1] == '*';
    r->length -= r->prefix;
    r->query = strchr(path, '?') != NULL;
    return r;
}

void book_add(struct book *b, _Atomic(struct route *) *list, const char *path, const struct step *steps)
{
    struct route *r = route_new(path, steps);

    mutex_lock(&b->lock);
    r->older = atomic_load(list);
    atomic_store(list, r);
    mutex_unlock(&b->lock);
}

static bool route_fits(const struct route *r, const struct request *q)
{
    struct piece p = q->path;

    if (r->query)
        p.length = (size_t)(q->target.text + q->target.length - p.text);
    return (r->prefix ? p.length >= r->length : p.length == r->length) && !memcmp(p.text, r->path, r->length);
}

static const struct step *play_route_locked(struct book *b, const struct request *q) NEEDS(b->lock)
{
    struct route *r;

    for (r = atomic_load(&b->routes); r; r = r->older)
        if (route_fits(r, q))
            return script_part(&r->script, r->played++);
    return NULL;
}

static char *copy_of(struct piece p)
{
    char *copy = malloc(p.length + 1);

    assert(copy);
    memcpy(copy, p.text, p.length);
    copy[p.length] = '\0';
    return copy;
}

static void record_locked(struct book *b, const struct request *q, char *text) NEEDS(b->lock)
{
    struct hit *h = b->hits;
    struct kept *k = b->kept;

    while (h && !(piece_is(q->method, h->method) && piece_is(q->path, h->path)))
        h = h->next;
    if (!h) {
        h = calloc(1, sizeof(*h));
        assert(h);
        *h = (struct hit){ .next = b->hits, .method = copy_of(q->method), .path = copy_of(q->path) };
        b->hits = h;
    }
    h->n++;

    while (k && !piece_is(q->path, k->path))
        k = k->next;
    if (!k) {
        k = calloc(1, sizeof(*k));
        assert(k);
        *k = (struct kept){ .next = b->kept, .path = copy_of(q->path) };
        b->kept = k;
    }
    free(k->request);
    k->request = text;
    b->last_path = k->path;
}

static bool is_named(struct piece path)
{
    return piece_begins(path, "/set/") || piece_begins(path, "/named/");
}

/* /set/NAME/PATH: remembers, and gives what to say. /named/NAME: finds the path. */
static void rename_locked(struct book *b, struct piece *path) NEEDS(b->lock)
{
    bool set = piece_begins(*path, "/set/");
    struct piece name, rest = { "/ok", 3 };
    struct named *n = b->named;

    if (!is_named(*path))
        return;
    name.text = path->text + (set ? 5 : 7);
    name.length = path->length - (set ? 5 : 7);
    if (set) {
        const char *slash = memchr(name.text, '/', name.length);

        if (slash) {
            rest = (struct piece){ slash, name.length - (size_t)(slash - name.text) };
            name.length = (size_t)(slash - name.text);
        }
    }
    while (n && !piece_is(name, n->name))
        n = n->next;
    if (set) {
        if (!n) {
            n = calloc(1, sizeof(*n));
            assert(n);
            *n = (struct named){ .next = b->named, .name = copy_of(name) };
            b->named = n;
        }
        free(n->path);
        n->path = copy_of(rest);
        *path = (struct piece){ "/ok", 3 };
    } else {
        *path = n ? (struct piece){ n->path, strlen(n->path) } : (struct piece){ "/ok", 3 };
    }
}

const struct step *book_choose(struct book *b, const struct request *q, bool uncounted, struct piece *path)
{
    const struct step *step;
    char *copy;

    *path = q->path;
    atomic_fetch_add(&b->requests, 1);
    if (uncounted && !atomic_load(&b->routes) && !is_named(*path))
        return NULL;
    copy = uncounted ? NULL : copy_of(q->whole);
    mutex_lock(&b->lock);
    if (copy)
        record_locked(b, q, copy);
    step = play_route_locked(b, q);
    if (!step)
        rename_locked(b, path);
    cond_broadcast(&b->changed);
    mutex_unlock(&b->lock);
    return step;
}

/* --- what came ---------------------------------------------------------------------------------------------------- */

struct wanted {
    const char *method, *path;
    unsigned n;
};

static unsigned hits_locked(struct book *b, const char *method, const char *path) NEEDS(b->lock)
{
    const struct hit *h;
    unsigned n = 0;

    for (h = b->hits; h; h = h->next)
        if ((!method || !strcmp(method, h->method)) && (!path || !strcmp(path, h->path)))
            n += h->n;
    return n;
}

static bool has_hits_locked(struct book *b, const void *what) NEEDS(b->lock)
{
    const struct wanted *w = what;

    return hits_locked(b, w->method, w->path) >= w->n;
}

unsigned book_hits(struct book *b, const char *method, const char *path)
{
    unsigned n;

    mutex_lock(&b->lock);
    n = hits_locked(b, method, path);
    mutex_unlock(&b->lock);
    return n;
}

bool book_wait_hits(struct book *b, const char *method, const char *path, unsigned n)
{
    return book_wait(b, has_hits_locked, &(struct wanted){ method, path, n });
}

char *book_last_request(struct book *b, const char *path)
{
    const struct kept *k;
    char *text = NULL;

    mutex_lock(&b->lock);
    if (!path)
        path = b->last_path;
    for (k = b->kept; path && k; k = k->next)
        if (!strcmp(k->path, path)) {
            text = strdup(k->request);
            break;
        }
    mutex_unlock(&b->lock);
    return text;
}

void book_forget(struct book *b)
{
    mutex_lock(&b->lock);
    while (b->hits) {
        struct hit *h = b->hits;

        b->hits = h->next;
        free(h->method);
        free(h->path);
        free(h);
    }
    while (b->kept) {
        struct kept *k = b->kept;

        b->kept = k->next;
        free(k->path);
        free(k->request);
        free(k);
    }
    b->last_path = NULL;
    mutex_unlock(&b->lock);
}
