/* Targets that are no sites, checked on request: real checks of a real server, asked for by real connections. */
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "check/check.h"
#include "probing.h"
#include "support/client.h"
#include "support/ports.h"
#include "support/server.h"
#include "support/tests.h"
#include "town.h"

static struct server *server;
static struct town town;
static struct web *web;
static struct strbuf reply;
static const struct options *defaults;

static void open_web(const struct options *probe)
{
    struct errmsg why;

    if (web_open(&web, town.t, &(struct web_options){ .listen = "127.0.0.1:0", .probe = probe }, &why) != ERR_OK)
        fail_msg("%s", why.text);
}

static int set_up(void **state)
{
    struct options o;

    (void)state;
    town_build(&town);
    server_forget(server);
    reply = (struct strbuf)STRBUF_INIT;
    options_init(&o);
    o.user = strdup("probe");
    o.password = strdup("opensesame");
    strings_add(&o.headers, "X-Secret: geheim");
    defaults = options_share(&o);
    open_web(defaults);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    web_close(web);
    options_unref(defaults);
    strbuf_release(&reply);
    town_release(&town);
    return 0;
}

/* Asks, and waits for no answer. */
static int begin(const char *target, const char *headers)
{
    int fd = client_connect(NULL, web_port(web));
    struct strbuf request = STRBUF_INIT;

    assert_true(fd >= 0);
    strbuf_addf(&request, "GET /probe?module=http_2xx&target=%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", target, headers);
    assert_true(client_send(fd, request.text));
    strbuf_release(&request);
    return fd;
}

/* The status of its answer, which stays in reply. */
static int end(int fd)
{
    int status = 0;

    strbuf_reset(&reply);
    client_receive(fd, &reply, 0);
    close(fd);
    sscanf(reply.text, "HTTP/1.1 %d", &status);
    return status;
}

static int probe(const char *target)
{
    return end(begin(target, ""));
}

static const char *at_server(const char *path)
{
    static char url[SERVER_URL_SIZE];

    return server_url(server, path, url);
}

static void a_target_that_is_no_site_is_checked_now(void **state)
{
    char refused[64];
    char *request;

    (void)state;
    assert_int_equal(probe(at_server("/ok")), 200);
    assert_non_null(strstr(reply.text, "\nprobe_success 1\n"));
    assert_non_null(strstr(reply.text, "\nprobe_http_status_code 200\n"));
    assert_non_null(strstr(reply.text, "\nprobe_ip_protocol 4\n"));
    assert_non_null(strstr(reply.text, "probe_http_duration_seconds{phase=\"connect\"} "));
    assert_int_equal(server_hits(server, NULL, "/ok"), 1);
    request = server_last_request(server, "/ok");
    assert_null(strstr(request, "geheim")); /* what sites send is not for strangers */
    assert_null(strcasestr(request, "authorization"));
    free(request);

    assert_int_equal(probe(at_server("/status/500")), 200);
    assert_non_null(strstr(reply.text, "\nprobe_success 0\n"));
    assert_non_null(strstr(reply.text, "\nprobe_http_status_code 500\n"));
    assert_int_equal(probe(at_server("/fault/head-405")), 200);
    assert_non_null(strstr(reply.text, "\nprobe_success 1\n"));
    snprintf(refused, sizeof(refused), "tcp://127.0.0.1:%d", port_refused());
    assert_int_equal(probe(refused), 200);
    assert_non_null(strstr(reply.text, "\nprobe_success 0\n"));
    assert_null(strstr(reply.text, "\nprobe_http_status_code"));
    assert_int_equal(probe(at_server("/ok") + strlen("http://")), 200); /* as blackbox_exporter has it */
    assert_non_null(strstr(reply.text, "\nprobe_success 1\n"));
}

static void what_defaults_expect_is_expected_of_targets_too(void **state)
{
    const struct options *expecting;
    struct options o;

    (void)state;
    options_init(&o);
    o.expect_body = strdup("Welcome");
    expecting = options_share(&o);
    web_close(web);
    open_web(expecting);
    options_unref(expecting);
    assert_int_equal(probe(at_server("/ok")), 200);
    assert_non_null(strstr(reply.text, "\nprobe_success 0\n"));
    assert_non_null(strstr(reply.text, "\nprobe_failed_due_to_regex 1\n"));
    assert_int_equal(probe(at_server("/status/404")), 200);
    assert_non_null(strstr(reply.text, "\nprobe_failed_due_to_regex 0\n"));
}

