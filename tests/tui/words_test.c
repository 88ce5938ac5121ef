/* What is said of a site in a few columns. */
#include "words.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "stage.h"
#include "support/tests.h"

static void latencies_fit_their_column(void **state)
{
    static const struct {
        uint32_t us;
        int width;
        const char *text;
    } rows[] = {
        { 0, 6, "-" }, { 1, 6, "0.1" }, { 400, 6, "0.4" }, { 999, 6, "1.0" }, { 1000, 6, "1" }, { 38000, 6, "38" }, { 38499, 6, "38" },
        { 999499, 6, "999" }, { 999500, 6, "1.0s" }, { 2400000, 6, "2.4s" }, { 10000000, 6, "10.0s" }, { 300000000, 6, "300.0s" },
        { 2400000, 4, "2.4s" }, { 10000000, 4, "10s" }, { 300000000, 4, "300s" }, { UINT32_MAX, 6, "4295s" },
    };
    char text[WORDS_SIZE];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(words_latency(text, rows[i].us, rows[i].width), rows[i].text);
}

static void uptime_is_cut_to_six_columns_and_says_when_little_was_seen(void **state)
{
    static const struct {
        int32_t up, seen;
        const char *text;
    } rows[] = {
        { SHARE_NONE, 0, "-" }, { 100000, 100000, "100.0" }, { 99999, 100000, "99.999" }, { 99990, 100000, "99.990" },
        { 99989, 100000, "99.98" }, { 99800, 90000, "99.80" }, { 99800, 89999, "99.80*" }, { 99999, 89999, "99.99*" },
        { 100000, 1, "100.0*" }, { 0, 100000, "0.00" }, { 1, 100000, "0.00" },
    };
    char text[WORDS_SIZE];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(words_uptime(text, rows[i].up, rows[i].seen), rows[i].text);
        assert_in_range(strlen(text), 1, 6);
    }
}

static void countdowns_and_certificates_are_told_at_a_glance(void **state)
{
    static const struct {
        int64_t in_ns;
        const char *text;
    } due[] = {
        { 21 * NS_PER_S, "0:21" }, { 20 * NS_PER_S + 1, "0:21" }, { 0, "0:00" }, { -NS_PER_S, "0:00" }, { 3599 * NS_PER_S, "59:59" },
        { 5999 * NS_PER_S, "99:59" }, { 6000 * NS_PER_S, "1h" }, { 86400 * NS_PER_S * 3, "3d" },
    };
    static const struct {
        int64_t in_s;
        const char *text;
    } until[] = {
        { 61 * 86400 + 5, "61" }, { 86400, "1" }, { 86399, "0" }, { 0, "EXP" }, { -5, "EXP" }, { INT64_C(400000) * 86400, "99999" },
    };
    struct stage *s = *state;
    struct row *r = &stage_site(s, "a", "https://a.example.org/", STATE_UP)->row;
    char text[WORDS_SIZE];
    size_t i;

    for (i = 0; i < sizeof(due) / sizeof(due[0]); i++) {
        r->due_ns = STAGE_NOW_NS + due[i].in_ns;
        assert_string_equal(words_countdown(text, r, STAGE_NOW_NS), due[i].text);
    }
    r->due_ns = INT64_MAX;
    assert_string_equal(words_countdown(text, r, STAGE_NOW_NS), "-");
    r->in_flight = true;
    assert_string_equal(words_countdown(text, r, STAGE_NOW_NS), "now");
    assert_string_equal(words_certificate(text, r, STAGE_NOW_MS), "-");
    for (i = 0; i < sizeof(until) / sizeof(until[0]); i++) {
        r->certificate_until = STAGE_NOW_MS / MS_PER_S + until[i].in_s;
        assert_string_equal(words_certificate(text, r, STAGE_NOW_MS), until[i].text);
    }
}

