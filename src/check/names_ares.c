/* Names asked of name servers by c-ares. The thread of this file alone owns the channel; others leave names for it
 * (names_next_wanted()) and wake it. */
#include "names_inside.h"

#include <ares.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "names_hosts.h"

#define AT_ONCE 64                  /* more look-ups in flight lose answers in the socket's buffer */
#define TRY_MS 2000                 /* one try of one name server */
#define TRIES 2
#define KEEP_MOST_NS (3600 * NS_PER_S)
#define LOOK_AT_FILES_NS (5 * NS_PER_S) /* resolv.conf may have changed */

static struct {
    pthread_t thread;
    int epoll, wake;
    _Atomic bool closing;
    _Atomic bool poked;             /* the thread was woken and has not looked for names since */
    const char *servers;            /* ask these; NULL: those of resolv.conf */

    /* the thread's */
    ares_channel channel;
    bool have_channel;
    int asked;                      /* look-ups in flight */
    struct timespec files_read;     /* age of resolv.conf as the channel knows it */
    int64_t files_looked_ns;
} ares;

static enum outcome outcome_of_ares(int status)
{
    switch (status) {
    case ARES_SUCCESS:
        return OUTCOME_OK;
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_ENONAME:
    case ARES_EBADNAME:
        return OUTCOME_DNS;
    case ARES_ETIMEOUT:
        return OUTCOME_DNS_TIMEOUT;
    case ARES_ENOMEM:
        return OUTCOME_LOCAL_MEMORY;
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION:
        return OUTCOME_CANCELLED;
    default:
        return OUTCOME_DNS_FAILED;
    }
}

/* A look-up that failed because we could open nothing any more is ours. */
static enum outcome blame_us(enum outcome o)
{
    int fd;

    if (o != OUTCOME_DNS_FAILED && o != OUTCOME_DNS)
        return o;
    fd = eventfd(0, EFD_CLOEXEC);
    if (fd < 0)
        return OUTCOME_LOCAL_FILES;
    close(fd);
    return o;
}

static void on_answer(void *context, int status, int timeouts, struct ares_addrinfo *result)
{
    struct name_answer a = { .outcome = blame_us(outcome_of_ares(status)) };
    int64_t keep_ns = KEEP_MOST_NS;
    struct ares_addrinfo_node *at;

    (void)timeouts;
    ares.asked--;
    for (at = result ? result->nodes : NULL; at; at = at->ai_next) {
        names_add_address(&a, at->ai_addr);
        if (at->ai_ttl * NS_PER_S < keep_ns)
            keep_ns = at->ai_ttl * NS_PER_S;
    }
    ares_freeaddrinfo(result);
    names_order(&a);
    if (a.outcome == OUTCOME_OK && !a.n)
        a.outcome = OUTCOME_DNS;
    if (a.outcome != OUTCOME_OK || keep_ns < KEEP_BAD_NS)
        keep_ns = KEEP_BAD_NS;
    names_answer(context, &a, keep_ns);
}

/* libcares tells which sockets it wants to be told of. */
static void on_socket(void *context, ares_socket_t fd, int readable, int writable)
{
    struct epoll_event event = { .events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u), .data.fd = fd };

    (void)context;
    if (!event.events)
        epoll_ctl(ares.epoll, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(ares.epoll, EPOLL_CTL_ADD, fd, &event) != 0 && errno == EEXIST)
        epoll_ctl(ares.epoll, EPOLL_CTL_MOD, fd, &event);
}

static void open_channel(void)
{
    static char dns_only[] = "b"; /* the file comes before, see ask_hosts() */
    struct ares_options o = { .timeout = TRY_MS, .tries = TRIES, .sock_state_cb = on_socket, .lookups = dns_only };
    struct stat st = { 0 };

    stat("/etc/resolv.conf", &st);
    ares.files_read = st.st_mtim;
    ares.files_looked_ns = clock_mono_ns();
    ares.have_channel =
        ares_init_options(&ares.channel, &o, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_LOOKUPS) == ARES_SUCCESS;
    if (ares.have_channel && ares.servers)
        ares_set_servers_ports_csv(ares.channel, ares.servers);
}

/* A channel reads resolv.conf once; another one is made when that has changed and nobody waits for the old one. */
static void follow_resolv_conf(void)
{
    int64_t now = clock_mono_ns();
    struct stat st = { 0 };

    if (ares.have_channel && (ares.asked || now - ares.files_looked_ns < LOOK_AT_FILES_NS))
        return;
    ares.files_looked_ns = now;
    stat("/etc/resolv.conf", &st);
    if (ares.have_channel && st.st_mtim.tv_sec == ares.files_read.tv_sec && st.st_mtim.tv_nsec == ares.files_read.tv_nsec)
        return;
    if (ares.have_channel)
        ares_destroy(ares.channel);
    open_channel();
}

