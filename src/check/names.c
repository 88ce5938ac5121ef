/* Host names looked up for all checks. Answers live in a table under one leaf lock; whoever asks for a name that is being
 * looked up joins those who wait for it. The thread of this file alone owns the c-ares channel. */
#include "names.h"

#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/executor.h"
#include "base/mutex.h"
#include "names_hosts.h"

#define AT_ONCE 64                  /* more look-ups in flight lose answers in the socket's buffer */
#define SYSTEM_THREADS 8            /* for getaddrinfo(3) */
#define TRY_MS 2000                 /* one try of one name server */
#define TRIES 2
#define KEEP_BAD_NS NS_PER_S        /* a name that failed is asked again at the next retry, not sooner */
#define KEEP_SYSTEM_NS (30 * NS_PER_S) /* getaddrinfo(3) tells no time to live */
#define KEEP_MOST_NS (3600 * NS_PER_S)
#define LOOK_AT_FILES_NS (5 * NS_PER_S) /* resolv.conf may have changed */
#define BUCKETS_FIRST 64u

enum name_state { NAME_KNOWN, NAME_WANTED, NAME_ASKED };

struct name {
    struct name *next;              /* in its bucket */
    struct name *wanted;            /* the next to be asked for */
    struct name_query *waiting;     /* who wants to know */
    struct name_answer answer;
    int64_t until_ns;               /* how long the answer is good for */
    uint8_t state;                  /* enum name_state */
    uint8_t family;                 /* enum ip_family */
    char host[];
};

/* Which names are left to getaddrinfo(3) and the modules of nsswitch.conf(5). */
enum system_use { SYSTEM_NEVER, SYSTEM_LOCAL, SYSTEM_ALWAYS };

static struct {
    struct mutex lock;              /* leaf: for the table and the list of wanted names */
    struct name **bucket;           /* under lock */
    size_t nbucket, nname;          /* under lock */
    struct name *wanted, **wanted_end; /* under lock */

    pthread_t thread;
    int epoll, wake;
    _Atomic bool closing, poked;
    ares_channel channel;           /* the thread's */
    bool have_channel;
    const char *servers;            /* ask these; NULL: those of resolv.conf */
    int asked;                      /* the thread's: look-ups in flight */
    struct timespec files_read;     /* the thread's: age of resolv.conf as the channel knows it */
    int64_t files_looked_ns;

    enum system_use use;            /* which names getaddrinfo(3) answers; c-ares the others */
    struct executor *system;        /* NULL: none */
} names;

