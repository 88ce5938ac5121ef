/* Ports and name servers, well and badly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/clock.h"
#include "dns_answer.h"
#include "support/dns.h"
#include "support/ports.h"
#include "support/random.h"
#include "support/server.h"

static struct server *server;
static struct dns *name_server;

static int setup(void **state)
{
    server = server_start(NULL);
    name_server = dns_start(60);
    return asking_setup(state);
}

static int teardown(void **state)
{
    dns_stop(name_server);
    server_stop(server);
    return asking_teardown(state);
}

static struct result ask_with(const char *url, const char *expect, const char *regex, const char *reject)
{
    struct options o = asking_options();
    struct result r;

    o.expect_body = expect ? strdup(expect) : NULL;
    o.expect_body_regex = regex ? strdup(regex) : NULL;
    o.reject_body = reject ? strdup(reject) : NULL;
    r = ask(url, &o, METHOD_HEAD);
    options_release(&o);
    return r;
}

/* --- ports -------------------------------------------------------------------------------------------------------- */

static struct result ask_port(const char *host, const char *expect, const char *regex, const char *reject)
{
    char url[SERVER_URL_SIZE];

    snprintf(url, sizeof(url), "tcp://%s:%d", host, server_port(server));
    return ask_with(url, expect, regex, reject);
}

static void a_port_that_takes_connections_is_up(void **state)
{
    struct result r;

    (void)state;
    server_greet(server, HANG);
    r = ask_port("127.0.0.1", NULL, NULL, NULL);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_string_equal(r.address, "127.0.0.1");
    assert_true(r.phase_ns[PHASE_CONNECT] >= 0 && r.phase_ns[PHASE_DNS] == PHASE_NOT_REACHED);
    r = ask_port("ok.example.org", NULL, NULL, NULL);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_true(r.phase_ns[PHASE_DNS] >= 0);
    r = ask_port("nx.example.org", NULL, NULL, NULL);
    assert_int_equal(r.outcome, OUTCOME_DNS);
    assert_string_equal(r.detail, "nx.example.org");
}

static void a_port_nobody_listens_on_is_refused_after_every_address_was_tried(void **state)
{
    char url[64];
    struct result r;

    (void)state;
    snprintf(url, sizeof(url), "tcp://127.0.0.1:%d", port_refused());
    r = ask_with(url, NULL, NULL, NULL);
    assert_int_equal(r.outcome, OUTCOME_REFUSED);
    server_greet(server, HANG);
    snprintf(url, sizeof(url), "tcp://both.example.org:%d", server_port(server)); /* ::1 refuses, 127.0.0.1 does not */
    r = ask_with(url, NULL, NULL, NULL);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_string_equal(r.address, "127.0.0.1");
}

static void what_a_port_says_first_is_judged(void **state)
{
    (void)state;
    server_greet(server, SEND("SSH-2.0-OpenSSH_9.2\r\n"), HANG);
    assert_int_equal(ask_port("127.0.0.1", "SSH-2.0", NULL, NULL).outcome, OUTCOME_OK);
    assert_int_equal(ask_port("127.0.0.1", NULL, "^SSH-[0-9]", NULL).outcome, OUTCOME_OK);
    assert_int_equal(ask_port("127.0.0.1", NULL, NULL, "OpenSSH_9").outcome, OUTCOME_BODY_REJECTED);
    server_greet(server, SEND("220 smtp\r\n"), CLOSE);
    assert_int_equal(ask_port("127.0.0.1", "SSH-2.0", NULL, NULL).outcome, OUTCOME_BODY_MISSING);
    server_greet(server, CLOSE);
    assert_int_equal(ask_port("127.0.0.1", "SSH-2.0", NULL, NULL).outcome, OUTCOME_EMPTY);
}

/* --- name servers ------------------------------------------------------------------------------------------------- */

static struct result ask_name(const char *name, const char *type, const char *expect, const char *reject)
{
    char url[SERVER_URL_SIZE];

    snprintf(url, sizeof(url), "dns://127.0.0.1:%d/%s%s%s", dns_port(name_server), name, *type ? "?type=" : "", type);
    return ask_with(url, expect, NULL, reject);
}

static void records_are_read_and_shown(void **state)
{
    struct result r;

    (void)state;
    r = ask_name("four-7.example.org", "", NULL, NULL);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_string_equal(r.detail, "127.0.0.7");
    assert_string_equal(r.address, "127.0.0.1");
    assert_true(r.phase_ns[PHASE_FIRST_BYTE] >= 0);
    assert_string_equal(ask_name("mail.example.org", "MX", NULL, NULL).detail, "10 mail.example.org");
    assert_string_equal(ask_name("text.example.org", "txt", NULL, NULL).detail, "onetwo");
    assert_string_equal(ask_name("both.example.org", "AAAA", NULL, NULL).detail, "::1");
}

