/* Results as values, and what they say to people. */
#include "model/result.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "making.h"
#include "model/row_text.h"

static void a_new_result_has_nothing_to_tell(void **state)
{
    struct job job = { .id = 7, .site_id = 3, .generation = 9, .attempt = 2, .method = METHOD_GET, .due_ns = 123 };
    struct result r;
    int i;

    (void)state;
    memset(&r, 0xff, sizeof(r));
    result_init(&r, &job);
    assert_true(result_good(&r));
    assert_int_equal(r.job_id, 7);
    assert_int_equal(r.site_id, 3);
    assert_int_equal(r.generation, 9);
    assert_int_equal(r.attempt, 2);
    assert_int_equal(r.method, METHOD_GET);
    assert_int_equal(r.due_ns, 123);
    assert_int_equal(r.status, 0);
    assert_int_equal(r.certificate_until, CERTIFICATE_UNKNOWN);
    assert_string_equal(r.address, "");
    assert_string_equal(r.detail, "");
    for (i = 0; i < PHASE_COUNT; i++)
        assert_int_equal(r.phase_ns[i], PHASE_NOT_REACHED);

    result_fail(&r, &job, OUTCOME_LOCAL_WORKER, 55, 66);
    assert_int_equal(r.outcome, OUTCOME_LOCAL_WORKER);
    assert_int_equal(r.begun_ns, 55);
    assert_int_equal(r.checked_at_ms, 66);
    assert_int_equal(r.took_ns, 0);
}

static void messages_say_what_happened(void **state)
{
    static const struct {
        enum outcome outcome;
        int status;
        int64_t took_ms, dns_ms, connect_ms, tls_ms;
        const char *detail, *message;
    } rows[] = {
        { OUTCOME_OK, 200, 84, 2, 21, 38, "", "200 in 84 ms" },
        { OUTCOME_OK, 204, 2400, -1, 0, -1, "ignored", "204 in 2.4 s" },
        { OUTCOME_STATUS, 502, 84, 2, 21, 38, "Bad Gateway", "HTTP 502 Bad Gateway" },
        { OUTCOME_STATUS, 999, 84, 2, 21, 38, "", "HTTP 999" },
        { OUTCOME_DNS, 0, 3, -1, -1, -1, "", "no such host" },
        { OUTCOME_DNS, 0, 3, -1, -1, -1, "NXDOMAIN", "no such host: NXDOMAIN" },
        { OUTCOME_DNS_TIMEOUT, 0, 10000, -1, -1, -1, "", "no answer from the name server in 10 s" },
        { OUTCOME_REFUSED, 0, 1, 0, -1, -1, "127.0.0.1 port 1", "connection refused: 127.0.0.1 port 1" },
        { OUTCOME_CONNECT_TIMEOUT, 0, 10000, 2, -1, -1, "", "no connection in 10 s (dns 2.0 ms)" },
        { OUTCOME_TLS_TIMEOUT, 0, 5000, 2, 21, -1, "", "connected, but TLS was not set up in 5.0 s (dns 2.0 ms, connect 21 ms)" },
        { OUTCOME_WAIT_TIMEOUT, 0, 10000, 2, 21, 38, "",
          "connected, but no first byte in 10 s (dns 2.0 ms, connect 21 ms, tls 38 ms)" },
        { OUTCOME_WAIT_TIMEOUT, 0, 10000, -1, 0, -1, "", "connected, but no first byte in 10 s (connect 0.0 ms)" },
        { OUTCOME_BODY_TIMEOUT, 200, 10000, -1, -1, -1, "", "the answer began, but did not end in 10 s" },
        { OUTCOME_TLS_EXPIRED, 0, 9, 1, 1, -1, "3 days ago", "certificate expired: 3 days ago" },
        { OUTCOME_BLOCKED, 403, 9, 1, 1, 1, "cloudflare", "blocked by a bot wall: cloudflare" },
        { OUTCOME_LOCAL_FILES, 0, 0, -1, -1, -1, "", "we ran out of file descriptors" },
    };
    char text[RESULT_MESSAGE_SIZE];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct result r = make_result(0, 1, rows[i].outcome);
        const int64_t ms[] = { rows[i].dns_ms, rows[i].connect_ms, rows[i].tls_ms };
        int p;

        r.status = rows[i].status;
        r.took_ns = rows[i].took_ms * NS_PER_MS;
        for (p = 0; p < 3; p++)
            r.phase_ns[p] = ms[p] < 0 ? PHASE_NOT_REACHED : ms[p] * NS_PER_MS;
        snprintf(r.detail, sizeof(r.detail), "%s", rows[i].detail);
        assert_ptr_equal(result_message(text, &r), text);
        assert_string_equal(text, rows[i].message);
    }
}

