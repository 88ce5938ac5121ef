/* Every way of running checks, through the finished program: they find the same, and leave nothing behind. */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "place.h"
#include "process.h"
#include "support/ports.h"
#include "whole.h"

static const char *const engine[] = { "serial", "threads", "futures", "processes", "events" };
#define NENGINE (sizeof(engine) / sizeof(engine[0]))

/* "shop up null 200" for each site: what is to be the same, however it was run. */
static char *findings(const struct ran *r)
{
    struct strbuf b = STRBUF_INIT;
    const char *line = r->out, *end;

    for (; (end = strchr(line, '\n')); line = end + 1) {
        json_t *o = json_loadb(line, (size_t)(end - line), 0, NULL), *error = json_object_get(o, "error");

        assert_non_null(o);
        strbuf_addf(&b, "%s %s %s %d %s\n", json_string_value(json_object_get(o, "name")),
                    json_string_value(json_object_get(o, "state")), json_is_null(error) ? "null" : json_string_value(error),
                    (int)json_integer_value(json_object_get(o, "status")), json_string_value(json_object_get(o, "method")));
        json_decref(o);
    }
    return strbuf_detach(&b);
}

static void all_engines_find_the_same(void **state)
{
    char *first = NULL, *other;
    size_t i;

    (void)state;
    place_write("junk.pem", "no certificate\n");
    place_write("uptime.cfg", "defaults: { retries = 1; retry_interval = \"0s\"; timeout = \"2s\"; };\nsites = (\n"
                "  { name = \"up\"; url = \"%s\"; }, { name = \"moved\"; url = \"%s\"; }, { name = \"gone\"; url = \"%s\"; },\n"
                "  { name = \"slow\"; url = \"%s\"; slow_above = \"1ms\"; }, { name = \"get\"; url = \"%s\"; },\n"
                "  { name = \"refused\"; url = \"http://127.0.0.1:%d/\"; }, { name = \"lost\"; url = \"http://nx.example.test/\"; },\n"
                "  { name = \"hangs\"; url = \"%s\"; timeout = \"500ms\"; }, { name = \"cut\"; url = \"%s\"; },\n"
                "  { name = \"loop\"; url = \"%s\"; }, { name = \"wall\"; url = \"%s\"; },\n"
                "  { name = \"body\"; url = \"%s\"; expect_body = \"Welcome\"; }, { name = \"paused\"; url = \"%s\"; paused = true; },\n"
                "  { name = \"ours\"; url = \"https://127.0.0.1:%d/\"; ca_file = \"junk.pem\"; } );\n",
                url("/ok"), url("/redirect/2"), url("/status/404"), url("/delay/20"), url("/split/405/200"), port_refused(),
                url("/hang"), url("/fault/cut-in-header"), url("/loop"), url("/fault/wall-cloudflare"), url("/body/100"),
                url("/never"), server_port(web));
    for (i = 0; i < NENGINE; i++) {
        const struct ran *r = run("check", "--engine", engine[i], "--output", "json");

        assert_int_equal(r->code, 1);
        assert_string_equal(r->err, "");
        other = findings(r);
        assert_int_equal(count_lines(other), 14);
        if (first && strcmp(first, other) != 0)
            fail_msg("%s finds:\n%sand %s finds:\n%s", engine[0], first, engine[i], other);
        if (first)
            free(other);
        else
            first = other;
        assert_true(place_wait_empty());
    }
    assert_int_equal(server_hits(web, NULL, "/never"), 0);
    assert_says(first, "up up null 200 HEAD\n");
    assert_says(first, "ours inconclusive local 0 ");
    free(first);
}

static bool the_program_runs(void *context)
{
    (void)context;
    return place_has("started");
}

