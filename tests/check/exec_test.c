/* Programs that judge: exit codes, words, performance data, time, and what they may not do. Real programs: /bin/sh -c. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "asking.h"
#include "base/clock.h"
#include "plugin.h"
#include "program.h"

static struct options running(const char *command)
{
    struct options o = asking_options();

    strings_add(&o.arguments, "-c");
    strings_add(&o.arguments, command);
    return o;
}

static struct result run(const char *command)
{
    struct options o = running(command);
    struct result r = ask("exec:///bin/sh", &o, METHOD_HEAD);

    options_release(&o);
    return r;
}

static void exit_codes_are_verdicts(void **state)
{
    static const struct { int code; enum outcome outcome; bool warning; } rows[] = {
        { 0, OUTCOME_OK, false },           { 1, OUTCOME_OK, true },         { 2, OUTCOME_CRITICAL, false },
        { 3, OUTCOME_LOCAL_UNKNOWN, false }, { 4, OUTCOME_NO_PLUGIN, false }, { 127, OUTCOME_NO_PLUGIN, false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char command[64];
        struct result r;

        snprintf(command, sizeof(command), "echo LOAD; exit %d", rows[i].code);
        r = run(command);
        assert_string_equal(outcome_name(r.outcome), outcome_name(rows[i].outcome));
        assert_int_equal(r.warning, rows[i].warning);
        if (rows[i].code < 4)
            assert_string_equal(r.detail, "LOAD");
    }
    assert_int_equal(run("kill -SEGV $$").outcome, OUTCOME_NO_PLUGIN);
}

static void the_first_line_is_shown_with_its_figures(void **state)
{
    static const char *const rows[][2] = {
        { "DISK OK - free 3326 MB (56%) | /=2643MB;5948;5958;0;5968\nmore | x=1", "DISK OK - free 3326 MB (56%) [/=2643MB]" },
        { "OK|a=1 'b c'=2s;;; d=0.5%", "OK [a=1 b c=2s d=0.5%]" },
        { "OK |", "OK" },
        { "OK | no figures", "OK" },
        { "OK | 'open", "OK" },
        { "OK | =1", "OK" },
        { "", "" },
        { "\n", "" },
        { "\033[31mred\302\205\tx", "?[31mred? x" },
        { "|x=1", "[x=1]" },
    };
    siginfo_t end = { .si_code = CLD_EXITED };
    char text[RESULT_DETAIL_SIZE];
    bool warning;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        end.si_status = 0;
        assert_int_equal(plugin_judge(&end, rows[i][0], strlen(rows[i][0]), text, &warning), OUTCOME_OK);
        assert_string_equal(text, rows[i][1]);
    }
    assert_string_equal(run("printf 'OK\\033]0;x\\007 | t=1ms'").detail, "OK?]0;x? [t=1ms]");
}

static void arguments_reach_the_program_as_they_are(void **state)
{
    struct options o = running("echo \"$1+$2\"");
    struct result r;

    (void)state;
    strings_add(&o.arguments, "sh");
    strings_add(&o.arguments, "a b;$(id)");
    strings_add(&o.arguments, "*");
    r = ask("exec:///bin/sh", &o, METHOD_HEAD);
    options_release(&o);
    assert_string_equal(r.detail, "a b;$(id)+*");
}

static void a_program_gets_none_of_our_secrets_and_descriptors(void **state)
{
    struct result r;

    (void)state;
    setenv("SHOP_PASSWORD", "geheim", 1);
    r = run("echo \"${SHOP_PASSWORD-none} $(ls /proc/self/fd | wc -l) ${PATH:+path}\"");
    assert_string_equal(r.detail, "none 4 path"); /* ls has 0, 1, 2 and the directory */
}

static void what_cannot_be_run_is_our_fault(void **state)
{
    struct options o = asking_options();
    struct result r = ask("exec:///nonexistent/check%20it", &o, METHOD_HEAD);

    (void)state;
    assert_int_equal(r.outcome, OUTCOME_LOCAL_SETTINGS);
    assert_string_equal(r.detail, "cannot run '/nonexistent/check it': No such file or directory");
    r = ask("exec:///etc/passwd", &o, METHOD_HEAD);
    assert_int_equal(r.outcome, OUTCOME_LOCAL_SETTINGS);
    options_release(&o);
}

