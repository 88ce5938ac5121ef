/* How little a check costs the site: what arrives there, counted by the kernel of the other side. */
#include <linux/tcp.h> /* with more of tcp_info than netinet/tcp.h */
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "asking.h"
#include "support/tests.h"

/* A kernel that is kept from us for some 40 ms acknowledges by itself: then it is asked again. */
#define TRIES 50

struct listener {
    int fd;
    int port;
    unsigned segments;               /* that came before the answer was given */
};

static void listen_somewhere(struct listener *l)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);

    l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(l->fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(l->fd, 8), 0);
    assert_int_equal(getsockname(l->fd, (struct sockaddr *)&address, &size), 0);
    l->port = ntohs(address.sin_port);
}

static void *answer_one(void *context)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    struct listener *l = context;
    struct tcp_info info = { 0 };
    socklen_t size = sizeof(info);
    int fd = accept(l->fd, NULL, NULL);
    char request[4096];

    if (recv(fd, request, sizeof(request), 0) > 0 && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
        send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL) > 0)
        l->segments = info.tcpi_segs_in;
    close(fd);
    return NULL;
}

static unsigned segments_of_a_check(struct listener *l)
{
    struct options o = asking_options();
    struct result result;
    pthread_t thread;
    char url[64];

    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", l->port);
    assert_int_equal(pthread_create(&thread, NULL, answer_one, l), 0);
    result = ask_loop(url, &o, METHOD_HEAD);
    pthread_join(thread, NULL);
    assert_int_equal(result.outcome, OUTCOME_OK);
    return l->segments;
}

static void the_request_carries_the_acknowledgement_of_the_connection(void **state)
{
    struct listener l;
    unsigned least = UINT32_MAX;
    int i;

    (void)state;
    listen_somewhere(&l);
    for (i = 0; i < TRIES && least > 2; i++) {
        unsigned segments = segments_of_a_check(&l);

        if (segments < least)
            least = segments;
    }
    close(l.fd);
    assert_int_equal(least, 2); /* SYN; request */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_carries_the_acknowledgement_of_the_connection),
    };

    return cmocka_run_group_tests(tests, asking_setup, asking_teardown);
}
