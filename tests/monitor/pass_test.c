/* One pass over a list, by each engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "check/check.h"
#include "engine/engine.h"
#include "engine/helper.h"
#include "monitor/pass.h"
#include "support/dns.h"
#include "support/server.h"

#define MOST 2000

static struct server *server;
static struct dns *dns;
static const struct site *site[MOST];
static struct pass_result out[MOST];
static size_t n;

static int setup(void **state)
{
    (void)state;
    server = server_start(NULL);
    dns = dns_for_checks();
    return check_open(NULL) || !server;
}

static int teardown(void **state)
{
    (void)state;
    server_stop(server);
    check_close();
    dns_stop(dns);
    return 0;
}

static struct options quick(void)
{
    struct options o;

    options_init(&o);
    o.retry_interval_ms = 1;
    o.timeout_ms = 20000;
    return o;
}

/* Takes what o holds. */
static void add(const char *path, struct options o)
{
    const struct options *shared = options_share(&o);
    char url[SERVER_URL_SIZE], name[32];

    snprintf(name, sizeof(name), "site-%zu", n);
    site[n++] = site_new(name, strstr(path, "://") ? path : server_url(server, path, url), shared);
    options_unref(shared);
}

static void forget(void)
{
    while (n)
        site_unref(site[--n]);
}

static void run_with(const char *engine, int retries)
{
    struct pass_options options = { .engine = engine, .workers = 4, .max_in_flight = 100, .retries = retries,
                                    .retry_wait_most_ns = 10 * NS_PER_MS };
    struct errmsg why;

    if (pass_run(site, n, &options, out, NULL, &why) != ERR_OK)
        fail_msg("%s: %s", engine, why.text);
}

static void each_site_is_settled_in_its_place_by_every_engine(void **state)
{
    const struct engine_ops *const *table;
    size_t engines, e, i;

    (void)state;
    for (i = 0; i < 300; i++)
        add(i % 3 == 0 ? "/ok" : i % 3 == 1 ? "/status/503" : "/split/405/200", quick());
    table = engine_table(&engines);
    for (e = 0; e < engines; e++) {
        if (!strcmp(table[e]->name, "redis"))
            continue; /* needs a broker: tests/engine/redis_test.c */
        run_with(table[e]->name, -1);
        for (i = 0; i < n; i++) {
            assert_int_equal(out[i].state, i % 3 == 1 ? STATE_DOWN : STATE_UP);
            assert_int_equal(out[i].attempts, i % 3 == 1 ? 3 : 1); /* the GET that repeats a HEAD is no attempt */
        }
    }
    forget();
}

static void retries_stop_at_the_first_good_answer(void **state)
{
    (void)state;
    server_route(server, "/flaky", ANSWER(503, NULL, ""), THEN, ANSWER(503, NULL, ""), THEN, ANSWER(200, NULL, "ok"));
    add("/flaky", quick()); /* HEAD 503, GET 503: down; HEAD 200 */
    run_with("events", -1);
    assert_int_equal(out[0].state, STATE_UP);
    assert_int_equal(out[0].attempts, 2);
    forget();
}

static void retries_given_stand_over_the_sites_own(void **state)
{
    (void)state;
    add("/status/500", quick());
    run_with("threads", 0);
    assert_int_equal(out[0].attempts, 1);
    run_with("threads", 5);
    assert_int_equal(out[0].attempts, 6);
    forget();
}

static void after_a_head_that_hangs_the_retry_uses_get(void **state)
{
    struct options o = quick();

    (void)state;
    o.timeout_ms = 200;
    server_route(server, "/hangs-head", FOR("HEAD"), HANG, FOR("GET"), ANSWER(200, NULL, "ok"));
    add("/hangs-head", o);
    run_with("events", -1);
    assert_int_equal(out[0].state, STATE_UP);
    assert_int_equal(out[0].attempts, 2);
    assert_int_equal(out[0].result.method, METHOD_GET);
    forget();
}

