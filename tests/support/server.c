/* The fault server: one thread, one epoll, a script for each connection. The thread alone owns the connections; routes,
 * records and orders are under one lock, which it takes once a request (never, for an uncounted server without routes). */
#include "support/server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/strbuf.h"
#include "support/request.h"
#include "support/tls.h"

#define BACKLOG 4096
#define BUFFER 65536
#define REQUEST_BYTES (1u << 20)     /* the longest request there may be */
#define TURN_BYTES (1u << 18)        /* written to one connection before the others have their turn */
#define CROWDED_MS 10                /* before it is tried again whether there are descriptors */
#define NOT_WAITING SIZE_MAX

/* What epoll tells about. First member of each struct that is handed to it. */
enum source { SOURCE_WAKE, SOURCE_LISTENER, SOURCE_CONN };

struct listener {
    enum source source;
    int fd;                          /* -1 while refusing */
    int holder;                      /* bound to the same port, never listening: nobody else gets it */
    struct sockaddr_storage address;
    socklen_t size;
};

struct conn {
    enum source source;
    int fd;
    uint32_t watched;                /* what epoll was asked for */
    SSL *tls;
    bool shaken;
    bool held;
    bool entered;                    /* the step was begun before */
    bool fits;                       /* a FOR of this script was for us */
    char method[16];
    const struct step *step;
    const char *out;                 /* of the step: what is still to be sent */
    size_t nout;
    int64_t left;                    /* of the step: repetitions or bytes to come */
    size_t at;                       /* DRIP: the next byte */
    int64_t due_ns;
    size_t place;                    /* in the heap of due times; NOT_WAITING */
    struct strbuf in;                /* bytes of requests not played yet */
    struct strbuf request;           /* the one being played, if its script looks at it again */
    struct strbuf mirror;
    struct step own[PATH_STEPS];
    char text[PATH_TEXT];            /* for own */
    struct conn *next, *prev;        /* in the list of all, or of the unused */
};

struct route {
    struct route *older;
    char *path;
    size_t length;                   /* without the '*' */
    bool prefix, query;
    unsigned played;                 /* under lock */
    struct script script;
};

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

struct server {
    /* set before the thread starts */
    struct server_options options;
    struct listener *listener;
    int nlistener;
    int epoll;
    int wake;                        /* eventfd: there are orders */
    enum source wake_source;
    struct script *fault;            /* as faults[] */
    char filler[16384];              /* FILL */
    pthread_t thread;

    /* the thread's alone */
    struct conn *all, *unused;
    struct conn **heap;              /* by due_ns */
    size_t nheap, heap_size;
    bool crowded;                    /* out of descriptors: does not listen for a moment */
    char *buffer;

    /* counters: written by the thread, read by all */
    _Atomic uint64_t accepted, requests, shaken, resumed;
    _Atomic unsigned open, held;
    _Atomic unsigned waiting;        /* tests that wait for one of these to change */

    struct mutex lock;
    struct cond changed;
    _Atomic(struct route *) routes;  /* under lock; newest first; kept until the end, so that a script being played stays */
    _Atomic(struct route *) greeting;
    struct named *named;             /* under lock */
    struct hit *hits;                /* under lock; newest first */
    struct kept *kept;               /* under lock */
    const char *last_path;           /* under lock: of the newest request; belongs to one kept */
    bool stop, release, refuse;      /* under lock: orders */
    bool refusing;                   /* under lock: carried out */
};

/* --- waiting for the thread, and telling it ---------------------------------------------------------------------- */

static void wake(struct server *s)
{
    uint64_t one = 1;

    if (write(s->wake, &one, sizeof(one)) < 0)
        abort();
}

/* After a change of what tests may wait for. */
static void tell(struct server *s)
{
    if (!atomic_load(&s->waiting))
        return;
    mutex_lock(&s->lock);
    cond_broadcast(&s->changed);
    mutex_unlock(&s->lock);
}

typedef bool ready_fn(struct server *s, const void *what);

/* Waits until ready() says so; it is called with the lock held. */
static bool wait_until(struct server *s, ready_fn *ready, const void *what)
{
    int64_t until_ns = clock_mono_ns() + SERVER_PATIENCE_S * NS_PER_S;
    bool in_time = true, is_ready;

    atomic_fetch_add(&s->waiting, 1);
    mutex_lock(&s->lock);
    while (!(is_ready = ready(s, what)) && in_time)
        in_time = cond_wait(&s->changed, &s->lock, until_ns);
    mutex_unlock(&s->lock);
    atomic_fetch_sub(&s->waiting, 1);
    return is_ready;
}

