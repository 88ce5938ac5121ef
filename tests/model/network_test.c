/* Is it them, or is it us? */
#include "model/network.h"

#include <string.h>

#include "base/clock.h"
#include "support/random.h"
#include "support/tests.h"

#define TIMEOUT_NS (10 * NS_PER_S)

/* One result: of which host, when, what, and what is thought of it. */
struct note {
    int64_t at_s;
    char host;
    enum outcome outcome;
    bool already_down;
    enum network_view view;
};

#define FINE NETWORK_FINE
#define SUSPECT NETWORK_SUSPECT
#define OFFLINE NETWORK_OFFLINE

static void play(size_t hosts, const struct note *notes, size_t n)
{
    struct network network;
    size_t i;

    network_init(&network);
    network.hosts = hosts;
    for (i = 0; i < n; i++) {
        enum network_view view = network_note(&network, (uint64_t)notes[i].host, notes[i].outcome, notes[i].already_down,
                                              notes[i].at_s * NS_PER_S, TIMEOUT_NS);

        assert_int_equal(view, notes[i].view);
        assert_int_equal(network.hosts, hosts);
    }
}
#define PLAY(hosts, ...) play(hosts, (const struct note[]){ __VA_ARGS__ }, \
                              sizeof((const struct note[]){ __VA_ARGS__ }) / sizeof(struct note))

static void three_hosts_that_fail_within_a_timeout_mean_offline(void **state)
{
    (void)state;
    PLAY(3, { 100, 'a', OUTCOME_DNS_TIMEOUT, false, SUSPECT }, { 101, 'b', OUTCOME_CONNECT_TIMEOUT, false, SUSPECT },
         { 110, 'c', OUTCOME_NO_NETWORK, false, OFFLINE }, { 111, 'a', OUTCOME_DNS, false, OFFLINE },
         { 112, 'd', OUTCOME_WAIT_TIMEOUT, true, OFFLINE });
}

static void failures_further_apart_do_not(void **state)
{
    (void)state;
    PLAY(3, { 100, 'a', OUTCOME_DNS, false, SUSPECT }, { 105, 'b', OUTCOME_DNS, false, SUSPECT },
         { 111, 'c', OUTCOME_DNS, false, SUSPECT },                     /* a is too long ago */
         { 112, 'a', OUTCOME_DNS, false, OFFLINE });
}

static void one_host_that_fails_often_is_one_host(void **state)
{
    (void)state;
    PLAY(3, { 100, 'a', OUTCOME_DNS, false, SUSPECT }, { 101, 'a', OUTCOME_DNS, false, SUSPECT },
         { 102, 'b', OUTCOME_DNS, false, SUSPECT }, { 103, 'a', OUTCOME_DNS, false, SUSPECT },
         { 104, 'b', OUTCOME_DNS, false, SUSPECT }, { 105, 'c', OUTCOME_DNS, false, OFFLINE });
}

static void an_answer_within_a_timeout_clears_everybody(void **state)
{
    (void)state;
    PLAY(5, { 100, 'a', OUTCOME_DNS, false, SUSPECT }, { 101, 'b', OUTCOME_DNS, false, SUSPECT },
         { 102, 'c', OUTCOME_OK, false, FINE }, { 103, 'd', OUTCOME_DNS, false, FINE }, { 112, 'a', OUTCOME_DNS, false, FINE },
         { 113, 'b', OUTCOME_DNS, false, OFFLINE }); /* d, a, b within 10 s, and no answer for more than that */
}

