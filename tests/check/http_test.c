/* What a check asks, of whom, and what it makes of the answer. */
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
#include "support/ports.h"
#include "support/server.h"

static struct server *server;

static int setup(void **state)
{
    asking_setup(state);
    server = server_start(NULL);
    return server ? 0 : -1;
}

static int teardown(void **state)
{
    server_stop(server);
    return asking_teardown(state);
}

/* By the runner alone, where requests are counted. */
static struct result once(const char *path, struct options *o, enum method method)
{
    char url[SERVER_URL_SIZE];
    struct result r = ask_runner(server_url(server, path, url), o, method);

    assert_result_is_sane(&r);
    return r;
}

static struct result plain(const char *path)
{
    struct options o = asking_options();

    return once(path, &o, METHOD_HEAD);
}

static void set(char **text, const char *value)
{
    *text = strdup(value);
}

/* --- HEAD and GET ------------------------------------------------------------------------------------------------- */

static void a_good_site_is_asked_one_head_and_nothing_else(void **state)
{
    struct result r = plain("/good-head");

    (void)state;
    assert_int_equal(r.outcome, OUTCOME_STATUS); /* the path is unknown: HEAD, then GET */
    server_forget(server);
    r = plain("/ok");
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_int_equal(r.method, METHOD_HEAD);
    assert_false(r.head_failed);
    assert_int_equal(server_hits(server, "HEAD", "/ok"), 1);
    assert_int_equal(server_hits(server, NULL, NULL), 1);
}

static void bad_news_of_head_is_confirmed_with_get_at_once(void **state)
{
    struct result r;

    (void)state;
    server_forget(server);
    r = plain("/split/405/200");
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.method, METHOD_GET);
    assert_true(r.head_failed);
    assert_int_equal(server_hits(server, "HEAD", NULL), 1);
    assert_int_equal(server_hits(server, "GET", NULL), 1);

    r = plain("/split/404/503");
    assert_int_equal(r.outcome, OUTCOME_STATUS);
    assert_int_equal(r.status, 503);
}

static void a_wanted_404_is_good_with_head_alone(void **state)
{
    struct options o = asking_options();
    struct result r;

    (void)state;
    server_forget(server);
    assert_int_equal(status_set_parse(&o.expect_status, "404", NULL), ERR_OK);
    r = once("/status/404", &o, METHOD_HEAD);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_int_equal(server_hits(server, "GET", NULL), 0);
}

static void an_unwanted_200_is_a_failure(void **state)
{
    struct options o = asking_options();
    struct result r;

    (void)state;
    assert_int_equal(status_set_parse(&o.expect_status, "201-299", NULL), ERR_OK);
    r = once("/ok", &o, METHOD_HEAD);
    assert_int_equal(r.outcome, OUTCOME_STATUS);
    assert_int_equal(r.status, 200);
}

static void a_head_that_is_cut_is_asked_again_with_get(void **state)
{
    struct result r;

    (void)state;
    server_route(server, "/cuts-head", FOR("HEAD"), CLOSE, FOR("GET"), ANSWER(200, NULL, "ok\n"));
    r = plain("/cuts-head");
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_true(r.head_failed);
}

static void a_job_that_begins_with_get_asks_no_head(void **state)
{
    struct options o = asking_options();

    (void)state;
    server_forget(server);
    assert_int_equal(once("/ok", &o, METHOD_GET).outcome, OUTCOME_OK);
    assert_int_equal(server_hits(server, "HEAD", NULL), 0);
    assert_int_equal(server_hits(server, "GET", NULL), 1);
}

static void one_timeout_covers_head_get_and_redirects_together(void **state)
{
    struct options o = asking_options();
    struct result r;

    (void)state;
    o.timeout_ms = 600;
    server_route(server, "/slow-twice", FOR("HEAD"), DELAY(400), ANSWER(405, NULL, ""), FOR("GET"), DELAY(400),
                 ANSWER(200, NULL, ""));
    r = once("/slow-twice", &o, METHOD_HEAD);
    assert_int_equal(r.outcome, OUTCOME_WAIT_TIMEOUT);
    assert_true(r.took_ns >= 598 * NS_PER_MS); /* libcurl counts in whole milliseconds */
    assert_int_equal(r.method, METHOD_GET);
}

/* --- what is sent ------------------------------------------------------------------------------------------------- */

static void assert_last_request(const char *path, const char *has, bool wanted)
{
    char *text = server_last_request(server, path);

    assert_non_null(text);
    if ((strstr(text, has) != NULL) != wanted)
        fail_msg("'%s' is %s in:\n%s", has, wanted ? "not" : "still", text);
    free(text);
}