/* --- due times: a heap -------------------------------------------------------------------------------------------- */

static void heap_put(struct server *s, size_t at, struct conn *c)
{
    s->heap[at] = c;
    c->place = at;
}

static void heap_settle(struct server *s, size_t at, struct conn *c)
{
    size_t child;

    for (; at && s->heap[(at - 1) / 2]->due_ns > c->due_ns; at = (at - 1) / 2)
        heap_put(s, at, s->heap[(at - 1) / 2]);
    while ((child = 2 * at + 1) < s->nheap) {
        child += child + 1 < s->nheap && s->heap[child + 1]->due_ns < s->heap[child]->due_ns;
        if (s->heap[child]->due_ns >= c->due_ns)
            break;
        heap_put(s, at, s->heap[child]);
        at = child;
    }
    heap_put(s, at, c);
}

static void wait_for_time(struct server *s, struct conn *c, int64_t due_ns)
{
    if (s->nheap == s->heap_size) {
        s->heap_size = s->heap_size ? 2 * s->heap_size : 64;
        s->heap = realloc(s->heap, s->heap_size * sizeof(*s->heap));
        assert(s->heap);
    }
    c->due_ns = due_ns;
    heap_settle(s, s->nheap++, c);
}

static void stop_waiting(struct server *s, struct conn *c)
{
    struct conn *last;
    size_t at = c->place;

    if (at == NOT_WAITING)
        return;
    c->place = NOT_WAITING;
    last = s->heap[--s->nheap];
    if (last != c)
        heap_settle(s, at, last);
}

/* --- connections -------------------------------------------------------------------------------------------------- */

static void watch(struct server *s, struct conn *c, uint32_t events)
{
    struct epoll_event e = { .events = events | EPOLLRDHUP, .data.ptr = c };

    if (c->watched == e.events)
        return;
    epoll_ctl(s->epoll, c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &e);
    c->watched = e.events;
}

static void watch_listeners(struct server *s, int operation)
{
    int i;

    for (i = 0; i < s->nlistener; i++) {
        struct epoll_event e = { .events = EPOLLIN, .data.ptr = &s->listener[i] };

        if (s->listener[i].fd >= 0)
            epoll_ctl(s->epoll, operation, s->listener[i].fd, &e);
    }
}

static struct conn *conn_open(struct server *s, int fd)
{
    struct conn *c = s->unused;

    if (c)
        s->unused = c->next;
    else if (!(c = calloc(1, sizeof(*c))))
        return NULL;
    c->source = SOURCE_CONN;
    c->fd = fd;
    c->watched = 0;
    c->tls = NULL;
    c->shaken = c->held = c->entered = false;
    c->in = c->request = c->mirror = (struct strbuf)STRBUF_INIT;
    c->place = NOT_WAITING;
    c->method[0] = '\0';
    c->prev = NULL;
    c->next = s->all;
    if (s->all)
        s->all->prev = c;
    s->all = c;
    atomic_fetch_add(&s->accepted, 1);
    atomic_fetch_add(&s->open, 1);
    return c;
}

static void conn_close(struct server *s, struct conn *c)
{
    stop_waiting(s, c);
    if (c->held)
        atomic_fetch_sub(&s->held, 1);
    if (c->tls) {
        ERR_clear_error();
        SSL_free(c->tls);
    }
    close(c->fd);
    strbuf_release(&c->in);
    strbuf_release(&c->request);
    strbuf_release(&c->mirror);
    if (c->prev)
        c->prev->next = c->next;
    else
        s->all = c->next;
    if (c->next)
        c->next->prev = c->prev;
    c->next = s->unused;
    s->unused = c;
    atomic_fetch_sub(&s->open, 1);
    tell(s);
}

/* What came of reading or writing. */
enum { GONE = 0, LATER = -1 };

/* What OpenSSL's return value means; asks epoll for what it wants. */
static ssize_t tls_result(struct server *s, struct conn *c, int n)
{
    if (n > 0)
        return n;
    switch (SSL_get_error(c->tls, n)) {
    case SSL_ERROR_WANT_READ:
        watch(s, c, EPOLLIN);
        return LATER;
    case SSL_ERROR_WANT_WRITE:
        watch(s, c, EPOLLOUT);
        return LATER;
    default:
        ERR_clear_error();
        return GONE;
    }
}

static ssize_t conn_read(struct server *s, struct conn *c, void *bytes, size_t size)
{
    ssize_t n;

    if (c->shaken)
        return tls_result(s, c, SSL_read(c->tls, bytes, (int)size));
    n = recv(c->fd, bytes, size, 0);
    if (n >= 0)
        return n;
    if (errno != EAGAIN && errno != EINTR)
        return GONE;
    watch(s, c, EPOLLIN);
    return LATER;
}

