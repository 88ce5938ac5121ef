/* The program among others in a pipeline, on a terminal, with descriptors that are full or closed, and interrupted. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "place.h"
#include "process.h"
#include "terminal.h"
#include "whole.h"

/* Hangs for longer than anybody's patience. */
static void write_hanging(void)
{
    place_write("uptime.cfg", "defaults: { timeout = \"5m\"; retries = 0; };\nsites = ( \"%s\",\n  \"%s\",\n  \"%s\" );\n", url("/ok"),
                url("/hang"), url("/status/201"));
}

/* --- pipes -------------------------------------------------------------------------------------------------------- */

static void a_reader_that_leaves_ends_it_at_once(void **state)
{
    const struct ran *r;
    char *code;

    (void)state;
    write_hanging();
    r = shell("( \"$squirrel\" check --output json; echo $? >code ) | head -1");
    assert_int_equal(r->code, 0);
    assert_int_equal(count_lines(r->out), 1);
    assert_says(r->out, url("/ok"));
    assert_true(place_wait_empty());
    code = place_read("code");
    assert_non_null(code);
    free(code);
}

static void many_urls_through_a_pipeline(void **state)
{
    const struct ran *r;

    (void)state;
    r = shell("seq 300 | sed \"s,^,$1?,\" | \"$squirrel\" check --output json - | grep -c '\"state\":\"up\"'", url("/ok"));
    assert_string_equal(r->out, "300\n");
}

/* Want of descriptors is our own trouble: it makes a pass slower, or what it can not tell inconclusive. */
static void with_few_descriptors_no_site_is_said_to_be_down(void **state)
{
    const struct ran *r;

    (void)state;
    r = shell("ulimit -n 32; seq 300 | sed \"s,^,$1?,\" | \"$squirrel\" check --output json - | grep -c '\"state\":\"up\"'", url("/ok"));
    assert_string_equal(r->out, "300\n");
    r = shell("ulimit -n 40; seq 300 | sed \"s,^,$1?,\" | \"$squirrel\" check --engine threads --output json - |"
              " grep -vc '\"state\":\"down\"'", url("/ok"));
    assert_string_equal(r->out, "300\n");
}

static void without_a_terminal_watch_answers_as_check(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "defaults: { retries = 0; };\nsites = ( \"%s\", \"%s\" );\n", url("/ok"), url("/status/500"));
    r = run("watch");
    assert_int_equal(r->code, 1);
    assert_says(r->out, "DOWN  127.0.0.1:");
    assert_silent(r->out, "\033");
    r = shell("\"$squirrel\" | cat; \"$squirrel\" -c uptime.cfg | wc -l");
    assert_says(r->out, "UP    127.0.0.1 ");
    assert_says(r->out, "\n3\n");
    r = run(url("/ok"));
    assert_int_equal(r->code, 0); /* an address first means watch */
}

static void once_and_on_an_unknown_terminal_watch_answers_as_check(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "defaults: { retries = 0; };\nsites = ( \"%s\", \"%s\" );\n", url("/ok"), url("/status/500"));
    r = run("--once");
    assert_int_equal(r->code, 1);
    assert_says(r->out, "DOWN  127.0.0.1:");
    r = shell("TERM=nonsense script -qec '\"$squirrel\"' /dev/null");
    assert_int_equal(r->code, 1);
    assert_says(r->out, "the terminal 'nonsense' is not known here; this is what `check` answers");
    assert_says(r->out, "127.0.0.1:");
}

static void no_colours_and_no_progress_go_into_a_pipe(void **state)
{
    const struct ran *r = run("check", "--retries", "0", url("/ok"), url("/delay/300"), url("/status/500"));

    (void)state;
    assert_safe(r->out);
    assert_safe(r->err);
    assert_silent(r->err, "checked");
    assert_silent(r->err, "\r");
}

/* --- on a terminal ------------------------------------------------------------------------------------------------ */

