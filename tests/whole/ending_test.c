/* How `watch` ends: by the key, by signals, with its window, by force; and what it leaves behind. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "place.h"
#include "process.h"
#include "terminal.h"
#include "whole.h"

#define LOCK "state/uptimesquirrel/uptime.db.lock"

/* Two sites, of which one answers nothing for longer than anybody's patience: who waits for it is found out. */
static struct terminal *watch_two(void)
{
    struct terminal *t;

    place_write("uptime.cfg", "sites = (\n  { name = \"fine\"; url = \"%s\"; },\n"
                "  { name = \"hangs\"; url = \"%s\"; timeout = \"5m\"; } );\n", url("/ok"), url("/hang"));
    t = watch_at(80, 24);
    terminal_wait(t, " UP    fine");
    assert_true(server_wait_hits(web, NULL, "/hang", 1));
    assert_true(place_has(LOCK));
    return t;
}

static void report(const char *what, long since_ms)
{
    print_message("             %s: %ld ms\n", what, whole_now_ms() - since_ms);
}

static void assert_nothing_is_left(void)
{
    assert_true(place_wait_empty());
    assert_false(place_has(LOCK));
}

static void q_asks_and_y_ends_it(void **state)
{
    struct terminal *t = watch_two();
    long since_ms;

    (void)state;
    terminal_keys(t, "q");
    terminal_wait(t, "stop checking 2 sites? y/N");
    terminal_keys(t, "n");
    terminal_wait_gone(t, "stop checking");
    terminal_keys(t, "q Enter"); /* N is the default */
    terminal_wait_gone(t, "stop checking");
    terminal_keys(t, "q");
    terminal_wait(t, "stop checking 2 sites? y/N");
    since_ms = whole_now_ms();
    terminal_keys(t, "y");
    assert_int_equal(terminal_end(t), 0);
    report("ended by its key", since_ms);
    assert_nothing_is_left();
}

static void ctrl_c_asks_too(void **state)
{
    struct terminal *t = watch_two();

    (void)state;
    terminal_keys(t, "C-c");
    terminal_wait(t, "stop checking 2 sites? y/N");
    terminal_keys(t, "y");
    assert_int_equal(terminal_end(t), 0);
    assert_nothing_is_left();
}

static void the_screen_is_given_back_as_it_was(void **state)
{
    struct terminal *t;

    (void)state;
    place_write("uptime.cfg", "sites = ( \"%s\" );\n", url("/ok"));
    t = terminal_open(80, 24, NULL, (const char *const[]){ "sh", "-c", "echo before; \"$squirrel\"; echo after; stty -a; cat", NULL });
    terminal_wait(t, "UP    127.0.0.1");
    assert_false(terminal_shows(t, "before"));
    terminal_keys(t, "q y");
    terminal_wait(t, "after");
    assert_true(terminal_shows(t, "before"));
    assert_false(terminal_shows(t, "STATE NAME"));
    terminal_wait(t, " icanon");
    assert_true(terminal_shows(t, " echo "));
    assert_string_equal(terminal_ask(t, "#{alternate_on} #{bracket_paste_flag} #{cursor_flag}"), "0  1");
}

static void sigterm_ends_it_cleanly(void **state)
{
    struct terminal *t = watch_two();
    long since_ms = whole_now_ms();

    (void)state;
    kill(terminal_program(t), SIGTERM);
    assert_int_equal(terminal_end(t), 0);
    report("terminated", since_ms);
    assert_false(terminal_shows(t, "STATE NAME"));
    assert_nothing_is_left();
}

static void sighup_reads_the_file_again(void **state)
{
    struct terminal *t = watch_two();

    (void)state;
    kill(terminal_program(t), SIGHUP);
    terminal_wait(t, "uptime.cfg reloaded: no site is another one");
    terminal_keys(t, "q");
    terminal_wait(t, "stop checking 2 sites? y/N");
}

static void a_closed_window_ends_it_cleanly(void **state)
{
    struct terminal *t = watch_two();
    long since_ms = whole_now_ms();

    (void)state;
    terminal_tmux(t, "new-window", "-d", "cat"); /* so that tmux stays */
    terminal_tmux(t, "kill-window", "-t", ":0");
    assert_nothing_is_left();
    report("ended with its window", since_ms);
}

static void the_end_of_tmux_is_its_own(void **state)
{
    struct terminal *t = watch_two();

    (void)state;
    terminal_close(t);
    assert_nothing_is_left();
}

static void helpers_of_the_processes_engine_end_with_it(void **state)
{
    struct terminal *t;

    (void)state;
    place_write("uptime.cfg", "engine = \"processes\"; workers = 3;\nsites = (\n  { name = \"fine\"; url = \"%s\"; },\n"
                "  { name = \"hangs\"; url = \"%s\"; timeout = \"5m\"; } );\n", url("/ok"), url("/hang"));
    t = watch_at(80, 24);
    terminal_wait(t, " UP    fine");
    assert_true(server_wait_hits(web, NULL, "/hang", 1));
    assert_true(place_population() > 1);
    terminal_tmux(t, "new-window", "-d", "cat");
    terminal_tmux(t, "kill-window", "-t", ":0");
    assert_nothing_is_left();
}

static void after_a_kill_it_starts_again(void **state)
{
    struct terminal *t = watch_two();

    (void)state;
    kill(terminal_program(t), SIGKILL);
    assert_int_equal(terminal_end(t), -SIGKILL);
    assert_true(place_has(LOCK)); /* nobody was there to remove it */
    terminal_close(t);
    server_forget(web);
    t = watch_two();
    terminal_keys(t, "q y");
    assert_int_equal(terminal_end(t), 0);
    assert_nothing_is_left();
}

static void helpers_end_when_their_program_is_killed(void **state)
{
    struct terminal *t;

    (void)state;
    place_write("uptime.cfg", "engine = \"processes\"; workers = 3;\nsites = ( \"%s\" );\n", url("/ok"));
    t = watch_at(80, 24);
    terminal_wait(t, "UP    127.0.0.1");
    kill(terminal_program(t), SIGKILL);
    assert_true(place_wait_empty());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(q_asks_and_y_ends_it),
        WHOLE(ctrl_c_asks_too),
        WHOLE(the_screen_is_given_back_as_it_was),
        WHOLE(sigterm_ends_it_cleanly),
        WHOLE(sighup_reads_the_file_again),
        WHOLE(a_closed_window_ends_it_cleanly),
        WHOLE(the_end_of_tmux_is_its_own),
        WHOLE(helpers_of_the_processes_engine_end_with_it),
        WHOLE(after_a_kill_it_starts_again),
        WHOLE(helpers_end_when_their_program_is_killed),
    };

    return WHOLE_RUN(tests);
}
