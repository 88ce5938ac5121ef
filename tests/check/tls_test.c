/* Certificates and handshakes, good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/clock.h"
#include "support/server.h"
#include "support/tls.h"

static struct tls_authority *authority;

static int setup(void **state)
{
    authority = tls_authority_new();
    return asking_setup(state);
}

static int teardown(void **state)
{
    tls_authority_free(authority);
    return asking_teardown(state);
}

static struct options trusting(void)
{
    struct options o = asking_options();

    o.ca_file = strdup(tls_authority_file(authority));
    return o;
}

/* One question to a server of that kind. */
static struct result ask_kind(enum tls_kind kind, int days, const char *path, struct options *o)
{
    struct tls_identity *identity = tls_identity_new(authority, kind, days);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    char url[SERVER_URL_SIZE];
    struct result r = ask(server_url(s, path, url), o, METHOD_HEAD);

    options_release(o);
    server_stop(s);
    tls_identity_free(identity);
    return r;
}

static void each_kind_of_certificate_is_told_apart(void **state)
{
    static const struct { enum tls_kind kind; enum outcome outcome; } rows[] = {
        { TLS_GOOD, OUTCOME_OK },
        { TLS_EXPIRED, OUTCOME_TLS_EXPIRED },
        { TLS_NOT_YET, OUTCOME_TLS_NOT_YET },
        { TLS_WRONG_HOST, OUTCOME_TLS_HOST },
        { TLS_SELF_SIGNED, OUTCOME_TLS_SELF_SIGNED },
        { TLS_UNTRUSTED, OUTCOME_TLS_UNTRUSTED },
        { TLS_OLD, OUTCOME_TLS },
        { TLS_SHORT_CHAIN, OUTCOME_OK },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct options o = trusting();
        struct result r = ask_kind(rows[i].kind, 30, "/ok", &o);

        if (r.outcome != rows[i].outcome)
            fail_msg("%s: %s '%s'", tls_kind_name(rows[i].kind), outcome_name(r.outcome), r.detail);
        if (r.outcome != OUTCOME_OK)
            assert_string_equal(outcome_class(r.outcome), "tls");
    }
}

static void the_days_left_are_those_of_the_whole_chain(void **state)
{
    struct options o = trusting();
    struct result r = ask_kind(TLS_GOOD, 61, "/ok", &o);

    (void)state;
    assert_int_equal(certificate_days(r.certificate_until, r.checked_at_ms), 61);
    assert_true(r.phase_ns[PHASE_TLS] > 0);
    o = trusting();
    r = ask_kind(TLS_SHORT_CHAIN, 9, "/ok", &o);
    assert_int_equal(certificate_days(r.certificate_until, r.checked_at_ms), 9);
}

static void a_certificate_that_fails_still_tells_its_date(void **state)
{
    char text[RESULT_MESSAGE_SIZE];
    struct options o = trusting();
    struct result r = ask_kind(TLS_EXPIRED, 30, "/ok", &o);

    (void)state;
    assert_int_not_equal(r.certificate_until, CERTIFICATE_UNKNOWN);
    assert_true(certificate_days(r.certificate_until, r.checked_at_ms) < 0);
    assert_non_null(strstr(result_message(text, &r), "certificate expired: on 20"));

    o = trusting();
    r = ask_kind(TLS_WRONG_HOST, 30, "/ok", &o);
    assert_int_equal(certificate_days(r.certificate_until, r.checked_at_ms), 30);
}

static void the_look_at_a_failed_certificate_sends_no_request(void **state)
{
    struct tls_identity *identity = tls_identity_new(authority, TLS_EXPIRED, 30);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    struct options o = trusting();
    char url[SERVER_URL_SIZE];

    (void)state;
    ask(server_url(s, "/ok", url), &o, METHOD_HEAD);
    assert_int_equal(server_hits(s, NULL, NULL), 0);
    options_release(&o);
    server_stop(s);
    tls_identity_free(identity);
}

static void without_verification_a_bad_certificate_is_good(void **state)
{
    struct options o = asking_options();

    (void)state;
    o.tls_verify = false;
    assert_int_equal(ask_kind(TLS_SELF_SIGNED, 30, "/ok", &o).outcome, OUTCOME_OK);
}