static void a_paused_site_is_not_checked(void **state)
{
    struct options o = quick();

    (void)state;
    o.paused = true;
    server_forget(server);
    add("/ok", o);
    add("/ok", quick());
    run_with("events", -1);
    assert_int_equal(out[0].state, STATE_PAUSED);
    assert_int_equal(out[0].attempts, 0);
    assert_int_equal(out[1].state, STATE_UP);
    assert_int_equal(server_hits(server, NULL, NULL), 1);
    forget();
}

static void a_slow_answer_is_degraded_at_once(void **state)
{
    struct options o = quick();

    (void)state;
    o.slow_above_ms = 20;
    add("/delay/60", o);
    run_with("events", -1);
    assert_int_equal(out[0].state, STATE_DEGRADED);
    assert_int_equal(out[0].degraded, DEGRADED_SLOW);
    forget();
}

static void three_hosts_that_fail_below_http_look_like_our_own_network(void **state)
{
    (void)state;
    add("http://a.invalid/", quick());
    add("http://b.invalid/", quick());
    run_with("events", 0);
    assert_false(pass_looks_offline(site, out, n));
    add("http://b.invalid/again", quick());
    run_with("events", 0);
    assert_false(pass_looks_offline(site, out, n));
    add("http://c.invalid/", quick());
    run_with("events", 0);
    assert_true(pass_looks_offline(site, out, n));
    add("/ok", quick());
    run_with("events", 0);
    assert_false(pass_looks_offline(site, out, n));
    forget();
}

static size_t told[MOST], ntold;

static void on_settled(void *context, size_t index, const struct pass_result *r)
{
    (void)context;
    assert_true(r == &out[index]);
    told[ntold++] = index;
}

static void each_site_is_told_once_when_it_is_settled(void **state)
{
    struct pass_options options = { .engine = "events", .max_in_flight = 50, .retries = 0, .settled = on_settled };
    bool seen[MOST] = { false };
    size_t i;

    (void)state;
    for (i = 0; i < 500; i++)
        add("/ok", quick());
    ntold = 0;
    assert_int_equal(pass_run(site, n, &options, out, NULL, NULL), ERR_OK);
    assert_int_equal(ntold, n);
    for (i = 0; i < n; i++) {
        assert_false(seen[told[i]]);
        seen[told[i]] = true;
    }
    forget();
}

static atomic_bool stop;

static void stop_it(void *context, size_t index, const struct pass_result *r)
{
    (void)context;
    (void)index;
    (void)r;
    atomic_store(&stop, true);
}

static void a_pass_that_is_stopped_takes_back_what_is_under_way(void **state)
{
    struct pass_options options = { .engine = "events", .max_in_flight = 50, .settled = stop_it, .stop = &stop };

    (void)state;
    add("/ok", quick());
    add("/hang", quick());
    atomic_store(&stop, false);
    assert_int_equal(pass_run(site, n, &options, out, NULL, NULL), ERR_CLOSED);
    forget();
}

static void an_empty_list_is_over_at_once(void **state)
{
    (void)state;
    run_with("events", -1);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_site_is_settled_in_its_place_by_every_engine),
        cmocka_unit_test(retries_stop_at_the_first_good_answer),
        cmocka_unit_test(retries_given_stand_over_the_sites_own),
        cmocka_unit_test(after_a_head_that_hangs_the_retry_uses_get),
        cmocka_unit_test(a_paused_site_is_not_checked),
        cmocka_unit_test(a_slow_answer_is_degraded_at_once),
        cmocka_unit_test(three_hosts_that_fail_below_http_look_like_our_own_network),
        cmocka_unit_test(each_site_is_told_once_when_it_is_settled),
        cmocka_unit_test(a_pass_that_is_stopped_takes_back_what_is_under_way),
        cmocka_unit_test(an_empty_list_is_over_at_once),
    };

    if (argc > 1 && !strcmp(argv[1], HELPER_WORD))
        return helper_main();
    return cmocka_run_group_tests(tests, setup, teardown);
}
