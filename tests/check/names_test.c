/* Names looked up: what each kind of answer means, how long it is believed, and that nobody waits for a silent server. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "check/check.h"
#include "names.h"
#include "probe.h"
#include "support/dns.h"
#include "support/random.h"
#include "support/server.h"

static struct dns *dns;
static struct mutex lock;
static struct cond came;
static unsigned answered; /* under lock */

static int open_names(int ttl)
{
    static char servers[64];

    dns = dns_start(ttl);
    snprintf(servers, sizeof(servers), "127.0.0.1:%d", dns_port(dns));
    return names_open(servers, NULL);
}

static int setup(void **state)
{
    (void)state;
    mutex_init(&lock);
    cond_init(&came);
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

static int each_setup(void **state)
{
    (void)state;
    answered = 0;
    return open_names(60);
}

static int each_teardown(void **state)
{
    (void)state;
    names_close();
    dns_stop(dns);
    return 0;
}

static void on_answered(struct name_query *q)
{
    (void)q;
    mutex_lock(&lock);
    answered++;
    cond_broadcast(&came);
    mutex_unlock(&lock);
}

static void wait_answered(unsigned n)
{
    mutex_lock(&lock);
    while (answered < n)
        cond_wait(&came, &lock, COND_FOREVER);
    mutex_unlock(&lock);
}

/* Asks and waits. */
static struct name_answer ask(const char *host, enum ip_family family)
{
    struct name_query q = { .answered = on_answered };
    unsigned before;

    mutex_lock(&lock);
    before = answered;
    mutex_unlock(&lock);
    if (!names_ask(&q, host, strlen(host), family))
        wait_answered(before + 1);
    return q.answer;
}

static void each_kind_of_answer_is_told_apart(void **state)
{
    static const struct { const char *host; enum ip_family family; enum outcome outcome; int n; } rows[] = {
        { "ok.test", IP_ANY, OUTCOME_OK, 1 },
        { "ok.test", IP_V4, OUTCOME_OK, 1 },
        { "ok.test", IP_V6, OUTCOME_DNS, 0 },
        { "both.test", IP_ANY, OUTCOME_OK, 2 },
        { "both.test", IP_V6, OUTCOME_OK, 1 },
        { "many.test", IP_V4, OUTCOME_OK, NAME_ADDRESSES },
        { "nx.test", IP_ANY, OUTCOME_DNS, 0 },
        { "none.test", IP_ANY, OUTCOME_DNS, 0 },
        { "fail.test", IP_ANY, OUTCOME_DNS_FAILED, 0 },
        { "refuse.test", IP_ANY, OUTCOME_DNS_FAILED, 0 },
        { "localhost", IP_V4, OUTCOME_OK, 1 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct name_answer a = ask(rows[i].host, rows[i].family);

        if (a.outcome != rows[i].outcome || a.n != rows[i].n)
            fail_msg("%s: %s, %d addresses", rows[i].host, outcome_name(a.outcome), a.n);
    }
}

static void an_answer_is_believed_as_long_as_it_says(void **state)
{
    unsigned once;

    (void)state;
    ask("ok.test", IP_V4);
    once = dns_questions(dns);
    assert_int_equal(ask("ok.test", IP_V4).n, 1);
    assert_int_equal(ask("OK.Test", IP_V4).n, 1);
    assert_int_equal(dns_questions(dns), once);
    ask("ok-too.test", IP_V4);
    assert_true(dns_questions(dns) > once);
}

static void many_who_ask_for_one_name_ask_the_server_once(void **state)
{
    struct name_query q[50];
    unsigned pending = 0;
    int i;

    (void)state;
    for (i = 0; i < 50; i++) {
        q[i].answered = on_answered;
        pending += !names_ask(&q[i], "four-9.test", 11, IP_V4);
    }
    wait_answered(pending);
    assert_int_equal(dns_questions(dns), 1);
    for (i = 0; i < 50; i++) {
        assert_int_equal(q[i].answer.n, 1);
        assert_int_equal(q[i].answer.address[0].bytes[3], 9);
    }
}

static void a_question_can_be_taken_back(void **state)
{
    struct name_query q = { .answered = on_answered };

    (void)state;
    assert_false(names_ask(&q, "silent.test", 11, IP_V4));
    assert_true(names_take_back(&q));
    assert_int_equal(answered, 0);
}

static void a_silent_server_delays_no_other_name(void **state)
{
    struct name_query silent[20];
    int i;

    (void)state;
    for (i = 0; i < 20; i++) {
        char host[32];

        snprintf(host, sizeof(host), "silent-%d.test", i);
        silent[i].answered = on_answered;
        assert_false(names_ask(&silent[i], host, strlen(host), IP_V4));
    }
    assert_int_equal(ask("ok.test", IP_V4).n, 1);
    for (i = 0; i < 20; i++)
        assert_true(names_take_back(&silent[i]));
}

static void thousands_of_names_all_come_back(void **state)
{
    enum { N = 3000 };
    struct name_query *q = calloc(N, sizeof(*q));
    unsigned pending = 0;
    int i;

    (void)state;
    for (i = 0; i < N; i++) {
        char host[32];

        snprintf(host, sizeof(host), "ok-%d.test", i);
        q[i].answered = on_answered;
        pending += !names_ask(&q[i], host, strlen(host), IP_V4);
    }
    wait_answered(pending);
    for (i = 0; i < N; i++)
        assert_int_equal(q[i].answer.outcome, OUTCOME_OK);
    free(q);
}

static void addresses_are_told_from_names(void **state)
{
    static const struct { const char *host; bool address; } rows[] = {
        { "127.0.0.1", true }, { "::1", true }, { "127.1", true }, { "0x7f000001", true }, { "fe80::1%25eth0", true },
        { "ex\xc3\xa4mple.org", true }, { "localhost", false }, { "example.org", false }, { "1e100.net", false },
        { "", true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (names_is_address(rows[i].host, strlen(rows[i].host)) != rows[i].address)
            fail_msg("'%s'", rows[i].host);
}

/* --- whole checks by name ----------------------------------------------------------------------------------------- */

static struct result check_name(const char *host, int port, int64_t timeout_ms)
{
    struct check_runner *runner;
    const struct options *shared;
    struct options o;
    struct result r;
    struct site *site;
    struct job job = { .id = 1, .attempt = 1 };
    char url[128];

    options_init(&o);
    o.timeout_ms = timeout_ms;
    shared = options_share(&o);
    snprintf(url, sizeof(url), "http://%s:%d/ok", host, port);
    site = site_new("x", url, shared);
    job.site = site;
    assert_int_equal(check_runner_open(&runner, NULL), ERR_OK);
    check_run(runner, &job, &r);
    check_runner_close(runner);
    site_unref(site);
    options_unref(shared);
    return r;
}

static void a_check_by_name_goes_to_the_address_found(void **state)
{
    struct server *s = server_start(&(struct server_options){ .address = "127.0.0.0/8" });
    struct result r = check_name("four-77.test", server_port(s), 20000);

    (void)state;
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_string_equal(r.address, "127.0.0.77");
    assert_true(r.phase_ns[PHASE_DNS] > 0);
    assert_true(r.phase_ns[PHASE_DNS] + r.phase_ns[PHASE_CONNECT] + r.phase_ns[PHASE_FIRST_BYTE] <= r.request_ns);
    server_stop(s);
}

static void a_dead_address_beside_a_living_one_hurts_nobody(void **state)
{
    struct server *s = server_start(NULL); /* on 127.0.0.1 alone: ::1 refuses */

    (void)state;
    assert_int_equal(check_name("both.test", server_port(s), 20000).outcome, OUTCOME_OK);
    server_stop(s);
}

static void names_that_fail_are_told_with_their_host(void **state)
{
    struct result r = check_name("nx.test", 80, 20000);

    (void)state;
    assert_int_equal(r.outcome, OUTCOME_DNS);
    assert_string_equal(r.detail, "nx.test");
    assert_int_equal(check_name("fail.test", 80, 20000).outcome, OUTCOME_DNS_FAILED);
}

static void a_silent_name_server_ends_with_the_checks_timeout(void **state)
{
    struct result r = check_name("silent.test", 80, 200);

    (void)state;
    assert_int_equal(r.outcome, OUTCOME_DNS_TIMEOUT);
    assert_true(r.took_ns >= 198 * NS_PER_MS);
}

static struct result last;

static void keep(void *context, const struct result *r)
{
    (void)context;
    last = *r;
    mutex_lock(&lock);
    answered++;
    mutex_unlock(&lock);
}

/* Ten names whose server is silent among sites that are fine, on one loop. */
static void a_silent_name_server_stalls_no_loop(void **state)
{
    struct server *s = server_start(NULL);
    struct options o;
    const struct options *shared;
    struct check_loop *loop;
    unsigned i;

    (void)state;
    options_init(&o);
    o.timeout_ms = 2000;
    shared = options_share(&o);
    assert_int_equal(check_loop_open(&loop, 200, keep, NULL, NULL), ERR_OK);
    for (i = 0; i < 110; i++) {
        char url[SERVER_URL_SIZE];
        struct site *site;
        struct job job = { .id = i, .attempt = 1 };

        if (i < 10)
            snprintf(url, sizeof(url), "http://silent-%u.test/", i);
        else
            server_url(s, "/ok", url);
        site = site_new("x", url, shared);
        job.site = site;
        assert_int_equal(check_loop_start(loop, &job), ERR_OK);
        site_unref(site);
    }
    while (answered < 100) {
        check_loop_turn(loop, INT64_MAX);
        if (answered && answered <= 100)
            assert_int_equal(last.outcome, OUTCOME_OK); /* all that are fine come before the first that is not */
    }
    while (check_loop_active(loop))
        check_loop_turn(loop, INT64_MAX);
    assert_int_equal(last.outcome, OUTCOME_DNS_TIMEOUT);
    check_loop_close(loop);
    options_unref(shared);
    server_stop(s);
}

static void a_loop_closes_while_names_are_being_looked_up(void **state)
{
    struct options o;
    const struct options *shared;
    struct check_loop *loop;
    int round, i;

    (void)state;
    options_init(&o);
    shared = options_share(&o);
    for (round = 0; round < 20; round++) {
        assert_int_equal(check_loop_open(&loop, 64, keep, NULL, NULL), ERR_OK);
        for (i = 0; i < 64; i++) {
            char url[64];
            struct site *site;
            struct job job = { .id = (uint64_t)i, .attempt = 1 };

            snprintf(url, sizeof(url), "http://%s-%d-%d.test:1/", i % 2 ? "ok" : "silent", round, i);
            site = site_new("x", url, shared);
            job.site = site;
            check_loop_start(loop, &job);
            site_unref(site);
        }
        answered = 0;
        check_loop_turn(loop, 0);
        check_loop_turn(loop, 0);
        check_loop_close(loop);
        assert_int_equal(answered, 64);
    }
    options_unref(shared);
}

/* The thread may be anywhere: looking whether there is more to ask for, about to wait, or hearing of a question that was asked
 * before. */
static void a_close_is_heard_at_any_moment(void **state)
{
    struct random r = { 11 };
    int round;

    (void)state;
    assert_int_equal(open_names(60), 0);
    names_close();
    for (round = 0; round < 2000; round++) {
        char servers[64];
        struct name_query q[3];
        unsigned n = random_below(&r, 4), i, known = 0, back = 0;
        int64_t until_ns;

        answered = 0;
        snprintf(servers, sizeof(servers), "127.0.0.1:%d", dns_port(dns));
        assert_int_equal(names_open(servers, NULL), ERR_OK);
        for (i = 0; i < n; i++) {
            char host[32];
            int length = snprintf(host, sizeof(host), "n%u.example", i);

            q[i].answered = on_answered;
            known += names_ask(&q[i], host, (size_t)length, IP_V4);
        }
        until_ns = clock_mono_ns() + random_below(&r, 400) * NS_PER_US;
        while (clock_mono_ns() < until_ns)
            continue;
        for (i = 0; i < n; i++)
            back += names_take_back(&q[i]);
        wait_answered(n - known - back); /* they are being told this moment */
        names_close();
    }
    dns_stop(dns);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, each_setup, each_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_close_is_heard_at_any_moment),
        TEST(each_kind_of_answer_is_told_apart),
        TEST(an_answer_is_believed_as_long_as_it_says),
        TEST(many_who_ask_for_one_name_ask_the_server_once),
        TEST(a_question_can_be_taken_back),
        TEST(a_silent_server_delays_no_other_name),
        TEST(thousands_of_names_all_come_back),
        TEST(addresses_are_told_from_names),
        TEST(a_check_by_name_goes_to_the_address_found),
        TEST(a_dead_address_beside_a_living_one_hurts_nobody),
        TEST(names_that_fail_are_told_with_their_host),
        TEST(a_silent_name_server_ends_with_the_checks_timeout),
        TEST(a_silent_name_server_stalls_no_loop),
        TEST(a_loop_closes_while_names_are_being_looked_up),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