static void add_of_hosts(struct name_answer *a, const char *host, int family)
{
    struct sockaddr_storage address = { .ss_family = (sa_family_t)family };
    struct hostent *found;
    char **at;

    if (ares_gethostbyname_file(ares.channel, host, family, &found) != ARES_SUCCESS)
        return;
    for (at = found->h_addr_list; *at; at++) {
        if (family == AF_INET)
            memcpy(&((struct sockaddr_in *)&address)->sin_addr, *at, 4);
        else
            memcpy(&((struct sockaddr_in6 *)&address)->sin6_addr, *at, 16);
        names_add_address(a, (struct sockaddr *)&address);
    }
    ares_free_hostent(found);
}

/* True: /etc/hosts has the answer. */
static bool ask_hosts(struct name *n)
{
    struct name_answer a = { .outcome = OUTCOME_OK };

    if (!hosts_may_know(n->host))
        return false;
    if (n->family != IP_V4)
        add_of_hosts(&a, n->host, AF_INET6);
    if (n->family != IP_V6)
        add_of_hosts(&a, n->host, AF_INET);
    if (!a.n)
        return false;
    names_order(&a);
    names_answer(n, &a, KEEP_LOCAL_NS);
    return true;
}

static void ask_wanted(void)
{
    struct name *n;

    while (ares.asked < AT_ONCE && (n = names_next_wanted())) {
        struct ares_addrinfo_hints hints = { .ai_family = names_family(n), .ai_flags = ARES_AI_NOSORT };

        follow_resolv_conf();
        if (!ares.have_channel) {
            names_answer(n, &(struct name_answer){ .outcome = OUTCOME_LOCAL_FILES }, KEEP_BAD_NS);
            continue;
        }
        if (ask_hosts(n))
            continue;
        ares.asked++;
        ares_getaddrinfo(ares.channel, n->host, NULL, &hints, on_answer, n);
    }
}

static int patience_ms(void)
{
    struct timeval most = { 60, 0 }, left;
    const struct timeval *t = ares.have_channel ? ares_timeout(ares.channel, &most, &left) : &most;

    return (int)(t->tv_sec * 1000 + (t->tv_usec + 999) / 1000);
}

static void deal_with(const struct epoll_event *event)
{
    ares_socket_t fd = event->data.fd;
    uint64_t count;

    if (fd == ares.wake) {
        if (read(ares.wake, &count, sizeof(count)) < 0)
            return; /* somebody read it before us */
        return;
    }
    ares_process_fd(ares.channel, event->events & (EPOLLIN | EPOLLERR | EPOLLHUP) ? fd : ARES_SOCKET_BAD,
                    event->events & EPOLLOUT ? fd : ARES_SOCKET_BAD);
}

static void *answer_all(void *context)
{
    (void)context;
    while (!atomic_load(&ares.closing)) {
        struct epoll_event events[32];
        int n, i;

        atomic_store(&ares.poked, false);
        ask_wanted();
        n = epoll_wait(ares.epoll, events, 32, patience_ms());
        for (i = 0; i < n; i++)
            deal_with(&events[i]);
        if (n <= 0 && ares.have_channel)
            ares_process_fd(ares.channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* time-outs */
    }
    if (ares.have_channel)
        ares_destroy(ares.channel);
    hosts_forget();
    return NULL;
}

/* --- open, wake, close -------------------------------------------------------------------------------------------- */

static enum err start_thread(struct errmsg *why)
{
    struct epoll_event event = { .events = EPOLLIN };
    sigset_t all, before;
    int number;

    ares.epoll = epoll_create1(EPOLL_CLOEXEC);
    ares.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    event.data.fd = ares.wake;
    if (ares.epoll < 0 || ares.wake < 0 || epoll_ctl(ares.epoll, EPOLL_CTL_ADD, ares.wake, &event) != 0)
        return err_errno(why, ERR_IO, errno, "cannot set up the look-up of names");
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return err_set(why, ERR_UNAVAILABLE, "cannot set up c-ares");
    sigfillset(&all);                /* signals are the main thread's, and this one is older than the mask a screen sets */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    number = pthread_create(&ares.thread, NULL, answer_all, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return number ? err_errno(why, ERR_UNAVAILABLE, number, "cannot start the thread that looks names up") : ERR_OK;
}

enum err names_ares_open(const char *servers, struct errmsg *why)
{
    memset(&ares, 0, sizeof(ares));
    ares.epoll = ares.wake = -1;
    ares.servers = servers;
    return start_thread(why);
}

static void wake(void)
{
    uint64_t one = 1;

    if (write(ares.wake, &one, sizeof(one)) < 0)
        return; /* full: it is awake */
}

void names_ares_poke(void)
{
    if (!atomic_exchange(&ares.poked, true))
        wake();
}

void names_ares_close(void)
{
    atomic_store(&ares.closing, true);
    wake(); /* not a poke: one that came before may have been heard already */
    pthread_join(ares.thread, NULL);
    ares_library_cleanup();
    close(ares.epoll);
    close(ares.wake);
}