static void without_our_authority_a_good_certificate_is_untrusted(void **state)
{
    struct options o = asking_options();

    (void)state;
    assert_int_equal(ask_kind(TLS_GOOD, 30, "/ok", &o).outcome, OUTCOME_TLS_UNTRUSTED);
}

static void a_missing_ca_file_is_our_own_fault(void **state)
{
    struct options o = asking_options();
    struct result r;

    (void)state;
    o.ca_file = strdup("/nonexistent/ca.pem");
    r = ask_kind(TLS_GOOD, 30, "/ok", &o);
    assert_string_equal(outcome_class(r.outcome), "local");
    assert_string_equal(r.detail, "no certificates in 'ca.pem'");
}

/* Handshakes that go wrong, by what the server does with a connection before a hand is shaken. */
static struct result ask_greeting(const struct step *steps, int64_t timeout_ms)
{
    struct tls_identity *identity = tls_identity_new(authority, TLS_GOOD, 30);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    struct options o = trusting();
    char url[SERVER_URL_SIZE];
    struct result r;

    o.timeout_ms = timeout_ms;
    server_greet_steps(s, steps);
    r = ask(server_url(s, "/ok", url), &o, METHOD_HEAD);
    options_release(&o);
    server_stop(s);
    tls_identity_free(identity);
    return r;
}

