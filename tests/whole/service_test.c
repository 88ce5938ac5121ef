/* The monitor as a service: `run` without a screen, screens on it in tmux, commands of scripts, and a monitor that is killed under
 * all of them. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "place.h"
#include "process.h"
#include "receiver.h"
#include "terminal.h"
#include "whole.h"

static struct process *monitor;

/* Two sites; "shop" is as /named/shop is set to be. */
static void write_list(void)
{
    place_write("uptime.cfg", "defaults: { interval = \"1s\"; retries = 0; };\nsites = (\n  { name = \"shop\"; url = \"%s\"; },\n"
                "  { name = \"blog\"; url = \"%s\"; } );\n", url("/named/shop"), url("/ok"));
}

static bool answers(void *context)
{
    const struct ran *r = run("status");
    bool all = r->code == 0 && strstr(r->out, "UP    blog") && strstr(r->out, "UP    shop");

    (void)context;
    process_forget(r);
    return all;
}

static void start_monitor(void)
{
    monitor = start("run");
    assert_true(whole_wait(answers, NULL));
}

static const char *end_monitor(int number)
{
    process_signal(monitor, number);
    return process_end(monitor)->err;
}

static void break_shop(bool broken)
{
    if (broken)
        server_route(web, "/named/shop", ANSWER(500, NULL, ""));
    else
        server_route(web, "/named/shop", ANSWER(200, NULL, "fine"));
}

/* --- screens ------------------------------------------------------------------------------------------------------ */

static void screens_open_on_the_monitor_that_runs_and_survive_its_death(void **state)
{
    struct terminal *one, *other;

    (void)state;
    write_list();
    start_monitor();
    one = watch_at(100, 20);
    other = watch_at(80, 24, "watch", "--readonly");
    terminal_wait(one, "UP    shop");
    terminal_wait(other, "UP    shop");
    break_shop(true);
    terminal_wait(one, "DOWN  shop");
    terminal_wait(other, "DOWN  shop");

    terminal_keys(other, "p"); /* which only looks, and asks nothing */
    terminal_wait(other, "only looks");
    terminal_keys(other, "Escape");
    terminal_wait_gone(other, "only looks");

    process_signal(monitor, SIGKILL);
    assert_int_equal(process_end(monitor)->code, -SIGKILL);
    terminal_wait(one, "the monitor is gone");
    terminal_wait(other, "the monitor is gone");
    assert_int_equal(run("status", "--output", "tmux")->code, 3);
    break_shop(false);
    start_monitor();
    terminal_wait_gone(one, "the monitor is gone");
    terminal_wait_gone(other, "the monitor is gone");
    terminal_wait(one, "UP    shop");
    terminal_wait(other, "UP    shop");

    terminal_keys(one, "C-z ?"); /* no shell could go on with it here: it is not stopped */
    terminal_wait_gone(one, "UP    shop");
    terminal_keys(one, "q");
    terminal_wait(one, "UP    shop");

    terminal_keys(one, "q"); /* stops nothing, and asks nothing */
    assert_int_equal(terminal_end(one), 0);
    terminal_keys(other, "q");
    assert_int_equal(terminal_end(other), 0);
    assert_int_equal(run("status")->code, 0);
    assert_says(end_monitor(SIGTERM), "ending");
    assert_true(place_wait_empty());
}

/* Their history is in one place, but they are two lists: nobody takes one for the other. */
static void who_has_another_list_is_no_screen_on_this_one(void **state)
{
    const struct ran *r;

    (void)state;
    write_list();
    start_monitor();
    place_write("other.cfg", "sites = ( \"%s\" );\n", url("/ok"));
    r = run("status", "-c", "other.cfg");
    assert_int_equal(r->code, 3);
    assert_says(r->err, "/uptime.cfg', not '");
    assert_says(r->err, "/other.cfg'");
    assert_int_equal(run("pause", "shop", "-c", "other.cfg")->code, 3);
    assert_int_equal(terminal_end(watch_at(80, 24, "-c", "other.cfg")), 3);
    shell("ln -s uptime.cfg same.cfg");
    assert_int_equal(run("status", "-c", "same.cfg")->code, 0);
    assert_says(end_monitor(SIGTERM), "ending");
}

