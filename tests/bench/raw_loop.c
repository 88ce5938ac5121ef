/* The floor below every HTTP library: sockets and epoll alone. Connects, sends HEAD, reads the status, closes.
 *
 *     raw_loop [-c IN_FLIGHT] [-w WARM_ROUNDS] [-r ROUNDS] < URLS
 *
 * Knows http://ADDRESS:PORT/PATH alone, of IPv4. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

#define STARTS_A_TURN 32

struct target {
    struct sockaddr_in address;
    char *request;
    size_t length;
};

struct check {
    const struct target *target;
    int fd;
    bool sent;
};

static struct target *target;
static size_t ntarget, next, done, total, good;
static struct check **idle;
static size_t nidle;
static int epoll;

static bool parse(struct target *t, const char *url)
{
    char host[64], path[512] = "/";
    int port;

    if (sscanf(url, "http://%63[0-9.]:%d%511s", host, &port, path) < 2)
        return false;
    t->address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    t->length = (size_t)asprintf(&t->request, "HEAD %s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n", path, host, port);
    return inet_pton(AF_INET, host, &t->address.sin_addr) == 1;
}

static void end(struct check *c, bool well)
{
    close(c->fd);
    good += well;
    done++;
    idle[nidle++] = c;
}

static void start(void)
{
    struct check *c = idle[--nidle];
    struct epoll_event event = { .events = EPOLLOUT, .data.ptr = c };

    c->target = &target[next++ % ntarget];
    c->sent = false;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connect(c->fd, (const struct sockaddr *)&c->target->address, sizeof(c->target->address)) != 0 && errno != EINPROGRESS)
        end(c, false);
    else
        epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
}

static void go_on(struct check *c)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
    char answer[4096];
    ssize_t n;

    if (!c->sent) {
        c->sent = true;
        if (send(c->fd, c->target->request, c->target->length, MSG_NOSIGNAL) != (ssize_t)c->target->length)
            end(c, false);
        else
            epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
        return;
    }
    n = recv(c->fd, answer, sizeof(answer) - 1, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    answer[n > 0 ? n : 0] = '\0';
    end(c, n > 12 && !strncmp(answer, "HTTP/1.", 7) && answer[9] < '4');
}

static void run(size_t rounds)
{
    next = done = good = 0;
    total = ntarget * rounds;
    while (done < total) {
        struct epoll_event events[256];
        int n, i;

        for (i = 0; i < STARTS_A_TURN && nidle && next < total; i++)
            start();
        n = epoll_wait(epoll, events, 256, nidle && next < total ? 0 : -1);
        for (i = 0; i < n; i++)
            go_on(events[i].data.ptr);
    }
}

int main(int argc, char *argv[])
{
    long in_flight = 64, warm = 0, rounds = 1;
    struct bench_meter meter;
    size_t i;
    char **url;
    int c;

    while ((c = getopt(argc, argv, "c:w:r:")) != -1)
        *(c == 'c' ? &in_flight : c == 'w' ? &warm : &rounds) = atol(optarg);
    bench_raise_files();
    url = bench_urls(&ntarget);
    target = calloc(ntarget, sizeof(*target));
    for (i = 0; i < ntarget; i++)
        if (!parse(&target[i], url[i])) {
            fprintf(stderr, "raw_loop: cannot use '%s'\n", url[i]);
            return 2;
        }
    idle = calloc((size_t)in_flight, sizeof(*idle));
    for (nidle = 0; nidle < (size_t)in_flight; nidle++)
        idle[nidle] = calloc(1, sizeof(**idle));
    epoll = epoll_create1(EPOLL_CLOEXEC);
    run((size_t)warm);
    bench_begin(&meter);
    run((size_t)rounds);
    bench_report(&meter, total, good, "");
    return 0;
}
