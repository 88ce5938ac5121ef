/* The recent past of one site: latencies, percentiles, trend. */
#include "model/samples.h"

#include <stdlib.h>
#include <string.h>

#include "support/random.h"
#include "support/tests.h"

static void codes_are_exact_to_a_twentieth_of_a_percent_and_keep_the_order(void **state)
{
    struct random r = { 3 };
    uint32_t before = 0;
    uint64_t us;
    int i;

    (void)state;
    for (us = 0; us < 10000; us++) {
        uint32_t back = latency_us(latency_code((uint32_t)us));

        assert_true(back <= us && (us - back) * 2000 <= us);
        assert_true(us >= 4096 || back == us); /* below 4 ms: to the microsecond */
        assert_true(latency_code((uint32_t)us) >= latency_code(before));
        before = (uint32_t)us;
    }
    for (i = 0; i < 200000; i++) {
        uint32_t a = (uint32_t)random_next(&r) >> random_below(&r, 32), b = (uint32_t)random_next(&r) >> random_below(&r, 32);
        uint32_t back = latency_us(latency_code(a));

        assert_true(back <= a && (uint64_t)(a - back) * 2000 <= a);
        assert_int_equal(latency_code(back), latency_code(a));
        assert_true(a < b ? latency_code(a) <= latency_code(b) : latency_code(a) >= latency_code(b));
    }
    assert_true(latency_us(latency_code(UINT32_MAX)) >= UINT32_MAX - UINT32_MAX / 2000);
    for (i = 1; i <= latency_code(UINT32_MAX); i++) { /* every code there is stands for itself */
        assert_int_equal(latency_code(latency_us((uint16_t)i)), i);
        assert_true(latency_us((uint16_t)i) > latency_us((uint16_t)(i - 1)));
    }
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void percentiles_are_those_of_the_sorted_latencies(void **state)
{
    static const int permille[] = { 0, 1, 500, 900, 950, 990, 999, 1000 };
    enum { N = sizeof(permille) / sizeof(permille[0]) };
    struct random r = { 5 };
    int kept, k, i;

    (void)state;
    for (kept = 0; kept <= 3 * SAMPLES_KEPT; kept++) {
        struct samples s = { 0 };
        uint32_t all[3 * SAMPLES_KEPT], last[SAMPLES_KEPT], us[N];
        int n = kept < SAMPLES_KEPT ? kept : SAMPLES_KEPT;

        for (k = 0; k < kept; k++) {
            all[k] = (uint32_t)random_below(&r, 3000000);
            samples_add(&s, MARK_GOOD, all[k], 1);
            samples_add(&s, MARK_FAILED, 999999999, 1); /* a failure has no latency */
        }
        for (k = 0; k < n; k++)
            last[k] = latency_us(latency_code(all[kept - n + k]));
        qsort(last, (size_t)n, sizeof(last[0]), by_size);
        samples_percentiles(&s, permille, us, N);
        for (i = 0; i < N; i++) {
            int rank = 0;

            while (n && (rank + 1) * 1000 < n * permille[i]) /* the first with so many at or below it */
                rank++;
            assert_int_equal(us[i], n ? last[rank] : 0);
        }
    }
}

/* The trend as letters: . none, g good, m maintenance, i inconclusive, F failed. */
static const char *trend(const struct samples *s, uint32_t slot, int n)
{
    static char text[TREND_SLOTS + 1];
    uint8_t mark[TREND_SLOTS];
    uint16_t worst[TREND_SLOTS];
    int i;

    samples_trend(s, slot, n, mark, worst);
    for (i = 0; i < n; i++)
        text[i] = ".gmiF"[mark[i]];
    text[n] = '\0';
    return text;
}

static void a_cell_is_the_worst_of_its_slot(void **state)
{
    struct samples s = { 0 };
    uint8_t mark[3];
    uint16_t worst[3];

    (void)state;
    samples_add(&s, MARK_GOOD, 1000, 100);
    samples_add(&s, MARK_GOOD, 3000, 100);
    samples_add(&s, MARK_GOOD, 2000, 100);
    samples_add(&s, MARK_FAILED, 9000, 101);
    samples_add(&s, MARK_GOOD, 1500, 101);
    samples_add(&s, MARK_GOOD, 10, 102);
    samples_add(&s, MARK_INCONCLUSIVE, 0, 102);
    samples_add(&s, MARK_MAINTENANCE, 0, 102);
    assert_string_equal(trend(&s, 102, 3), "gFi");
    assert_int_equal(samples_trend(&s, 102, 3, mark, worst), 102);
    assert_int_equal(latency_us(worst[0]), 3000);
    assert_int_equal(latency_us(worst[1]), 1500);
    assert_int_equal(latency_us(worst[2]), 10);
}

static void slots_without_a_check_are_gaps(void **state)
{
    struct samples s = { 0 };

    (void)state;
    assert_string_equal(trend(&s, 7, 5), ".....");
    samples_add(&s, MARK_GOOD, 1, 100);
    samples_add(&s, MARK_FAILED, 1, 103);
    assert_string_equal(trend(&s, 103, 5), ".g..F");
    assert_string_equal(trend(&s, 105, 7), ".g..F..");
    assert_string_equal(trend(&s, 105, 1), ".");
    assert_string_equal(trend(&s, 103, 1), "F");
    assert_string_equal(trend(&s, 126, 24), "F.......................");
    assert_string_equal(trend(&s, 127, 24), "........................");
    assert_string_equal(trend(&s, 123, 24), "g..F....................");
    assert_string_equal(trend(&s, 1000000, 24), "........................");
    samples_add(&s, MARK_GOOD, 1, 127); /* a gap as long as the trend */
    assert_string_equal(trend(&s, 127, 24), ".......................g");
}

static void old_latencies_leave_with_their_cells(void **state)
{
    struct samples s = { 0 };
    uint8_t mark[TREND_SLOTS];
    uint16_t worst[TREND_SLOTS];
    uint32_t slot;
    int i;

    (void)state;
    for (slot = 50; slot < 50 + TREND_SLOTS; slot++)
        samples_add(&s, MARK_GOOD, 5000, slot);
    samples_add(&s, MARK_GOOD, 7, 500);
    samples_trend(&s, 500, TREND_SLOTS, mark, worst);
    for (i = 0; i < TREND_SLOTS - 1; i++) {
        assert_int_equal(mark[i], MARK_NONE);
        assert_int_equal(worst[i], 0);
    }
    assert_int_equal(worst[i], 7);
}

static void who_read_the_clock_a_moment_ago_sees_the_newest_cell(void **state)
{
    struct samples s = { 0 };
    uint8_t mark[3];
    uint16_t worst[3];

    (void)state;
    samples_add(&s, MARK_GOOD, 1, 100);
    samples_add(&s, MARK_FAILED, 1, 101);
    assert_int_equal(samples_trend(&s, 100, 3, mark, worst), 101);
    assert_string_equal(trend(&s, 100, 3), ".gF");
    samples_add(&s, MARK_GOOD, 1, 100); /* overtaken: nothing is lost by it */
    assert_string_equal(trend(&s, 101, 3), ".gF");
}

static void slots_may_run_over(void **state)
{
    struct samples s = { 0 };

    (void)state;
    s.slot = UINT32_MAX - 2;
    samples_add(&s, MARK_GOOD, 1, UINT32_MAX - 1);
    samples_add(&s, MARK_FAILED, 1, UINT32_MAX);
    samples_add(&s, MARK_GOOD, 1, 1);
    assert_string_equal(trend(&s, 1, 5), ".gF.g");
    assert_string_equal(trend(&s, 2, 5), "gF.g.");
}

static void a_forgotten_trend_begins_anew_and_latencies_stay(void **state)
{
    struct samples s = { 0 };
    uint32_t us;

    (void)state;
    samples_add(&s, MARK_FAILED, 1, 5000);
    samples_add(&s, MARK_GOOD, 42, 5000);
    samples_forget_trend(&s);
    assert_string_equal(trend(&s, 5000, 5), ".....");
    samples_add(&s, MARK_GOOD, 43, 80); /* slots of another length: another number */
    assert_string_equal(trend(&s, 80, 5), "....g");
    samples_percentiles(&s, (const int[]){ 0 }, &us, 1);
    assert_int_equal(us, 42);
}

/* Against a history that remembers every slot. */
static void random_histories_show_as_a_plain_one(void **state)
{
    enum { SLOTS = 400 };
    struct random r = { 9 };
    int round, i;

    (void)state;
    for (round = 0; round < 300; round++) {
        uint8_t mark[SLOTS] = { 0 }, got_mark[TREND_SLOTS];
        uint32_t worst[SLOTS] = { 0 }, slot = 1 + (uint32_t)random_below(&r, 50);
        uint16_t got_worst[TREND_SLOTS];
        struct samples s = { 0 };

        while (slot < SLOTS) {
            enum mark m = (enum mark)(MARK_GOOD + random_below(&r, 4));
            uint32_t us = (uint32_t)random_below(&r, 4096);
            uint32_t seen = slot + (uint32_t)(random_below(&r, 8) ? 0 : random_below(&r, 40));
            int n = 1 + (int)random_below(&r, TREND_SLOTS);

            samples_add(&s, m, us, slot);
            mark[slot] = m > mark[slot] ? (uint8_t)m : mark[slot];
            if (m == MARK_GOOD && us > worst[slot])
                worst[slot] = us;
            assert_int_equal(samples_trend(&s, seen, n, got_mark, got_worst), seen);
            for (i = 0; i < n; i++) {
                int64_t at = (int64_t)seen - (n - 1 - i);
                bool known = at >= 0 && at < SLOTS && at > (int64_t)slot - TREND_SLOTS;

                assert_int_equal(got_mark[i], known ? mark[at] : MARK_NONE);
                assert_int_equal(got_worst[i], known ? worst[at] : 0);
            }
            slot += (uint32_t)(random_below(&r, 3) ? 0 : random_below(&r, round % 3 ? 3 : 60));
        }
    }
}

static void a_slot_is_as_long_as_the_interval_and_a_minute_at_least(void **state)
{
    (void)state;
    assert_int_equal(trend_slot_s(1), 60);
    assert_int_equal(trend_slot_s(60000), 60);
    assert_int_equal(trend_slot_s(60001), 61);
    assert_int_equal(trend_slot_s(300000), 300);
    assert_int_equal(trend_slot_s(INT64_C(30) * 86400 * 1000), 2592000);
}

static void a_phase_usually_takes_its_median_whatever_an_outlier_says(void **state)
{
    uint32_t us[PHASE_COUNT] = { 2000, 20000, UINT32_MAX, 300000, 0 };
    struct samples s = { 0 };
    struct random r = { 5 };
    int i;

    (void)state;
    for (i = 0; i < 400; i++) {
        us[1] = i % 10 ? 15000 + (uint32_t)random_below(&r, 10000) : 9000000;
        samples_add(&s, MARK_GOOD, 1, 1);
        samples_add_phases(&s, us);
    }
    assert_int_equal(latency_us(s.usual[0]), 2000);
    assert_in_range(latency_us(s.usual[1]), 17000, 25000);
    assert_int_equal(s.usual[2], 0);     /* never reached */
    assert_in_range(latency_us(s.usual[3]), 299000, 301000);
    assert_int_equal(latency_us(s.usual[4]), 1);
    us[0] = 8000;                        /* and a new usual is found soon */
    for (i = 0; i < 150; i++)
        samples_add_phases(&s, us);
    assert_in_range(latency_us(s.usual[0]), 7500, 8000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_exact_to_a_twentieth_of_a_percent_and_keep_the_order),
        cmocka_unit_test(percentiles_are_those_of_the_sorted_latencies),
        cmocka_unit_test(a_cell_is_the_worst_of_its_slot),
        cmocka_unit_test(slots_without_a_check_are_gaps),
        cmocka_unit_test(old_latencies_leave_with_their_cells),
        cmocka_unit_test(who_read_the_clock_a_moment_ago_sees_the_newest_cell),
        cmocka_unit_test(slots_may_run_over),
        cmocka_unit_test(a_forgotten_trend_begins_anew_and_latencies_stay),
        cmocka_unit_test(random_histories_show_as_a_plain_one),
        cmocka_unit_test(a_phase_usually_takes_its_median_whatever_an_outlier_says),
        cmocka_unit_test(a_slot_is_as_long_as_the_interval_and_a_minute_at_least),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