/* A screen that is stopped, in the middle of whatever it does, holds nobody up. */
static void a_stopped_screen_slows_nobody(void **state)
{
    struct terminal *one, *other;
    pid_t stopped;

    (void)state;
    write_list();
    start_monitor();
    one = watch_at(80, 24);
    other = watch_at(80, 24);
    terminal_wait(one, "UP    shop");
    terminal_wait(other, "UP    shop");
    stopped = terminal_program(one);
    assert_int_equal(kill(stopped, SIGSTOP), 0);
    break_shop(true);
    terminal_wait(other, "DOWN  shop");
    assert_int_equal(run("status")->code, 1);
    assert_int_equal(kill(stopped, SIGCONT), 0);
    terminal_wait(one, "DOWN  shop");
    end_monitor(SIGTERM);
}

/* What a monitor elsewhere has to tell owners stands on its screens, and is sent or dropped from there. */
static void alerts_and_messages_of_the_monitor_are_on_its_screens(void **state)
{
    struct receiver *ops = receiver_start();
    struct terminal *one, *other;

    (void)state;
    break_shop(false);
    place_write("uptime.cfg",
                "defaults: { interval = \"1s\"; retries = 0; owner = \"ops\"; };\nalarms: { hold = \"50m\"; };\n"
                "owners = ( { name = \"ops\"; webhook = \"%s\"; } );\nsites = (\n  { name = \"shop\"; url = \"%s\"; },\n"
                "  { name = \"blog\"; url = \"%s\"; } );\n", receiver_url(ops), url("/named/shop"), url("/named/blog"));
    server_route(web, "/named/blog", ANSWER(200, NULL, "fine"));
    start_monitor();
    one = watch_at(120, 40);
    other = watch_at(120, 40, "watch", "--readonly");
    terminal_wait(one, "UP    shop");
    terminal_keys(one, "2");
    terminal_wait(one, "nobody is down");
    terminal_keys(other, "4");
    break_shop(true);
    terminal_wait(one, "Alerts: 1, 1 not acknowledged");
    terminal_keys(one, "4");
    terminal_wait(one, "Outbox: 1 waiting");
    terminal_wait(other, "Outbox: 1 waiting");
    assert_says(terminal_line(one, "ops webhook"), "waiting  ");
    assert_says(terminal_line(other, "ops webhook"), "down shop");

    terminal_keys(other, "r");
    terminal_wait(other, "this screen only looks");
    assert_int_equal(receiver_count(ops, "shop", "down"), 0);
    terminal_keys(one, "r");
    terminal_wait(one, "Outbox: 0 waiting");
    terminal_wait(other, "Outbox: 0 waiting");
    assert_int_equal(receiver_count(ops, "shop", "down"), 1);

    server_route(web, "/named/blog", ANSWER(500, NULL, ""));
    terminal_wait(one, "Outbox: 1 waiting");
    terminal_keys(one, "d");
    terminal_wait(one, "so that it is never sent? y/N");
    terminal_keys(one, "y");
    terminal_wait(one, "Outbox: 0 waiting");
    terminal_wait(other, "dropped");
    assert_int_equal(receiver_count(ops, "blog", "down"), 0);
    end_monitor(SIGTERM);
    receiver_stop(ops);
}

/* watch alone is a monitor with a screen, and open to others likewise. */
static void a_second_watch_is_a_screen_on_the_first(void **state)
{
    struct terminal *first, *second;

    (void)state;
    write_list();
    first = watch_at(80, 24);
    terminal_wait(first, "UP    shop");
    second = watch_at(80, 24);
    terminal_wait(second, "UP    shop");
    terminal_keys(second, "q");
    assert_int_equal(terminal_end(second), 0);
    assert_int_equal(run("status")->code, 0);
    terminal_keys(first, "q");
    terminal_wait(first, "stop checking 2 sites? y/N");
    terminal_keys(first, "y");
    assert_int_equal(terminal_end(first), 0);
    assert_int_equal(run("status")->code, 3);
}

/* Keys of a screen on a monitor elsewhere edit the file, and the monitor goes over to it. */
static void what_is_edited_on_a_screen_reaches_the_monitor(void **state)
{
    struct terminal *t;

    (void)state;
    write_list();
    start_monitor();
    t = watch_at(100, 24);
    terminal_wait(t, "UP    shop");
    terminal_keys(t, "a");
    terminal_type(t, url("/status/404"));
    terminal_keys(t, "Enter");
    terminal_wait(t, "DOWN  127.0.0.1");
    assert_says(run("status")->out, "DOWN  127.0.0.1");
    assert_says(end_monitor(SIGTERM), "reloaded: +1 site");
}

