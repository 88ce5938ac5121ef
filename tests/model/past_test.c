/* The past of one site: figures of it are those of all that was put in, wherever it came from. */
#include "model/past.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "support/memory.h"
#include "support/random.h"
#include "support/tests.h"

#define NOW INT64_C(1795437669120)
#define HOUR_NOW (NOW / MS_PER_H)

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static bool near_to(uint32_t told, uint32_t right)
{
    uint32_t error = told > right ? told - right : right - told;

    return error <= right / 60;
}

static void take_day(struct past *p, const struct histogram *h, int64_t hour_number)
{
    struct strbuf b = STRBUF_INIT;
    uint32_t length;

    histogram_pack(h, HISTOGRAM_FINE, &b);
    length = (uint32_t)b.length;
    past_take_day(p, strbuf_detach(&b), length, hour_number);
}

static void join_hour(struct past *p, const struct histogram *h, int64_t hour_number)
{
    struct strbuf b = STRBUF_INIT;

    histogram_pack(h, HISTOGRAM_FINE, &b);
    assert_int_equal(past_join_hour(p, b.text, (uint32_t)b.length, hour_number), ERR_OK);
    strbuf_release(&b);
}

static void percentiles_are_of_the_day_from_history_and_live_together(void **state)
{
    struct random r = { 97 };
    int round;

    (void)state;
    for (round = 0; round < 200; round++) {
        struct past p = PAST_INIT;
        struct histogram before = HISTOGRAM_INIT, hour = HISTOGRAM_INIT;
        struct figures f = FIGURES_NONE;
        uint32_t all[600];
        size_t n = 1 + random_below(&r, 500), old = random_below(&r, n), i;
        size_t joins = old + random_below(&r, n - old); /* it may be read late */
        int64_t at = NOW;

        for (i = 0; i < n; i++) {
            all[i] = 10000 + (uint32_t)random_below(&r, 500000);
            if (i < old)
                histogram_add(i % 3 ? &before : &hour, all[i]);
            else
                assert_int_equal(past_took(&p, at, all[i]), ERR_OK);
            if (i == joins) {
                take_day(&p, &before, HOUR_NOW);
                join_hour(&p, &hour, HOUR_NOW);
            }
            at += i >= joins ? (int64_t)random_below(&r, 5 * MS_PER_MIN) : 0;
        }
        past_figures(&p, at, &f);
        qsort(all, n, sizeof(all[0]), by_size);
        assert_true(near_to(f.p50_us, all[(n + 1) / 2 - 1]));
        assert_true(near_to(f.p95_us, all[(n * 950 + 999) / 1000 - 1]));
        assert_true(near_to(f.p99_us, all[(n * 990 + 999) / 1000 - 1]));
        past_release(&p);
    }
}

static void what_is_older_than_a_day_goes_with_the_next_reading(void **state)
{
    struct past p = PAST_INIT;
    struct histogram h = HISTOGRAM_INIT;
    struct figures f;
    int i;

    (void)state;
    for (i = 0; i < 100; i++)
        past_took(&p, NOW, 900000); /* in the hour that is read below */
    for (i = 0; i < 100; i++)
        histogram_add(&h, 20000);
    take_day(&p, &h, HOUR_NOW + 1);
    past_figures(&p, NOW + MS_PER_H, &f);
    assert_true(near_to(f.p99_us, 20000)); /* what was in memory of it counts no longer beside it */
    past_took(&p, NOW + MS_PER_H, 900000);
    past_took(&p, NOW + MS_PER_H, 900000);
    take_day(&p, &h, HOUR_NOW + 1);
    past_figures(&p, NOW + MS_PER_H, &f);
    assert_true(near_to(f.p99_us, 900000)); /* but what came since does */
    past_release(&p);
}

static void a_site_without_results_for_a_day_has_no_percentiles(void **state)
{
    struct past p = PAST_INIT;
    struct histogram h = HISTOGRAM_INIT;
    struct figures f;

    (void)state;
    histogram_add(&h, 20000);
    take_day(&p, &h, HOUR_NOW);
    past_took(&p, NOW, 40000);
    past_figures(&p, NOW + 23 * MS_PER_H, &f);
    assert_true(f.p50_us > 0);
    past_figures(&p, NOW + 26 * MS_PER_H, &f);
    assert_int_equal(f.p50_us, 0);
    past_release(&p);
}

static void uptime_is_of_the_course_before_and_since(void **state)
{
    struct past p = PAST_INIT;
    struct course before = COURSE_INIT;
    struct figures f;

    (void)state;
    past_see(&p, NOW - MS_PER_H, STATE_DOWN);     /* live: down for an hour */
    course_see(&before, NOW - 10 * MS_PER_DAY, STATE_UP);
    course_see(&before, NOW - 2 * MS_PER_H, COURSE_NOT_OBSERVED);
    assert_int_equal(past_join_course(&p, &before), ERR_OK);
    past_figures(&p, NOW, &f);
    assert_int_equal(f.up[FIGURES_24H], 22 * SHARE_ALL / 23);
    assert_int_equal(f.seen[FIGURES_24H], 23 * SHARE_ALL / 24);
    assert_int_equal(f.up[FIGURES_30D], INT64_C(238) * SHARE_ALL / 239);
    assert_int_equal(f.seen[FIGURES_30D], INT64_C(239) * SHARE_ALL / 720);
    past_see(&p, NOW, STATE_UP);
    past_figures(&p, NOW + 30 * MS_PER_DAY, &f);
    assert_int_equal(f.up[FIGURES_24H], SHARE_ALL);
    assert_true(f.up[FIGURES_90D] < SHARE_ALL);
    past_release(&p);
}

static void one_that_knows_nothing_tells_nothing(void **state)
{
    struct past p = PAST_INIT;
    struct figures f;

    (void)state;
    past_figures(&p, NOW, &f);
    assert_int_equal(f.up[FIGURES_24H], SHARE_NONE);
    assert_int_equal(f.seen[FIGURES_24H], 0);
    assert_int_equal(f.p95_us, 0);
    past_release(&p);
}

static void memory_that_runs_out_is_told_and_loses_little(void **state)
{
    bool more = true;
    unsigned n;

    (void)state;
    for (n = 1; more; n++) {
        struct past p = PAST_INIT;
        struct course before = COURSE_INIT;
        struct figures f;
        enum err err = ERR_OK, any = ERR_OK;
        int i;

        course_see(&before, NOW - MS_PER_H, STATE_UP);
        memory_fail(n);
        for (i = 0; i < 3 * PAST_FRESH; i++) {
            err = past_took(&p, NOW + i * MS_PER_H / PAST_FRESH, 1000);
            any = any ? any : err;
        }
        err = past_see(&p, NOW, STATE_UP);
        any = any ? any : err;
        err = past_join_course(&p, &before);
        any = any ? any : err;
        more = memory_failed();
        assert_int_equal(any, more ? ERR_NOMEM : ERR_OK);
        past_figures(&p, NOW + 3 * MS_PER_H, &f);
        course_release(&before);
        past_release(&p);
    }
    assert_true(n > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_of_the_day_from_history_and_live_together),
        cmocka_unit_test(what_is_older_than_a_day_goes_with_the_next_reading),
        cmocka_unit_test(a_site_without_results_for_a_day_has_no_percentiles),
        cmocka_unit_test(uptime_is_of_the_course_before_and_since),
        cmocka_unit_test(one_that_knows_nothing_tells_nothing),
        cmocka_unit_test(memory_that_runs_out_is_told_and_loses_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