static void a_record_must_have_the_value_expected_whole(void **state)
{
    (void)state;
    assert_int_equal(ask_name("four-7.example.org", "A", "127.0.0.7", NULL).outcome, OUTCOME_OK);
    assert_int_equal(ask_name("four-77.example.org", "A", "127.0.0.7", NULL).outcome, OUTCOME_RECORD_MISSING);
    assert_int_equal(ask_name("mail.example.org", "MX", "10 MAIL.example.org.", NULL).outcome, OUTCOME_OK);
    assert_int_equal(ask_name("four-7.example.org", "A", NULL, "127.0.0.7").outcome, OUTCOME_RECORD_REJECTED);
    assert_string_equal(ask_name("four-8.example.org", "A", "127.0.0.7", NULL).detail, "127.0.0.8");
}

static void what_name_servers_refuse_is_told_apart(void **state)
{
    static const struct { const char *name; enum outcome outcome; } rows[] = {
        { "nx.example.org", OUTCOME_NO_NAME },       { "none.example.org", OUTCOME_NO_RECORD },
        { "fail.example.org", OUTCOME_DNS_FAILED },  { "refuse.example.org", OUTCOME_DNS_REFUSED },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(ask_name(rows[i].name, "A", NULL, NULL).outcome, rows[i].outcome);
}

static void an_answer_too_large_for_udp_comes_by_tcp(void **state)
{
    (void)state;
    assert_int_equal(ask_name("large.example.org", "A", "127.0.0.60", NULL).outcome, OUTCOME_OK);
}

static void a_url_without_a_server_asks_the_machines_own(void **state)
{
    struct result r;

    (void)state;
    r = ask_with("dns:///four-9.example.org?type=A", "127.0.0.9", NULL, NULL); /* UPTIMESQUIRREL_NAME_SERVERS */
    assert_int_equal(r.outcome, OUTCOME_OK);
}

static void bytes_that_are_no_answer_are_waited_through(void **state)
{
    struct options o = asking_options();
    char url[128];
    struct result r;

    (void)state;
    o.timeout_ms = 300;
    snprintf(url, sizeof(url), "dns://127.0.0.1:%d/junk.example.org?type=A", dns_port(name_server));
    r = ask(url, &o, METHOD_HEAD);
    options_release(&o);
    assert_int_equal(r.outcome, OUTCOME_NO_ANSWER);
}

static void a_name_server_that_is_not_there_refuses(void **state)
{
    char url[128];

    (void)state;
    snprintf(url, sizeof(url), "dns://127.0.0.1:%d/ok.example.org?type=A", port_refused());
    assert_int_equal(ask_with(url, NULL, NULL, NULL).outcome, OUTCOME_REFUSED);
}

/* A good answer with bytes turned at random: whatever comes out, nothing is read beyond it. */
static void broken_answers_never_harm(void **state)
{
    static const unsigned char good[] =
        "\x12\x34\x81\x80\0\1\0\2\0\0\0\0\4mail\7example\3org\0\0\17\0\1"
        "\xc0\x0c\0\17\0\1\0\0\0\74\0\11\0\12\4mail\xc0\x11\xc0\x0c\0\17\0\1\0\0\0\74\0\4\0\24\xc0\x0c";
    struct strbuf values = STRBUF_INIT;
    enum outcome outcome;
    struct random random = { 7 };
    int round;

    (void)state;
    assert_int_equal(dns_read_answer(good, sizeof(good) - 1, 0x1234, "mail.example.org", 15, &outcome, &values), DNS_READ);
    assert_int_equal(outcome, OUTCOME_OK);
    assert_string_equal(values.text, "10 mail.example.org\n20 mail.example.org\n");
    for (round = 0; round < 200000; round++) {
        unsigned char *bytes = malloc(sizeof(good)); /* of its own, so that a sanitizer sees its end */
        size_t length = 1 + random_below(&random, sizeof(good) - 1);
        unsigned turns = (unsigned)random_below(&random, 4);

        memcpy(bytes, good, length);
        bytes = realloc(bytes, length);
        while (turns--)
            bytes[random_below(&random, length)] = (unsigned char)random_below(&random, 256);
        strbuf_reset(&values);
        dns_read_answer(bytes, length, 0x1234, "mail.example.org", 15, &outcome, &values);
        free(bytes);
    }
    strbuf_release(&values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_that_takes_connections_is_up),
        cmocka_unit_test(a_port_nobody_listens_on_is_refused_after_every_address_was_tried),
        cmocka_unit_test(what_a_port_says_first_is_judged),
        cmocka_unit_test(records_are_read_and_shown),
        cmocka_unit_test(a_record_must_have_the_value_expected_whole),
        cmocka_unit_test(what_name_servers_refuse_is_told_apart),
        cmocka_unit_test(an_answer_too_large_for_udp_comes_by_tcp),
        cmocka_unit_test(a_url_without_a_server_asks_the_machines_own),
        cmocka_unit_test(bytes_that_are_no_answer_are_waited_through),
        cmocka_unit_test(a_name_server_that_is_not_there_refuses),
        cmocka_unit_test(broken_answers_never_harm),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