static void the_sites_headers_user_agent_and_sign_in_are_sent(void **state)
{
    struct options o = asking_options();

    (void)state;
    strings_add(&o.headers, "X-Probe: 1");
    set(&o.user_agent, "squirrel/9");
    set(&o.user, "probe");
    set(&o.password, "geheim");
    assert_int_equal(once("/auth/probe/geheim", &o, METHOD_HEAD).outcome, OUTCOME_OK);
    assert_last_request(NULL, "X-Probe: 1\r\n", true);
    assert_last_request(NULL, "User-Agent: squirrel/9\r\n", true);
}

static void a_handle_used_again_forgets_what_the_last_site_wanted(void **state)
{
    struct options *o[3];
    struct options one = asking_options(), two = asking_options(), three = asking_options();
    struct check_runner *runner;
    size_t i;

    (void)state;
    o[0] = &one, o[1] = &two, o[2] = &three;
    strings_add(&one.headers, "X-Probe: 1");
    set(&one.user, "probe");
    set(&one.expect_body, "ok");
    assert_int_equal(check_runner_open(&runner, NULL), ERR_OK);
    for (i = 0; i < 3; i++) {
        const struct options *shared = options_share(o[i]);
        char url[SERVER_URL_SIZE];
        struct site *site = site_new("x", server_url(server, "/ok", url), shared);
        struct job job = { .id = i, .attempt = 1, .method = METHOD_HEAD, .site = site };
        struct result r;

        check_run(runner, &job, &r);
        assert_int_equal(r.outcome, OUTCOME_OK);
        assert_int_equal(r.method, i ? METHOD_HEAD : METHOD_GET);
        assert_last_request("/ok", "X-Probe", i == 0);
        assert_last_request("/ok", "Authorization", i == 0);
        site_unref(site);
        options_unref(shared);
    }
    check_runner_close(runner);
}

static void the_environments_proxy_is_ignored_unless_asked_for(void **state)
{
    struct options o = asking_options();
    char proxy[64];

    (void)state;
    snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", port_refused());
    setenv("http_proxy", proxy, 1);
    assert_int_equal(plain("/ok").outcome, OUTCOME_OK);
    o.proxy = PROXY_ENV;
    assert_int_equal(once("/ok", &o, METHOD_HEAD).outcome, OUTCOME_REFUSED);
    unsetenv("http_proxy");
}

static void a_proxy_of_the_sites_own_is_asked(void **state)
{
    struct server *proxy = server_start(NULL);
    struct options o = asking_options();
    char url[SERVER_URL_SIZE], *text;

    (void)state;
    server_route(proxy, "*", ANSWER(200, NULL, ""));
    o.proxy = PROXY_URL;
    set(&o.proxy_url, server_url(proxy, "/", url));
    assert_int_equal(ask_runner("http://site.invalid/x", &o, METHOD_HEAD).outcome, OUTCOME_OK);
    text = server_last_request(proxy, NULL);
    assert_non_null(text);
    assert_non_null(strstr(text, "HEAD http://site.invalid/x HTTP/1.1\r\n"));
    free(text);
    server_stop(proxy);
}

/* --- redirects ---------------------------------------------------------------------------------------------------- */

static void redirects_are_followed_ten_times(void **state)
{
    (void)state;
    assert_int_equal(plain("/redirect/10").outcome, OUTCOME_OK);
    assert_int_equal(plain("/redirect/11").outcome, OUTCOME_REDIRECT_MANY);
}

static void a_loop_is_told_at_once(void **state)
{
    (void)state;
    server_forget(server);
    assert_int_equal(plain("/loop").outcome, OUTCOME_REDIRECT_LOOP);
    assert_true(server_hits(server, NULL, NULL) <= 6); /* HEAD round, then GET round */
}

static void a_redirect_is_an_answer_when_it_is_not_to_be_followed(void **state)
{
    struct options o = asking_options();
    struct result r;

    (void)state;
    o.follow_redirects = false;
    r = once("/redirect/1", &o, METHOD_HEAD);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_int_equal(r.status, 302);
}

static void secrets_stay_with_the_origin_they_were_written_for(void **state)
{
    struct server *other = server_start(NULL);
    char target[SERVER_URL_SIZE], path[2 * SERVER_URL_SIZE];
    struct options o = asking_options();
    char *text;

    (void)state;
    strings_add(&o.headers, "X-Secret: hush");
    set(&o.user, "probe");
    set(&o.password, "geheim");
    snprintf(path, sizeof(path), "/goto/%s", server_url(other, "/ok", target));
    assert_int_equal(once(path, &o, METHOD_HEAD).outcome, OUTCOME_OK);
    assert_last_request(NULL, "X-Secret", true);
    text = server_last_request(other, "/ok");
    assert_non_null(text);
    assert_null(strstr(text, "X-Secret"));
    assert_null(strstr(text, "Authorization"));
    free(text);

    o = asking_options();
    strings_add(&o.headers, "X-Secret: hush");
    assert_int_equal(once("/redirect/2", &o, METHOD_HEAD).outcome, OUTCOME_OK);
    assert_last_request(NULL, "X-Secret", true); /* the same origin: kept */
    server_stop(other);
}

