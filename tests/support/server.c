/* The fault server: one thread and one epoll. The thread alone owns the connections (player.c); tests and the thread meet in
 * the book (book.c) and in a few orders, which a test leaves here before it wakes the thread. */
#include "support/server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/book.h"
#include "support/player.h"
#include "support/tls.h"

#define BACKLOG 4096
#define CROWDED_MS 10                /* before it is tried again whether there are descriptors */

struct listener {
    enum source source;
    int fd;                          /* -1 while refusing */
    int holder;                      /* bound to the same port, never listening: nobody else gets it */
    struct sockaddr_storage address;
    socklen_t size;
};

struct server {
    /* set before the thread starts */
    struct server_options options;
    struct listener *listener;
    int nlistener;
    int epoll;
    int wake;                        /* eventfd: there are orders */
    enum source wake_source;
    pthread_t thread;

    /* the thread's alone */
    struct player player;
    bool crowded;                    /* out of descriptors: does not listen for a moment */

    struct book book;
    _Atomic bool stop, release, refuse; /* orders: given, then the thread is woken */
    _Atomic bool refusing;              /* carried out */
};

static void wake(struct server *s)
{
    uint64_t one = 1;

    if (write(s->wake, &one, sizeof(one)) < 0)
        abort();
}

/* --- listeners ---------------------------------------------------------------------------------------------------- */

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

static void watch_listeners(struct server *s, int operation)
{
    int i;

    for (i = 0; i < s->nlistener; i++) {
        struct epoll_event e = { .events = EPOLLIN, .data.ptr = &s->listener[i] };

        if (s->listener[i].fd >= 0)
            epoll_ctl(s->epoll, operation, s->listener[i].fd, &e);
    }
}

/* --- the thread --------------------------------------------------------------------------------------------------- */

static void take_connections(struct server *s, struct listener *l)
{
    int i;

    for (i = 0; i < 64; i++) {
        int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0) {
            player_take(&s->player, fd);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE) {
            s->crowded = true;
            watch_listeners(s, EPOLL_CTL_DEL);
        }
        return;
    }
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
    bool refuse;

    if (read(s->wake, &drop, sizeof(drop)) < 0)
        return true;
    refuse = atomic_load(&s->refuse);
    if (refuse != atomic_load(&s->refusing)) {
        carry_out_refusal(s, refuse);
        atomic_store(&s->refusing, refuse);
        book_tell(&s->book);
    }
    if (atomic_exchange(&s->release, false))
        player_let_go(&s->player);
    return !atomic_load(&s->stop);
}

static int patience_ms(const struct server *s)
{
    int64_t due_ns = player_due_ns(&s->player);

    if (s->options.busy)
        return 0;
    if (s->crowded && due_ns > CROWDED_MS * NS_PER_MS)
        return CROWDED_MS;
    return due_ns == INT64_MAX ? -1 : (int)((due_ns + NS_PER_MS - 1) / NS_PER_MS);
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
                player_event(&s->player, event[i].data.ptr, event[i].events);
                break;
            }
        }
        player_end_waits(&s->player);
        if (orders) /* last: what they close must not be among the events of this round */
            going = take_orders(s);
    }
    return NULL;
}

/* --- starting and stopping ---------------------------------------------------------------------------------------- */

static void server_free(struct server *s)
{
    int l;

    player_release(&s->player);
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
    book_release(&s->book);
    free(s);
}

struct server *server_start(const struct server_options *options)
{
    struct server *s = calloc(1, sizeof(*s));
    struct epoll_event e = { .events = EPOLLIN };
    sigset_t every, before;
    int l;

    if (!s)
        return NULL;
    book_init(&s->book);
    if (options)
        s->options = *options;
    if (!s->options.address)
        s->options.address = "127.0.0.1";
    if (s->options.ports < 1)
        s->options.ports = 1;
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->wake_source = SOURCE_WAKE;
    e.data.ptr = &s->wake_source;
    s->listener = calloc((size_t)s->options.ports, sizeof(*s->listener));
    if (!player_init(&s->player, s->epoll, &s->book, s->options.tls ? tls_context(s->options.tls) : NULL, s->options.uncounted) ||
        !s->listener || s->epoll < 0 || s->wake < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->wake, &e))
        goto fail;
    server_greet(s, REQUEST);
    for (l = 0; l < s->options.ports; l++) {
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
    atomic_store(&s->stop, true);
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

void server_route_steps(struct server *s, const char *path, const struct step *steps)
{
    book_add(&s->book, &s->book.routes, path, steps);
}

void server_greet_steps(struct server *s, const struct step *steps)
{
    book_add(&s->book, &s->book.greeting, "", steps);
}

/* --- orders ------------------------------------------------------------------------------------------------------- */

static bool has_obeyed(struct book *b, const void *what)
{
    const struct server *s = what;

    (void)b;
    return atomic_load(&s->refusing) == atomic_load(&s->refuse);
}

void server_refuse(struct server *s, bool refuse)
{
    bool done;

    atomic_store(&s->refuse, refuse);
    wake(s);
    done = book_wait(&s->book, has_obeyed, s);
    assert(done);
    (void)done;
}

void server_release(struct server *s)
{
    atomic_store(&s->release, true);
    wake(s);
}

/* --- what came ---------------------------------------------------------------------------------------------------- */

unsigned server_hits(struct server *s, const char *method, const char *path)
{
    return book_hits(&s->book, method, path);
}

bool server_wait_hits(struct server *s, const char *method, const char *path, unsigned n)
{
    return book_wait_hits(&s->book, method, path, n);
}

char *server_last_request(struct server *s, const char *path)
{
    return book_last_request(&s->book, path);
}

void server_forget(struct server *s)
{
    book_forget(&s->book);
}

struct server_totals server_totals(struct server *s)
{
    const struct book *b = &s->book;

    return (struct server_totals){
        .accepted = atomic_load(&b->accepted), .requests = atomic_load(&b->requests), .shaken = atomic_load(&b->shaken),
        .resumed = atomic_load(&b->resumed), .open = atomic_load(&b->open), .held = atomic_load(&b->held),
    };
}

static bool has_open(struct book *b, const void *what)
{
    return atomic_load(&b->open) == *(const unsigned *)what;
}

static bool has_held(struct book *b, const void *what)
{
    return atomic_load(&b->held) >= *(const unsigned *)what;
}

bool server_wait_open(struct server *s, unsigned n)
{
    return book_wait(&s->book, has_open, &n);
}

bool server_wait_held(struct server *s, unsigned n)
{
    return book_wait(&s->book, has_held, &n);
}
