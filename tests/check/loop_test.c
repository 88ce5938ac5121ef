/* Many checks on one thread: nobody waits for anybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/clock.h"
#include "support/server.h"

#define MOST 500

struct seen {
    unsigned done[MOST + 1];       /* by job id */
    unsigned order[MOST + 1], n;
    enum outcome outcome[MOST + 1];
};

static struct server *server;
static struct seen seen;
static struct check_loop *loop;

static int setup(void **state)
{
    asking_setup(state);
    server = server_start(NULL);
    return server ? 0 : -1;
}

static int teardown(void **state)
{
    server_stop(server);
    return asking_teardown(state);
}

static void on_done(void *context, const struct result *r)
{
    struct seen *s = context;

    s->done[r->job_id]++;
    s->outcome[r->job_id] = r->outcome;
    s->order[s->n++] = (unsigned)r->job_id;
}

static int open_loop(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof(seen));
    return check_loop_open(&loop, MOST, on_done, &seen, NULL);
}

static int close_loop(void **state)
{
    (void)state;
    check_loop_close(loop);
    loop = NULL;
    return 0;
}

static void start(uint64_t id, const char *path, int64_t timeout_ms)
{
    struct options o = asking_options();
    const struct options *shared;
    char url[SERVER_URL_SIZE];
    struct site *site;
    struct job job = { .id = id, .attempt = 1, .method = METHOD_HEAD };

    o.timeout_ms = timeout_ms;
    shared = options_share(&o);
    site = site_new("x", strstr(path, "://") ? path : server_url(server, path, url), shared);
    job.site = site;
    assert_int_equal(check_loop_start(loop, &job), ERR_OK);
    site_unref(site);
    options_unref(shared);
}

static void turn_until(unsigned n)
{
    while (seen.n < n)
        check_loop_turn(loop, INT64_MAX);
}

static void every_check_ends_once(void **state)
{
    unsigned i;

    (void)state;
    for (i = 1; i <= MOST; i++)
        start(i, i % 3 ? "/ok" : "/split/405/200", 20000);
    turn_until(MOST);
    assert_int_equal(check_loop_active(loop), 0);
    for (i = 1; i <= MOST; i++) {
        assert_int_equal(seen.done[i], 1);
        assert_int_equal(seen.outcome[i], OUTCOME_OK);
    }
}

static void a_site_that_hangs_delays_nobody(void **state)
{
    unsigned i;

    (void)state;
    for (i = 1; i <= 100; i++)
        start(i, "/hang", 500);
    for (; i <= 200; i++)
        start(i, "/ok", 20000);
    turn_until(200);
    for (i = 0; i < 100; i++)
        assert_true(seen.order[i] > 100); /* all good ones before the first that hangs */
    for (i = 1; i <= 100; i++)
        assert_int_equal(seen.outcome[i], OUTCOME_WAIT_TIMEOUT);
}

static void a_full_loop_refuses(void **state)
{
    struct options o = asking_options();
    const struct options *shared = options_share(&o);
    struct site *site = site_new("x", "http://127.0.0.1:1/", shared);
    struct job job = { .id = 1, .attempt = 1, .site = site };
    unsigned i;

    (void)state;
    for (i = 1; i <= MOST; i++)
        start(i, "/hang", 20000);
    assert_int_equal(check_loop_start(loop, &job), ERR_FULL);
    site_unref(site);
    options_unref(shared);
}

static void closing_ends_what_is_under_way(void **state)
{
    unsigned i;

    (void)state;
    for (i = 1; i <= 50; i++)
        start(i, "/hang", 20000);
    while (server_hits(server, NULL, "/hang") < 1)
        check_loop_turn(loop, clock_mono_ns() + 10 * NS_PER_MS);
    start(51, "/ok", 20000); /* not even begun */
    check_loop_close(loop);
    loop = NULL;
    for (i = 1; i <= 51; i++) {
        assert_int_equal(seen.done[i], 1);
        assert_int_equal(seen.outcome[i], OUTCOME_CANCELLED);
    }
}

static void a_cancelled_check_ends_and_the_others_go_on(void **state)
{
    (void)state;
    start(1, "/hang", 20000);
    start(2, "/hang", 20000);
    start(3, "/ok", 20000);
    turn_until(1);
    check_loop_cancel(loop, 1);
    check_loop_cancel(loop, 99); /* nobody */
    assert_int_equal(seen.done[1], 1);
    assert_int_equal(seen.outcome[1], OUTCOME_CANCELLED);
    assert_int_equal(seen.outcome[3], OUTCOME_OK);
    assert_int_equal(check_loop_active(loop), 1);
}

static void names_wait_for_each_other_and_all_come_to_an_end(void **state)
{
    unsigned i;

    (void)state;
    for (i = 1; i <= 200; i++) {
        char url[64];

        snprintf(url, sizeof(url), "http://name-%u.invalid/", i);
        start(i, url, 20000);
    }
    start(201, "/ok", 20000);
    turn_until(201);
    for (i = 1; i <= 200; i++)
        assert_string_equal(outcome_class(seen.outcome[i]), "dns");
    assert_int_equal(seen.outcome[201], OUTCOME_OK);
}

static void a_turn_ends_when_it_is_woken(void **state)
{
    (void)state;
    check_loop_wake(loop);
    check_loop_turn(loop, INT64_MAX); /* would sleep for ever */
}

static void a_turn_ends_in_time(void **state)
{
    int64_t until = clock_mono_ns() + 20 * NS_PER_MS;

    (void)state;
    check_loop_turn(loop, until);
    assert_true(clock_mono_ns() >= until);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_loop, close_loop)
    const struct CMUnitTest tests[] = {
        TEST(every_check_ends_once),
        TEST(a_site_that_hangs_delays_nobody),
        TEST(a_full_loop_refuses),
        TEST(closing_ends_what_is_under_way),
        TEST(a_cancelled_check_ends_and_the_others_go_on),
        TEST(names_wait_for_each_other_and_all_come_to_an_end),
        TEST(a_turn_ends_when_it_is_woken),
        TEST(a_turn_ends_in_time),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