static void what_is_no_target_is_refused(void **state)
{
    static const char *const rows[] = { "exec:///bin/sh", "EXEC:///bin/sh", "heartbeat:///nightly", "file:///etc/passwd", "gopher://127.0.0.1:70/",
                                        "http://", "http://a%20b/", "http://%0d%0aX/", "ftp://127.0.0.1/" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (probe(rows[i]) != 400)
            fail_msg("%s: %s", rows[i], reply.text);
}

static void a_known_site_answers_from_its_state(void **state)
{
    (void)state;
    assert_int_equal(probe("http://api.example.org/v1"), 200);
    assert_non_null(strstr(reply.text, "\nprobe_http_status_code 502\n"));
    assert_int_equal(probe("API.example.org/v1"), 200);
    assert_non_null(strstr(reply.text, "\nprobe_http_status_code 502\n"));
    assert_int_equal(probe("new"), 503); /* never checked, so neither good nor bad */
    assert_int_equal(probe("ours"), 503);
    assert_int_equal(probe("asleep"), 503);
    assert_null(strstr(reply.text, "probe_success"));
}

static void a_scraper_hears_of_a_timeout_before_its_own(void **state)
{
    int64_t begun_ns = clock_mono_ns();

    (void)state;
    assert_int_equal(end(begin(at_server("/hang"), "X-Prometheus-Scrape-Timeout-Seconds: 0.75\r\n")), 200);
    assert_non_null(strstr(reply.text, "\nprobe_success 0\n"));
    assert_true(clock_mono_ns() - begun_ns >= 250 * NS_PER_MS);
    assert_int_equal(end(begin(at_server("/ok"), "X-Prometheus-Scrape-Timeout-Seconds: 1e9\r\n")), 200);
    assert_int_equal(end(begin(at_server("/ok"), "X-Prometheus-Scrape-Timeout-Seconds: nan\r\n")), 200);
    assert_int_equal(end(begin(at_server("/hang"), "X-Prometheus-Scrape-Timeout-Seconds: 0.001\r\n")), 200);
}

static void so_many_at_a_time_and_no_more(void **state)
{
    int fd[PROBING_MOST], i;

    (void)state;
    server_route(server, "/held", HOLD, ANSWER(200, NULL, "ok\n"));
    for (i = 0; i < PROBING_MOST; i++)
        fd[i] = begin(at_server("/held"), "");
    assert_true(server_wait_held(server, PROBING_MOST));
    assert_int_equal(probe(at_server("/ok")), 503);
    assert_non_null(strstr(reply.text, "too many"));
    assert_int_equal(probe("shop"), 200); /* who asks for a site does not wait */
    close(fd[0]);                         /* one does not wait for his answer */
    server_release(server);
    for (i = 1; i < PROBING_MOST; i++) {
        assert_int_equal(end(fd[i]), 200);
        assert_non_null(strstr(reply.text, "\nprobe_success 1\n"));
    }
    while (probe(at_server("/ok")) == 503)
        ; /* the place of him who left is free once that was noticed */
    assert_non_null(strstr(reply.text, "\nprobe_success 1\n"));
}

static void closing_ends_what_is_under_way(void **state)
{
    int fd[PROBING_MOST], i, round;

    (void)state;
    for (round = 0; round < 5; round++) {
        for (i = 0; i < PROBING_MOST; i++)
            fd[i] = begin(at_server("/hang"), "");
        if (round)
            assert_true(server_wait_hits(server, NULL, "/hang", (unsigned)round));
        web_close(web);
        for (i = 0; i < PROBING_MOST; i++) {
            int status = end(fd[i]);

            assert_true(status == 0 || status == 503);
        }
        open_web(defaults);
    }
}

static int warned;

static void count_line(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    warned += strstr(line, "probe_any") != NULL;
}

static void who_asks_through_a_proxy_is_not_of_this_machine(void **state)
{
    struct errmsg why;

    (void)state;
    assert_int_equal(end(begin(at_server("/ok"), "X-Forwarded-For: 192.0.2.7\r\n")), 404);
    assert_int_equal(end(begin(at_server("/ok"), "Forwarded: for=127.0.0.1\r\n")), 404);
    assert_int_equal(server_hits(server, NULL, NULL), 0);
    assert_int_equal(end(begin("shop", "Via: 1.1 proxy\r\n")), 200); /* sites are for everybody */
    web_close(web);
    log_open(LEVEL_WARNING, count_line, NULL);
    assert_int_equal(web_open(&web, town.t, &(struct web_options){ .listen = "127.0.0.1:0", .probe = defaults, .probe_for_all = true },
                              &why), ERR_OK);
    assert_int_equal(warned, 0);
    assert_int_equal(end(begin(at_server("/ok"), "Via: 1.1 proxy\r\n")), 200);
    web_close(web);
    assert_int_equal(web_open(&web, town.t, &(struct web_options){ .listen = "0.0.0.0:0", .probe = defaults, .probe_for_all = true },
                              &why), ERR_OK);
    log_open(LEVEL_WARNING, NULL, NULL);
    assert_int_equal(warned, 1);
}

static void nobody_has_others_checked_unless_told(void **state)
{
    (void)state;
    web_close(web);
    open_web(NULL);
    assert_int_equal(probe(at_server("/ok")), 404);
    assert_int_equal(server_hits(server, NULL, NULL), 0);
}

static void a_page_of_somebody_else_can_not_have_it_done(void **state)
{
    (void)state;
    assert_int_equal(end(begin(at_server("/ok"), "Sec-Fetch-Site: cross-site\r\n")), 403);
    assert_int_equal(end(begin(at_server("/ok"), "Origin: https://evil.example.net\r\n")), 403);
    assert_int_equal(server_hits(server, NULL, NULL), 0);
    assert_int_equal(end(begin(at_server("/ok"), "Sec-Fetch-Site: none\r\n")), 200); /* typed by its user */
}

static int group_set_up(void **state)
{
    (void)state;
    server = server_start(NULL);
    return check_open(NULL) || !server;
}

static int group_tear_down(void **state)
{
    (void)state;
    server_stop(server);
    check_close();
    return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_target_that_is_no_site_is_checked_now),
        TEST(what_defaults_expect_is_expected_of_targets_too),
        TEST(what_is_no_target_is_refused),
        TEST(a_known_site_answers_from_its_state),
        TEST(a_scraper_hears_of_a_timeout_before_its_own),
        TEST(so_many_at_a_time_and_no_more),
        TEST(closing_ends_what_is_under_way),
        TEST(who_asks_through_a_proxy_is_not_of_this_machine),
        TEST(nobody_has_others_checked_unless_told),
        TEST(a_page_of_somebody_else_can_not_have_it_done),
    };

    return cmocka_run_group_tests(tests, group_set_up, group_tear_down);
}