/* --- commands ----------------------------------------------------------------------------------------------------- */

static bool shop_is(const char *word)
{
    char line[64];
    const struct ran *r = run("status");
    bool so;

    snprintf(line, sizeof(line), "%s shop", word);
    so = strstr(r->out, line) != NULL;
    process_forget(r);
    return so;
}

static bool is_paused(void *context)
{
    (void)context;
    return shop_is("PAUSE");
}

static bool is_up(void *context)
{
    (void)context;
    return shop_is("UP   ");
}

static bool is_down(void *context)
{
    (void)context;
    return shop_is("DOWN ");
}

static void scripts_pause_and_resume(void **state)
{
    const struct ran *r;

    (void)state;
    write_list();
    r = run("pause", "shop", "10m");
    assert_int_equal(r->code, 3);
    assert_says(r->err, "no monitor runs");
    start_monitor();
    assert_says(run("pause", "shop", "10m")->out, "shop is paused for 10m");
    assert_true(whole_wait(is_paused, NULL));
    break_shop(true);
    assert_says(run("resume", "shop")->out, "shop is checked again");
    assert_true(whole_wait(is_down, NULL));
    r = run("pause", "shopp");
    assert_int_equal(r->code, 2);
    assert_says(r->err, "did you mean 'shop'?");
    assert_int_equal(run("pause", "shop", "soon")->code, 2);
    assert_int_equal(run("pause", "shop", "0s")->code, 2);
    assert_int_equal(run("pause", "shop", "1s")->code, 0);
    break_shop(false);
    assert_true(whole_wait(is_up, NULL)); /* it resumed by itself */
    end_monitor(SIGTERM);
}

static void scripts_acknowledge_and_mute(void **state)
{
    const struct ran *r;

    (void)state;
    write_list();
    start_monitor();
    r = run("ack", "shop", "renewing");
    assert_int_equal(r->code, 2);
    assert_says(r->err, "shop is not down");
    assert_says(run("mute", "shop", "2h")->out, "nobody is told of shop for 2h");
    assert_says(run("mute", "shop", "0s")->out, "shop is muted no longer");
    assert_int_equal(run("mute", "shop")->code, 2);
    break_shop(true);
    assert_true(whole_wait(is_down, NULL));
    assert_says(run("ack", "shop", "renewing, 20 min")->out, "shop is acknowledged by ");
    end_monitor(SIGTERM);
}

static void status_speaks_every_form(void **state)
{
    const struct ran *r;
    json_t *json;

    (void)state;
    write_list();
    start_monitor();
    r = run("status", "--output", "tmux");
    assert_string_equal(r->out, "U2\n");
    assert_int_equal(r->code, 0);
    break_shop(true);
    assert_true(whole_wait(is_down, NULL));
    r = run("status", "--output", "tmux");
    assert_int_equal(r->code, 1);
    assert_int_equal(strncmp(r->out, "D1 U1 shop ", 11), 0);
    r = run("status", "--output", "json");
    assert_int_equal(r->code, 1);
    json = json_loads(r->out, 0, NULL);
    assert_non_null(json);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(json, "counts"), "down")), 1);
    json_decref(json);
    r = run("status", "--output", "prometheus");
    assert_says(r->out, "probe_success{");
    assert_says(r->out, "site=\"shop\"} 0");
    assert_int_equal(run("status", "--output", "yaml")->code, 2);
    end_monitor(SIGTERM);
    r = run("status", "--output", "tmux");
    assert_string_equal(r->out, "squirrel?\n");
    assert_int_equal(r->code, 3);
}

static bool exits_with_1(void *context)
{
    const struct ran *r = run("status");
    bool down = r->code == 1;

    (void)context;
    process_forget(r);
    return down;
}

static void a_name_is_no_style_of_the_tmux_bar(void **state)
{
    (void)state;
    place_write("uptime.cfg", "sites = ( { name = \"#[fg=red]shop #1\"; url = \"%s\"; interval = \"1s\"; retries = 0; } );\n",
                url("/status/500"));
    monitor = start("run");
    assert_true(whole_wait(exits_with_1, NULL));
    assert_says(run("status", "--output", "tmux")->out, "D1 ##[fg=red]shop ##1 ");
    end_monitor(SIGTERM);
}

static bool is_unsure(void *context)
{
    const struct ran *r = run("status");
    bool unsure = r->code == 3 && strstr(r->out, "?     unsure") && strstr(r->out, "UP    shop");

    (void)context;
    process_forget(r);
    return unsure;
}

