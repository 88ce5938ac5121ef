/* The pure parts of the monitor: heap, schedule, lateness, HEAD or GET. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "heap.h"
#include "lag.h"
#include "method.h"
#include "monitor/limits.h"
#include "schedule.h"

/* --- heap --------------------------------------------------------------------------------------------------------- */

/* The obvious way: the least of all, found by looking at all. */
static bool naive_first(const int64_t due[], size_t n, int64_t *least)
{
    bool any = false;
    size_t i;

    for (i = 0; i < n; i++)
        if (due[i] != INT64_MAX && (!any || due[i] < *least)) {
            *least = due[i];
            any = true;
        }
    return any;
}

static void the_heap_agrees_with_looking_at_all(void **state)
{
    unsigned seed = 20261123;
    struct heap h = HEAP_INIT;
    int64_t due[200];
    int i;

    (void)state;
    for (i = 0; i < 200; i++)
        due[i] = INT64_MAX;
    for (i = 0; i < 20000; i++) {
        uint32_t id = (uint32_t)rand_r(&seed) % 200, first;
        int64_t least = 0, first_ns;
        bool any;

        if (rand_r(&seed) % 3) {
            due[id] = rand_r(&seed) % 1000;
            assert_int_equal(heap_set(&h, id, due[id]), ERR_OK);
        } else {
            heap_remove(&h, id);
            due[id] = INT64_MAX;
        }
        assert_true(heap_due(&h, id) == due[id]);
        any = naive_first(due, 200, &least);
        assert_int_equal(heap_first(&h, &first, &first_ns), any);
        if (any) {
            assert_true(first_ns == least);
            assert_true(due[first] == least);
        }
    }
    heap_release(&h);
}

/* --- schedule ----------------------------------------------------------------------------------------------------- */

static void due_times_stand_an_interval_apart_on_the_sites_own_grid(void **state)
{
    int64_t now = 1234 * NS_PER_S, interval = 30 * NS_PER_S;
    int i;

    (void)state;
    for (i = 0; i < 5; i++) {
        int64_t next = schedule_next("shop", interval, now);

        assert_true(next > now && next <= now + interval + SCHEDULE_TICK_NS);
        assert_true(schedule_next("shop", interval, next) - next == interval);
        assert_true(next % SCHEDULE_TICK_NS == 0);
        now = next - 1; /* just before: the same point again */
        assert_true(schedule_next("shop", interval, now) == next);
        now = next;
    }
}

static void a_list_never_fires_at_once(void **state)
{
    int per_slot[60] = { 0 }, i;

    (void)state;
    for (i = 0; i < 6000; i++) {
        char name[32];
        int64_t next;

        snprintf(name, sizeof(name), "site-%d.example.org", i);
        next = schedule_next(name, 60 * NS_PER_S, 0);
        per_slot[next / NS_PER_S % 60]++;
    }
    for (i = 0; i < 60; i++)
        assert_in_range(per_slot[i], 50, 160); /* 100 each, give and take */
}