static void the_reason_says_what_went_wrong_and_how_far_it_came(void **state)
{
    static const struct {
        enum state state;
        enum outcome outcome;
        int status, failures;
        const char *detail;
        uint32_t ms, tcp_ms, tls_ms;
        int width;
        const char *text;
    } rows[] = {
        { STATE_DOWN, OUTCOME_WAIT_TIMEOUT, 0, 3, "", 10000, 21, 38, 40, "no first byte in 10.0s (tcp+tls ok)" },
        { STATE_DOWN, OUTCOME_WAIT_TIMEOUT, 0, 3, "", 10000, 21, 0, 40, "no first byte in 10.0s (tcp ok)" },
        { STATE_DOWN, OUTCOME_WAIT_TIMEOUT, 0, 3, "", 10000, 21, 38, 30, "no first byte in 10.0s" },
        { STATE_DOWN, OUTCOME_TLS_TIMEOUT, 0, 3, "", 10000, 21, 0, 40, "TLS was not set up in 10.0s (tcp ok)" },
        { STATE_DOWN, OUTCOME_CONNECT_TIMEOUT, 0, 3, "", 10000, 0, 0, 40, "no connection in 10.0s" },
        { STATE_DOWN, OUTCOME_STATUS, 502, 3, "Bad Gateway", 80, 0, 0, 40, "HTTP 502 Bad Gateway" },
        { STATE_DOWN, OUTCOME_STATUS, 500, 3, "", 80, 0, 0, 40, "HTTP 500" },
        { STATE_DOWN, OUTCOME_REFUSED, 0, 3, "", 80, 0, 0, 40, "connection refused" },
        { STATE_DOWN, OUTCOME_BODY_MISSING, 200, 3, "'Welcome'", 80, 0, 0, 80, "the expected text is not in the body: 'Welcome'" },
        { STATE_CHECKING, OUTCOME_STATUS, 502, 1, "", 80, 0, 0, 40, "HTTP 502 - retry 1 of 2" },
        { STATE_CHECKING, OUTCOME_WAIT_TIMEOUT, 0, 2, "", 10000, 21, 38, 60, "no first byte in 10.0s (tcp+tls ok) - retry 2 of 2" },
        { STATE_CHECKING, OUTCOME_WAIT_TIMEOUT, 0, 2, "", 10000, 21, 38, 40, "no first byte in 10.0s - retry 2 of 2" },
        { STATE_CHECKING, OUTCOME_WAIT_TIMEOUT, 0, 2, "", 10000, 21, 38, 20, "retry 2 of 2: no first byte in 10.0s" },
        { STATE_CHECKING, OUTCOME_CONNECT_TIMEOUT, 0, 3, "", 10000, 0, 0, 60, "no connection in 10.0s - or is it our network?" },
        { STATE_INCONCLUSIVE, OUTCOME_LOCAL_FILES, 0, 0, "", 0, 0, 0, 40, "we ran out of file descriptors" },
        { STATE_INCONCLUSIVE, OUTCOME_REFUSED, 0, 0, "", 0, 0, 0, 40, "our network? connection refused" },
        { STATE_MAINTENANCE, OUTCOME_OK, 200, 0, "", 80, 0, 0, 40, "maintenance, still checked" },
        { STATE_MAINTENANCE, OUTCOME_STATUS, 503, 1, "", 80, 0, 0, 40, "maintenance, still checked: HTTP 503" },
    };
    struct stage *s = *state;
    char text[WORDS_REASON_SIZE];
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct row *r = &stage_site(s, "a", "https://a.example.org/", rows[i].state)->row;

        r->outcome = (uint8_t)rows[i].outcome;
        r->status = rows[i].status;
        r->state.failures = (uint8_t)rows[i].failures;
        r->latency_us = rows[i].ms * 1000;
        if (rows[i].tcp_ms)
            r->phase_us[PHASE_CONNECT] = rows[i].tcp_ms * 1000;
        if (rows[i].tls_ms)
            r->phase_us[PHASE_TLS] = rows[i].tls_ms * 1000;
        snprintf(r->detail, sizeof(r->detail), "%s", rows[i].detail);
        assert_true(words_has_reason(r));
        assert_string_equal(words_reason(text, r, &s->snapshot, rows[i].width), rows[i].text);
    }
}

static void waiting_and_pausing_tell_when_they_end(void **state)
{
    struct stage *s = *state;
    struct row *r = &stage_site(s, "a", "https://a.example.org/", STATE_NEW)->row;
    char text[WORDS_REASON_SIZE];

    assert_string_equal(words_reason(text, r, &s->snapshot, 40), "first check in 0:21");
    r->in_flight = true;
    assert_string_equal(words_reason(text, r, &s->snapshot, 40), "first check is under way");
    r->in_flight = false;
    r->due_ns = INT64_MAX;
    assert_string_equal(words_reason(text, r, &s->snapshot, 40), "not checked yet");
    r->state.paused = true;
    assert_string_equal(words_reason(text, r, &s->snapshot, 40), "paused until resumed");
    r->due_ns = STAGE_NOW_NS + 40 * 60 * NS_PER_S;
    assert_string_equal(words_reason(text, r, &s->snapshot, 40), "paused for another 40:00");
}

static void every_outcome_fits_into_a_sentence_in_every_state(void **state)
{
    struct stage *s = *state;
    struct row *r = &stage_site(s, "a", "https://a.example.org/", STATE_DOWN)->row;
    char text[WORDS_REASON_SIZE], code[WORDS_SIZE];
    int o, shown;

    memset(r->detail, 'x', sizeof(r->detail) - 1);
    for (o = 0; o < OUTCOME_COUNT; o++)
        for (shown = 0; shown < STATE_COUNT; shown++) {
            stage_set_state(s, 0, (enum state)shown);
            r->outcome = (uint8_t)o;
            r->state.failures = 255;
            r->latency_us = UINT32_MAX;
            r->certificate_until = INT64_MIN + 1 + o;
            words_reason(text, r, &s->snapshot, 0);
            assert_true(*text && strlen(text) < sizeof(text) - 1);
            assert_in_range(strlen(words_code(code, r)), 1, 4);
        }
}

static void a_result_older_than_two_intervals_is_old(void **state)
{
    struct stage *s = *state;
    struct snapshot_row *row = stage_site(s, "a", "https://a.example.org/", STATE_UP);
    struct row *r = &row->row;
    char text[WORDS_REASON_SIZE];

    r->checked_ns = STAGE_NOW_NS - 610 * NS_PER_S; /* an interval is 5 minutes, an attempt 10 s */
    assert_false(words_is_old(r, STAGE_NOW_NS));
    r->checked_ns -= 1;
    assert_true(words_is_old(r, STAGE_NOW_NS));
    stage_take(s);
    assert_true(stage_shows(s, " old "));
    stage_set_state(s, 0, STATE_DOWN);
    r->outcome = OUTCOME_REFUSED;
    assert_string_equal(words_reason(text, r, &s->snapshot, 40), "old: connection refused");
    r->state.paused = true;
    assert_false(words_is_old(r, STAGE_NOW_NS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latencies_fit_their_column),
        cmocka_unit_test(uptime_is_cut_to_six_columns_and_says_when_little_was_seen),
        cmocka_unit_test_setup_teardown(countdowns_and_certificates_are_told_at_a_glance, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_reason_says_what_went_wrong_and_how_far_it_came, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(waiting_and_pausing_tell_when_they_end, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(every_outcome_fits_into_a_sentence_in_every_state, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_result_older_than_two_intervals_is_old, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
