/* A person who goes back in time, in the real program under tmux. */
#include <signal.h>
#include <string.h>

#include "place.h"
#include "process.h"
#include "store/query.h"
#include "terminal.h"
#include "whole.h"

static void write_list(void)
{
    place_write("uptime.cfg", "sites = ( { name = \"shop\"; url = \"%s\"; interval = \"1s\"; retries = 0; } );\n", url("/named/shop"));
}

/* Up, then down, then up again, as a person sees it. */
static void live_through_an_outage(struct terminal *t)
{
    terminal_wait(t, "UP    shop ");
    server_route(web, "/named/shop", ANSWER(500, NULL, "boom"));
    terminal_wait(t, "DOWN  shop ");
    server_route(web, "/named/shop", ANSWER(200, NULL, ""));
    terminal_wait(t, "UP    shop ");
    terminal_wait_gone(t, "DOWN 1");
}

static bool was_read(const struct screen *s, const void *context)
{
    (void)context;
    return strstr(s->text, "REPLAY") && !strstr(s->text, "reading ...");
}

/* The step that leads there is the first, or, once the end of the outage is written, the second. */
static void step_back_into_the_outage(struct terminal *t)
{
    int steps;

    for (steps = 0; steps < 3; steps++) {
        terminal_keys(t, "[");
        terminal_wait_until(t, was_read, NULL, "a moment of the past");
        if (terminal_shows(t, "DOWN  shop "))
            break;
    }
    terminal_wait(t, "DOWN  shop ");
    terminal_wait(t, "HTTP 500");
    terminal_wait(t, "ALERT shop DOWN");
}

static void the_screen_goes_back_into_an_outage_and_home_again(void **state)
{
    struct terminal *t;

    (void)state;
    write_list();
    server_route(web, "/named/shop", ANSWER(200, NULL, ""));
    t = watch_at(80, 24);
    live_through_an_outage(t);
    step_back_into_the_outage(t);
    terminal_keys(t, "d");
    terminal_wait(t, "this is the past");
    terminal_keys(t, "0");
    terminal_wait_gone(t, "REPLAY");
    terminal_wait(t, "UP    shop ");
    terminal_type(t, ":replay 3d");
    terminal_keys(t, "Enter");
    terminal_wait(t, "no history before");
    terminal_keys(t, "Escape");
    terminal_wait_gone(t, "REPLAY");
}

static void so_does_a_screen_on_a_monitor_elsewhere(void **state)
{
    struct process *p;
    struct terminal *t;

    (void)state;
    write_list();
    server_route(web, "/named/shop", ANSWER(200, NULL, ""));
    p = start("run", "-c", place_path("uptime.cfg"));
    assert_true(server_wait_hits(web, "HEAD", "/named/shop", 1));
    t = watch_at(120, 40);
    live_through_an_outage(t);
    step_back_into_the_outage(t);
    terminal_keys(t, "Escape");
    terminal_wait_gone(t, "REPLAY");
    terminal_wait(t, "UP    shop ");
    terminal_keys(t, "q");
    assert_int_equal(terminal_end(t), 0);
    process_signal(p, SIGTERM);
    assert_int_equal(process_end(p)->code, 0);
}

static bool has_incident(void *context)
{
    struct query *q;
    int64_t id = 0;

    (void)context;
    if (query_open(&q, place_path("state/uptimesquirrel/uptime.db"), NULL) != ERR_OK)
        return false;
    query_last_incident(q, &id, NULL);
    query_close(q);
    return id > 0;
}

/* A monitor goes on; a person looks, leaves, and comes back. */
static void who_comes_back_is_told_what_happened_meanwhile(void **state)
{
    struct process *p;
    struct terminal *t;

    (void)state;
    write_list();
    server_route(web, "/named/shop", ANSWER(200, NULL, ""));
    p = start("run", "-c", place_path("uptime.cfg"));
    assert_true(server_wait_hits(web, "HEAD", "/named/shop", 1));
    t = watch_at(80, 24);
    terminal_wait(t, "UP    shop ");
    assert_false(terminal_shows(t, "ince you last looked"));
    terminal_keys(t, "q");
    assert_int_equal(terminal_end(t), 0);
    server_route(web, "/named/shop", ANSWER(500, NULL, "boom"));
    assert_true(whole_wait(has_incident, NULL));
    t = watch_at(80, 24);
    terminal_wait(t, "Since you last looked");
    terminal_wait(t, "1 outage, 1 still down");
    terminal_wait(t, "HTTP 500");
    terminal_keys(t, "Enter");
    terminal_wait(t, "why      HTTP 500");
    terminal_keys(t, "Escape");
    terminal_wait(t, "DOWN  shop ");
    terminal_keys(t, "q");
    assert_int_equal(terminal_end(t), 0);
    process_signal(p, SIGTERM);
    assert_int_equal(process_end(p)->code, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(the_screen_goes_back_into_an_outage_and_home_again),
        WHOLE(so_does_a_screen_on_a_monitor_elsewhere),
        WHOLE(who_comes_back_is_told_what_happened_meanwhile),
    };

    return WHOLE_RUN(tests);
}