/* Who is to be asked for this name? */
static bool by_system(const struct name *n)
{
    size_t length = strlen(n->host), local = strlen(".local");

    length -= length && n->host[length - 1] == '.';
    return names.use == SYSTEM_ALWAYS ||
           (names.use == SYSTEM_LOCAL && length > local && !strncasecmp(n->host + length - local, ".local", local));
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static size_t hash(const char *host, size_t length, enum ip_family family)
{
    uint64_t h = UINT64_C(14695981039346656037) ^ family; /* FNV-1a; case counts as nothing */
    size_t i;

    for (i = 0; i < length; i++) {
        unsigned char c = (unsigned char)host[i];

        h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * UINT64_C(1099511628211);
    }
    return (size_t)(h ^ h >> 29);
}

static struct name *find_locked(const char *host, size_t length, enum ip_family family) NEEDS(names.lock)
{
    struct name *n = names.bucket[hash(host, length, family) % names.nbucket];

    while (n && (n->family != family || strncasecmp(n->host, host, length) != 0 || n->host[length]))
        n = n->next;
    return n;
}

static void put_locked(struct name *n) NEEDS(names.lock)
{
    struct name **at = &names.bucket[hash(n->host, strlen(n->host), (enum ip_family)n->family) % names.nbucket];

    n->next = *at;
    *at = n;
}

/* Takes what nobody needs any more out of the table, into a list for free_list(). */
static struct name *sweep_locked(int64_t now_ns) NEEDS(names.lock)
{
    struct name *out = NULL;
    size_t i;

    for (i = 0; i < names.nbucket; i++) {
        struct name **at = &names.bucket[i];

        while (*at) {
            struct name *n = *at;

            if (n->state == NAME_KNOWN && n->until_ns <= now_ns) {
                *at = n->next;
                n->next = out;
                out = n;
                names.nname--;
            } else
                at = &n->next;
        }
    }
    return out;
}

static void free_list(struct name *n)
{
    while (n) {
        struct name *next = n->next;

        free(n);
        n = next;
    }
}

/* More buckets of memory got outside the lock. */
static void spread_locked(struct name **bucket, size_t nbucket) NEEDS(names.lock)
{
    struct name **old = names.bucket;
    size_t nold = names.nbucket, i;

    names.bucket = bucket;
    names.nbucket = nbucket;
    for (i = 0; i < nold; i++)
        while (old[i]) {
            struct name *n = old[i];

            old[i] = n->next;
            put_locked(n);
        }
}

/* When the table has grown too full: old names go, and if that does not help, it becomes larger. */
static void make_room(void)
{
    struct name **bucket = NULL, **old = NULL;
    struct name *swept = NULL;
    size_t size = 0;

    mutex_lock(&names.lock);
    if (names.nname > 2 * names.nbucket) {
        swept = sweep_locked(clock_mono_ns());
        if (names.nname > names.nbucket)
            size = 2 * names.nbucket;
    }
    mutex_unlock(&names.lock);
    free_list(swept);
    bucket = size ? calloc(size, sizeof(*bucket)) : NULL;
    if (!bucket)
        return;
    mutex_lock(&names.lock);
    if (size > names.nbucket) {
        old = names.bucket;
        spread_locked(bucket, size);
    } else
        old = bucket; /* somebody else was faster */
    mutex_unlock(&names.lock);
    free(old);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

bool names_is_address(const char *host, size_t length)
{
    struct in6_addr address;
    char text[INET6_ADDRSTRLEN];
    size_t i;

    for (i = 0; i < length; i++)
        if ((unsigned char)host[i] >= 0x80 || host[i] == '%')
            return true; /* an international name, or an address with a zone: libcurl's to understand */
    if (!length || length >= sizeof(text))
        return !length;
    memcpy(text, host, length);
    text[length] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1 ||
           strspn(text, "0123456789abcdefxABCDEFX.") == length; /* 127.1, 0x7f000001 */
}

static void wake(void)
{
    uint64_t one = 1;

    if (write(names.wake, &one, sizeof(one)) < 0)
        return; /* full: it is awake */
}

static void poke(void)
{
    if (!atomic_exchange(&names.poked, true))
        wake();
}

static void *ask_system(void *context);

/* Hands a name over to whoever answers. */
static void have_asked(struct name *n)
{
    if (!by_system(n))
        poke();
    else if (executor_submit(names.system, ask_system, n, NULL, NULL, NULL) != ERR_OK)
        ask_system(n); /* no thread to be had: rather slowly than never */
}

static struct name *new_name(const char *host, size_t length, enum ip_family family)
{
    struct name *n = calloc(1, sizeof(*n) + length + 1);

    if (!n)
        return NULL;
    memcpy(n->host, host, length);
    n->family = (uint8_t)family;
    n->state = NAME_KNOWN; /* that nothing is known, and not for long */
    return n;
}

static void want_locked(struct name *n) NEEDS(names.lock)
{
    n->state = by_system(n) ? NAME_ASKED : NAME_WANTED;
    if (n->state == NAME_ASKED)
        return;
    n->wanted = NULL;
    *names.wanted_end = n;
    names.wanted_end = &n->wanted;
}

/* How a look into the table ended. */
enum found { FOUND_ANSWER, FOUND_COMPANY, FOUND_NOTHING };

/* FOUND_ANSWER: q has it. FOUND_COMPANY: q waits with others, or is the first of them: *ask is who is to be asked for.
 * FOUND_NOTHING: the name is new, and there was no spare to put into the table. */
static enum found look_locked(struct name_query *q, const char *host, size_t length, enum ip_family family,
                              struct name **spare, struct name **ask) NEEDS(names.lock)
{
    struct name *n = find_locked(host, length, family);

    if (n && n->state == NAME_KNOWN && n->until_ns > clock_mono_ns()) {
        q->answer = n->answer;
        return FOUND_ANSWER;
    }
    if (!n) {
        n = *spare;
        if (!n)
            return FOUND_NOTHING;
        *spare = NULL;
        put_locked(n);
        names.nname++;
    }
    if (n->state == NAME_KNOWN) {
        want_locked(n);
        *ask = n;
    }
    q->name = n;
    q->next = n->waiting;
    n->waiting = q;
    return FOUND_COMPANY;
}

bool names_ask(struct name_query *q, const char *host, size_t length, enum ip_family family)
{
    struct name *spare = NULL, *ask = NULL;
    enum found found;

    q->name = NULL;
    mutex_lock(&names.lock);
    found = look_locked(q, host, length, family, &spare, &ask);
    mutex_unlock(&names.lock);
    if (found == FOUND_NOTHING) { /* memory is got without the lock */
        make_room();
        spare = new_name(host, length, family);
        if (!spare) {
            q->answer = (struct name_answer){ .outcome = OUTCOME_LOCAL_MEMORY };
            return true;
        }
        mutex_lock(&names.lock);
        found = look_locked(q, host, length, family, &spare, &ask);
        mutex_unlock(&names.lock);
        free(spare);
    }
    if (ask)
        have_asked(ask); /* it is being asked for, so that nobody frees it; q may be answered already */
    return found == FOUND_ANSWER;
}

bool names_take_back(struct name_query *q)
{
    struct name_query **at;
    bool found = false;

    mutex_lock(&names.lock);
    for (at = q->name ? &q->name->waiting : NULL; at && *at; at = &(*at)->next)
        if (*at == q) {
            *at = q->next;
            found = true;
            break;
        }
    mutex_unlock(&names.lock);
    return found;
}

/* --- answering ---------------------------------------------------------------------------------------------------- */

static void answer(struct name *n, const struct name_answer *a, int64_t keep_ns)
{
    struct name_query *first, *q, *next;

    mutex_lock(&names.lock);
    n->answer = *a;
    n->until_ns = clock_mono_ns() + keep_ns;
    n->state = NAME_KNOWN;
    first = n->waiting;
    n->waiting = NULL;
    for (q = first; q; q = q->next)
        q->name = NULL; /* too late to take it back; and n may be gone soon */
    mutex_unlock(&names.lock);
    for (q = first; q; q = next) {
        next = q->next;
        q->answer = *a;
        q->answered(q);
    }
}

void names_add_address(struct name_answer *a, const struct sockaddr *from)
{
    struct name_address *to = &a->address[a->n];
    const struct sockaddr_in *four = (const void *)from;
    const struct sockaddr_in6 *six = (const void *)from;
    int i;

    if (a->n == NAME_ADDRESSES || (from->sa_family != AF_INET && from->sa_family != AF_INET6))
        return;
    memset(to, 0, sizeof(*to));
    to->family = from->sa_family;
    if (from->sa_family == AF_INET)
        memcpy(to->bytes, &four->sin_addr, 4);
    else
        memcpy(to->bytes, &six->sin6_addr, 16);
    for (i = 0; i < a->n; i++)
        if (!memcmp(&a->address[i], to, sizeof(*to)))
            return;
    a->n++;
}

static int family_of(const struct name *n)
{
    return n->family == IP_V4 ? AF_INET : n->family == IP_V6 ? AF_INET6 : AF_UNSPEC;
}

/* --- by getaddrinfo ----------------------------------------------------------------------------------------------- */

static enum outcome outcome_of_system(int code)
{
    switch (code) {
    case 0:
        return OUTCOME_OK;
    case EAI_NONAME:
    case EAI_NODATA:
        return OUTCOME_DNS;
    case EAI_MEMORY:
        return OUTCOME_LOCAL_MEMORY;
    case EAI_SYSTEM:
        return errno == EMFILE || errno == ENFILE ? OUTCOME_LOCAL_FILES : OUTCOME_DNS_FAILED;
    default:
        return OUTCOME_DNS_FAILED;
    }
}

static void *ask_system(void *context)
{
    struct name *n = context;
    struct addrinfo hints = { .ai_family = family_of(n), .ai_socktype = SOCK_STREAM }, *list = NULL, *at;
    struct name_answer a = { .outcome = outcome_of_system(getaddrinfo(n->host, NULL, &hints, &list)) };

    for (at = list; at; at = at->ai_next)
        names_add_address(&a, at->ai_addr);
    if (list)
        freeaddrinfo(list);
    if (a.outcome == OUTCOME_OK && !a.n)
        a.outcome = OUTCOME_DNS;
    answer(n, &a, a.outcome == OUTCOME_OK ? KEEP_SYSTEM_NS : KEEP_BAD_NS);
    return NULL;
}

/* nsswitch.conf(5): what its hosts line asks for beside files and dns. nss-mdns in its minimal form answers for names under
 * .local (RFC 6762) and for no other; words in brackets say what follows from an answer. */
static enum system_use look_at_nsswitch(void)
{
    static const char *const local[] = { "mdns_minimal", "mdns4_minimal", "mdns6_minimal" };
    FILE *file = fopen("/etc/nsswitch.conf", "re");
    enum system_use use = SYSTEM_NEVER;
    char line[512], *word, *save = NULL;

    while (file && fgets(line, sizeof(line), file)) {
        line[strcspn(line, "#\n")] = '\0';
        word = strtok_r(line, " \t", &save);
        if (!word || strcasecmp(word, "hosts:") != 0)
            continue;
        while ((word = strtok_r(NULL, " \t", &save))) {
            if (*word == '[' || !strcasecmp(word, "files") || !strcasecmp(word, "dns"))
                continue;
            if (strcmp(word, local[0]) != 0 && strcmp(word, local[1]) != 0 && strcmp(word, local[2]) != 0)
                use = SYSTEM_ALWAYS;
            else if (use == SYSTEM_NEVER)
                use = SYSTEM_LOCAL;
        }
    }
    if (file)
        fclose(file);
    return use;
}

/* --- by c-ares ---------------------------------------------------------------------------------------------------- */

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
    names.asked--;
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
    answer(context, &a, keep_ns);
}

/* libcares tells which sockets it wants to be told of. */
static void on_socket(void *context, ares_socket_t fd, int readable, int writable)
{
    struct epoll_event event = { .events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u), .data.fd = fd };

    (void)context;
    if (!event.events)
        epoll_ctl(names.epoll, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(names.epoll, EPOLL_CTL_ADD, fd, &event) != 0 && errno == EEXIST)
        epoll_ctl(names.epoll, EPOLL_CTL_MOD, fd, &event);
}

