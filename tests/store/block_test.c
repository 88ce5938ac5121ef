/* Samples packed into bytes and back. */
#include "block.h"

#include <string.h>

#include "place.h"
#include "support/random.h"
#include "support/tests.h"

#define NOON INT64_C(1795435200000)

static void assert_near(uint32_t was, uint32_t is)
{
    if (was == UINT32_MAX)
        assert_int_equal(is, UINT32_MAX);
    else
        assert_true(is <= was && was - is <= was / 1000);
}

static void check_sample(const struct sample *was, const struct sample *is)
{
    int i;

    assert_int_equal(was->at_ms, is->at_ms);
    assert_int_equal(was->status, is->status);
    assert_int_equal(was->method, is->method);
    assert_int_equal(was->attempt, is->attempt);
    assert_int_equal(was->counts, is->counts);
    assert_int_equal(was->took_us, is->took_us);
    for (i = 0; i < PHASE_COUNT; i++)
        assert_near(was->phase_us[i], is->phase_us[i]);
}

static uint32_t below(struct random *r, uint32_t n)
{
    return (uint32_t)(random_next(r) % n);
}

static struct sample random_sample(struct random *r, int64_t at_ms)
{
    struct sample s = { .at_ms = at_ms, .status = (uint16_t)below(r, 1000), .method = (uint8_t)below(r, 2),
                        .attempt = (uint8_t)(1 + below(r, 11)), .counts = below(r, 5) != 0,
                        .took_us = (uint32_t)random_next(r) >> below(r, 32) };
    int i;

    for (i = 0; i < PHASE_COUNT; i++)
        s.phase_us[i] = below(r, 3) ? ((uint32_t)random_next(r) >> 2) >> below(r, 30) : UINT32_MAX;
    return s;
}

static void any_samples_come_back_as_they_were(void **state)
{
    struct random r = { 4 };
    int round;

    (void)state;
    for (round = 0; round < 500; round++) {
        struct sample was[40], is = { 0 };
        uint32_t outcome[40], found;
        struct strbuf data = STRBUF_INIT;
        struct block_writer writer;
        struct block_reader reader;
        int64_t at = NOON;
        size_t n = 1 + below(&r, 40), i;
        bool bad;

        for (i = 0; i < n; i++) {
            at += (int64_t)(random_next(&r) >> (24 + below(&r, 40))) - (below(&r, 9) ? 0 : 5000);
            was[i] = random_sample(&r, at);
            outcome[i] = below(&r, 60);
        }
        block_begin(&writer, &data, was[0].at_ms);
        for (i = 0; i < n; i++)
            block_add(&writer, &was[i], outcome[i]);
        assert_false(data.failed);
        block_open(&reader, data.text, data.length, was[0].at_ms);
        for (i = 0; i < n; i++) {
            assert_true(block_next(&reader, &is, &found, &bad));
            assert_int_equal(found, outcome[i]);
            check_sample(&was[i], &is);
        }
        assert_false(block_next(&reader, &is, &found, &bad));
        assert_false(bad);
        strbuf_release(&data);
    }
}

static void what_is_no_block_is_refused_without_harm(void **state)
{
    struct random r = { 4 };
    int round, refused = 0;

    (void)state;
    for (round = 0; round < 20000; round++) {
        unsigned char bytes[64];
        struct block_reader reader;
        struct sample s = { 0 };
        uint32_t outcome;
        size_t n = below(&r, sizeof(bytes)), i;
        bool bad = false;

        for (i = 0; i < n; i++)
            bytes[i] = (unsigned char)(below(&r, 2) ? below(&r, 4) : below(&r, 256));
        block_open(&reader, bytes, n, NOON);
        while (block_next(&reader, &s, &outcome, &bad))
            ;
        refused += bad;
    }
    assert_true(refused > 10000);
}

/* A step as large as a number can be: it wraps around, and is no overflow. */
static void a_step_too_large_to_add_is_borne(void **state)
{
    static const unsigned char bytes[] = { 2, 0, 1, 2, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0 };
    struct block_reader reader;
    struct sample s = { 0 };
    uint32_t outcome;
    bool bad = false;

    (void)state;
    block_open(&reader, bytes, sizeof(bytes), NOON);
    assert_true(block_next(&reader, &s, &outcome, &bad));
    assert_false(bad);
    block_next(&reader, &s, &outcome, &bad);
    assert_false(bad);
}

/* A site asked with HEAD over TLS at 60 s, its latencies within a fifth: what most samples look like. */
static void a_usual_sample_takes_at_most_16_bytes(void **state)
{
    struct random r = { 4 };
    struct strbuf data = STRBUF_INIT;
    struct block_writer writer;
    int i, n = 60;

    (void)state;
    block_begin(&writer, &data, NOON);
    for (i = 0; i < n; i++) {
        struct sample s = make_sample(1, NOON + i * 60000 + (int64_t)below(&r, 20));

        s.phase_us[PHASE_DNS] = 1000 + below(&r, 400);
        s.phase_us[PHASE_CONNECT] = 20000 + below(&r, 5000);
        s.phase_us[PHASE_TLS] = 38000 + below(&r, 9000);
        s.phase_us[PHASE_FIRST_BYTE] = 22000 + below(&r, 6000);
        s.phase_us[PHASE_BODY] = below(&r, 60);
        s.took_us = s.phase_us[0] + s.phase_us[1] + s.phase_us[2] + s.phase_us[3] + s.phase_us[4] + below(&r, 300);
        block_add(&writer, &s, 1);
    }
    print_message("%.2f bytes a sample\n", (double)data.length / n);
    assert_true(data.length <= 16u * (size_t)n);
    strbuf_release(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_samples_come_back_as_they_were),
        cmocka_unit_test(what_is_no_block_is_refused_without_harm),
        cmocka_unit_test(a_step_too_large_to_add_is_borne),
        cmocka_unit_test(a_usual_sample_takes_at_most_16_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