static void on_a_terminal_there_is_progress_that_goes_away(void **state)
{
    struct terminal *t;

    (void)state;
    server_route(web, "/held", HOLD, ANSWER(200, NULL, ""));
    place_write("urls", "%s\n%s\n%s\n", url("/held"), url("/ok"), url("/status/201"));
    t = terminal_open(80, 24, NULL, IN_SHELL("\"$squirrel\" check --timeout 5m --output json - <urls | cat"));
    terminal_wait(t, "2 of 3 checked");
    server_release(web);
    terminal_wait_gone(t, "2 of 3 checked");
    assert_int_equal(terminal_end(t), 0);
    assert_says(terminal_look(t)->text, "\"state\":\"up\"");
    assert_silent(terminal_look(t)->text, "checked ");
}

static void progress_is_there_before_anything_is(void **state)
{
    struct terminal *t;

    (void)state;
    place_write("urls", "%s\n%s\n", url("/hang"), url("/hang?2"));
    t = terminal_open(80, 24, NULL, IN_SHELL("\"$squirrel\" check --timeout 5m - <urls"));
    terminal_wait(t, "0 of 2 checked");
    terminal_keys(t, "C-c");
    assert_int_equal(terminal_end(t), -SIGINT);
}

/* The escapes of a captured screen, with colours. */
static const char *colours_of(const char *line)
{
    struct terminal *t = terminal_open(120, 24, NULL, IN_SHELL(line));
    static char answer[16384];
    char *raw;

    terminal_end(t);
    terminal_tmux(t, "capture-pane", "-e", "-t", ":0", "-b", "seen");
    terminal_tmux(t, "save-buffer", "-b", "seen", place_path("seen"));
    raw = place_read("seen");
    snprintf(answer, sizeof(answer), "%s", raw);
    free(raw);
    terminal_close(t);
    return answer;
}

static void colours_only_where_they_are_wanted(void **state)
{
    (void)state;
    place_write("uptime.cfg", "sites = ( \"%s\" );\n", url("/ok"));
    assert_says(colours_of("\"$squirrel\" check"), "\033[32mUP");
    assert_silent(colours_of("\"$squirrel\" check --no-color"), "\033[32m");
    assert_silent(colours_of("NO_COLOR=1 \"$squirrel\" check"), "\033[32m");
    assert_says(colours_of("NO_COLOR= \"$squirrel\" check"), "\033[32m"); /* no-color.org: not when it is empty */
    assert_silent(colours_of("TERM=dumb \"$squirrel\" check"), "\033[32m");
    assert_silent(colours_of("env -u TERM \"$squirrel\" check"), "\033[32m");
    assert_silent(colours_of("\"$squirrel\" check | cat"), "\033[32m");
}

/* --- descriptors -------------------------------------------------------------------------------------------------- */

static void output_that_can_not_be_written_is_3(void **state)
{
    static const char *const command[] = { "check", "check --output json", "list", "list --output json", "validate", "--help",
                                           "check --help", "--version" };
    size_t i;

    (void)state;
    place_write("uptime.cfg", "sites = ( \"%s\" );\n", url("/ok"));
    for (i = 0; i < sizeof(command) / sizeof(command[0]); i++) {
        const struct ran *full = shell("\"$squirrel\" $1 >/dev/full", command[i]);
        const struct ran *closed = shell("\"$squirrel\" $1 >&-", command[i]);

        if (full->code != 3 || closed->code != 3)
            fail_msg("%s exits with %d, %d", command[i], full->code, closed->code);
        assert_says(full->err, "cannot write the output: No space left on device");
        assert_says(closed->err, "cannot write the output: Bad file descriptor");
    }
}

static void closed_descriptors_never_become_something_else(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "defaults: { retries = 0; };\nsites = ( \"%s\", \"%s\", \"%s\" );\n", url("/echo"), url("/status/500"),
                url("/ok"));
    r = shell("\"$squirrel\" check <&- >&- 2>&-");
    assert_int_equal(r->code, 3);
    r = shell("\"$squirrel\" check --engine processes <&- 2>&-");
    assert_int_equal(r->code, 1);
    assert_int_equal(count_lines(r->out), 4);
    assert_string_equal(r->err, "");
    r = shell("\"$squirrel\" check 2>&-");
    assert_int_equal(r->code, 1);
    assert_int_equal(count_lines(r->out), 4);
    r = shell("\"$squirrel\" check - <&-");
    assert_int_equal(r->code, 3);
    assert_says(r->err, "cannot read standard input");
    assert_int_equal(server_hits(web, "POST", NULL), 0);
}