/* What is down is told before what nobody knows, and before whatever ails the monitor itself. */
static void status_exits_with_the_worst_there_is(void **state)
{
    (void)state;
    place_write("uptime.cfg", "defaults: { interval = \"1s\"; retries = 0; };\nsites = (\n  { name = \"shop\"; url = \"%s\"; },\n"
                "  { name = \"unsure\"; url = \"exec:///bin/sh\"; arguments = [\"-c\", \"exit 3\"]; } );\n", url("/named/shop"));
    monitor = start("run");
    assert_true(whole_wait(is_unsure, NULL));
    break_shop(true);
    assert_true(whole_wait(is_down, NULL));
    end_monitor(SIGTERM);
}

/* A monitor that is frozen answers nobody: a status bar does not wait for it. */
static void a_status_bar_never_waits(void **state)
{
    const struct ran *r;
    long since_ms;

    (void)state;
    write_list();
    start_monitor();
    process_signal(monitor, SIGSTOP);
    since_ms = whole_now_ms();
    r = run("status", "--output", "tmux");
    print_message("             answered in %ld ms\n", whole_now_ms() - since_ms);
    assert_string_equal(r->out, "squirrel?\n");
    assert_int_equal(r->code, 3);
    process_signal(monitor, SIGCONT);
    end_monitor(SIGTERM);
}

/* --- the file, and signals ---------------------------------------------------------------------------------------- */

static bool log_says(void *words)
{
    char *log = place_read("run.log");
    bool so = log && strstr(log, words);

    free(log);
    return so;
}

static void the_file_is_read_again_when_it_changes_or_somebody_asks(void **state)
{
    const struct ran *r;
    char *log;

    (void)state;
    write_list();
    monitor = process_start(NULL, (const char *const[]){ "sh", "-c", "exec \"$squirrel\" run 2>run.log", NULL });
    assert_true(whole_wait(answers, NULL));
    place_write("uptime.cfg", "sites = ( { name = \"shop\"; url = \"%s\"; intervall = \"1s\"; } );\n", url("/ok"));
    r = run("reload");
    assert_int_equal(r->code, 2);
    assert_says(r->err, "did you mean 'interval'?");
    assert_int_equal(run("status")->code, 0); /* the monitor is found all the same */
    process_signal(monitor, SIGHUP);
    assert_true(whole_wait(log_says, "the old settings go on"));
    place_write("uptime.cfg", "sites = ( { name = \"new\"; url = \"%s\"; } );\n", url("/status/200"));
    assert_int_equal(run("reload")->code, 0);
    assert_true(whole_wait(log_says, "reloaded: +1 site, 2 removed"));
    process_signal(monitor, SIGUSR1);
    assert_true(whole_wait(log_says, "1 sites: "));
    end_monitor(SIGINT);
    log = place_read("run.log");
    assert_says(log, "unknown setting 'intervall'");
    assert_safe(log);
    free(log);
}

static void one_monitor_owns_a_database(void **state)
{
    const struct ran *r;
    char pid[64];

    (void)state;
    write_list();
    start_monitor();
    r = run("run");
    assert_int_equal(r->code, 3);
    assert_says(r->err, "a monitor is running already");
    snprintf(pid, sizeof(pid), "process %d", (int)process_id(monitor));
    assert_says(r->err, pid);
    end_monitor(SIGTERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(screens_open_on_the_monitor_that_runs_and_survive_its_death),
        WHOLE(who_has_another_list_is_no_screen_on_this_one),
        WHOLE(a_stopped_screen_slows_nobody),
        WHOLE(a_second_watch_is_a_screen_on_the_first),
        WHOLE(alerts_and_messages_of_the_monitor_are_on_its_screens),
        WHOLE(what_is_edited_on_a_screen_reaches_the_monitor),
        WHOLE(scripts_pause_and_resume),
        WHOLE(scripts_acknowledge_and_mute),
        WHOLE(status_speaks_every_form),
        WHOLE(a_name_is_no_style_of_the_tmux_bar),
        WHOLE(status_exits_with_the_worst_there_is),
        WHOLE(a_status_bar_never_waits),
        WHOLE(the_file_is_read_again_when_it_changes_or_somebody_asks),
        WHOLE(one_monitor_owns_a_database),
    };

    return WHOLE_RUN(tests);
}
