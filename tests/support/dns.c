/* A name server that answers by what it is asked. One thread, a UDP socket and a TCP listener on one port. RFC 1035, section 4. */
#include "support/dns.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TYPE_A = 1, TYPE_MX = 15, TYPE_TXT = 16, TYPE_AAAA = 28 };
enum { NOERROR = 0, SERVFAIL = 2, NXDOMAIN = 3, REFUSED = 5 };

struct dns {
    pthread_t thread;
    int fd, listener, stop, port;
    uint32_t ttl;
    _Atomic unsigned questions;
};

struct message {
    unsigned char bytes[4096];
    size_t length;
    bool tcp;
    size_t question_end;
    int type;
    char label[64];
};

static void put16(unsigned char *at, unsigned value)
{
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
}

/* The first label and the type of the one question there is; false for anything odd. */
static bool read_question(struct message *m)
{
    size_t at = 12, n;

    if (m->length < 17)
        return false;
    n = m->bytes[at];
    if (!n || n > 63 || at + 1 + n >= m->length)
        return false;
    memcpy(m->label, m->bytes + at + 1, n);
    m->label[n] = '\0';
    while (at < m->length && m->bytes[at])
        at += 1u + m->bytes[at];
    if (at + 5 > m->length)
        return false;
    m->type = m->bytes[at + 1] << 8 | m->bytes[at + 2];
    m->question_end = at + 5;
    return true;
}

static void add_record(struct message *m, const struct dns *d, int type, const void *address, size_t length)
{
    unsigned char *at = m->bytes + m->length;

    put16(at, 0xc00c); /* the name of the question */
    put16(at + 2, (unsigned)type);
    put16(at + 4, 1);
    put16(at + 6, d->ttl >> 16);
    put16(at + 8, d->ttl & 0xffff);
    put16(at + 10, (unsigned)length);
    memcpy(at + 12, address, length);
    m->length += 12 + length;
    put16(m->bytes + 6, (unsigned)(m->bytes[6] << 8 | m->bytes[7]) + 1);
}

static void add_four(struct message *m, const struct dns *d, int last)
{
    unsigned char address[4] = { 127, 0, 0, (unsigned char)last };

    if (m->type == TYPE_A)
        add_record(m, d, TYPE_A, address, sizeof(address));
}

static bool begins(const char *label, const char *word)
{
    return !strncmp(label, word, strlen(word));
}

static int fill_answer(struct message *m, const struct dns *d)
{
    int last = 1, i;

    if (begins(m->label, "nx"))
        return NXDOMAIN;
    if (begins(m->label, "fail"))
        return SERVFAIL;
    if (begins(m->label, "refuse"))
        return REFUSED;
    if (begins(m->label, "none"))
        return NOERROR;
    if (sscanf(m->label, "four-%d", &last) == 1 || begins(m->label, "ok") || begins(m->label, "both"))
        add_four(m, d, last);
    if (begins(m->label, "large") && !m->tcp)
        m->bytes[2] |= 2; /* cut off */
    for (i = 1; begins(m->label, "large") && m->tcp && i <= 60; i++)
        add_four(m, d, i);
    if (begins(m->label, "mail") && m->type == TYPE_MX)
        add_record(m, d, TYPE_MX, "\0\012\004mail\007example\003org", 20);
    if (begins(m->label, "text") && m->type == TYPE_TXT)
        add_record(m, d, TYPE_TXT, "\003one\003two", 8);
    for (i = 1; begins(m->label, "many") && i <= 20; i++)
        add_four(m, d, i);
    if (begins(m->label, "both") && m->type == TYPE_AAAA)
        add_record(m, d, TYPE_AAAA, &in6addr_loopback, 16);
    return NOERROR;
}

/* Turns the question into its answer; false: say nothing. */
static bool answer(struct dns *d, struct message *m)
{
    if (!read_question(m))
        return false;
    atomic_fetch_add(&d->questions, 1);
    if (begins(m->label, "silent"))
        return false;
    if (begins(m->label, "junk")) {
        memset(m->bytes + 2, 0xff, m->length - 2);
        return true;
    }
    m->length = m->question_end;
    put16(m->bytes + 6, 0);  /* answers: none so far */
    put16(m->bytes + 8, 0);
    put16(m->bytes + 10, 0); /* no EDNS in ours */
    m->bytes[2] = 0x81;      /* an answer; recursion was wanted */
    m->bytes[3] = (unsigned char)(0x80 | fill_answer(m, d));
    return true;
}