static void first_checks_are_spread_by_the_number_of_sites(void **state)
{
    static const struct { size_t n; int64_t interval_s, spread_ms; } rows[] = {
        { 1, 300, 2000 }, { 30, 300, 2000 }, { 1000, 300, 5000 }, { 100000, 300, 300000 }, { 30, 1, 1000 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t interval = rows[i].interval_s * NS_PER_S, last = schedule_first(rows[i].n - 1, rows[i].n, interval, 0);

        assert_true(schedule_first(0, rows[i].n, interval, 7) == 7);
        assert_true(last <= rows[i].spread_ms * NS_PER_MS);
        assert_true(rows[i].n < 30 || last > rows[i].spread_ms * NS_PER_MS * 9 / 10);
    }
}

static void a_retry_never_waits_longer_than_the_interval(void **state)
{
    (void)state;
    assert_true(schedule_retry(5, 100, 1000) == 1005);
    assert_true(schedule_retry(500, 100, 1000) == 1100);
    assert_true(schedule_retry(0, 100, 1000) == 1000);
}

/* --- lateness ----------------------------------------------------------------------------------------------------- */

static void the_p99_of_lateness_is_right_to_a_quarter(void **state)
{
    struct lag l = { 0 };
    int64_t p99;
    int i;

    (void)state;
    assert_true(lag_p99(&l, 0) == 0);
    for (i = 1; i <= 1000; i++)
        lag_note(&l, i * NS_PER_MS, 1);
    p99 = lag_p99(&l, 2);
    assert_true(p99 >= 980 * NS_PER_MS && p99 <= 1250 * NS_PER_MS);
}

static void lateness_is_forgotten_after_a_minute(void **state)
{
    struct lag l = { 0 };

    (void)state;
    lag_note(&l, 5 * NS_PER_S, 0);
    assert_true(lag_p99(&l, 20 * NS_PER_S) > 4 * NS_PER_S);
    assert_true(lag_p99(&l, 45 * NS_PER_S) > 4 * NS_PER_S);
    assert_true(lag_p99(&l, 200 * NS_PER_S) == 0);
    lag_note(&l, INT64_MAX, 201 * NS_PER_S);
    lag_note(&l, -5, 201 * NS_PER_S);
}

/* --- HEAD or GET -------------------------------------------------------------------------------------------------- */

static struct result found(enum outcome outcome, enum method method, bool head_failed)
{
    return (struct result){ .outcome = outcome, .method = method, .head_failed = head_failed };
}

static void what_get_gives_where_head_fails_is_remembered_for_a_week(void **state)
{
    struct method_memory m = { 0 };
    struct result r = found(OUTCOME_OK, METHOD_GET, true);
    int64_t week = 7 * MS_PER_DAY * NS_PER_MS;
    struct options o;

    (void)state;
    options_init(&o);
    assert_int_equal(method_choose(&m, &o, 0), METHOD_HEAD);
    method_note(&m, &o, &r, 1000);
    assert_int_equal(method_choose(&m, &o, 1001), METHOD_GET);
    assert_int_equal(method_choose(&m, &o, 1000 + week - 1), METHOD_GET);
    assert_int_equal(method_choose(&m, &o, 1000 + week), METHOD_HEAD);
}

static void after_a_head_without_an_answer_the_retry_uses_get(void **state)
{
    static const enum outcome silent[] = { OUTCOME_WAIT_TIMEOUT, OUTCOME_BODY_TIMEOUT, OUTCOME_EMPTY, OUTCOME_CUT };
    struct options o;
    size_t i;

    (void)state;
    options_init(&o);
    for (i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
        struct method_memory m = { 0 };
        struct result r = found(silent[i], METHOD_HEAD, false);

        method_note(&m, &o, &r, 0);
        assert_int_equal(method_choose(&m, &o, 0), METHOD_GET);
        r = found(OUTCOME_OK, METHOD_GET, false);
        method_note(&m, &o, &r, 0);
        assert_int_equal(method_choose(&m, &o, NS_PER_S), METHOD_GET); /* learned */
    }
}

static void what_says_nothing_about_head_changes_nothing(void **state)
{
    static const enum outcome others[] = { OUTCOME_DNS, OUTCOME_REFUSED, OUTCOME_TLS, OUTCOME_LOCAL_FILES, OUTCOME_OK };
    struct options o;
    size_t i;

    (void)state;
    options_init(&o);
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct method_memory m = { 0 };
        struct result r = found(others[i], METHOD_HEAD, false);

        method_note(&m, &o, &r, 0);
        assert_int_equal(method_choose(&m, &o, 0), METHOD_HEAD);
    }
}

static void without_retries_a_head_that_hangs_is_not_tried_again(void **state)
{
    struct method_memory m = { 0 };
    struct result hung = found(OUTCOME_WAIT_TIMEOUT, METHOD_HEAD, false), good = found(OUTCOME_OK, METHOD_GET, false);
    struct options o;

    (void)state;
    options_init(&o);
    o.retries = 0;
    method_note(&m, &o, &hung, 0);
    method_note(&m, &o, &good, 0);
    assert_int_equal(method_choose(&m, &o, 100 * MS_PER_DAY * NS_PER_MS), METHOD_GET);
}

/* --- limits --------------------------------------------------------------------------------------------------------- */

static void what_the_process_uses_is_counted(void **state)
{
    uint32_t descriptors, most, more;
    uint64_t memory_bytes;
    int fd;

    (void)state;
    limits_usage(&descriptors, &most, &memory_bytes);
    assert_in_range(descriptors, 1, most);
    assert_true(memory_bytes > 100000);
    fd = dup(STDERR_FILENO);
    assert_true(fd >= 0);
    limits_usage(&more, &most, &memory_bytes);
    assert_int_equal(more, descriptors + 1);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_process_uses_is_counted),
        cmocka_unit_test(the_heap_agrees_with_looking_at_all),
        cmocka_unit_test(due_times_stand_an_interval_apart_on_the_sites_own_grid),
        cmocka_unit_test(a_list_never_fires_at_once),
        cmocka_unit_test(first_checks_are_spread_by_the_number_of_sites),
        cmocka_unit_test(a_retry_never_waits_longer_than_the_interval),
        cmocka_unit_test(the_p99_of_lateness_is_right_to_a_quarter),
        cmocka_unit_test(lateness_is_forgotten_after_a_minute),
        cmocka_unit_test(what_get_gives_where_head_fails_is_remembered_for_a_week),
        cmocka_unit_test(after_a_head_without_an_answer_the_retry_uses_get),
        cmocka_unit_test(what_says_nothing_about_head_changes_nothing),
        cmocka_unit_test(without_retries_a_head_that_hangs_is_not_tried_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