static void open_channel(void)
{
    static char dns_only[] = "b"; /* the file comes before, see ask_hosts() */
    struct ares_options o = { .timeout = TRY_MS, .tries = TRIES, .sock_state_cb = on_socket, .lookups = dns_only };
    struct stat st = { 0 };

    stat("/etc/resolv.conf", &st);
    names.files_read = st.st_mtim;
    names.files_looked_ns = clock_mono_ns();
    names.have_channel =
        ares_init_options(&names.channel, &o, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_LOOKUPS) == ARES_SUCCESS;
    if (names.have_channel && names.servers)
        ares_set_servers_ports_csv(names.channel, names.servers);
}

/* A channel reads resolv.conf once; another one is made when that has changed and nobody waits for the old one. */
static void follow_resolv_conf(void)
{
    int64_t now = clock_mono_ns();
    struct stat st = { 0 };

    if (names.have_channel && (names.asked || now - names.files_looked_ns < LOOK_AT_FILES_NS))
        return;
    names.files_looked_ns = now;
    stat("/etc/resolv.conf", &st);
    if (names.have_channel && st.st_mtim.tv_sec == names.files_read.tv_sec && st.st_mtim.tv_nsec == names.files_read.tv_nsec)
        return;
    if (names.have_channel)
        ares_destroy(names.channel);
    open_channel();
}

