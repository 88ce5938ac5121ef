/* The tree and the mouse, in the real program under tmux. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "place.h"
#include "process.h"
#include "terminal.h"
#include "whole.h"

static void write_grove(const char *screen)
{
    place_write("uptime.cfg",
                "%s\n"
                "defaults: { interval = \"1h\"; retries = 0; };\n"
                "sites = (\n"
                "  { name = \"shop\"; url = \"%s\"; tags = [\"money\", \"eu\"]; },\n"
                "  { name = \"pay\"; url = \"%s\"; tags = [\"money\"]; depends_on = [\"shop\"]; },\n"
                "  { name = \"old\"; url = \"%s\"; tags = [\"eu\"]; depends_on = [\"pay\"]; },\n"
                "  { name = \"news\"; url = \"%s\"; }\n"
                ");\n",
                screen, url("/ok"), url("/status/201"), url("/status/500"), url("/status/202"));
}

static struct terminal *watch_grove(const char *screen)
{
    struct terminal *t;

    write_grove(screen);
    t = watch_at(80, 24);
    terminal_wait(t, "DOWN ");
    terminal_wait(t, "UP 3  ");
    return t;
}

/* These texts stand in lines one right below the other. */
static bool stand_together(const struct screen *s, const void *context)
{
    const char *const *text = context;
    int i, k;

    for (i = 0; i < s->n; i++) {
        for (k = 0; text[k] && i + k < s->n && strstr(s->line[i + k], text[k]); k++)
            ;
        if (!text[k])
            return true;
    }
    return false;
}

#define WAIT_LINES(t, ...) terminal_wait_until(t, stand_together, CHANGES(__VA_ARGS__), "these lines together")

static void the_list_becomes_a_tree_that_folds(void **state)
{
    struct terminal *t = watch_grove("");

    (void)state;
    terminal_keys(t, "t");
    terminal_wait(t, "tree: tag");
    WAIT_LINES(t, "DOWN  - eu (2)             DOWN 1  UP 1", "DOWN    old ", "UP      shop ", "UP    - money (2)          UP 2", "UP      pay ",
               "UP      shop ", "UP    - no tag (1)         UP 1", "UP      news ");
    terminal_keys(t, "g -");
    WAIT_LINES(t, ">DOWN  + eu (2) ", "UP    - money (2) ");
    terminal_keys(t, "_");
    WAIT_LINES(t, "DOWN  + eu (2) ", "UP    + money (2) ", "UP    + no tag (1) ");
    terminal_keys(t, "}");
    WAIT_LINES(t, " DOWN  + eu (2) ", ">UP    + money (2) ");
    terminal_keys(t, "!");
    WAIT_LINES(t, "DOWN  - eu (2) ", ">DOWN    old ");
    terminal_keys(t, "=");
    WAIT_LINES(t, "UP    - money (2) ", "UP      pay ", "UP      shop ");
    terminal_keys(t, "t");
    terminal_wait(t, "tree: dependency");
    WAIT_LINES(t, "DOWN  - shop (3)           DOWN 1  UP 2", "UP      shop ", "UP      - pay ", "DOWN        old ", "UP    - no dependency (1) ");
    terminal_keys(t, "F5");
    terminal_wait_gone(t, "tree: ");
}

static void a_group_is_acted_on_whole_and_nothing_is_deleted_unasked(void **state)
{
    struct terminal *t = watch_grove("screen: { tree = \"tag\"; };");

    (void)state;
    terminal_wait(t, "tree: tag");
    terminal_keys(t, "g }");
    WAIT_LINES(t, ">UP    - money (2) ");
    server_forget(web);
    terminal_keys(t, "r");
    terminal_wait(t, "checking 2 sites of money");
    assert_true(server_wait_hits(web, "HEAD", "/ok", 1));
    assert_true(server_wait_hits(web, "HEAD", "/status/201", 1));
    terminal_keys(t, "d");
    terminal_wait(t, "delete 2 sites of money? y/N");
    terminal_keys(t, "Enter");
    terminal_wait_gone(t, "delete 2 sites");
    assert_says(shell("cat uptime.cfg")->out, "\"pay\"");
    terminal_keys(t, "p");
    terminal_wait(t, "pause 2 sites of money for");
    terminal_type(t, "1h");
    terminal_keys(t, "Enter");
    WAIT_LINES(t, "PAUSE - money (2)          PAUSED 2");
    terminal_keys(t, "Space");
    terminal_wait(t, "tagged: 2");
}

static void the_setup_page_remembers_tree_and_mouse(void **state)
{
    struct terminal *t = watch_grove("");

    (void)state;
    terminal_keys(t, "S Up Up Up");
    terminal_wait(t, "mouse    is the terminal's own");
    terminal_keys(t, "Space Up Space");
    terminal_wait(t, "list     is a tree by tag");
    terminal_keys(t, "Enter");
    terminal_wait(t, "tree: tag");
    assert_says(shell("cat uptime.cfg")->out, "screen = { tree = \"tag\"; mouse = true; };");
    terminal_close(t);
    t = watch_at(80, 24);
    terminal_wait(t, "tree: tag");
    assert_string_equal(terminal_ask(t, "#{mouse_any_flag}"), "1");
}