/* The child finds no descriptor for its /dev/null, and says so to us and to nothing else it was given. */
static void want_of_descriptors_is_told_by_the_child(void **state)
{
    char *const argv[] = { "true", NULL }, *const environment[] = { NULL };
    struct rlimit before, few;
    int next = dup(STDERR_FILENO), number;
    pid_t pid;

    (void)state;
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = (rlim_t)next + 2; /* the pipe for that */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    number = program_start(&pid, "/bin/true", argv, environment, STDOUT_FILENO);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(number, EMFILE);
}

/* The process whose number a program wrote ends, if it has not yet. */
static void assert_gone(const char *path)
{
    FILE *file = fopen(path, "r");
    struct pollfd end = { .events = POLLIN };
    int pid = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &pid), 1);
    fclose(file);
    end.fd = (int)syscall(SYS_pidfd_open, pid, 0);
    assert_true(end.fd >= 0 || errno == ESRCH);
    if (end.fd < 0)
        return;
    assert_int_equal(poll(&end, 1, 20000), 1);
    close(end.fd);
}

static void nothing_a_program_started_outlives_its_time(void **state)
{
    char path[] = "/tmp/exec_test.XXXXXX", command[128];
    int fd = mkstemp(path);
    struct options o;
    struct result r;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    snprintf(command, sizeof(command), "trap '' TERM; sleep 600 & echo $! > %s; wait", path);
    o = running(command);
    o.timeout_ms = 300;
    r = ask("exec:///bin/sh", &o, METHOD_HEAD);
    options_release(&o);
    assert_int_equal(r.outcome, OUTCOME_NO_END);
    assert_gone(path);
    snprintf(command, sizeof(command), "sleep 600 & echo $! > %s; echo OK", path); /* it holds the pipe open */
    r = run(command);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_true(r.took_ns < 15 * NS_PER_S);
    assert_gone(path);
    unlink(path);
}

static void output_without_end_is_read_and_dropped(void **state)
{
    struct result r = run("yes '0123456789' | head -c 3000000; exit 0");

    (void)state;
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_string_equal(r.detail, "0123456789");
}

/* Several writers, so that the pipe is never seen empty: its time runs out all the same. */
static void who_prints_for_ever_is_ended_in_time(void **state)
{
    struct options o = running("yes & yes & yes & yes");
    struct result r;

    (void)state;
    o.timeout_ms = 300;
    r = ask("exec:///bin/sh", &o, METHOD_HEAD);
    options_release(&o);
    assert_int_equal(r.outcome, OUTCOME_NO_END);
    assert_true(r.took_ns < 15 * NS_PER_S);
}

static void what_a_program_says_can_be_expected(void **state)
{
    struct options o = running("echo ready; echo lag=3");
    struct result r;

    (void)state;
    o.expect_body = strdup("lag=3");
    r = ask("exec:///bin/sh", &o, METHOD_HEAD);
    assert_int_equal(r.outcome, OUTCOME_OK);
    free(o.expect_body);
    o.expect_body = strdup("lag=4");
    r = ask("exec:///bin/sh", &o, METHOD_HEAD);
    options_release(&o);
    assert_int_equal(r.outcome, OUTCOME_BODY_MISSING);
}

static void bad_exec_urls_are_refused(void **state)
{
    static const char *const rows[] = { "exec://host/x", "exec://", "exec:///bin/sh?x", "exec:///bin/", "exec:///%", "exec:///a%00b" };
    char path[PLUGIN_PATH_SIZE];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(plugin_path(path, rows[i], NULL), ERR_INVALID);
    assert_int_equal(plugin_path(path, "exec:///a%20b%2Fc", NULL), ERR_OK);
    assert_string_equal(path, "/a b/c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_codes_are_verdicts),
        cmocka_unit_test(the_first_line_is_shown_with_its_figures),
        cmocka_unit_test(arguments_reach_the_program_as_they_are),
        cmocka_unit_test(a_program_gets_none_of_our_secrets_and_descriptors),
        cmocka_unit_test(what_cannot_be_run_is_our_fault),
        cmocka_unit_test(want_of_descriptors_is_told_by_the_child),
        cmocka_unit_test(nothing_a_program_started_outlives_its_time),
        cmocka_unit_test(output_without_end_is_read_and_dropped),
        cmocka_unit_test(who_prints_for_ever_is_ended_in_time),
        cmocka_unit_test(what_a_program_says_can_be_expected),
        cmocka_unit_test(bad_exec_urls_are_refused),
    };

    return cmocka_run_group_tests(tests, asking_setup, asking_teardown);
}