static void phases_belong_to_the_last_request_and_latency_to_all(void **state)
{
    struct options o = asking_options();
    struct result r;

    (void)state;
    server_route(server, "/slow-hop", DELAY(150), REDIRECT(302, "/ok"));
    r = once("/slow-hop", &o, METHOD_HEAD);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_true(r.took_ns >= 150 * NS_PER_MS);
    assert_true(r.request_ns <= r.took_ns - 140 * NS_PER_MS);
}

/* --- bodies ------------------------------------------------------------------------------------------------------- */

static void expectations_on_the_body_ask_with_get(void **state)
{
    static const struct { const char *body, *expect, *regex, *reject; enum outcome outcome; } rows[] = {
        { "Welcome to the shop", "Welcome", NULL, NULL, OUTCOME_OK },
        { "Welcome to the shop", "Goodbye", NULL, NULL, OUTCOME_BODY_MISSING },
        { "version v42 here", NULL, "v[0-9]+", NULL, OUTCOME_OK },
        { "version vv here", NULL, "v[0-9]+", NULL, OUTCOME_BODY_NO_MATCH },
        { "all fine", NULL, NULL, "Fatal error", OUTCOME_OK },
        { "a Fatal error came", NULL, NULL, "Fatal error", OUTCOME_BODY_REJECTED },
        { "Welcome; Fatal error", "Welcome", NULL, "Fatal error", OUTCOME_BODY_REJECTED },
        { "", "x", NULL, NULL, OUTCOME_BODY_MISSING },
        { "", NULL, NULL, "x", OUTCOME_OK },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct options o = asking_options();
        struct result r;

        server_route(server, "/body", ANSWER(200, NULL, rows[i].body));
        if (rows[i].expect)
            set(&o.expect_body, rows[i].expect);
        if (rows[i].regex)
            set(&o.expect_body_regex, rows[i].regex);
        if (rows[i].reject)
            set(&o.reject_body, rows[i].reject);
        r = once("/body", &o, METHOD_HEAD);
        if (r.outcome != rows[i].outcome)
            fail_msg("row %zu: %s", i, outcome_name(r.outcome));
        assert_int_equal(r.method, METHOD_GET);
    }
}

static void text_that_comes_in_pieces_is_found(void **state)
{
    struct options o = asking_options();

    (void)state;
    server_route(server, "/pieces", SEND("HTTP/1.1 200 OK\r\n\r\n"), DRIP("needle in a haystack", 1, 1));
    set(&o.expect_body, "needle in a haystack");
    assert_int_equal(once("/pieces", &o, METHOD_HEAD).outcome, OUTCOME_OK);
}

static void text_beyond_the_limit_is_not_found(void **state)
{
    struct options o = asking_options();
    struct result r;

    (void)state;
    server_route(server, "/long", SEND("HTTP/1.1 200 OK\r\n\r\n"), FILL(5000), SEND("needle"));
    set(&o.expect_body, "needle");
    o.body_limit = 5000;
    r = once("/long", &o, METHOD_HEAD);
    assert_int_equal(r.outcome, OUTCOME_BODY_MISSING);
    assert_non_null(strstr(r.detail, "body_limit"));

    o = asking_options();
    set(&o.expect_body, "needle");
    o.body_limit = 5006;
    assert_int_equal(once("/long", &o, METHOD_HEAD).outcome, OUTCOME_OK);
}

static void found_text_ends_an_endless_body(void **state)
{
    struct options o = asking_options();

    (void)state;
    server_route(server, "/endless", SEND("HTTP/1.1 200 OK\r\n\r\nWelcome"), REPEAT(" and on", FOREVER));
    set(&o.expect_body, "Welcome");
    o.body_limit = INT64_C(1) << 40;
    assert_int_equal(once("/endless", &o, METHOD_HEAD).outcome, OUTCOME_OK);
}

static void a_bad_status_is_not_read_to_the_end_of_its_body(void **state)
{
    struct result r;

    (void)state;
    server_route(server, "/endless-503", SEND("HTTP/1.1 503 Busy\r\n\r\n"), REPEAT("on and on ", FOREVER));
    r = plain("/endless-503");
    assert_int_equal(r.outcome, OUTCOME_STATUS);
    assert_int_equal(r.status, 503);
}

/* --- what people read --------------------------------------------------------------------------------------------- */