static void serve_udp(struct dns *d)
{
    struct sockaddr_in from;
    socklen_t size = sizeof(from);
    struct message m = { .tcp = false };
    ssize_t length = recvfrom(d->fd, m.bytes, 512, MSG_DONTWAIT, (struct sockaddr *)&from, &size);

    m.length = length > 0 ? (size_t)length : 0;
    if (length > 0 && answer(d, &m))
        sendto(d->fd, m.bytes, m.length, 0, (struct sockaddr *)&from, size);
}

/* One question, one answer, in two parts: it is the reader's to put them together. */
static void serve_tcp(struct dns *d)
{
    struct timeval patience = { .tv_sec = 5 };
    struct message m = { .tcp = true };
    unsigned char length[2];
    int fd = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (recv(fd, length, 2, MSG_WAITALL) == 2 && (m.length = (size_t)length[0] << 8 | length[1]) <= 512 &&
        recv(fd, m.bytes, m.length, MSG_WAITALL) == (ssize_t)m.length && answer(d, &m)) {
        put16(length, (unsigned)m.length);
        send(fd, length, 2, MSG_NOSIGNAL);
        send(fd, m.bytes, m.length, MSG_NOSIGNAL);
    }
    close(fd);
}

static void *serve(void *context)
{
    struct dns *d = context;
    struct pollfd polls[3] = { { .fd = d->fd, .events = POLLIN }, { .fd = d->stop, .events = POLLIN },
                               { .fd = d->listener, .events = POLLIN } };

    while (poll(polls, 3, -1) >= 0 && !polls[1].revents) {
        if (polls[0].revents)
            serve_udp(d);
        if (polls[2].revents)
            serve_tcp(d);
    }
    return NULL;
}

/* The same port for both; a free one (0) may be another's for TCP. */
static bool bind_both(struct dns *d, struct sockaddr_in *address)
{
    socklen_t size = sizeof(*address);
    in_port_t wanted = address->sin_port;
    int try, on = 1;

    for (try = 0; try < 100; try++) {
        address->sin_port = wanted;
        d->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(d->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (bind(d->listener, (struct sockaddr *)address, size) != 0 || listen(d->listener, 16) != 0 ||
            getsockname(d->listener, (struct sockaddr *)address, &size) != 0)
            return false;
        if (bind(d->fd, (struct sockaddr *)address, size) == 0)
            return true;
        close(d->listener);
    }
    return false;
}

struct dns *dns_start_at(int port, int ttl)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int room = 4 << 20;
    struct dns *d = calloc(1, sizeof(*d));

    if (!d)
        abort();
    d->ttl = (uint32_t)ttl;
    d->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    d->stop = eventfd(0, EFD_CLOEXEC);
    setsockopt(d->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    if (d->fd < 0 || d->stop < 0 || !bind_both(d, &address) || pthread_create(&d->thread, NULL, serve, d) != 0) {
        perror("dns_start");
        abort();
    }
    d->port = ntohs(address.sin_port);
    return d;
}

struct dns *dns_start(int ttl)
{
    return dns_start_at(0, ttl);
}

struct dns *dns_for_checks(void)
{
    struct dns *d = dns_start(60);
    char servers[32];

    snprintf(servers, sizeof(servers), "127.0.0.1:%d", d->port);
    setenv("UPTIMESQUIRREL_NAME_SERVERS", servers, 1);
    return d;
}

void dns_stop(struct dns *d)
{
    uint64_t one = 1;

    if (!d)
        return;
    if (write(d->stop, &one, sizeof(one)) != sizeof(one))
        abort();
    pthread_join(d->thread, NULL);
    close(d->fd);
    close(d->listener);
    close(d->stop);
    free(d);
}

int dns_port(const struct dns *d)
{
    return d->port;
}

unsigned dns_questions(const struct dns *d)
{
    return atomic_load(&d->questions);
}
