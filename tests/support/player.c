/* Plays scripts on connections, in turns: none blocks, and none may keep the others waiting. The server's thread alone. */
#include "support/player.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "support/server.h"

#define REQUEST_BYTES (1u << 20)     /* the longest request there may be */
#define TURN_BYTES (1u << 18)        /* written to one connection before the others have their turn */
#define NOT_WAITING SIZE_MAX

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

/* --- due times: a heap -------------------------------------------------------------------------------------------- */

static void heap_put(struct player *p, size_t at, struct conn *c)
{
    p->heap[at] = c;
    c->place = at;
}

static void heap_settle(struct player *p, size_t at, struct conn *c)
{
    size_t child;

    for (; at && p->heap[(at - 1) / 2]->due_ns > c->due_ns; at = (at - 1) / 2)
        heap_put(p, at, p->heap[(at - 1) / 2]);
    while ((child = 2 * at + 1) < p->nheap) {
        child += child + 1 < p->nheap && p->heap[child + 1]->due_ns < p->heap[child]->due_ns;
        if (p->heap[child]->due_ns >= c->due_ns)
            break;
        heap_put(p, at, p->heap[child]);
        at = child;
    }
    heap_put(p, at, c);
}

static void wait_for_time(struct player *p, struct conn *c, int64_t due_ns)
{
    if (p->nheap == p->heap_size) {
        p->heap_size = p->heap_size ? 2 * p->heap_size : 64;
        p->heap = realloc(p->heap, p->heap_size * sizeof(*p->heap));
        assert(p->heap);
    }
    c->due_ns = due_ns;
    heap_settle(p, p->nheap++, c);
}

static void stop_waiting(struct player *p, struct conn *c)
{
    struct conn *last;
    size_t at = c->place;

    if (at == NOT_WAITING)
        return;
    c->place = NOT_WAITING;
    last = p->heap[--p->nheap];
    if (last != c)
        heap_settle(p, at, last);
}

/* --- connections -------------------------------------------------------------------------------------------------- */

static void watch(struct player *p, struct conn *c, uint32_t events)
{
    struct epoll_event e = { .events = events | EPOLLRDHUP, .data.ptr = c };

    if (c->watched == e.events)
        return;
    epoll_ctl(p->epoll, c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &e);
    c->watched = e.events;
}

static struct conn *conn_open(struct player *p, int fd)
{
    struct conn *c = p->unused;

    if (c)
        p->unused = c->next;
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
    c->next = p->all;
    if (p->all)
        p->all->prev = c;
    p->all = c;
    atomic_fetch_add(&p->book->accepted, 1);
    atomic_fetch_add(&p->book->open, 1);
    return c;
}