/* Tags and dependencies are not told over the socket: that screen has them of its own file. */
static void a_screen_on_a_monitor_elsewhere_has_the_tree_too(void **state)
{
    struct process *p;
    struct terminal *t;

    (void)state;
    write_grove("");
    p = start("run", "-c", place_path("uptime.cfg"));
    assert_true(server_wait_hits(web, "HEAD", "/ok", 1));
    t = watch_at(80, 24);
    terminal_wait(t, "DOWN  old ");
    terminal_keys(t, "t");
    WAIT_LINES(t, "DOWN  - eu (2)             DOWN 1  UP 1", "DOWN    old ", "UP      shop ", "UP    - money (2)          UP 2");
    shell("sed -i 's/\"money\", \"eu\"/\"gold\"/' uptime.cfg");
    WAIT_LINES(t, "DOWN  - eu (1)             DOWN 1", "DOWN    old ", "UP    - gold (1)           UP 1", "UP      shop ", "UP    - money (1)          UP 1");
    terminal_keys(t, "t");
    WAIT_LINES(t, "DOWN  - shop (3)           DOWN 1  UP 2", "UP      shop ", "UP      - pay ", "DOWN        old ");
    terminal_keys(t, "q");
    assert_int_equal(terminal_end(t), 0);
    process_signal(p, SIGTERM);
    assert_int_equal(process_end(p)->code, 0);
}

/* --- the mouse ---------------------------------------------------------------------------------------------------- */

/* A person at another terminal, attached to this one's tmux: what is written there are that terminal's own bytes, and tmux
 * decides who gets them. */
static struct terminal *sit_before(struct terminal *t)
{
    char path[256];

    snprintf(path, sizeof(path), "%s", terminal_ask(t, "#{socket_path}"));
    terminal_tmux(t, "set-option", "-g", "mouse", "on");
    return terminal_open(80, 24, NULL, (const char *const[]){ "tmux", "-u", "-S", path, "attach-session", NULL });
}

/* The left button, pressed and let go, at a line and a column from 1 on; or the wheel, 64 up and 65 down. */
static void mouse(struct terminal *person, int button, int line, int column)
{
    char bytes[64];

    snprintf(bytes, sizeof(bytes), "\033[<%d;%d;%dM\033[<%d;%d;%dm", button, column, line, button, column, line);
    terminal_tmux(person, "send-keys", "-t", ":0", "-l", bytes);
}

static void clicks_and_the_wheel_come_through_tmux(void **state)
{
    struct terminal *t = watch_grove("screen: { mouse = true; };"), *person = sit_before(t);

    (void)state;
    assert_string_equal(terminal_ask(t, "#{mouse_any_flag}"), "1");
    terminal_wait(person, "DOWN  old ");
    terminal_keys(t, "t =");
    WAIT_LINES(t, "DOWN  - eu (2) ", "DOWN    old ", "UP      shop ");
    mouse(person, 0, 6, 10);         /* old, below its header */
    WAIT_LINES(t, ">DOWN    old ");
    mouse(person, 0, 6, 10);
    terminal_wait(t, "why      ");
    mouse(person, 0, 23, 80 - 33);   /* 1Sites, in the line above the last */
    WAIT_LINES(t, ">DOWN    old ");
    mouse(person, 0, 5, 8);          /* the fold's mark */
    WAIT_LINES(t, ">DOWN  + eu (2) ", "UP    - money (2) ");
    mouse(person, 0, 4, 10);         /* NAME */
    terminal_wait(t, "sort: NAME ");
    mouse(person, 0, 4, 10);
    terminal_wait(t, "sort: NAME, inverted");
    terminal_keys(t, "?");
    terminal_wait(t, "one site up");
    mouse(person, 65, 10, 10);
    mouse(person, 65, 10, 10);
    terminal_wait_gone(t, "one site up");
    mouse(person, 64, 10, 10);
    mouse(person, 64, 10, 10);
    terminal_wait(t, "one site up");
    terminal_keys(t, "q q");
    terminal_wait(t, "stop checking 4 sites? y/N");
    mouse(person, 0, 24, 2);
    terminal_keys(t, "y");
    assert_int_equal(terminal_end(t), 0);
    assert_string_equal(terminal_ask(t, "#{mouse_any_flag}"), "0");
}

static void without_a_wish_tmux_keeps_the_mouse(void **state)
{
    struct terminal *t = watch_grove("");

    (void)state;
    assert_string_equal(terminal_ask(t, "#{mouse_any_flag}"), "0");
    terminal_type(t, ":mouse");
    terminal_keys(t, "Enter");
    terminal_wait(t, "clicks and the wheel are taken");
    assert_string_equal(terminal_ask(t, "#{mouse_any_flag}"), "1");
    terminal_close(t);
    write_grove("screen: { mouse = true; };");
    t = watch_at(80, 24, "-M");
    terminal_wait(t, "UP 3  ");
    terminal_type(t, ":mouse");
    terminal_keys(t, "Enter");
    terminal_wait(t, "started, with -M");
    assert_string_equal(terminal_ask(t, "#{mouse_any_flag}"), "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(the_list_becomes_a_tree_that_folds),
        WHOLE(a_group_is_acted_on_whole_and_nothing_is_deleted_unasked),
        WHOLE(the_setup_page_remembers_tree_and_mouse),
        WHOLE(a_screen_on_a_monitor_elsewhere_has_the_tree_too),
        WHOLE(clicks_and_the_wheel_come_through_tmux),
        WHOLE(without_a_wish_tmux_keeps_the_mouse),
    };

    return WHOLE_RUN(tests);
}
