/* Histograms of durations: percentiles against sorted arrays, merging, the packed form. */
#include "model/histogram.h"

#include <stdlib.h>
#include <string.h>

#include "support/random.h"
#include "support/tests.h"

static const int permille[] = { 0, 1, 10, 250, 500, 900, 950, 990, 999, 1000 };
enum { QUANTILES = sizeof(permille) / sizeof(permille[0]) };

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Durations as they come: most near each other, some far away, now and then the very ends. */
static uint32_t any_duration(struct random *r)
{
    switch (random_below(r, 16)) {
    case 0:
        return (uint32_t)random_next(r) >> random_below(r, 32);
    case 1:
        return random_below(r, 2) ? UINT32_MAX : 0;
    default:
        return 20000 + (uint32_t)random_below(r, 1 << random_below(r, 20));
    }
}

static size_t fill(struct random *r, struct histogram *h, uint32_t *all, size_t most)
{
    size_t n = 1 + random_below(r, most), i;

    for (i = 0; i < n; i++) {
        all[i] = any_duration(r);
        histogram_add(h, all[i]);
    }
    return n;
}

static uint32_t true_quantile(const uint32_t *sorted, size_t n, int share)
{
    size_t rank = 0;

    while ((rank + 1) * 1000 < n * (size_t)share) /* the first with so many at or below it */
        rank++;
    return sorted[rank];
}

static void assert_near(uint32_t told, uint32_t right, uint32_t part, uint32_t slack)
{
    uint32_t error = told > right ? told - right : right - told;

    assert_true((uint64_t)error * part <= right || error <= slack);
}

static void percentiles_are_those_of_the_sorted_durations_within_a_64th(void **state)
{
    struct random r = { 41 };
    int round, i;

    (void)state;
    for (round = 0; round < 3000; round++) {
        struct histogram h = HISTOGRAM_INIT;
        uint32_t all[500], us[QUANTILES];
        size_t n = fill(&r, &h, all, 500);

        qsort(all, n, sizeof(all[0]), by_size);
        histogram_quantiles(&h, permille, us, QUANTILES);
        assert_int_equal(h.n, n);
        for (i = 0; i < QUANTILES; i++) {
            assert_near(us[i], true_quantile(all, n, permille[i]), 64, 0);
            assert_int_equal(us[i], histogram_quantile(&h, permille[i]));
        }
    }
}

static void durations_below_64_us_are_exact(void **state)
{
    uint32_t us;

    (void)state;
    for (us = 0; us < 64; us++) {
        struct histogram h = HISTOGRAM_INIT;

        histogram_add(&h, us);
        assert_int_equal(histogram_quantile(&h, 500), us);
    }
}

static void an_empty_one_has_no_percentiles_and_no_bytes(void **state)
{
    struct histogram h = HISTOGRAM_INIT;
    struct strbuf b = STRBUF_INIT;

    (void)state;
    assert_int_equal(histogram_quantile(&h, 950), 0);
    histogram_pack(&h, HISTOGRAM_FINE, &b);
    assert_int_equal(b.length, 0);
    assert_int_equal(histogram_unpack(&h, b.text, b.length), ERR_OK);
    assert_int_equal(h.n, 0);
}

static void parts_merged_in_any_order_are_the_whole(void **state)
{
    struct random r = { 43 };
    int round;

    (void)state;
    for (round = 0; round < 300; round++) {
        struct histogram part[4] = { HISTOGRAM_INIT }, whole = HISTOGRAM_INIT, up = HISTOGRAM_INIT, down = HISTOGRAM_INIT;
        struct histogram unpacked = HISTOGRAM_INIT;
        int i;

        for (i = 0; i < 200; i++) {
            uint32_t us = any_duration(&r);

            histogram_add(&part[random_below(&r, 4)], us);
            histogram_add(&whole, us);
        }
        for (i = 0; i < 4; i++) {
            struct strbuf b = STRBUF_INIT;

            histogram_merge(&up, &part[i]);
            histogram_merge(&down, &part[3 - i]);
            histogram_pack(&part[i], HISTOGRAM_FINE, &b);
            assert_int_equal(histogram_unpack(&unpacked, b.text, b.length), ERR_OK);
            strbuf_release(&b);
        }
        assert_memory_equal(&up, &whole, sizeof(whole));
        assert_memory_equal(&down, &whole, sizeof(whole));
        assert_memory_equal(&unpacked, &whole, sizeof(whole));
    }
}