static void handshakes_that_go_wrong_are_told_apart(void **state)
{
    static const struct { struct step steps[4]; int64_t timeout_ms; const char *class; } rows[] = {
        { { HANG, { .kind = STEP_END } }, 300, "timeout" },
        { { READ, HANG, { .kind = STEP_END } }, 300, "timeout" },
        { { READ, CLOSE, { .kind = STEP_END } }, 20000, "tls" },
        { { READ, RESET, { .kind = STEP_END } }, 20000, "tls" },
        { { READ, SEND("HTTP/1.1 400 Bad Request\r\n\r\n"), CLOSE, { .kind = STEP_END } }, 20000, "tls" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct result r = ask_greeting(rows[i].steps, rows[i].timeout_ms);

        if (!outcome_class(r.outcome) || strcmp(outcome_class(r.outcome), rows[i].class) != 0)
            fail_msg("row %zu: %s '%s'", i, outcome_name(r.outcome), r.detail);
        if (!strcmp(rows[i].class, "timeout"))
            assert_int_equal(r.outcome, OUTCOME_TLS_TIMEOUT);
    }
}

static void a_session_is_never_resumed(void **state)
{
    struct tls_identity *identity = tls_identity_new(authority, TLS_GOOD, 30);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    struct options o = trusting();
    const struct options *shared = options_share(&o);
    char url[SERVER_URL_SIZE];
    struct site *site = site_new("x", server_url(s, "/ok", url), shared);
    struct check_runner *runner;
    int i;

    (void)state;
    assert_int_equal(check_runner_open(&runner, NULL), ERR_OK);
    for (i = 0; i < 3; i++) {
        struct job job = { .id = 7, .site_id = 3, .generation = 5, .attempt = 1, .method = METHOD_HEAD, .site = site };
        struct result r;

        check_run(runner, &job, &r);
        assert_int_equal(r.outcome, OUTCOME_OK);
        assert_int_not_equal(r.certificate_until, CERTIFICATE_UNKNOWN);
    }
    assert_int_equal(server_totals(s).shaken, 3);
    assert_int_equal(server_totals(s).resumed, 0);
    check_runner_close(runner);
    site_unref(site);
    options_unref(shared);
    server_stop(s);
    tls_identity_free(identity);
}

/* --- TLS and nothing else ------------------------------------------------------------------------------------------ */

/* A server that shakes hands at once, or when asked to in the words of its protocol. */
#define SMTP SEND("220 mail ESMTP\r\n"), READ, SEND("250-mail\r\n250 STARTTLS\r\n"), READ, SEND("220 go\r\n"), SHAKE, READ, \
             SEND("250 mail\r\n"), HANG
#define IMAP SEND("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"), READ, SEND("* CAPABILITY IMAP4rev1 STARTTLS\r\nA001 OK done\r\n"), \
             READ, SEND("A002 OK go\r\n"), SHAKE, READ, SEND("* CAPABILITY IMAP4rev1\r\nA003 OK done\r\n"), HANG
#define SMTP_PLAIN SEND("220 mail ESMTP\r\n"), READ, SEND("250-mail\r\n250 SIZE\r\n"), HANG
#define AT_ONCE SHAKE, HANG
#define SMTP_AT_ONCE SHAKE, SEND("220 mail ESMTP\r\n"), READ, SEND("250 mail\r\n"), HANG

static const struct step greetings[][16] = {
    { AT_ONCE, { .kind = STEP_END } }, { SMTP, { .kind = STEP_END } }, { IMAP, { .kind = STEP_END } },
    { SMTP_PLAIN, { .kind = STEP_END } }, { SMTP_AT_ONCE, { .kind = STEP_END } },
};
enum greeting { GREET_TLS, GREET_SMTP, GREET_IMAP, GREET_PLAIN, GREET_SMTPS };

static struct result ask_handshake(const char *scheme, enum greeting greeting, enum tls_kind kind)
{
    struct tls_identity *identity = tls_identity_new(authority, kind, 21);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    struct options o = trusting();
    struct result r;
    char url[64];

    server_greet_steps(s, greetings[greeting]);
    snprintf(url, sizeof(url), "%s://127.0.0.1:%d", scheme, server_port(s));
    o.expect_body = strdup("of no matter here");
    r = ask(url, &o, METHOD_HEAD);
    options_release(&o);
    server_stop(s);
    tls_identity_free(identity);
    return r;
}

static void tls_is_looked_at_on_any_port_and_by_starttls(void **state)
{
    static const struct { const char *scheme; enum greeting greeting; enum tls_kind kind; enum outcome outcome; } rows[] = {
        { "tls", GREET_TLS, TLS_GOOD, OUTCOME_OK },
        { "tls", GREET_TLS, TLS_EXPIRED, OUTCOME_TLS_EXPIRED },
        { "tls", GREET_TLS, TLS_WRONG_HOST, OUTCOME_TLS_HOST },
        { "smtp", GREET_SMTP, TLS_GOOD, OUTCOME_OK },
        { "smtp", GREET_SMTP, TLS_EXPIRED, OUTCOME_TLS_EXPIRED },
        { "smtp", GREET_SMTP, TLS_SELF_SIGNED, OUTCOME_TLS_SELF_SIGNED },
        { "smtp", GREET_PLAIN, TLS_GOOD, OUTCOME_NO_STARTTLS },
        { "imap", GREET_IMAP, TLS_GOOD, OUTCOME_OK },
        { "imap", GREET_IMAP, TLS_UNTRUSTED, OUTCOME_TLS_UNTRUSTED },
        { "smtps", GREET_SMTPS, TLS_GOOD, OUTCOME_OK },
        { "tls", GREET_PLAIN, TLS_GOOD, OUTCOME_TLS },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct result r = ask_handshake(rows[i].scheme, rows[i].greeting, rows[i].kind);

        if (r.outcome != rows[i].outcome)
            fail_msg("row %zu, %s: %s '%s'", i, rows[i].scheme, outcome_name(r.outcome), r.detail);
        if (r.outcome == OUTCOME_OK) {
            assert_int_equal(certificate_days(r.certificate_until, r.checked_at_ms), 21);
            assert_true(r.phase_ns[PHASE_TLS] > 0);
            assert_int_equal(r.status, 0);
        }
        if (r.outcome == OUTCOME_TLS_EXPIRED)
            assert_true(certificate_days(r.certificate_until, r.checked_at_ms) < 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_certificate_is_told_apart),
        cmocka_unit_test(the_days_left_are_those_of_the_whole_chain),
        cmocka_unit_test(a_certificate_that_fails_still_tells_its_date),
        cmocka_unit_test(the_look_at_a_failed_certificate_sends_no_request),
        cmocka_unit_test(without_verification_a_bad_certificate_is_good),
        cmocka_unit_test(without_our_authority_a_good_certificate_is_untrusted),
        cmocka_unit_test(a_missing_ca_file_is_our_own_fault),
        cmocka_unit_test(handshakes_that_go_wrong_are_told_apart),
        cmocka_unit_test(a_session_is_never_resumed),
        cmocka_unit_test(tls_is_looked_at_on_any_port_and_by_starttls),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