static void the_message_names_what_happened(void **state)
{
    char text[RESULT_MESSAGE_SIZE];
    struct result r;

    (void)state;
    r = plain("/status/502");
    assert_string_equal(result_message(text, &r), "HTTP 502 Bad Gateway");
    r = plain("/fault/wall-cloudflare");
    assert_string_equal(result_message(text, &r), "blocked by a bot wall: Cloudflare answers 403");
    r = plain("/fault/redirect-ftp");
    assert_string_equal(result_message(text, &r), "redirect to a forbidden scheme: ftp://127.0.0.1/x");
    r = plain("/fault/hostile-reason");
    assert_true(strlen(r.detail) > 0);
    assert_null(strchr(r.detail, '\033'));
}

static void a_redirect_never_leads_to_another_kind_of_check(void **state)
{
    static const char *const targets[] = { "tcp://127.0.0.1:1", "exec:///bin/true", "smtp://127.0.0.1:25/", "dns:///example.org",
                                           "icmp://127.0.0.1", "tls://127.0.0.1:443", "file:///etc/passwd" };
    char location[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        snprintf(location, sizeof(location), "Location: %s\r\n", targets[i]);
        server_route(server, "/elsewhere", ANSWER(302, location, ""));
        assert_int_equal(plain("/elsewhere").outcome, OUTCOME_REDIRECT_SCHEME);
    }
}

static void a_password_in_a_redirect_is_not_shown(void **state)
{
    struct result r;

    (void)state;
    server_route(server, "/leak", REDIRECT(302, "ftp://joe:sesame@127.0.0.1/x"));
    r = plain("/leak");
    assert_null(strstr(r.detail, "sesame"));
    assert_non_null(strstr(r.detail, "***"));
}

static void a_time_out_tells_how_far_it_came(void **state)
{
    struct options o = asking_options();
    struct result r;

    (void)state;
    o.timeout_ms = 200;
    r = once("/hang", &o, METHOD_HEAD);
    assert_int_equal(r.outcome, OUTCOME_WAIT_TIMEOUT);
    assert_true(r.phase_ns[PHASE_CONNECT] >= 0);
    assert_int_equal(r.phase_ns[PHASE_FIRST_BYTE], PHASE_NOT_REACHED);
    assert_true(r.took_ns >= 198 * NS_PER_MS);
}

static void an_ipv6_site_is_checked_by_ipv6(void **state)
{
    struct server *six = server_start(&(struct server_options){ .address = "::1" });
    struct options o = asking_options();
    char url[SERVER_URL_SIZE];
    struct result r;

    (void)state;
    if (!six)
        skip();
    r = ask(server_url(six, "/ok", url), &o, METHOD_HEAD);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_string_equal(r.address, "::1");
    options_release(&o);
    server_stop(six);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_site_is_asked_one_head_and_nothing_else),
        cmocka_unit_test(bad_news_of_head_is_confirmed_with_get_at_once),
        cmocka_unit_test(a_wanted_404_is_good_with_head_alone),
        cmocka_unit_test(an_unwanted_200_is_a_failure),
        cmocka_unit_test(a_head_that_is_cut_is_asked_again_with_get),
        cmocka_unit_test(a_job_that_begins_with_get_asks_no_head),
        cmocka_unit_test(one_timeout_covers_head_get_and_redirects_together),
        cmocka_unit_test(the_sites_headers_user_agent_and_sign_in_are_sent),
        cmocka_unit_test(a_handle_used_again_forgets_what_the_last_site_wanted),
        cmocka_unit_test(the_environments_proxy_is_ignored_unless_asked_for),
        cmocka_unit_test(a_proxy_of_the_sites_own_is_asked),
        cmocka_unit_test(redirects_are_followed_ten_times),
        cmocka_unit_test(a_loop_is_told_at_once),
        cmocka_unit_test(a_redirect_is_an_answer_when_it_is_not_to_be_followed),
        cmocka_unit_test(secrets_stay_with_the_origin_they_were_written_for),
        cmocka_unit_test(phases_belong_to_the_last_request_and_latency_to_all),
        cmocka_unit_test(expectations_on_the_body_ask_with_get),
        cmocka_unit_test(text_that_comes_in_pieces_is_found),
        cmocka_unit_test(text_beyond_the_limit_is_not_found),
        cmocka_unit_test(found_text_ends_an_endless_body),
        cmocka_unit_test(a_bad_status_is_not_read_to_the_end_of_its_body),
        cmocka_unit_test(the_message_names_what_happened),
        cmocka_unit_test(a_redirect_never_leads_to_another_kind_of_check),
        cmocka_unit_test(a_password_in_a_redirect_is_not_shown),
        cmocka_unit_test(a_time_out_tells_how_far_it_came),
        cmocka_unit_test(an_ipv6_site_is_checked_by_ipv6),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
