/* An hour of results rolled up. */
#include "model/rollup.h"

#include <stdlib.h>

#include "support/random.h"
#include "support/tests.h"

#define NOT_REACHED UINT32_MAX

static struct rollup *make(void)
{
    struct rollup *r = malloc(sizeof(*r));

    assert_non_null(r);
    rollup_reset(r);
    return r;
}

static void results_are_counted_by_kind_and_only_good_ones_by_time(void **state)
{
    static const uint32_t phase[PHASE_COUNT] = { 10, 2000, NOT_REACHED, 50000, 5 };
    struct rollup *r = make();
    int i;

    (void)state;
    for (i = 0; i < 5; i++)
        rollup_add_good(r, 52100, phase);
    rollup_add_failed(r);
    rollup_add_failed(r);
    rollup_add_inconclusive(r);
    assert_int_equal(r->checks, 8);
    assert_int_equal(r->good, 5);
    assert_int_equal(r->failed, 2);
    assert_int_equal(r->inconclusive, 1);
    assert_int_equal(r->took[ROLLUP_WHOLE].n, 5);
    assert_int_equal(r->took[PHASE_DNS].n, 5);
    assert_int_equal(r->took[PHASE_TLS].n, 0);
    assert_int_equal(histogram_quantile(&r->took[PHASE_DNS], 500), 10);
    free(r);
}

static void the_slowest_phase_is_the_one_with_the_highest_median(void **state)
{
    static const uint32_t usual[PHASE_COUNT] = { 10, 2000, 9000, 4000, 5 };
    static const uint32_t odd[PHASE_COUNT] = { 900000, 2000, 9000, 4000, 5 };
    struct rollup *r = make();

    (void)state;
    assert_int_equal(rollup_slowest_phase(r), -1);
    rollup_add_good(r, 15015, usual);
    rollup_add_good(r, 915015, odd);
    rollup_add_good(r, 15015, usual);
    assert_int_equal(rollup_slowest_phase(r), PHASE_TLS);
    free(r);
}

static void hours_merged_are_the_day(void **state)
{
    struct random random = { 61 };
    struct rollup *hour = make(), *day = make(), *merged = make(), *unpacked = make();
    int h, i;

    (void)state;
    for (h = 0; h < 24; h++) {
        rollup_reset(hour);
        for (i = 0; i < 60; i++) {
            uint32_t phase[PHASE_COUNT] = { (uint32_t)random_below(&random, 900), (uint32_t)random_below(&random, 20000),
                                            NOT_REACHED, (uint32_t)random_below(&random, 200000), 3 };
            uint32_t whole = phase[0] + phase[1] + phase[3] + phase[4];

            rollup_add_good(hour, whole, phase);
            rollup_add_good(day, whole, phase);
        }
        rollup_merge(merged, hour);
        for (i = 0; i < ROLLUP_COUNT; i++) {
            struct strbuf b = STRBUF_INIT;

            rollup_pack(hour, i, &b);
            assert_int_equal(histogram_unpack(&unpacked->took[i], b.text, b.length), ERR_OK);
            strbuf_release(&b);
        }
    }
    assert_memory_equal(merged, day, sizeof(*day));
    assert_memory_equal(&unpacked->took[ROLLUP_WHOLE], &day->took[ROLLUP_WHOLE], sizeof(day->took[0]));
    for (i = 0; i < PHASE_COUNT; i++)
        assert_int_equal(unpacked->took[i].n, day->took[i].n);
    free(hour);
    free(day);
    free(merged);
    free(unpacked);
}

static void an_hour_of_a_check_a_minute_takes_two_bytes_a_check(void **state)
{
    struct random random = { 67 };
    struct rollup *r = make();
    struct strbuf b = STRBUF_INIT;
    int i;

    (void)state;
    for (i = 0; i < 60; i++) {
        uint32_t phase[PHASE_COUNT] = { 300 + (uint32_t)random_below(&random, 600), 20000 + (uint32_t)random_below(&random, 2000),
                                        36000 + (uint32_t)random_below(&random, 4000),
                                        30000 + (uint32_t)random_below(&random, 30000), (uint32_t)random_below(&random, 40) };

        rollup_add_good(r, phase[0] + phase[1] + phase[2] + phase[3] + phase[4], phase);
    }
    for (i = 0; i < ROLLUP_COUNT; i++)
        rollup_pack(r, i, &b);
    assert_true(b.length <= 130); /* two bytes a check */
    strbuf_release(&b);
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_counted_by_kind_and_only_good_ones_by_time),
        cmocka_unit_test(the_slowest_phase_is_the_one_with_the_highest_median),
        cmocka_unit_test(hours_merged_are_the_day),
        cmocka_unit_test(an_hour_of_a_check_a_minute_takes_two_bytes_a_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