static void a_coarse_one_is_smaller_and_right_within_a_12th(void **state)
{
    struct random r = { 47 };
    size_t fine = 0, coarse = 0;
    int round, i;

    (void)state;
    for (round = 0; round < 1000; round++) {
        struct histogram h = HISTOGRAM_INIT, back = HISTOGRAM_INIT;
        struct strbuf b = STRBUF_INIT;
        uint32_t all[100];
        size_t n = fill(&r, &h, all, 100);

        qsort(all, n, sizeof(all[0]), by_size);
        histogram_pack(&h, HISTOGRAM_FINE, &b);
        fine += b.length;
        strbuf_reset(&b);
        histogram_pack(&h, HISTOGRAM_COARSE, &b);
        coarse += b.length;
        assert_int_equal(histogram_unpack(&back, b.text, b.length), ERR_OK);
        assert_int_equal(back.n, n);
        for (i = 0; i < QUANTILES; i++)
            assert_near(histogram_quantile(&back, permille[i]), true_quantile(all, n, permille[i]), 12, 2);
        strbuf_release(&b);
    }
    assert_true(coarse < fine);
}

static void counts_of_years_fit(void **state)
{
    struct histogram h = HISTOGRAM_INIT, back = HISTOGRAM_INIT;
    struct strbuf b = STRBUF_INIT;
    int i;

    (void)state;
    histogram_add(&h, 20);
    histogram_add(&h, 30);
    for (i = 0; i < 40; i++)
        histogram_merge(&h, &h); /* twice as many each time */
    histogram_pack(&h, HISTOGRAM_FINE, &b);
    assert_int_equal(histogram_unpack(&back, b.text, b.length), ERR_OK);
    assert_true(back.n == UINT64_C(2) << 40);
    assert_int_equal(histogram_quantile(&back, 500), 20);
    assert_int_equal(histogram_quantile(&back, 501), 30);
    strbuf_release(&b);
}

static void damaged_bytes_are_refused_and_change_nothing(void **state)
{
    struct random r = { 53 };
    int round, refused = 0;

    (void)state;
    for (round = 0; round < 20000; round++) {
        struct histogram h = HISTOGRAM_INIT, before;
        struct strbuf b = STRBUF_INIT;
        uint32_t all[30];
        uint64_t sum = 0;
        unsigned i;

        fill(&r, &h, all, 30);
        before = h;
        histogram_pack(&h, (enum histogram_grain)random_below(&r, 2), &b);
        b.text[random_below(&r, b.length)] ^= (char)(1 + random_below(&r, 255));
        if (random_below(&r, 2))
            b.length -= random_below(&r, b.length);
        if (histogram_unpack(&h, b.text, b.length) != ERR_OK) {
            assert_memory_equal(&h, &before, sizeof(h));
            refused++;
        }
        for (i = 0; i < HISTOGRAM_BUCKETS; i++)
            sum += h.count[i];
        assert_true(sum == h.n);
        strbuf_release(&b);
    }
    assert_true(refused > 1000);
}

static void an_hour_of_a_check_a_minute_takes_few_bytes(void **state)
{
    struct random r = { 59 };
    struct histogram h = HISTOGRAM_INIT;
    struct strbuf b = STRBUF_INIT;
    int i;

    (void)state;
    for (i = 0; i < 60; i++)
        histogram_add(&h, 80000 + (uint32_t)random_below(&r, 20000) + (i % 20 ? 0 : 100000));
    histogram_pack(&h, HISTOGRAM_FINE, &b);
    assert_true(b.length <= 32);
    strbuf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_those_of_the_sorted_durations_within_a_64th),
        cmocka_unit_test(durations_below_64_us_are_exact),
        cmocka_unit_test(an_empty_one_has_no_percentiles_and_no_bytes),
        cmocka_unit_test(parts_merged_in_any_order_are_the_whole),
        cmocka_unit_test(a_coarse_one_is_smaller_and_right_within_a_12th),
        cmocka_unit_test(counts_of_years_fit),
        cmocka_unit_test(damaged_bytes_are_refused_and_change_nothing),
        cmocka_unit_test(an_hour_of_a_check_a_minute_takes_few_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
