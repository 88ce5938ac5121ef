/* The fault server as a program: what people, shell scripts and benchmarks start. */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/client.h"
#include "support/tests.h"

#define PROGRAM "./fault_server" /* beside the tests */
#define MOST_WORDS 16

struct program {
    pid_t pid;
    FILE *says;             /* its standard output */
    int orders;             /* its standard input */
};

static struct program run(const char *const words[])
{
    posix_spawn_file_actions_t actions;
    struct program p;
    char *argv[MOST_WORDS] = { (char *)PROGRAM };
    int in[2], out[2], i;

    for (i = 0; words[i]; i++)
        argv[i + 1] = (char *)words[i];
    assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    assert_int_equal(posix_spawn(&p.pid, PROGRAM, &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    p.orders = in[1];
    p.says = fdopen(out[0], "r");
    return p;
}

static int port_of(struct program *p)
{
    char line[64];

    assert_non_null(fgets(line, sizeof(line), p->says));
    return (int)strtol(line, NULL, 10);
}

/* What it exits with. */
static int end(struct program *p)
{
    int status;

    close(p->orders);
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    fclose(p->says);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void it_serves_until_its_standard_input_ends(void **state)
{
    struct program p = run((const char *[]){ "--ports", "3", NULL });
    struct strbuf reply = STRBUF_INIT;
    int i;

    (void)state;
    for (i = 0; i < 3; i++) {
        assert_int_equal(client_ask(port_of(&p), "GET /status/418 HTTP/1.1\r\n\r\n", &reply, 0), CLIENT_CLOSED);
        assert_memory_equal(reply.text, "HTTP/1.1 418 ", 13);
    }
    assert_int_equal(end(&p), 0);
    strbuf_release(&reply);
}

static void it_serves_until_it_is_told_to_terminate(void **state)
{
    struct program p = run((const char *[]){ "--busy", "--uncounted", NULL });
    struct strbuf reply = STRBUF_INIT;
    int port = port_of(&p), status;

    (void)state;
    assert_int_equal(client_ask(port, "HEAD /set/a/status/500 HTTP/1.1\r\n\r\n", &reply, 0), CLIENT_CLOSED);
    assert_int_equal(client_ask(port, "HEAD /named/a HTTP/1.1\r\n\r\n", &reply, 0), CLIENT_CLOSED);
    assert_memory_equal(reply.text, "HTTP/1.1 500 ", 13);
    kill(p.pid, SIGTERM);
    assert_int_equal(waitpid(p.pid, &status, 0), p.pid);
    assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
    close(p.orders);
    fclose(p.says);
    assert_int_equal(client_ask(port, "GET / HTTP/1.1\r\n\r\n", &reply, 0), CLIENT_REFUSED);
    strbuf_release(&reply);
}

static void it_refuses_and_serves_by_order(void **state)
{
    struct program p = run((const char *[]){ NULL });
    struct strbuf reply = STRBUF_INIT;
    int port = port_of(&p);
    char line[64];

    (void)state;
    assert_int_equal(write(p.orders, "refuse\n", 7), 7);
    assert_non_null(fgets(line, sizeof(line), p.says)); /* it says when it is done */
    assert_string_equal(line, "refuse\n");
    assert_int_equal(client_ask(port, "GET / HTTP/1.1\r\n\r\n", &reply, 0), CLIENT_REFUSED);
    assert_int_equal(write(p.orders, "serve\n", 6), 6);
    assert_non_null(fgets(line, sizeof(line), p.says));
    assert_int_equal(client_ask(port, "GET / HTTP/1.1\r\n\r\n", &reply, 0), CLIENT_CLOSED);
    assert_int_equal(end(&p), 0);
    strbuf_release(&reply);
}

static void it_greets_as_told_and_writes_its_files(void **state)
{
    char directory[] = "fault_server_test.XXXXXX", ports[64], ca[64], line[64] = "";
    struct strbuf reply = STRBUF_INIT;
    struct program p;
    FILE *file;
    int port;

    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(ports, sizeof(ports), "%s/ports", directory);
    snprintf(ca, sizeof(ca), "%s/ca.pem", directory);
    p = run((const char *[]){ "--tls", "good", "--days", "7", "--ca-file", ca, "--port-file", ports, "--greet", "read-plain", NULL });
    port = port_of(&p);
    assert_int_equal(client_ask(port, "GET / HTTP/1.1\r\n\r\n", &reply, 0), CLIENT_CLOSED);
    assert_memory_equal(reply.text, "HTTP/1.1 400 ", 13);
    file = fopen(ports, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    assert_int_equal(strtol(line, NULL, 10), port);
    fclose(file);
    file = fopen(ca, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    assert_string_equal(line, "-----BEGIN CERTIFICATE-----\n");
    fclose(file);
    assert_int_equal(end(&p), 0);
    unlink(ports);
    unlink(ca);
    rmdir(directory);
    strbuf_release(&reply);
}

static void wrong_words_are_told(void **state)
{
    static const char *const rows[][3] = {
        { "--tls", "splendid" }, { "--greet", "hello" }, { "--ports", "0" }, { "extra" }, { "--port-file", "/nonexistent/file" },
        { "--address", "0.0.0.0" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct program p = run(rows[i]);

        assert_int_equal(end(&p), i < 4 ? 2 : 3);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_serves_until_its_standard_input_ends),
        cmocka_unit_test(it_serves_until_it_is_told_to_terminate),
        cmocka_unit_test(it_refuses_and_serves_by_order),
        cmocka_unit_test(it_greets_as_told_and_writes_its_files),
        cmocka_unit_test(wrong_words_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
