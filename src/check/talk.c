/* Sockets and results for the kinds of check that speak for themselves. One thread, the probe's. */
#include "talk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/kind.h"

/* --- results ------------------------------------------------------------------------------------------------------ */

enum probe_want talk_over(struct probe *p, enum outcome outcome, const char *detail)
{
    struct result *r = &p->result;
    int64_t now = clock_mono_ns(), before = p->talk.begun_ns;

    r->outcome = outcome;
    r->took_ns = r->request_ns = now - r->begun_ns;
    r->phase_ns[PHASE_DNS] = p->looked_up_ns;
    if (p->talk.connected_ns) {
        r->phase_ns[PHASE_CONNECT] = p->talk.connected_ns - before;
        before = p->talk.connected_ns;
    }
    if (p->talk.answered_ns)
        r->phase_ns[PHASE_FIRST_BYTE] = p->talk.answered_ns - before;
    r->detail[0] = '\0';
    if (detail)
        text_clean(r->detail, sizeof(r->detail), detail, strlen(detail));
    return PROBE_OVER;
}

enum probe_want talk_over_errno(struct probe *p, int number)
{
    static const struct { int number; enum outcome outcome; } causes[] = {
        { ECONNREFUSED, OUTCOME_REFUSED }, { ENETUNREACH, OUTCOME_NO_NETWORK }, { ENETDOWN, OUTCOME_NO_NETWORK },
        { EADDRNOTAVAIL, OUTCOME_NO_NETWORK }, { EHOSTUNREACH, OUTCOME_UNREACHABLE }, { EHOSTDOWN, OUTCOME_UNREACHABLE },
        { ETIMEDOUT, OUTCOME_CONNECT_TIMEOUT }, { EMFILE, OUTCOME_LOCAL_FILES }, { ENFILE, OUTCOME_LOCAL_FILES },
        { ENOBUFS, OUTCOME_LOCAL_MEMORY }, { ENOMEM, OUTCOME_LOCAL_MEMORY },
    };
    size_t i;

    for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
        if (causes[i].number == number)
            return talk_over(p, causes[i].outcome, NULL);
    return talk_over(p, OUTCOME_CONNECT, strerror(number));
}

/* --- sockets ------------------------------------------------------------------------------------------------------ */

void talk_close(struct probe *p)
{
    if (p->talk.fd >= 0)
        close(p->talk.fd);
    p->talk.fd = -1;
}

enum probe_want talk_wait(struct probe *p, short events, int64_t next_ns)
{
    p->talk.events = events;
    p->talk.next_ns = next_ns;
    return PROBE_SOCKET;
}

static socklen_t socket_address(struct sockaddr_storage *out, const struct name_address *a, uint16_t port)
{
    struct sockaddr_in *four = (void *)out;
    struct sockaddr_in6 *six = (void *)out;

    memset(out, 0, sizeof(*out));
    out->ss_family = (sa_family_t)a->family;
    if (a->family == AF_INET6) {
        six->sin6_port = htons(port);
        memcpy(&six->sin6_addr, a->bytes, sizeof(six->sin6_addr));
        return sizeof(*six);
    }
    four->sin_port = htons(port);
    memcpy(&four->sin_addr, a->bytes, sizeof(four->sin_addr));
    return sizeof(*four);
}

/* 0, or an errno. */
static int open_socket(struct probe *p, const struct talk_way *way, const struct name_address *a)
{
    struct sockaddr_storage to;
    socklen_t size = socket_address(&to, a, way->port);

    inet_ntop(a->family, a->bytes, p->result.address, sizeof(p->result.address));
    p->talk.fd = socket(a->family, way->type | SOCK_CLOEXEC | SOCK_NONBLOCK,
                        a->family == AF_INET6 ? way->protocol6 : way->protocol);
    if (p->talk.fd < 0)
        return errno;
    p->talk.begun_ns = clock_mono_ns();
    if (connect(p->talk.fd, (struct sockaddr *)&to, size) == 0 || errno == EINPROGRESS)
        return 0;
    return errno;
}

enum probe_want talk_connect(struct probe *p, const struct talk_way *way)
{
    const struct name_answer *a = &p->query.answer;

    while (p->talk.address < a->n) {
        int64_t now = clock_mono_ns();
        bool last = p->talk.address + 1 == a->n;
        int number = open_socket(p, way, &a->address[p->talk.address++]);

        if (!number) /* an address that is silent leaves time for the next */
            return talk_wait(p, POLLOUT, last ? INT64_MAX : now + (p->deadline_ns - now) / 2);
        p->talk.number = number;
        talk_close(p);
    }
    return talk_over_errno(p, p->talk.number ? p->talk.number : EADDRNOTAVAIL);
}

int talk_connected(const struct probe *p)
{
    socklen_t size = sizeof(int);
    struct pollfd poll_fd = { .fd = p->talk.fd, .events = POLLOUT };
    int number = 0;

    if (poll(&poll_fd, 1, 0) == 0)
        return EINPROGRESS;
    return getsockopt(p->talk.fd, SOL_SOCKET, SO_ERROR, &number, &size) == 0 ? number : errno;
}

enum probe_want talk_failed(struct probe *p, const struct talk_way *way, int number)
{
    p->talk.number = number == EINPROGRESS ? ETIMEDOUT : number;
    talk_close(p);
    return talk_connect(p, way);
}

/* --- URLs --------------------------------------------------------------------------------------------------------- */

/* Behind the host, and the bracket of an IPv6 address. */
static const char *after_host(const char *url)
{
    const char *host;
    size_t length = site_host(url, &host);

    return host + length + (host[length] == ']');
}

uint16_t talk_port(const char *url)
{
    const char *at = after_host(url);

    return (uint16_t)strtoul(*at == ':' ? at + 1 : check_standard_port(url), NULL, 10);
}

const char *talk_path(const char *url)
{
    const char *at = after_host(url);

    return at + strcspn(at, "/");
}