static void conn_close(struct player *p, struct conn *c)
{
    stop_waiting(p, c);
    if (c->held)
        atomic_fetch_sub(&p->book->held, 1);
    if (c->tls) {
        ERR_clear_error();
        SSL_free(c->tls);
    }
    /* Closing alone would not do: while a child is being spawned it holds a copy, and epoll would go on telling of c. */
    if (c->watched)
        epoll_ctl(p->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    close(c->fd);
    strbuf_release(&c->in);
    strbuf_release(&c->request);
    strbuf_release(&c->mirror);
    if (c->prev)
        c->prev->next = c->next;
    else
        p->all = c->next;
    if (c->next)
        c->next->prev = c->prev;
    c->next = p->unused;
    p->unused = c;
    atomic_fetch_sub(&p->book->open, 1);
    book_tell(p->book);
}

/* What came of reading or writing. */
enum { GONE = 0, LATER = -1 };

/* What OpenSSL's return value means; asks epoll for what it wants. */
static ssize_t tls_result(struct player *p, struct conn *c, int n)
{
    if (n > 0)
        return n;
    switch (SSL_get_error(c->tls, n)) {
    case SSL_ERROR_WANT_READ:
        watch(p, c, EPOLLIN);
        return LATER;
    case SSL_ERROR_WANT_WRITE:
        watch(p, c, EPOLLOUT);
        return LATER;
    default:
        ERR_clear_error();
        return GONE;
    }
}

static ssize_t conn_read(struct player *p, struct conn *c, void *bytes, size_t size)
{
    ssize_t n;

    if (c->shaken)
        return tls_result(p, c, SSL_read(c->tls, bytes, (int)size));
    n = recv(c->fd, bytes, size, 0);
    if (n >= 0)
        return n;
    if (errno != EAGAIN && errno != EINTR)
        return GONE;
    watch(p, c, EPOLLIN);
    return LATER;
}

static ssize_t conn_write(struct player *p, struct conn *c, const void *bytes, size_t length)
{
    ssize_t n;

    if (c->shaken)
        return tls_result(p, c, SSL_write(c->tls, bytes, length > PLAYER_BUFFER ? PLAYER_BUFFER : (int)length));
    n = send(c->fd, bytes, length, MSG_NOSIGNAL);
    if (n > 0)
        return n;
    if (errno != EAGAIN && errno != EINTR)
        return GONE;
    watch(p, c, EPOLLOUT);
    return LATER;
}

/* --- requests ----------------------------------------------------------------------------------------------------- */

static const struct step *find_fault(struct player *p, struct piece path)
{
    size_t i;

    if (!piece_begins(path, "/fault/"))
        return NULL;
    path.text += 7;
    path.length -= 7;
    for (i = 0; i < nfault; i++)
        if (piece_is(path, faults[i].name))
            return script_part(&p->fault[i], 0);
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
static bool begin_request(struct player *p, struct conn *c, const char *text, size_t length)
{
    const struct step *step;
    struct request q;
    struct piece path;

    if (!request_parse(&q, text, length))
        return false;
    snprintf(c->method, sizeof(c->method), "%.*s", (int)(q.method.length < 16 ? q.method.length : 15), q.method.text);
    step = book_choose(p->book, &q, p->uncounted, &path);
    if (!step)
        step = find_fault(p, path);
    if (!step)
        path_play(c->own, c->text, path, &q, c->shaken);
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

static enum turn shake(struct player *p, struct conn *c)
{
    ssize_t n;

    if (!c->tls) {
        c->tls = SSL_new(p->tls);
        if (!c->tls || !SSL_set_fd(c->tls, c->fd))
            return TURN_OVER;
    }
    n = tls_result(p, c, SSL_accept(c->tls));
    if (n == LATER)
        return TURN_WAIT;
    if (n == GONE)
        return TURN_OVER;
    c->shaken = true;
    atomic_fetch_add(&p->book->shaken, 1);
    if (SSL_session_reused(c->tls))
        atomic_fetch_add(&p->book->resumed, 1);
    return TURN_DONE;
}

static enum turn play_request(struct player *p, struct conn *c)
{
    if (p->tls && !c->shaken) {
        enum turn t = shake(p, c);

        if (t != TURN_DONE)
            return t;
    }
    for (;;) {
        size_t whole = c->in.length ? request_whole(c->in.text, c->in.length) : 0;
        ssize_t n;

        if (whole) {
            if (!begin_request(p, c, c->in.text, whole))
                return TURN_OVER;
            strbuf_splice(&c->in, 0, whole, NULL, 0);
            return TURN_JUMPED;
        }
        n = conn_read(p, c, p->buffer, PLAYER_BUFFER);
        if (n == LATER)
            return TURN_WAIT;
        if (n == GONE || c->in.length > REQUEST_BYTES)
            return TURN_OVER;
        p->buffer[n] = '\0';
        if (!c->in.length && (whole = request_whole(p->buffer, (size_t)n))) {
            strbuf_add(&c->in, p->buffer + whole, (size_t)n - whole);
            return begin_request(p, c, p->buffer, whole) ? TURN_JUMPED : TURN_OVER;
        }
        strbuf_add(&c->in, p->buffer, (size_t)n);
    }
}

static enum turn play_read(struct player *p, struct conn *c)
{
    ssize_t n;

    if (c->in.length) {
        strbuf_reset(&c->in);
        return TURN_DONE;
    }
    n = conn_read(p, c, p->buffer, PLAYER_BUFFER);
    return n == LATER ? TURN_WAIT : n == GONE ? TURN_OVER : TURN_DONE;
}

/* Sends what is in c->out. */
static enum turn flush(struct player *p, struct conn *c)
{
    while (c->nout) {
        ssize_t n = conn_write(p, c, c->out, c->nout);

        if (n == LATER)
            return TURN_WAIT;
        if (n == GONE)
            return TURN_OVER;
        c->out += n;
        c->nout -= (size_t)n;
    }
    return TURN_DONE;
}

static enum turn send_once(struct player *p, struct conn *c, const char *text, size_t length, bool begun)
{
    if (!begun) {
        c->out = text;
        c->nout = length;
    }
    return flush(p, c);
}

/* REPEAT counts texts, FILL counts bytes. */
static enum turn play_many(struct player *p, struct conn *c, const struct step *st, bool begun)
{
    size_t budget = TURN_BYTES;

    if (!begun) {
        c->left = st->n;
        c->nout = 0;
    }
    for (;;) {
        enum turn t = flush(p, c);

        if (t != TURN_DONE || !c->left)
            return t;
        if (st->kind == STEP_FILL) {
            c->out = p->filler;
            c->nout = c->left < (int64_t)sizeof(p->filler) ? (size_t)c->left : sizeof(p->filler);
            c->left -= (int64_t)c->nout;
        } else {
            c->out = st->text;
            c->nout = st->length;
            c->left -= st->n != FOREVER;
        }
        if (budget < c->nout) {
            watch(p, c, EPOLLOUT);
            return TURN_WAIT;
        }
        budget -= c->nout;
    }
}

static enum turn play_drip(struct player *p, struct conn *c, const struct step *st, bool begun)
{
    enum turn t;

    if (!begun) {
        c->left = st->n;
        c->at = 0;
        c->nout = 0;
    }
    t = flush(p, c);
    if (t != TURN_DONE || !c->left || c->place != NOT_WAITING)
        return t == TURN_DONE && c->left ? TURN_WAIT : t;
    c->out = st->text + c->at;
    c->nout = 1;
    if (++c->at == st->length) {
        c->at = 0;
        c->left -= st->n != FOREVER;
    }
    t = flush(p, c);
    if (t != TURN_DONE || !c->left)
        return t;
    wait_for_time(p, c, clock_mono_ns() + st->every_ms * NS_PER_MS);
    watch(p, c, 0);
    return TURN_WAIT;
}

static enum turn play_auth(struct player *p, struct conn *c, const struct step *st, bool begun)
{
    static const char refusal[] = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"squirrel\"\r\n"
                                  "Content-Length: 0\r\nConnection: close\r\n\r\n";
    struct request q;
    enum turn t;

    if (!request_parse(&q, c->request.text, c->request.length))
        return TURN_OVER;
    if (request_signs_in(&q, st->text))
        return TURN_DONE;
    t = send_once(p, c, refusal, sizeof(refusal) - 1, begun);
    return t == TURN_DONE ? TURN_OVER : t;
}

static enum turn play_mirror(struct player *p, struct conn *c, bool begun)
{
    if (!begun) {
        strbuf_reset(&c->mirror);
        strbuf_addf(&c->mirror, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", c->request.length);
        if (strcmp(c->method, "HEAD") != 0)
            strbuf_add(&c->mirror, c->request.text, c->request.length);
    }
    return send_once(p, c, c->mirror.text, c->mirror.length, begun);
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

static enum turn play_step(struct player *p, struct conn *c)
{
    const struct step *st = c->step;
    bool begun = c->entered;

    c->entered = true;
    switch (st->kind) {
    case STEP_REQUEST:
        return play_request(p, c);
    case STEP_READ:
        return play_read(p, c);
    case STEP_SHAKE:
        return p->tls && !c->shaken ? shake(p, c) : TURN_DONE;
    case STEP_SEND:
        return send_once(p, c, st->text, st->length, begun);
    case STEP_ANSWER:
        return send_once(p, c, st->text, strcmp(c->method, "HEAD") != 0 ? st->length : (size_t)st->n, begun);
    case STEP_REPEAT:
    case STEP_FILL:
        return play_many(p, c, st, begun);
    case STEP_DRIP:
        return play_drip(p, c, st, begun);
    case STEP_MIRROR:
        return play_mirror(p, c, begun);
    case STEP_AUTH:
        return play_auth(p, c, st, begun);
    case STEP_FOR:
        return play_for(c, st);
    case STEP_DELAY:
        if (begun)
            return c->place == NOT_WAITING ? TURN_DONE : TURN_WAIT;
        wait_for_time(p, c, clock_mono_ns() + st->n * NS_PER_MS);
        watch(p, c, 0);
        return TURN_WAIT;
    case STEP_HOLD:
        if (begun)
            return c->held ? TURN_WAIT : TURN_DONE;
        c->held = true;
        watch(p, c, 0);
        atomic_fetch_add(&p->book->held, 1);
        book_tell(p->book);
        return TURN_WAIT;
    case STEP_HANG:
        watch(p, c, 0);
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

static void play(struct player *p, struct conn *c)
{
    for (;;) {
        switch (play_step(p, c)) {
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
            conn_close(p, c);
            return;
        }
    }
}

/* --- for the server's thread -------------------------------------------------------------------------------------- */

bool player_init(struct player *p, int epoll, struct book *book, struct ssl_ctx_st *tls, bool uncounted)
{
    size_t i;

    p->epoll = epoll;
    p->book = book;
    p->tls = tls;
    p->uncounted = uncounted;
    p->all = p->unused = NULL;
    p->heap = NULL;
    p->nheap = p->heap_size = 0;
    memset(p->filler, 'x', sizeof(p->filler));
    p->fault = calloc(nfault, sizeof(*p->fault));
    for (i = 0; p->fault && i < nfault; i++)
        if (!script_init(&p->fault[i], faults[i].steps))
            return false;
    return p->fault != NULL;
}

void player_release(struct player *p)
{
    size_t i;

    while (p->all)
        conn_close(p, p->all);
    while (p->unused) {
        struct conn *c = p->unused;

        p->unused = c->next;
        free(c);
    }
    for (i = 0; p->fault && i < nfault; i++)
        script_release(&p->fault[i]);
    free(p->fault);
    free(p->heap);
}

void player_take(struct player *p, int fd)
{
    struct conn *c = conn_open(p, fd);

    assert(c);
    book_tell(p->book);
    c->step = atomic_load(&p->book->greeting)->script.step;
    if (c->step->kind == STEP_REQUEST)
        watch(p, c, EPOLLIN); /* the first bytes are hardly here yet */
    else
        play(p, c);
}

void player_event(struct player *p, struct conn *c, uint32_t events)
{
    bool reading = c->step->kind == STEP_REQUEST || c->step->kind == STEP_READ || c->step->kind == STEP_SHAKE;

    if (!reading && (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
        conn_close(p, c);
    else
        play(p, c);
}

int64_t player_due_ns(const struct player *p)
{
    int64_t left_ns;

    if (!p->nheap)
        return INT64_MAX;
    left_ns = p->heap[0]->due_ns - clock_mono_ns();
    return left_ns > 0 ? left_ns : 0;
}

void player_end_waits(struct player *p)
{
    int64_t now_ns = p->nheap ? clock_mono_ns() : 0;

    while (p->nheap && p->heap[0]->due_ns <= now_ns) {
        struct conn *c = p->heap[0];

        stop_waiting(p, c);
        play(p, c);
    }
}

void player_let_go(struct player *p)
{
    struct conn *c, *next;

    for (c = p->all; c; c = next) {
        next = c->next;
        if (!c->held)
            continue;
        c->held = false;
        atomic_fetch_sub(&p->book->held, 1);
        play(p, c);
    }
    book_tell(p->book);
}

/* --- the corpus --------------------------------------------------------------------------------------------------- */

const struct fault faults[] = {
#define FAULT(name, error, status, ...) { name, error, status, (const struct step[]){ __VA_ARGS__, { .kind = STEP_END } } },
#include "support/faults.def"
#undef FAULT
};
const size_t nfault = sizeof(faults) / sizeof(faults[0]);
