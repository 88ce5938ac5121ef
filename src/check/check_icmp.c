/* A host that answers pings: ICMP echo (RFC 792, RFC 4443) by a socket that needs no rights where the kernel's
 * net.ipv4.ping_group_range has our group in it. */
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "ops.h"
#include "talk.h"

#define AGAIN_NS NS_PER_S   /* a lost packet is no failure: another one is sent so much later */
#define TOKEN_SIZE 16

/* The same for both families: type, code, checksum, identifier, sequence. */
struct echo {
    uint8_t  type, code;
    uint16_t checksum, id, sequence; /* checksum and id are the kernel's */
    unsigned char token[TOKEN_SIZE]; /* what is ours to know */
};

struct ping {
    unsigned char token[TOKEN_SIZE];
    uint16_t sequence;
    int64_t sent_ns;
};

static const struct talk_way way = { .type = SOCK_DGRAM, .protocol = IPPROTO_ICMP, .protocol6 = IPPROTO_ICMPV6 };

static enum probe_want go_on(struct probe *p, enum probe_want want)
{
    if (want == PROBE_OVER && (p->talk.number == EACCES || p->talk.number == EPERM || p->talk.number == EPROTONOSUPPORT))
        return talk_over(p, OUTCOME_LOCAL_SETTINGS, "no ping for us: see the kernel's net.ipv4.ping_group_range");
    return want;
}

static enum probe_want begin(struct probe *p)
{
    struct ping *ping = p->talk.state = calloc(1, sizeof(*ping));

    if (!ping || getrandom(ping->token, sizeof(ping->token), 0) != (ssize_t)sizeof(ping->token))
        return talk_over(p, OUTCOME_LOCAL_MEMORY, NULL);
    return go_on(p, talk_connect(p, &way));
}

static bool is_six(const struct probe *p)
{
    return p->query.answer.address[p->talk.address - 1].family == AF_INET6;
}

static enum probe_want send_echo(struct probe *p)
{
    struct ping *ping = p->talk.state;
    bool six = is_six(p);
    struct echo echo = { .type = six ? ICMP6_ECHO_REQUEST : ICMP_ECHO, .sequence = htons(++ping->sequence) };

    memcpy(echo.token, ping->token, sizeof(echo.token));
    ping->sent_ns = clock_mono_ns();
    if (send(p->talk.fd, &echo, sizeof(echo), MSG_NOSIGNAL) < 0 && errno != EAGAIN && errno != ENOBUFS)
        return go_on(p, talk_failed(p, &way, errno));
    return talk_wait(p, POLLIN, ping->sent_ns + AGAIN_NS);
}

static bool is_ours(const struct probe *p, const struct echo *echo, ssize_t length)
{
    const struct ping *ping = p->talk.state;

    return length == (ssize_t)sizeof(*echo) && echo->type == (is_six(p) ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) &&
           !memcmp(echo->token, ping->token, TOKEN_SIZE);
}

static enum probe_want ready(struct probe *p)
{
    struct ping *ping = p->talk.state;
    struct echo echo;
    ssize_t n = 0;
    int i;

    if (!ping->sequence)
        return send_echo(p);
    for (i = 0; i < TALK_DATAGRAMS && (n = recv(p->talk.fd, &echo, sizeof(echo), 0)) >= 0; i++)
        if (is_ours(p, &echo, n)) {
            p->talk.begun_ns = ping->sent_ns;
            p->talk.answered_ns = clock_mono_ns();
            return talk_over(p, OUTCOME_OK, NULL);
        }
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        ping->sequence = 0;
        return go_on(p, talk_failed(p, &way, errno));
    }
    return clock_mono_ns() >= p->talk.next_ns ? send_echo(p) : talk_wait(p, POLLIN, p->talk.next_ns);
}

static void expire(struct probe *p)
{
    talk_over(p, OUTCOME_NO_ANSWER, NULL);
}

static void end(struct probe *p)
{
    free(p->talk.state);
}

static const struct check_scheme schemes[] = { { "icmp", NULL }, { NULL, NULL } };

const struct check_ops check_icmp_ops = {
    .kind = { .name = "icmp", .summary = "a host answers pings", .example = "icmp://router.example.org",
              .schemes = schemes },
    .begin = begin,
    .ready = ready,
    .expire = expire,
    .end = end,
};