static ssize_t conn_write(struct server *s, struct conn *c, const void *bytes, size_t length)
{
    ssize_t n;

    if (c->shaken)
        return tls_result(s, c, SSL_write(c->tls, bytes, length > BUFFER ? BUFFER : (int)length));
    n = send(c->fd, bytes, length, MSG_NOSIGNAL);
    if (n > 0)
        return n;
    if (errno != EAGAIN && errno != EINTR)
        return GONE;
    watch(s, c, EPOLLOUT);
    return LATER;
}

/* --- requests ----------------------------------------------------------------------------------------------------- */

static bool route_fits(const struct route *r, const struct request *q)
{
    struct piece p = q->path;

    if (r->query)
        p.length = (size_t)(q->target.text + q->target.length - p.text);
    return (r->prefix ? p.length >= r->length : p.length == r->length) && !memcmp(p.text, r->path, r->length);
}

static const struct step *play_route_locked(struct server *s, const struct request *q) NEEDS(s->lock)
{
    struct route *r;

    for (r = atomic_load(&s->routes); r; r = r->older)
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

static void record_locked(struct server *s, const struct request *q, char *text) NEEDS(s->lock)
{
    struct hit *h = s->hits;
    struct kept *k = s->kept;

    while (h && !(piece_is(q->method, h->method) && piece_is(q->path, h->path)))
        h = h->next;
    if (!h) {
        h = calloc(1, sizeof(*h));
        assert(h);
        *h = (struct hit){ .next = s->hits, .method = copy_of(q->method), .path = copy_of(q->path) };
        s->hits = h;
    }
    h->n++;

    while (k && !piece_is(q->path, k->path))
        k = k->next;
    if (!k) {
        k = calloc(1, sizeof(*k));
        assert(k);
        *k = (struct kept){ .next = s->kept, .path = copy_of(q->path) };
        s->kept = k;
    }
    free(k->request);
    k->request = text;
    s->last_path = k->path;
}

static bool is_named(struct piece path)
{
    return piece_begins(path, "/set/") || piece_begins(path, "/named/");
}

/* /set/NAME/PATH: remembers, and gives what to say. /named/NAME: finds the path. */
static void rename_locked(struct server *s, struct piece *path) NEEDS(s->lock)
{
    bool set = piece_begins(*path, "/set/");
    struct piece name, rest = { "/ok", 3 };
    struct named *n = s->named;

    if (!is_named(*path))
        return;
    name.text = path->text + (set ? 5 : 7);
    name.length = path->length - (set ? 5 : 7);
    if (set) {
        const char *slash = memchr(name.text, '/', name.length);

        if (slash)
            rest = (struct piece){ slash, name.length - (size_t)(slash - name.text) };
        if (slash)
            name.length = (size_t)(slash - name.text);
    }
    while (n && !piece_is(name, n->name))
        n = n->next;
    if (set) {
        if (!n) {
            n = calloc(1, sizeof(*n));
            assert(n);
            *n = (struct named){ .next = s->named, .name = copy_of(name) };
            s->named = n;
        }
        free(n->path);
        n->path = copy_of(rest);
        *path = (struct piece){ "/ok", 3 };
    } else {
        *path = n ? (struct piece){ n->path, strlen(n->path) } : (struct piece){ "/ok", 3 };
    }
}

static const struct step *find_fault(struct server *s, struct piece path)
{
    size_t i;

    if (!piece_begins(path, "/fault/"))
        return NULL;
    path.text += 7;
    path.length -= 7;
    for (i = 0; i < nfault; i++)
        if (piece_is(path, faults[i].name))
            return script_part(&s->fault[i], 0);
    return NULL;
}

static bool looks_again(const struct step *step)
{
    for (; step->kind != STEP_END && step->kind != STEP_THEN; step++)
        if (step->kind == STEP_MIRROR || step->kind == STEP_AUTH)
            return true;
    return false;
}

/* Chooses what to play for a whole request. */
static bool begin_request(struct server *s, struct conn *c, const char *text, size_t length)
{
    const struct step *step = NULL;
    struct request q;
    struct piece path;
    char *copy;

    if (!request_parse(&q, text, length))
        return false;
    atomic_fetch_add(&s->requests, 1);
    snprintf(c->method, sizeof(c->method), "%.*s", (int)(q.method.length < 16 ? q.method.length : 15), q.method.text);
    path = q.path;
    copy = s->options.uncounted ? NULL : copy_of(q.whole);
    if (copy || atomic_load(&s->routes) || is_named(path)) {
        mutex_lock(&s->lock);
        if (copy)
            record_locked(s, &q, copy);
        step = play_route_locked(s, &q);
        if (!step) {
            rename_locked(s, &path);
            step = find_fault(s, path);
            if (!step)
                path_play(c->own, c->text, path, &q, c->shaken);
        }
        cond_broadcast(&s->changed);
        mutex_unlock(&s->lock);
    } else {
        step = find_fault(s, path);
        if (!step)
            path_play(c->own, c->text, path, &q, c->shaken);
    }
    c->step = step ? step : c->own;
    c->fits = false;
    strbuf_reset(&c->request);
    if (looks_again(c->step))
        strbuf_add(&c->request, text, length);
    return true;
}

/* --- playing ------------------------------------------------------------------------------------------------------ */

enum turn {
    TURN_DONE,                       /* on to the next step */
    TURN_JUMPED,                     /* c->step is another one now */
    TURN_WAIT,
    TURN_OVER                        /* close */
};

static enum turn shake(struct server *s, struct conn *c)
{
    ssize_t n;

    if (!c->tls) {
        c->tls = SSL_new(tls_context(s->options.tls));
        if (!c->tls || !SSL_set_fd(c->tls, c->fd))
            return TURN_OVER;
    }
    n = tls_result(s, c, SSL_accept(c->tls));
    if (n == LATER)
        return TURN_WAIT;
    if (n == GONE)
        return TURN_OVER;
    c->shaken = true;
    atomic_fetch_add(&s->shaken, 1);
    if (SSL_session_reused(c->tls))
        atomic_fetch_add(&s->resumed, 1);
    return TURN_DONE;
}

static enum turn play_request(struct server *s, struct conn *c)
{
    if (s->options.tls && !c->shaken) {
        enum turn t = shake(s, c);

        if (t != TURN_DONE)
            return t;
    }
    for (;;) {
        size_t whole = c->in.length ? request_whole(c->in.text, c->in.length) : 0;
        ssize_t n;

        if (whole) {
            if (!begin_request(s, c, c->in.text, whole))
                return TURN_OVER;
            strbuf_splice(&c->in, 0, whole, NULL, 0);
            return TURN_JUMPED;
        }
        n = conn_read(s, c, s->buffer, BUFFER);
        if (n == LATER)
            return TURN_WAIT;
        if (n == GONE || c->in.length > REQUEST_BYTES)
            return TURN_OVER;
        s->buffer[n] = '\0';
        if (!c->in.length && (whole = request_whole(s->buffer, (size_t)n))) {
            strbuf_add(&c->in, s->buffer + whole, (size_t)n - whole);
            return begin_request(s, c, s->buffer, whole) ? TURN_JUMPED : TURN_OVER;
        }
        strbuf_add(&c->in, s->buffer, (size_t)n);
    }
}

static enum turn play_read(struct server *s, struct conn *c)
{
    ssize_t n;

    if (c->in.length) {
        strbuf_reset(&c->in);
        return TURN_DONE;
    }
    n = conn_read(s, c, s->buffer, BUFFER);
    return n == LATER ? TURN_WAIT : n == GONE ? TURN_OVER : TURN_DONE;
}

/* Sends what is in c->out. */
static enum turn flush(struct server *s, struct conn *c)
{
    while (c->nout) {
        ssize_t n = conn_write(s, c, c->out, c->nout);

        if (n == LATER)
            return TURN_WAIT;
        if (n == GONE)
            return TURN_OVER;
        c->out += n;
        c->nout -= (size_t)n;
    }
    return TURN_DONE;
}

static enum turn send_once(struct server *s, struct conn *c, const char *text, size_t length, bool begun)
{
    if (!begun) {
        c->out = text;
        c->nout = length;
    }
    return flush(s, c);
}

/* REPEAT counts texts, FILL counts bytes. */
static enum turn play_many(struct server *s, struct conn *c, const struct step *st, bool begun)
{
    size_t budget = TURN_BYTES;

    if (!begun) {
        c->left = st->n;
        c->nout = 0;
    }
    for (;;) {
        enum turn t = flush(s, c);

        if (t != TURN_DONE || !c->left)
            return t;
        if (st->kind == STEP_FILL) {
            c->out = s->filler;
            c->nout = c->left < (int64_t)sizeof(s->filler) ? (size_t)c->left : sizeof(s->filler);
            c->left -= (int64_t)c->nout;
        } else {
            c->out = st->text;
            c->nout = st->length;
            c->left -= st->n != FOREVER;
        }
        if (budget < c->nout) {
            watch(s, c, EPOLLOUT);
            return TURN_WAIT;
        }
        budget -= c->nout;
    }
}

static enum turn play_drip(struct server *s, struct conn *c, const struct step *st, bool begun)
{
    enum turn t;

    if (!begun) {
        c->left = st->n;
        c->at = 0;
        c->nout = 0;
    }
    t = flush(s, c);
    if (t != TURN_DONE || !c->left || c->place != NOT_WAITING)
        return t == TURN_DONE && c->left ? TURN_WAIT : t;
    c->out = st->text + c->at;
    c->nout = 1;
    if (++c->at == st->length) {
        c->at = 0;
        c->left -= st->n != FOREVER;
    }
    t = flush(s, c);
    if (t != TURN_DONE || !c->left)
        return t;
    wait_for_time(s, c, clock_mono_ns() + st->every_ms * NS_PER_MS);
    watch(s, c, 0);
    return TURN_WAIT;
}

static enum turn play_auth(struct server *s, struct conn *c, const struct step *st, bool begun)
{
    static const char refusal[] = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"squirrel\"\r\n"
                                  "Content-Length: 0\r\nConnection: close\r\n\r\n";
    struct request q;
    enum turn t;

    if (!request_parse(&q, c->request.text, c->request.length))
        return TURN_OVER;
    if (request_signs_in(&q, st->text))
        return TURN_DONE;
    t = send_once(s, c, refusal, sizeof(refusal) - 1, begun);
    return t == TURN_DONE ? TURN_OVER : t;
}

static enum turn play_mirror(struct server *s, struct conn *c, bool begun)
{
    if (!begun) {
        strbuf_reset(&c->mirror);
        strbuf_addf(&c->mirror, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", c->request.length);
        if (strcmp(c->method, "HEAD") != 0)
            strbuf_add(&c->mirror, c->request.text, c->request.length);
    }
    return send_once(s, c, c->mirror.text, c->mirror.length, begun);
}

static enum turn play_for(struct conn *c, const struct step *st)
{
    if (c->fits)
        return TURN_OVER;
    c->fits = !strcmp(c->method, st->text);
    if (c->fits)
        return TURN_DONE;
    do
        st++;
    while (st->kind != STEP_END && st->kind != STEP_FOR && st->kind != STEP_THEN);
    c->step = st;
    return TURN_JUMPED;
}

static enum turn play_step(struct server *s, struct conn *c)
{
    const struct step *st = c->step;
    bool begun = c->entered;

    c->entered = true;
    switch (st->kind) {
    case STEP_REQUEST:
        return play_request(s, c);
    case STEP_READ:
        return play_read(s, c);
    case STEP_SEND:
        return send_once(s, c, st->text, st->length, begun);
    case STEP_ANSWER:
        return send_once(s, c, st->text, strcmp(c->method, "HEAD") != 0 ? st->length : (size_t)st->n, begun);
    case STEP_REPEAT:
    case STEP_FILL:
        return play_many(s, c, st, begun);
    case STEP_DRIP:
        return play_drip(s, c, st, begun);
    case STEP_MIRROR:
        return play_mirror(s, c, begun);
    case STEP_AUTH:
        return play_auth(s, c, st, begun);
    case STEP_FOR:
        return play_for(c, st);
    case STEP_DELAY:
        if (begun)
            return c->place == NOT_WAITING ? TURN_DONE : TURN_WAIT;
        wait_for_time(s, c, clock_mono_ns() + st->n * NS_PER_MS);
        watch(s, c, 0);
        return TURN_WAIT;
    case STEP_HOLD:
        if (begun)
            return c->held ? TURN_WAIT : TURN_DONE;
        c->held = true;
        watch(s, c, 0);
        atomic_fetch_add(&s->held, 1);
        tell(s);
        return TURN_WAIT;
    case STEP_HANG:
        watch(s, c, 0);
        return TURN_WAIT;
    case STEP_RESET:
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger));
        return TURN_OVER;
    case STEP_CUT:
        return TURN_OVER;
    case STEP_END:
    case STEP_THEN:
    case STEP_CLOSE:
        if (c->shaken)
            SSL_shutdown(c->tls);
        return TURN_OVER;
    }
    return TURN_OVER;
}

