/* What every kind of check promises (check/kind.h, model/result.h), asked of each row of the table, by a blocking runner and by
 * a loop. */
#include <pthread.h>
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
#include "base/text.h"
#include "check/kind.h"
#include "support/dns.h"
#include "support/server.h"

/* How a kind is made to wait for ever; %d is a port that takes connections and says nothing, %D one of a name server. */
static const struct { const char *kind, *silent, *expect; bool name_server; } rows[] = {
    { "http", "http://127.0.0.1:%d/", NULL, false },
    { "tls", "tls://127.0.0.1:%d", NULL, false },
    { "tcp", "tcp://127.0.0.1:%d", "never said", false },
    { "icmp", NULL, NULL, false }, /* nobody on loopback is silent; see icmp_test */
    { "dns", "dns://127.0.0.1:%d/silent.example.org?type=A", NULL, true },
    { "exec", "exec:///bin/sleep", NULL, false },
    { "heartbeat", NULL, NULL, false }, /* nobody is asked */
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct server *server;
static struct dns *name_server;

static int setup(void **state)
{
    server = server_start(NULL);
    server_greet(server, HANG);
    name_server = dns_start(60);
    return asking_setup(state);
}

static int teardown(void **state)
{
    dns_stop(name_server);
    server_stop(server);
    return asking_teardown(state);
}

static size_t row_of(const char *kind)
{
    size_t i;

    for (i = 0; i < ROWS; i++)
        if (!strcmp(rows[i].kind, kind))
            return i;
    fail_msg("the kind '%s' has no row here", kind);
    return 0;
}

static void make_url(char url[SERVER_URL_SIZE], size_t row)
{
    const char *at = strstr(rows[row].silent, "%d");
    int port = rows[row].name_server ? dns_port(name_server) : server_port(server);

    if (at)
        snprintf(url, SERVER_URL_SIZE, "%.*s%d%s", (int)(at - rows[row].silent), rows[row].silent, port, at + 2);
    else
        snprintf(url, SERVER_URL_SIZE, "%s", rows[row].silent);
}

static struct options options_of(size_t row, int64_t timeout_ms)
{
    struct options o = asking_options();

    o.timeout_ms = timeout_ms;
    o.expect_body = rows[row].expect ? strdup(rows[row].expect) : NULL;
    strings_add(&o.arguments, "600");
    return o;
}

static void a_kind_is_found_by_the_scheme_of_its_url(void **state)
{
    size_t n, i;
    const struct check_kind *const *kinds = check_kinds(&n);

    (void)state;
    assert_true(n >= 6);
    for (i = 0; i < n; i++) {
        const struct check_kind *k = kinds[i];
        const struct check_scheme *s;
        struct errmsg why = ERRMSG_INIT;

        assert_ptr_equal(check_kind_of(k->example, NULL), k);
        if (k->examine && k->examine(k->example, &why) != ERR_OK)
            fail_msg("%s: %s", k->example, why.text);
        assert_true(text_is_clean(k->summary) && strlen(k->summary) < 100);
        for (s = k->schemes; s->scheme; s++) {
            const struct check_scheme *found;
            char url[64];

            snprintf(url, sizeof(url), "%s://h:1/", s->scheme);
            assert_ptr_equal(check_kind_of(url, &found), k); /* nobody else has it */
            assert_ptr_equal(found, s);
        }
    }
    assert_null(check_kind_of("ftp://example.org/", NULL));
    assert_null(check_kind_of("http", NULL));
}

static void a_check_that_gets_no_answer_ends_when_its_time_is_over(void **state)
{
    size_t n, i;
    const struct check_kind *const *kinds = check_kinds(&n);

    (void)state;
    for (i = 0; i < n; i++) {
        size_t row = row_of(kinds[i]->name);
        char url[SERVER_URL_SIZE];
        struct options o;
        struct result r;

        if (!rows[row].silent)
            continue;
        make_url(url, row);
        o = options_of(row, 300);
        r = ask(url, &o, METHOD_HEAD);
        options_release(&o);
        if (strcmp(outcome_class(r.outcome) ? outcome_class(r.outcome) : "", "timeout") != 0)
            fail_msg("%s: %s '%s'", url, outcome_name(r.outcome), r.detail);
        assert_true(r.took_ns >= 299 * NS_PER_MS); /* libcurl counts whole milliseconds */
        assert_true(r.took_ns < 20 * NS_PER_S);
    }
}

static void *stop(void *context)
{
    check_runner_stop(context);
    return NULL;
}

static void keep(void *context, const struct result *result)
{
    *(struct result *)context = *result;
}

static void a_check_that_is_stopped_ends_at_once_as_cancelled(void **state)
{
    size_t n, i;
    const struct check_kind *const *kinds = check_kinds(&n);

    (void)state;
    for (i = 0; i < n; i++) {
        size_t row = row_of(kinds[i]->name);
        struct check_runner *runner;
        struct check_loop *loop;
        struct result r = { 0 };
        struct options o;
        struct job job = { .id = 7, .site_id = 3, .generation = 5, .attempt = 1 };
        struct site *site;
        const struct options *shared;
        char url[SERVER_URL_SIZE];
        pthread_t thread;

        if (!rows[row].silent)
            continue;
        make_url(url, row);
        o = options_of(row, 300000);
        shared = options_share(&o);
        job.site = site = site_new("site", url, shared);
        options_unref(shared);
        assert_int_equal(check_runner_open(&runner, NULL), ERR_OK);
        assert_int_equal(pthread_create(&thread, NULL, stop, runner), 0);
        check_run(runner, &job, &r);
        pthread_join(thread, NULL);
        check_runner_close(runner);
        assert_int_equal(r.outcome, OUTCOME_CANCELLED);

        r.outcome = OUTCOME_OK;
        assert_int_equal(check_loop_open(&loop, 1, keep, &r, NULL), ERR_OK);
        assert_int_equal(check_loop_start(loop, &job), ERR_OK);
        check_loop_turn(loop, clock_mono_ns() + 50 * NS_PER_MS);
        check_loop_cancel(loop, 7);
        assert_int_equal(check_loop_active(loop), 0);
        assert_int_equal(r.outcome, OUTCOME_CANCELLED);

        r.outcome = OUTCOME_OK;
        assert_int_equal(check_loop_start(loop, &job), ERR_OK);
        check_loop_turn(loop, clock_mono_ns() + 50 * NS_PER_MS);
        check_loop_close(loop);
        assert_int_equal(r.outcome, OUTCOME_CANCELLED);
        site_unref(site);
    }
}

static void a_url_nobody_knows_is_our_own_fault(void **state)
{
    struct options o = asking_options();
    struct result r = ask("gopher://127.0.0.1/", &o, METHOD_HEAD);

    (void)state;
    options_release(&o);
    assert_int_equal(r.outcome, OUTCOME_LOCAL_SETTINGS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kind_is_found_by_the_scheme_of_its_url),
        cmocka_unit_test(a_check_that_gets_no_answer_ends_when_its_time_is_over),
        cmocka_unit_test(a_check_that_is_stopped_ends_at_once_as_cancelled),
        cmocka_unit_test(a_url_nobody_knows_is_our_own_fault),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