static void no_message_is_cut_however_long_its_parts(void **state)
{
    char text[RESULT_MESSAGE_SIZE];
    int o;

    (void)state;
    for (o = 0; o < OUTCOME_COUNT; o++) {
        struct result r = make_result(0, 1, (enum outcome)o);
        int i;

        r.status = 999;
        r.took_ns = INT64_MAX;
        for (i = 0; i < PHASE_COUNT; i++)
            r.phase_ns[i] = 999 * NS_PER_MS;
        for (i = 0; i + 3 < RESULT_DETAIL_SIZE; i += 3)
            memcpy(r.detail + i, "€", 4);
        result_message(text, &r);
        assert_true(strlen(text) < RESULT_MESSAGE_SIZE - 1);
        assert_true(text_is_clean(text));
    }
}

static void certificate_days_are_whole_and_negative_when_past(void **state)
{
    static const struct {
        int64_t left_s;
        int days;
    } rows[] = {
        { 0, 0 }, { 1, 0 }, { 86399, 0 }, { 86400, 1 }, { 61 * 86400 + 5, 61 }, { -1, -1 }, { -86400, -1 }, { -86401, -2 },
        { INT64_C(86400) * 200000, 99999 }, { INT64_C(-86400) * 200000, -99999 },
    };
    const int64_t now_ms = INT64_C(1795437669120);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(certificate_days(now_ms / 1000 + rows[i].left_s, now_ms), rows[i].days);
    assert_int_equal(certificate_days(INT64_MAX, now_ms), 99999); /* a worker of somebody else's may send anything */
    assert_int_equal(certificate_days(INT64_MIN, now_ms), -99999);
    assert_int_equal(certificate_days(INT64_MAX, INT64_MIN), 99999);
}

static void a_good_row_says_when_its_certificate_ends_if_that_is_why_it_is_degraded(void **state)
{
    static const struct {
        enum degraded degraded;
        int64_t left_s;
        const char *says;
    } rows[] = {
        { DEGRADED_CERTIFICATE, 5 * 86400 + 7, "200 in 84 ms; certificate ends in 5 days" },
        { DEGRADED_CERTIFICATE, 86400, "200 in 84 ms; certificate ends in 1 day" },
        { DEGRADED_CERTIFICATE, -7, "200 in 84 ms; certificate has ended" },
        { DEGRADED_SLOW, 5 * 86400, "200 in 84 ms" },
        { DEGRADED_NOT, 5 * 86400, "200 in 84 ms" },
    };
    char text[RESULT_MESSAGE_SIZE];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct row r = { .checks = 1, .status = 200, .latency_us = 84000, .checked_ms = INT64_C(1795437669000) };

        r.state.verdict = rows[i].degraded ? STATE_DEGRADED : STATE_UP;
        r.state.degraded = rows[i].degraded;
        r.certificate_until = r.checked_ms / 1000 + rows[i].left_s;
        assert_string_equal(row_message(text, &r), rows[i].says);
    }
}

static void phases_have_names(void **state)
{
    (void)state;
    assert_string_equal(phase_name(PHASE_DNS), "dns");
    assert_string_equal(phase_name(PHASE_CONNECT), "connect");
    assert_string_equal(phase_name(PHASE_TLS), "tls");
    assert_string_equal(phase_name(PHASE_FIRST_BYTE), "first byte");
    assert_string_equal(phase_name(PHASE_BODY), "body");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_result_has_nothing_to_tell),
        cmocka_unit_test(messages_say_what_happened),
        cmocka_unit_test(no_message_is_cut_however_long_its_parts),
        cmocka_unit_test(certificate_days_are_whole_and_negative_when_past),
        cmocka_unit_test(a_good_row_says_when_its_certificate_ends_if_that_is_why_it_is_degraded),
        cmocka_unit_test(phases_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