static void play(struct server *s, struct conn *c)
{
    for (;;) {
        switch (play_step(s, c)) {
        case TURN_DONE:
            c->step++;
            c->entered = false;
            break;
        case TURN_JUMPED:
            c->entered = false;
            break;
        case TURN_WAIT:
            return;
        case TURN_OVER:
            conn_close(s, c);
            return;
        }
    }
}

/* --- the thread --------------------------------------------------------------------------------------------------- */

static void take_connections(struct server *s, struct listener *l)
{
    int i;

    for (i = 0; i < 64; i++) {
        int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        struct conn *c;

        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE) {
                s->crowded = true;
                watch_listeners(s, EPOLL_CTL_DEL);
            }
            return;
        }
        c = conn_open(s, fd);
        assert(c);
        tell(s);
        c->step = atomic_load(&s->greeting)->script.step;
        if (c->step->kind == STEP_REQUEST)
            watch(s, c, EPOLLIN); /* the first bytes are hardly here yet */
        else
            play(s, c);
    }
}

static void conn_event(struct server *s, struct conn *c, uint32_t events)
{
    bool reading = c->step->kind == STEP_REQUEST || c->step->kind == STEP_READ;

    if (!reading && (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
        conn_close(s, c);
    else
        play(s, c);
}

static void end_waits(struct server *s)
{
    int64_t now_ns = s->nheap ? clock_mono_ns() : 0;

    while (s->nheap && s->heap[0]->due_ns <= now_ns) {
        struct conn *c = s->heap[0];

        stop_waiting(s, c);
        play(s, c);
    }
}

static void release_held(struct server *s)
{
    struct conn *c, *next;

    for (c = s->all; c; c = next) {
        next = c->next;
        if (!c->held)
            continue;
        c->held = false;
        atomic_fetch_sub(&s->held, 1);
        play(s, c);
    }
    tell(s);
}

static bool listener_open(struct listener *l)
{
    int one = 1;

    l->fd = socket(l->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (l->fd < 0)
        return false;
    setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)); /* handed on to what is accepted */
    if (((struct sockaddr_in *)&l->address)->sin_addr.s_addr == INADDR_ANY && l->address.ss_family == AF_INET &&
        setsockopt(l->fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3))
        return false;
    return !bind(l->fd, (struct sockaddr *)&l->address, l->size) && !listen(l->fd, BACKLOG);
}

static void carry_out_refusal(struct server *s, bool refuse)
{
    int i;

    for (i = 0; i < s->nlistener; i++) {
        struct listener *l = &s->listener[i];

        if (refuse && l->fd >= 0) {
            close(l->fd);
            l->fd = -1;
        } else if (!refuse && l->fd < 0 && !listener_open(l)) {
            abort();
        }
    }
    if (!refuse)
        watch_listeners(s, EPOLL_CTL_ADD);
}

/* False when it is time to stop. */
static bool take_orders(struct server *s)
{
    uint64_t drop;
    bool stop, release, refuse, refusing;

    if (read(s->wake, &drop, sizeof(drop)) < 0)
        return true;
    mutex_lock(&s->lock);
    stop = s->stop;
    release = s->release;
    s->release = false;
    refuse = s->refuse;
    refusing = s->refusing;
    mutex_unlock(&s->lock);
    if (refuse != refusing) {
        carry_out_refusal(s, refuse);
        mutex_lock(&s->lock);
        s->refusing = refuse;
        cond_broadcast(&s->changed);
        mutex_unlock(&s->lock);
    }
    if (release)
        release_held(s);
    return !stop;
}

static int patience_ms(const struct server *s)
{
    int64_t left_ns;

    if (s->options.busy)
        return 0;
    if (!s->nheap)
        return s->crowded ? CROWDED_MS : -1;
    left_ns = s->heap[0]->due_ns - clock_mono_ns();
    if (left_ns <= 0)
        return 0;
    return left_ns > CROWDED_MS * NS_PER_MS && s->crowded ? CROWDED_MS : (int)((left_ns + NS_PER_MS - 1) / NS_PER_MS);
}

static void *serve(void *context)
{
    struct server *s = context;
    struct epoll_event event[256];
    bool going = true;

    while (going) {
        int n = epoll_wait(s->epoll, event, 256, patience_ms(s)), i;
        bool orders = false;

        if (s->crowded)
            watch_listeners(s, EPOLL_CTL_ADD);
        s->crowded = false;
        for (i = 0; i < n; i++) {
            switch (*(enum source *)event[i].data.ptr) {
            case SOURCE_WAKE:
                orders = true;
                break;
            case SOURCE_LISTENER:
                take_connections(s, event[i].data.ptr);
                break;
            case SOURCE_CONN:
                conn_event(s, event[i].data.ptr, event[i].events);
                break;
            }
        }
        end_waits(s);
        if (orders) /* last: what they close must not be among the events of this round */
            going = take_orders(s);
    }
    while (s->all)
        conn_close(s, s->all);
    return NULL;
}

/* --- starting and stopping ---------------------------------------------------------------------------------------- */

static bool resolve(struct listener *l, const char *address)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&l->address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&l->address;

    memset(&l->address, 0, sizeof(l->address));
    if (!strcmp(address, "127.0.0.0/8") || inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
        l->address.ss_family = AF_INET;
        l->size = sizeof(*v4);
        return !strncmp(address, "127.", 4); /* nothing beyond loopback */
    }
    l->address.ss_family = AF_INET6;
    l->size = sizeof(*v6);
    return inet_pton(AF_INET6, address, &v6->sin6_addr) == 1 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* Lets the kernel choose a port, holds it, and listens there. */
static bool listener_init(struct listener *l, const char *address)
{
    int one = 1;

    l->source = SOURCE_LISTENER;
    l->fd = l->holder = -1;
    errno = EADDRNOTAVAIL;
    if (!resolve(l, address))
        return false;
    l->holder = socket(l->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return l->holder >= 0 && !setsockopt(l->holder, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) &&
           !bind(l->holder, (struct sockaddr *)&l->address, l->size) &&
           !getsockname(l->holder, (struct sockaddr *)&l->address, &l->size) && listener_open(l);
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

static void server_free(struct server *s)
{
    struct conn *c;
    size_t i;
    int l;

    for (l = 0; l < s->nlistener; l++) {
        if (s->listener[l].fd >= 0)
            close(s->listener[l].fd);
        if (s->listener[l].holder >= 0)
            close(s->listener[l].holder);
    }
    free(s->listener);
    if (s->wake >= 0)
        close(s->wake);
    if (s->epoll >= 0)
        close(s->epoll);
    while ((c = s->unused)) {
        s->unused = c->next;
        free(c);
    }
    free(s->heap);
    free(s->buffer);
    for (i = 0; s->fault && i < nfault; i++)
        script_release(&s->fault[i]);
    free(s->fault);
    server_forget(s);
    routes_free(atomic_load(&s->routes));
    routes_free(atomic_load(&s->greeting));
    while (s->named) {
        struct named *n = s->named;

        s->named = n->next;
        free(n->name);
        free(n->path);
        free(n);
    }
    cond_release(&s->changed);
    mutex_release(&s->lock);
    free(s);
}

struct server *server_start(const struct server_options *options)
{
    struct server *s = calloc(1, sizeof(*s));
    struct epoll_event e = { .events = EPOLLIN };
    sigset_t every, before;
    size_t i;
    int l;

    if (!s)
        return NULL;
    mutex_init(&s->lock);
    cond_init(&s->changed);
    if (options)
        s->options = *options;
    if (!s->options.address)
        s->options.address = "127.0.0.1";
    memset(s->filler, 'x', sizeof(s->filler));
    s->wake_source = SOURCE_WAKE;
    e.data.ptr = &s->wake_source;
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->buffer = malloc(BUFFER + 1);
    s->fault = calloc(nfault, sizeof(*s->fault));
    s->listener = calloc(s->options.ports > 0 ? (size_t)s->options.ports : 1, sizeof(*s->listener));
    if (s->epoll < 0 || s->wake < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->wake, &e) || !s->buffer || !s->fault || !s->listener)
        goto fail;
    for (i = 0; i < nfault; i++)
        if (!script_init(&s->fault[i], faults[i].steps))
            goto fail;
    server_greet(s, REQUEST);
    for (l = 0; l < s->options.ports || l < 1; l++) {
        s->nlistener++;
        if (!listener_init(&s->listener[l], s->options.address))
            goto fail;
    }
    watch_listeners(s, EPOLL_CTL_ADD);

    sigfillset(&every); /* signals are for the program; and OpenSSL writes without MSG_NOSIGNAL */
    pthread_sigmask(SIG_SETMASK, &every, &before);
    errno = pthread_create(&s->thread, NULL, serve, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!errno)
        return s;

fail:
    fprintf(stderr, "cannot start a server on '%s': %s\n", s->options.address, strerror(errno));
    server_free(s);
    return NULL;
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    mutex_lock(&s->lock);
    s->stop = true;
    mutex_unlock(&s->lock);
    wake(s);
    pthread_join(s->thread, NULL);
    server_free(s);
}

int server_port_at(const struct server *s, int listener)
{
    assert(listener >= 0 && listener < s->nlistener);
    return ntohs(((const struct sockaddr_in *)&s->listener[listener].address)->sin_port); /* at the same place in both */
}

int server_port(const struct server *s)
{
    return server_port_at(s, 0);
}

const char *server_url(const struct server *s, const char *path, char url[SERVER_URL_SIZE])
{
    const char *address = s->options.address;
    bool v6 = strchr(address, ':') != NULL;

    if (!strcmp(address, "127.0.0.0/8"))
        address = "127.0.0.1";
    snprintf(url, SERVER_URL_SIZE, "http%s://%s%s%s:%d%s", s->options.tls ? "s" : "", v6 ? "[" : "", address, v6 ? "]" : "",
             server_port(s), path);
    return url;
}

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

void server_route_steps(struct server *s, const char *path, const struct step *steps)
{
    struct route *r = route_new(path, steps);

    mutex_lock(&s->lock);
    r->older = atomic_load(&s->routes);
    atomic_store(&s->routes, r);
    mutex_unlock(&s->lock);
}

void server_greet_steps(struct server *s, const struct step *steps)
{
    struct route *r = route_new("", steps);

    mutex_lock(&s->lock);
    r->older = atomic_load(&s->greeting);
    atomic_store(&s->greeting, r);
    mutex_unlock(&s->lock);
}

static bool has_refused_locked(struct server *s, const void *what)
{
    (void)what;
    return s->refusing == s->refuse;
}

void server_refuse(struct server *s, bool refuse)
{
    bool done;

    mutex_lock(&s->lock);
    s->refuse = refuse;
    mutex_unlock(&s->lock);
    wake(s);
    done = wait_until(s, has_refused_locked, NULL);
    assert(done);
    (void)done;
}

void server_release(struct server *s)
{
    mutex_lock(&s->lock);
    s->release = true;
    mutex_unlock(&s->lock);
    wake(s);
}

/* --- what came ---------------------------------------------------------------------------------------------------- */

struct wanted {
    const char *method, *path;
    unsigned n;
};

static unsigned hits_locked(struct server *s, const char *method, const char *path) NEEDS(s->lock)
{
    const struct hit *h;
    unsigned n = 0;

    for (h = s->hits; h; h = h->next)
        if ((!method || !strcmp(method, h->method)) && (!path || !strcmp(path, h->path)))
            n += h->n;
    return n;
}

static bool has_hits_locked(struct server *s, const void *what) NEEDS(s->lock)
{
    const struct wanted *w = what;

    return hits_locked(s, w->method, w->path) >= w->n;
}

unsigned server_hits(struct server *s, const char *method, const char *path)
{
    unsigned n;

    mutex_lock(&s->lock);
    n = hits_locked(s, method, path);
    mutex_unlock(&s->lock);
    return n;
}

bool server_wait_hits(struct server *s, const char *method, const char *path, unsigned n)
{
    return wait_until(s, has_hits_locked, &(struct wanted){ method, path, n });
}

char *server_last_request(struct server *s, const char *path)
{
    const struct kept *k;
    char *text = NULL;

    mutex_lock(&s->lock);
    if (!path)
        path = s->last_path;
    for (k = s->kept; path && k; k = k->next)
        if (!strcmp(k->path, path)) {
            text = strdup(k->request);
            break;
        }
    mutex_unlock(&s->lock);
    return text;
}

void server_forget(struct server *s)
{
    mutex_lock(&s->lock);
    while (s->hits) {
        struct hit *h = s->hits;

        s->hits = h->next;
        free(h->method);
        free(h->path);
        free(h);
    }
    while (s->kept) {
        struct kept *k = s->kept;

        s->kept = k->next;
        free(k->path);
        free(k->request);
        free(k);
    }
    s->last_path = NULL;
    mutex_unlock(&s->lock);
}

struct server_totals server_totals(struct server *s)
{
    return (struct server_totals){
        .accepted = atomic_load(&s->accepted), .requests = atomic_load(&s->requests), .shaken = atomic_load(&s->shaken),
        .resumed = atomic_load(&s->resumed), .open = atomic_load(&s->open), .held = atomic_load(&s->held),
    };
}

static bool has_open_locked(struct server *s, const void *what)
{
    return atomic_load(&s->open) == *(const unsigned *)what;
}

static bool has_held_locked(struct server *s, const void *what)
{
    return atomic_load(&s->held) >= *(const unsigned *)what;
}

bool server_wait_open(struct server *s, unsigned n)
{
    return wait_until(s, has_open_locked, &n);
}

bool server_wait_held(struct server *s, unsigned n)
{
    return wait_until(s, has_held_locked, &n);
}

/* --- the corpus --------------------------------------------------------------------------------------------------- */

const struct fault faults[] = {
#define FAULT(name, error, status, ...) { name, error, status, (const struct step[]){ __VA_ARGS__, { .kind = STEP_END } } },
#include "support/faults.def"
#undef FAULT
};
const size_t nfault = sizeof(faults) / sizeof(faults[0]);
