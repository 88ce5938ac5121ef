/* Shares that are never rounded up, and what is told of outages. */
#include "model/uptime.h"

#include <stdlib.h>

#include "support/random.h"
#include "support/tests.h"

static struct uptime spent(int64_t up, int64_t down, int64_t window)
{
    struct uptime u = UPTIME_INIT;

    u.ms[SPENT_UP] = up;
    u.ms[SPENT_DOWN] = down;
    u.window_ms = window;
    return u;
}

static void what_is_not_all_is_never_shown_as_all(void **state)
{
    static const struct {
        int64_t up, down;
        int decimals;
        const char *text;
    } rows[] = {
        { 1000000, 0, 3, "100.000" },
        { 999996, 4, 3, "99.999" },        /* 99.9996 % */
        { 999996, 4, 2, "99.99" },
        { 999996, 4, 1, "99.9" },
        { 999996, 4, 0, "99" },
        { INT64_C(31536000000) * 1000 - 1, 1, 3, "99.999" },
        { INT64_C(9000000000000000000), 1, 3, "99.999" },   /* of a hundred thousand sites for years */
        { 99, 1, 3, "99.000" },
        { 2, 1, 3, "66.666" },
        { 0, 5, 3, "0.000" },
        { 0, 0, 3, "-" },
        { 1, 99999, 3, "0.001" },
        { 50, 950, 2, "5.00" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct uptime u = spent(rows[i].up, rows[i].down, 0);
        char text[SHARE_TEXT_SIZE];

        assert_string_equal(share_format(text, uptime_share(&u), rows[i].decimals), rows[i].text);
    }
}

static void any_downtime_at_all_shows(void **state)
{
    struct random r = { 71 };
    int i;

    (void)state;
    for (i = 0; i < 100000; i++) {
        int64_t down = 1 + (int64_t)random_below(&r, 1000), up = (int64_t)(random_next(&r) >> (2 + random_below(&r, 60)));
        struct uptime u = spent(up, down, 0);

        assert_in_range(uptime_share(&u), 0, SHARE_ALL - 1);
    }
}

static void only_up_slow_and_down_are_observed(void **state)
{
    struct uptime u = { .ms = { [SPENT_UP] = 10, [SPENT_DEGRADED] = 20, [SPENT_DOWN] = 10, [SPENT_MAINTENANCE] = 100,
                                [SPENT_INCONCLUSIVE] = 100, [SPENT_PAUSED] = 100 }, .window_ms = 400 };

    (void)state;
    assert_int_equal(uptime_good_ms(&u), 30);
    assert_int_equal(uptime_observed_ms(&u), 40);
    assert_int_equal(uptime_share(&u), 75000);
    assert_int_equal(uptime_seen(&u), 10000);
}

static void means_of_nothing_are_unknown(void **state)
{
    struct outages none = OUTAGES_INIT, some = { .n = 3, .begun = 2, .ended = 2, .longest_ms = 50, .repair_ms = 60 };
    struct uptime u = spent(1000, 60, 1060);

    (void)state;
    assert_int_equal(outages_mttr_ms(&none), -1);
    assert_int_equal(outages_mtbf_ms(&none, &u), -1);
    assert_int_equal(outages_mttr_ms(&some), 30);
    assert_int_equal(outages_mtbf_ms(&some, &u), 500);
    outages_add(&none, &some);
    outages_add(&none, &some);
    assert_int_equal(none.n, 6);
    assert_int_equal(none.ended, 4);
    assert_int_equal(none.longest_ms, 50);
    assert_int_equal(outages_mttr_ms(&none), 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_all_is_never_shown_as_all),
        cmocka_unit_test(any_downtime_at_all_shows),
        cmocka_unit_test(only_up_slow_and_down_are_observed),
        cmocka_unit_test(means_of_nothing_are_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