static void a_request_never_holds_what_is_written(void **state)
{
    char *request;

    (void)state;
    place_write("uptime.cfg", "sites = ( \"%s\" );\n", url("/echo"));
    shell("\"$squirrel\" check <&- >&- 2>&-");
    request = server_last_request(web, "/echo");
    assert_non_null(request);
    assert_silent(request, "STATE");
    assert_silent(request, "uptimesquirrel check:");
    free(request);
}

/* --- interruptions ------------------------------------------------------------------------------------------------ */

static void an_interrupt_ends_a_pass_at_once(void **state)
{
    static const char *const engine[] = { "serial", "threads", "futures", "processes", "events" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(engine) / sizeof(engine[0]); i++) {
        struct process *p = start("check", "--engine", engine[i], "--retries", "0", "--timeout", "5m", url("/hang"), url("/hang?2"));
        long since_ms;

        assert_true(server_wait_hits(web, NULL, "/hang", 1));
        since_ms = whole_now_ms();
        process_signal(p, SIGINT);
        assert_int_equal(process_end(p)->code, -SIGINT);
        assert_true(place_wait_empty()); /* helpers, too */
        print_message("             %s: %ld ms\n", engine[i], whole_now_ms() - since_ms);
        server_forget(web);
    }
}

static void what_was_found_before_an_interrupt_was_told(void **state)
{
    struct terminal *t;

    (void)state;
    write_hanging();
    t = terminal_open(80, 24, NULL, IN_SHELL("\"$squirrel\" check"));
    terminal_wait(t, "UP    127.0.0.1");
    terminal_keys(t, "C-c");
    assert_int_equal(terminal_end(t), -SIGINT);
    terminal_wait(t, "UP    127.0.0.1");
    assert_true(place_wait_empty());
}

/* --- locales ------------------------------------------------------------------------------------------------------ */

/* "latency_ms":0.4, */
static bool has_point(const char *key)
{
    return key && key[strcspn(key, ".,")] == '.';
}

static void locales_change_nothing_that_machines_read(void **state)
{
    static const char *const locale[] = { "LC_ALL=C", "LC_ALL=C.UTF-8", "LC_ALL=de_DE.UTF-8", "LC_ALL=nonsense", "LC_ALL" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(locale) / sizeof(locale[0]); i++) {
        const struct how how = { .changes = CHANGES(locale[i]) };
        const struct ran *r = run_with(&how, "check", "--output", "json", url("/ok"));

        assert_int_equal(r->code, 0);
        assert_true(has_point(strstr(r->out, "\"latency_ms\":")));
        assert_safe(r->out);
        r = run_with(&how, "check", url("/ok"));
        assert_int_equal(r->code, 0);
        assert_safe(r->out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(a_reader_that_leaves_ends_it_at_once),
        WHOLE(many_urls_through_a_pipeline),
        WHOLE(with_few_descriptors_no_site_is_said_to_be_down),
        WHOLE(without_a_terminal_watch_answers_as_check),
        WHOLE(once_and_on_an_unknown_terminal_watch_answers_as_check),
        WHOLE(no_colours_and_no_progress_go_into_a_pipe),
        WHOLE(on_a_terminal_there_is_progress_that_goes_away),
        WHOLE(progress_is_there_before_anything_is),
        WHOLE(colours_only_where_they_are_wanted),
        WHOLE(output_that_can_not_be_written_is_3),
        WHOLE(closed_descriptors_never_become_something_else),
        WHOLE(a_request_never_holds_what_is_written),
        WHOLE(an_interrupt_ends_a_pass_at_once),
        WHOLE(what_was_found_before_an_interrupt_was_told),
        WHOLE(locales_change_nothing_that_machines_read),
    };

    return WHOLE_RUN(tests);
}