static struct name *next_wanted(void)
{
    struct name *n;

    mutex_lock(&names.lock);
    n = names.wanted;
    if (n) {
        names.wanted = n->wanted;
        if (!names.wanted)
            names.wanted_end = &names.wanted;
        n->state = NAME_ASKED;
    }
    mutex_unlock(&names.lock);
    return n;
}

static void add_of_hosts(struct name_answer *a, const char *host, int family)
{
    struct sockaddr_storage address = { .ss_family = (sa_family_t)family };
    struct hostent *found;
    char **at;

    if (ares_gethostbyname_file(names.channel, host, family, &found) != ARES_SUCCESS)
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
    answer(n, &a, KEEP_SYSTEM_NS);
    return true;
}

static void ask_wanted(void)
{
    struct name *n;

    while (names.asked < AT_ONCE && (n = next_wanted())) {
        struct ares_addrinfo_hints hints = { .ai_family = family_of(n), .ai_flags = ARES_AI_NOSORT };

        follow_resolv_conf();
        if (!names.have_channel) {
            answer(n, &(struct name_answer){ .outcome = OUTCOME_LOCAL_FILES }, KEEP_BAD_NS);
            continue;
        }
        if (ask_hosts(n))
            continue;
        names.asked++;
        ares_getaddrinfo(names.channel, n->host, NULL, &hints, on_answer, n);
    }
}

