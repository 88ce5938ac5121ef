/* A helper process by itself: whom it serves, and when it ends. */
#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/helper.h"
#include "support/server.h"
#include "wire.h"

extern char **environ;

static struct server *server;
static char bytes[WIRE_JOB_MOST];

/* A check of /hang that would take five minutes; the length of its message. */
static size_t put_hanging_job(void)
{
    struct job job = { .id = 1, .attempt = 1, .method = METHOD_HEAD };
    const struct options *shared;
    char url[SERVER_URL_SIZE];
    struct options o;
    struct site *site;
    size_t length;

    options_init(&o);
    o.timeout_ms = 300000;
    shared = options_share(&o);
    server_url(server, "/hang", url);
    job.site = site = site_new("x", url, shared);
    options_unref(shared);
    length = wire_put_job(bytes, &job);
    site_unref(site);
    return length;
}

static pid_t start_helper(int fd)
{
    char *const argv[] = { "helper", HELPER_WORD, NULL };
    posix_spawn_file_actions_t actions;
    pid_t pid;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fd, HELPER_SOCKET);
    assert_int_equal(posix_spawn(&pid, "/proc/self/exe", &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static int end_of(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* Who started it is gone before it could ask to die with it; its job is still in the socket. */
static void a_helper_that_comes_too_late_checks_nothing(void **state)
{
    size_t length = put_hanging_job();
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    assert_int_equal(send(pair[0], bytes, length, MSG_NOSIGNAL), length);
    close(pair[0]);
    assert_int_equal(end_of(start_helper(pair[1])), 0);
    close(pair[1]);
    assert_int_equal(server_hits(server, NULL, "/hang"), 0);
}

static void a_helper_ends_with_its_socket(void **state)
{
    int pair[2];
    pid_t pid;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    pid = start_helper(pair[1]);
    close(pair[1]);
    close(pair[0]);
    assert_int_equal(end_of(pid), 0);
}

static int setup(void **state)
{
    (void)state;
    server = server_start(NULL);
    return !server;
}

static int teardown(void **state)
{
    (void)state;
    server_stop(server);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_helper_that_comes_too_late_checks_nothing),
        cmocka_unit_test(a_helper_ends_with_its_socket),
    };

    if (argc > 1 && !strcmp(argv[1], HELPER_WORD))
        return helper_main();
    return cmocka_run_group_tests(tests, setup, teardown);
}
