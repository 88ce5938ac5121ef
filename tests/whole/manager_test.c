/* The monitor under a service manager: a real socket to which it tells what systemd(1) would be told (sd_notify(3)). */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "place.h"
#include "process.h"
#include "support/client.h"
#include "whole.h"

static int manager;
static char heard[16384];            /* everything it said, a line each */

/* The line itself, or what it is the beginning of: a machine that is slow has more to say in its STATUS. */
static char *find(const char *line)
{
    size_t length = strlen(line);
    char *at = heard;

    while ((at = strstr(at, line)) && !(at[-1] == '\n' && strchr("\n;", at[length])))
        at++;
    return at;
}

/* Waits until it has said that line after what was heard so far, and forgets all before it. */
static void hear(const char *line)
{
    char *found;

    while (!(found = find(line))) {
        struct pollfd p = { .fd = manager, .events = POLLIN };
        size_t length = strlen(heard);
        ssize_t n;

        if (poll(&p, 1, SERVER_PATIENCE_S * 1000) != 1)
            fail_msg("never said: %s; but:%s", line, heard);
        n = recv(manager, heard + length, sizeof(heard) - length - 2, 0);
        assert_true(n > 0);
        heard[length + (size_t)n] = '\n';
        heard[length + (size_t)n + 1] = '\0';
    }
    found = strchr(found, '\n');
    memmove(heard, found, strlen(found) + 1);
}

static int begin(void **state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int failed = whole_begin(state);

    snprintf(heard, sizeof(heard), "\n");
    manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", place_path("notify"));
    return failed || bind(manager, (struct sockaddr *)&address, sizeof(address)) != 0;
}

static int end(void **state)
{
    close(manager);
    return whole_end(state);
}

static struct process *start_managed(const char *watchdog)
{
    char socket_is[256], watchdog_is[64];
    const char *const changes[] = { socket_is, watchdog_is, NULL };

    snprintf(socket_is, sizeof(socket_is), "NOTIFY_SOCKET=%s", place_path("notify"));
    snprintf(watchdog_is, sizeof(watchdog_is), "WATCHDOG_USEC=%s", watchdog);
    return process_start(&(struct how){ .changes = changes }, (const char *const[]){ SQUIRREL, "run", NULL });
}

static void a_manager_hears_of_each_turn_of_its_life(void **state)
{
    struct process *p;

    (void)state;
    place_write("uptime.cfg", "defaults: { interval = \"1s\"; retries = 0; };\nsites = ( { name = \"a\"; url = \"%s\"; },\n"
                "  { name = \"b\"; url = \"%s\"; } );\n", url("/ok"), url("/named/b"));
    p = start_managed("400000");
    hear("READY=1");
    hear("STATUS=2 sites: 2 up, 0 down");
    server_route(web, "/named/b", ANSWER(500, NULL, ""));
    hear("STATUS=2 sites: 1 up, 1 down");
    hear("WATCHDOG=1");
    process_signal(p, SIGHUP);
    hear("RELOADING=1");
    hear("READY=1");
    process_signal(p, SIGTERM);
    hear("STOPPING=1");
    assert_int_equal(process_end(p)->code, 0);
}

static void a_manager_that_is_gone_stops_nobody(void **state)
{
    struct process *p;

    (void)state;
    place_write("uptime.cfg", "sites = ( \"%s\" );\n", url("/ok"));
    p = start_managed("1000");
    hear("READY=1");
    close(manager);
    assert_true(server_wait_hits(web, NULL, "/ok", 1));
    process_signal(p, SIGTERM);
    assert_int_equal(process_end(p)->code, 0);
    manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/* Such a start is not tried again by the unit (RestartPreventExitStatus). */
static void a_wrong_file_is_exit_code_2_and_nothing_is_ready(void **state)
{
    struct pollfd p = { .fd = manager, .events = POLLIN };
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "nonsense = 1;\nsites = ( \"%s\" );\n", url("/ok"));
    r = process_end(start_managed("1000000"));
    assert_int_equal(r->code, 2);
    assert_says(r->err, "uptime.cfg:1: unknown setting 'nonsense'");
    assert_int_equal(poll(&p, 1, 0), 0);
}

/* --- what is served goes with the file ---------------------------------------------------------------------------- */

/* A port nobody has at the moment. */
static int free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

struct question {
    int port;
    const char *path, *answer;       /* answer NULL: nobody is to answer */
};

static bool is_answered(void *context)
{
    const struct question *q = context;
    struct strbuf request = STRBUF_INIT, reply = STRBUF_INIT;
    enum client_end end;
    bool so;

    strbuf_addf(&request, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", q->path);
    end = client_ask(q->port, request.text, &reply, 0);
    so = q->answer ? reply.length && strstr(reply.text, q->answer) : end == CLIENT_REFUSED;
    strbuf_release(&request);
    strbuf_release(&reply);
    return so;
}

static void reread(struct process *p, int port, const char *more)
{
    place_write("uptime.cfg", "listen = \"127.0.0.1:%d\"; %s\nsites = ( { name = \"a\"; url = \"%s\"; } );\n", port, more, url("/ok"));
    if (!p)
        return;
    process_signal(p, SIGHUP);
    hear("RELOADING=1");
    hear("READY=1");
}

static void a_reload_opens_and_closes_what_the_file_says(void **state)
{
    char probe[256];
    int one = free_port(), other = free_port();
    struct process *p;

    (void)state;
    snprintf(probe, sizeof(probe), "/probe?target=%s", url("/delay/0"));
    reread(NULL, one, "");
    p = start_managed("1000000");
    hear("READY=1");
    assert_true(whole_wait(is_answered, &(struct question){ one, probe, " 404 " }));
    reread(p, one, "probe_any = \"local\";");
    assert_true(whole_wait(is_answered, &(struct question){ one, probe, "probe_success 1" }));
    reread(p, other, "");
    assert_true(whole_wait(is_answered, &(struct question){ other, "/-/healthy", " 200 " }));
    assert_true(whole_wait(is_answered, &(struct question){ one, "/", NULL }));
    assert_true(whole_wait(is_answered, &(struct question){ other, probe, " 404 " }));
    process_signal(p, SIGTERM);
    assert_int_equal(process_end(p)->code, 0);
}

int main(void)
{
#define MANAGED(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        MANAGED(a_manager_hears_of_each_turn_of_its_life),
        MANAGED(a_manager_that_is_gone_stops_nobody),
        MANAGED(a_wrong_file_is_exit_code_2_and_nothing_is_ready),
        MANAGED(a_reload_opens_and_closes_what_the_file_says),
    };

    return WHOLE_RUN(tests);
}