static void a_program_does_not_outlive_who_started_it_however_that_ends(void **state)
{
    size_t i;

    (void)state;
    place_write("uptime.cfg", "defaults: { timeout = \"5m\"; };\nsites = ( { name = \"plugin\"; url = \"exec:///bin/sh\";\n"
                "  arguments = [ \"-c\", \"echo > started; exec sleep 600\" ]; } );\n");
    for (i = 0; i < NENGINE; i++) {
        struct process *p = start("check", "--engine", engine[i]);

        assert_true(whole_wait(the_program_runs, NULL));
        process_signal(p, SIGKILL);
        assert_int_equal(process_end(p)->code, -SIGKILL);
        assert_true(place_wait_empty());
        assert_int_equal(unlink(place_path("started")), 0);
    }
}

static void the_file_chooses_the_engine_and_the_command_line_goes_before_it(void **state)
{
    struct process *p;

    (void)state;
    place_write("uptime.cfg", "engine = \"processes\"; workers = 2;\ndefaults: { timeout = \"5m\"; };\nsites = ( \"%s\" );\n",
                url("/hang"));
    p = start("check");
    assert_true(server_wait_hits(web, NULL, "/hang", 1));
    assert_int_equal(place_population(), 3);
    process_signal(p, SIGTERM);
    process_end(p);
    assert_true(place_wait_empty());
    p = start("check", "--engine", "threads");
    assert_true(server_wait_hits(web, NULL, "/hang", 2));
    assert_int_equal(place_population(), 1);
    process_signal(p, SIGTERM);
    process_end(p);
}

static void many_workers_do_many_at_a_time(void **state)
{
    size_t i;

    (void)state;
    server_route(web, "/held*", HOLD, ANSWER(200, NULL, ""));
    for (i = 1; i < NENGINE; i++) {
        struct process *p = start("check", "--engine", engine[i], "--workers", "3", "--timeout", "5m", url("/held/1"), url("/held/2"),
                                  url("/held/3"));

        assert_true(server_wait_held(web, 3)); /* none is answered before all are there */
        server_release(web);
        assert_int_equal(process_end(p)->code, 0);
    }
}

static void one_worker_of_the_events_engine_asks_a_hundred_at_a_time(void **state)
{
    (void)state;
    place_write("urls", "%s\n", url("/hang"));
    process_start(NULL, (const char *const[]){ "sh", "-c", "seq 100 | sed \"s,^,$(cat urls)?,\" |"
                  " exec \"$squirrel\" check --engine events --workers 1 --timeout 5m -", NULL });
    assert_true(server_wait_hits(web, "HEAD", "/hang", 100));
}

static void a_broker_that_is_not_there_is_our_trouble(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "redis: { url = \"redis://127.0.0.1:%d/0\"; };\n", port_refused());
    r = run("check", "-c", "uptime.cfg", "--engine", "redis", "--retries", "0", url("/ok"));
    assert_int_equal(r->code, 3);
    assert_says(r->out, "our worker or broker is gone");
    assert_int_equal(server_hits(web, NULL, NULL), 0);
}

static void helpers_end_when_their_pass_is_killed(void **state)
{
    struct process *p = start("check", "--engine", "processes", "--workers", "3", "--timeout", "5m", url("/hang"));

    (void)state;
    assert_true(server_wait_hits(web, NULL, "/hang", 1));
    process_signal(p, SIGKILL);
    assert_int_equal(process_end(p)->code, -SIGKILL);
    assert_true(place_wait_empty());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(all_engines_find_the_same),
        WHOLE(a_program_does_not_outlive_who_started_it_however_that_ends),
        WHOLE(the_file_chooses_the_engine_and_the_command_line_goes_before_it),
        WHOLE(many_workers_do_many_at_a_time),
        WHOLE(one_worker_of_the_events_engine_asks_a_hundred_at_a_time),
        WHOLE(a_broker_that_is_not_there_is_our_trouble),
        WHOLE(helpers_end_when_their_pass_is_killed),
    };

    return WHOLE_RUN(tests);
}