static void whoever_answers_at_all_counts_while_nobody_is_suspected(void **state)
{
    static const enum outcome answers[] = {
        OUTCOME_OK, OUTCOME_STATUS, OUTCOME_BLOCKED, OUTCOME_BODY_MISSING, OUTCOME_REDIRECT_LOOP, OUTCOME_REFUSED, OUTCOME_CONNECT,
        OUTCOME_TLS_EXPIRED, OUTCOME_TLS, OUTCOME_EMPTY, OUTCOME_NOT_HTTP, OUTCOME_CUT,
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        PLAY(3, { 100, 'a', OUTCOME_DNS, false, SUSPECT }, { 101, 'b', answers[i], false, FINE },
             { 102, 'c', OUTCOME_DNS, false, FINE }, { 103, 'd', OUTCOME_DNS, false, FINE }, { 104, 'e', OUTCOME_DNS, false, FINE });
}

static void fewer_than_three_hosts_are_never_suspect(void **state)
{
    size_t hosts;

    (void)state;
    for (hosts = 0; hosts < 3; hosts++)
        PLAY(hosts, { 100, 'a', OUTCOME_DNS, false, FINE }, { 101, 'b', OUTCOME_DNS, false, FINE },
             { 102, 'c', OUTCOME_DNS, false, FINE });
}

static void a_site_that_was_down_before_tells_nothing_new(void **state)
{
    (void)state;
    PLAY(5, { 100, 'a', OUTCOME_DNS, true, FINE }, { 101, 'b', OUTCOME_DNS, true, FINE }, { 102, 'c', OUTCOME_DNS, true, FINE },
         { 103, 'd', OUTCOME_DNS, false, SUSPECT });
}

static void only_http_ends_it(void **state)
{
    static const struct {
        enum outcome outcome;
        bool ends;
    } rows[] = {
        { OUTCOME_OK, true }, { OUTCOME_STATUS, true }, { OUTCOME_BLOCKED, true }, { OUTCOME_BODY_MISSING, true },
        { OUTCOME_REDIRECT_SCHEME, true },
        /* next door, or a portal that wants a password: no way out is proven */
        { OUTCOME_REFUSED, false }, { OUTCOME_CONNECT, false }, { OUTCOME_TLS_HOST, false }, { OUTCOME_TLS_UNTRUSTED, false },
        { OUTCOME_TLS, false }, { OUTCOME_EMPTY, false }, { OUTCOME_NOT_HTTP, false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        PLAY(3, { 100, 'a', OUTCOME_DNS, false, SUSPECT }, { 100, 'b', OUTCOME_DNS, false, SUSPECT },
             { 100, 'c', OUTCOME_DNS, false, OFFLINE }, { 200, 'd', rows[i].outcome, false, FINE },
             { 201, 'a', OUTCOME_DNS, false, rows[i].ends ? FINE : OFFLINE },
             /* and it begins anew: what failed before the answer counts no more */
             { 220, 'b', OUTCOME_DNS, false, rows[i].ends ? SUSPECT : OFFLINE },
             { 221, 'c', OUTCOME_DNS, false, rows[i].ends ? SUSPECT : OFFLINE },
             { 222, 'a', OUTCOME_DNS, false, OFFLINE });
}

static void our_own_faults_tell_nothing_about_the_network(void **state)
{
    (void)state;
    PLAY(3, { 100, 'a', OUTCOME_DNS, false, SUSPECT }, { 100, 'b', OUTCOME_DNS, false, SUSPECT },
         { 101, 'c', OUTCOME_LOCAL_FILES, false, FINE }, { 102, 'd', OUTCOME_LOCAL_MEMORY, false, FINE },
         { 103, 'c', OUTCOME_DNS, false, OFFLINE }, { 104, 'a', OUTCOME_LOCAL_FILES, false, OFFLINE },
         { 105, 'b', OUTCOME_CANCELLED, false, OFFLINE });
}

/* The rule by its words: the hosts that failed last, each at its last time. */
static void random_notes_follow_the_rule_by_its_words(void **state)
{
    static const enum outcome outcomes[] = { OUTCOME_DNS, OUTCOME_WAIT_TIMEOUT, OUTCOME_NO_NETWORK, OUTCOME_OK, OUTCOME_LOCAL_FILES };
    struct random r = { 11 };
    int round, i, h;

    (void)state;
    for (round = 0; round < 500; round++) {
        struct network n;
        int64_t failed_s[5], answered_s = -1000, now_s = 1000;
        bool offline = false;

        network_init(&n);
        n.hosts = 5;
        for (h = 0; h < 5; h++)
            failed_s[h] = -1000;
        for (i = 0; i < 100; i++) {
            int host = (int)random_below(&r, 5), failing = 0;
            enum outcome o = outcomes[random_below(&r, round % 2 ? 40 : 5) % 5];
            enum network_view view, wanted = NETWORK_FINE;

            if (random_below(&r, 40) == 0)
                now_s += (int64_t)random_below(&r, 30);
            now_s += (int64_t)random_below(&r, 4);
            view = network_note(&n, (uint64_t)host * 7919, o, false, now_s * NS_PER_S, TIMEOUT_NS);
            if (o == OUTCOME_OK) {
                answered_s = now_s;
                offline = false;
                for (h = 0; h < 5; h++)
                    failed_s[h] = -1000;
            } else if (o == OUTCOME_LOCAL_FILES) {
                wanted = offline ? NETWORK_OFFLINE : NETWORK_FINE;
            } else if (!offline) {
                failed_s[host] = now_s;
                for (h = 0; h < 5; h++)
                    failing += failed_s[h] >= now_s - 10;
                if (answered_s < now_s - 10) {
                    offline = failing >= 3;
                    wanted = offline ? NETWORK_OFFLINE : NETWORK_SUSPECT;
                }
            } else {
                wanted = NETWORK_OFFLINE;
            }
            assert_int_equal(view, wanted);
            assert_int_equal(n.offline, offline);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_hosts_that_fail_within_a_timeout_mean_offline),
        cmocka_unit_test(failures_further_apart_do_not),
        cmocka_unit_test(one_host_that_fails_often_is_one_host),
        cmocka_unit_test(an_answer_within_a_timeout_clears_everybody),
        cmocka_unit_test(whoever_answers_at_all_counts_while_nobody_is_suspected),
        cmocka_unit_test(fewer_than_three_hosts_are_never_suspect),
        cmocka_unit_test(a_site_that_was_down_before_tells_nothing_new),
        cmocka_unit_test(only_http_ends_it),
        cmocka_unit_test(our_own_faults_tell_nothing_about_the_network),
        cmocka_unit_test(random_notes_follow_the_rule_by_its_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