static int patience_ms(void)
{
    struct timeval most = { 60, 0 }, left;
    const struct timeval *t = names.have_channel ? ares_timeout(names.channel, &most, &left) : &most;

    return (int)(t->tv_sec * 1000 + (t->tv_usec + 999) / 1000);
}

static void deal_with(const struct epoll_event *event)
{
    ares_socket_t fd = event->data.fd;
    uint64_t count;

    if (fd == names.wake) {
        if (read(names.wake, &count, sizeof(count)) < 0)
            return; /* somebody read it before us */
        return;
    }
    ares_process_fd(names.channel, event->events & (EPOLLIN | EPOLLERR | EPOLLHUP) ? fd : ARES_SOCKET_BAD,
                    event->events & EPOLLOUT ? fd : ARES_SOCKET_BAD);
}

static void *answer_all(void *context)
{
    (void)context;
    while (!atomic_load(&names.closing)) {
        struct epoll_event events[32];
        int n, i;

        atomic_store(&names.poked, false);
        ask_wanted();
        n = epoll_wait(names.epoll, events, 32, patience_ms());
        for (i = 0; i < n; i++)
            deal_with(&events[i]);
        if (n <= 0 && names.have_channel)
            ares_process_fd(names.channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* time-outs */
    }
    if (names.have_channel)
        ares_destroy(names.channel);
    hosts_forget();
    return NULL;
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

static enum err start_thread(struct errmsg *why)
{
    struct epoll_event event = { .events = EPOLLIN };
    sigset_t all, before;
    int number;

    names.epoll = epoll_create1(EPOLL_CLOEXEC);
    names.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    event.data.fd = names.wake;
    if (names.epoll < 0 || names.wake < 0 || epoll_ctl(names.epoll, EPOLL_CTL_ADD, names.wake, &event) != 0)
        return err_errno(why, ERR_IO, errno, "cannot set up the look-up of names");
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return err_set(why, ERR_UNAVAILABLE, "cannot set up c-ares");
    sigfillset(&all);                /* signals are the main thread's, and this one is older than the mask a screen sets */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    number = pthread_create(&names.thread, NULL, answer_all, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return number ? err_errno(why, ERR_UNAVAILABLE, number, "cannot start the thread that looks names up") : ERR_OK;
}

static bool system_is_busy(void)
{
    bool busy = false;
    size_t i;

    mutex_lock(&names.lock);
    for (i = 0; i < names.nbucket && !busy; i++) {
        const struct name *n;

        for (n = names.bucket[i]; n && !busy; n = n->next)
            busy = n->state != NAME_KNOWN && by_system(n);
    }
    mutex_unlock(&names.lock);
    return busy;
}

enum err names_open(const char *servers, struct errmsg *why)
{
    memset(&names, 0, sizeof(names));
    names.epoll = names.wake = -1;
    names.servers = servers;
    names.wanted_end = &names.wanted;
    names.nbucket = BUCKETS_FIRST;
    names.bucket = calloc(names.nbucket, sizeof(*names.bucket));
    mutex_init(&names.lock);
    if (!names.bucket)
        return err_set(why, ERR_NOMEM, "cannot set up the look-up of names: out of memory");
    names.use = servers ? SYSTEM_NEVER : look_at_nsswitch();
    if (names.use != SYSTEM_NEVER && !(names.system = executor_new(SYSTEM_THREADS)))
        return err_set(why, ERR_NOMEM, "cannot set up the look-up of names: out of memory");
    return names.use == SYSTEM_ALWAYS ? ERR_OK : start_thread(why);
}

const char *names_servers(void)
{
    return names.servers;
}

void names_close(void)
{
    size_t i;

    if (names.system) {
        if (system_is_busy())
            return; /* getaddrinfo(3) can not be interrupted, and the process ends anyway */
        executor_close(names.system);
    }
    if (names.use != SYSTEM_ALWAYS) {
        atomic_store(&names.closing, true);
        wake(); /* not a poke: one that came before may have been heard already */
        pthread_join(names.thread, NULL);
        ares_library_cleanup();
        close(names.epoll);
        close(names.wake);
    }
    for (i = 0; i < names.nbucket; i++)
        free_list(names.bucket[i]);
    free(names.bucket);
    mutex_release(&names.lock);
}
