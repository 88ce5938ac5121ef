/* The server: answers from the table as it is, refuses what it must, and a client that dawdles delays nobody. */
#include "web/web.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "support/client.h"
#include "support/tests.h"
#include "town.h"

struct served {
    struct town town;
    struct web *web;
    CURL *client;
    struct strbuf body;
};

static size_t take(char *bytes, size_t size, size_t n, void *context)
{
    strbuf_add(context, bytes, size * n);
    return size * n;
}

static int set_up(void **state)
{
    struct served *s = calloc(1, sizeof(*s));
    struct errmsg why;

    town_build(&s->town);
    s->body = (struct strbuf)STRBUF_INIT;
    s->client = curl_easy_init();
    curl_easy_setopt(s->client, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(s->client, CURLOPT_WRITEDATA, &s->body);
    *state = s;
    return web_open(&s->web, s->town.t, &(struct web_options){ .listen = "127.0.0.1:0" }, &why);
}

static int tear_down(void **state)
{
    struct served *s = *state;

    curl_easy_cleanup(s->client);
    strbuf_release(&s->body);
    web_close(s->web);
    town_release(&s->town);
    free(s);
    return 0;
}

static long get(struct served *s, const char *path)
{
    char url[256];
    long status = 0;

    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", web_port(s->web), path);
    curl_easy_setopt(s->client, CURLOPT_URL, url);
    strbuf_reset(&s->body);
    assert_int_equal(curl_easy_perform(s->client), CURLE_OK);
    curl_easy_getinfo(s->client, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static long get_as(struct served *s, const char *path, const char *header)
{
    struct curl_slist *list = curl_slist_append(NULL, header);
    long status;

    curl_easy_setopt(s->client, CURLOPT_HTTPHEADER, list);
    status = get(s, path);
    curl_easy_setopt(s->client, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(list);
    return status;
}

static void each_address_answers(void **state)
{
    static const struct {
        const char *path;
        long status;
        const char *said;
    } rows[] = {
        { "/", 200, "1 of 6 sites is down" },
        { "/metrics", 200, "probe_success" },
        { "/api/status", 200, "\"sites\":[" },
        { "/probe?target=shop", 200, "probe_success 1\n" },
        { "/probe?target=http%3A%2F%2Fapi.example.org%2Fv1", 200, "probe_success 0\n" },
        { "/probe?target=http%3A%2F%2F169.254.169.254%2F", 404, "no site" },
        { "/probe", 400, "say what" },
        { "/api/incidents", 503, "no history" },
        { "/api/incidents?since=yesterday", 400, "?since=30d" },
        { "/badge.svg", 200, "1 down" },
        { "/badge/api.svg", 200, "api: down" },
        { "/badge/%3Cscript%3Ealert(%221%22)%3C%2Fscript%3E%5C%20%26%20%27x%27.svg", 200, "up" },
        { "/badge/nobody.svg", 404, "no site" },
        { "/badge/api", 404, "" },
        { "/badge", 404, "" },
        { "/-/healthy", 200, "well" },
        { "/nothing", 404, "/metrics" },
        { "/../etc/passwd", 404, "" },
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(get(*state, rows[i].path), rows[i].status);
        assert_non_null(strstr(((struct served *)*state)->body.text, rows[i].said));
    }
}

static void what_changes_in_the_table_is_told_next(void **state)
{
    struct served *s = *state;

    get(s, "/api/status");
    town_publish(&s->town, 1, OUTCOME_OK, 200);
    do
        get(s, "/badge/api.svg"); /* an answer may be a fifth of a second old */
    while (!strstr(s->body.text, "api: up"));
}

/* --- reports of jobs ---------------------------------------------------------------------------------------------- */

struct reported {
    uint32_t site_id;
    int good, bad;
};

static enum err note_report(void *context, uint32_t site_id, uint32_t generation, bool good)
{
    struct reported *r = context;

    (void)generation;
    r->site_id = site_id;
    r->good += good;
    r->bad += !good;
    return r->good > 1 ? ERR_FULL : ERR_OK;
}

static void only_jobs_that_are_waited_for_may_report_and_those_with_a_password_sign_in(void **state)
{
    static char password[] = "opensesame", user[] = "backup";
    struct served *s = *state;
    struct reported reported = { 0 };
    const struct options *shared;
    struct web *other = s->web;
    const struct site *site;
    uint32_t id, generation;
    struct errmsg why;
    struct options o;

    town_add(&s->town, "nightly", "heartbeat:///nightly");
    options_init(&o);
    o.password = strdup(password);
    o.user = strdup(user);
    shared = options_share(&o);
    site = site_new("guarded", "heartbeat:///guarded", shared);
    status_add(s->town.t, site, false, &id, &generation);
    site_unref(site);
    options_unref(shared);
    assert_int_equal(web_open(&s->web, s->town.t, &(struct web_options){ .listen = "127.0.0.1:0", .report = note_report,
                                                                         .context = &reported }, &why), ERR_OK);
    web_close(other);
    assert_int_equal(get(s, "/report/nobody"), 404);
    assert_int_equal(get(s, "/report/shop"), 404);
    assert_int_equal(get(s, "/report"), 404);
    curl_easy_setopt(s->client, CURLOPT_NOBODY, 1L);
    assert_int_equal(get(s, "/report/nightly"), 405);
    assert_int_equal(reported.good, 0);
    curl_easy_setopt(s->client, CURLOPT_HTTPGET, 1L);
    assert_int_equal(get_as(s, "/report/nightly", "Sec-Fetch-Site: cross-site"), 403);
    assert_int_equal(get_as(s, "/report/nightly", "Origin: null"), 403);
    assert_int_equal(reported.good, 0);
    assert_int_equal(get(s, "/report/nightly"), 200);
    assert_int_equal(reported.site_id, s->town.id[s->town.n - 1]);
    assert_int_equal(get(s, "/report/nightly/fail"), 200);
    assert_int_equal(reported.bad, 1);
    assert_int_equal(get(s, "/report/guarded"), 401);
    curl_easy_setopt(s->client, CURLOPT_USERPWD, "backup:wrong");
    assert_int_equal(get(s, "/report/guarded"), 401);
    assert_int_equal(reported.good, 1);
    curl_easy_setopt(s->client, CURLOPT_USERPWD, "backup:opensesame");
    curl_easy_setopt(s->client, CURLOPT_POSTFIELDS, "what it had to say");
    assert_int_equal(get(s, "/report/guarded"), 503); /* too many at once */
    assert_int_equal(reported.site_id, id);
}

static void what_is_not_get_or_head_is_refused(void **state)
{
    struct served *s = *state;

    curl_easy_setopt(s->client, CURLOPT_POSTFIELDS, "a=b");
    assert_int_equal(get(s, "/"), 405);
}

static void a_list_of_thousands_comes_whole_and_in_pieces(void **state)
{
    struct served *s = *state;
    uint32_t id, generation;
    char name[32], url[64];
    size_t lines = 0;
    const char *at;
    int i;

    for (i = 0; i < 5000; i++) {
        const struct options *shared;
        const struct site *site;
        struct options o;

        options_init(&o);
        shared = options_share(&o);
        snprintf(name, sizeof(name), "site%d", i);
        snprintf(url, sizeof(url), "http://192.0.2.1/%d", i);
        site = site_new(name, url, shared);
        assert_int_equal(status_add(s->town.t, site, false, &id, &generation), ERR_OK);
        site_unref(site);
        options_unref(shared);
    }
    do
        get(s, "/metrics");
    while (!strstr(s->body.text, "uptimesquirrel_sites{state=\"new\"} 5001"));
    for (at = s->body.text; (at = strstr(at, "\nuptimesquirrel_site_state{")); at++)
        lines++;
    assert_int_equal(lines, 5006);
    assert_int_equal(get(s, "/"), 200);
    assert_non_null(strstr(s->body.text, "more sites"));
}

static void one_who_sends_half_a_request_delays_nobody(void **state)
{
    struct served *s = *state;
    int half[8], i;

    for (i = 0; i < 8; i++) {
        half[i] = client_connect(NULL, web_port(s->web));
        assert_true(half[i] >= 0);
        assert_true(client_send(half[i], "GET / HTTP/1.1\r\nHo"));
    }
    assert_int_equal(get(s, "/metrics"), 200);
    for (i = 0; i < 8; i++)
        close(half[i]);
}

/* More than there may be connections, and all of one make: some with half a request, some with a body that never comes. */
static void a_crowd_that_never_asks_keeps_nobody_out(void **state)
{
    static const char *const begun[] = { "", "GET / HTTP/1.1\r\nHo", "POST /report/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n" };
    struct served *s = *state;
    int fd[3 * 128], i;

    for (i = 0; i < 3 * 128; i++) {
        fd[i] = client_connect(NULL, web_port(s->web));
        assert_true(fd[i] >= 0);
        client_send(fd[i], begun[i % 3]);
        if (i % 64 == 63) {
            curl_easy_setopt(s->client, CURLOPT_FRESH_CONNECT, 1L);
            assert_int_equal(get(s, "/-/healthy"), 200);
        }
    }
    for (i = 0; i < 3 * 128; i++)
        close(fd[i]);
}

static void a_name_that_is_not_ours_is_refused(void **state)
{
    static char status[] = "status.example.org";
    static char *items[] = { status };
    const struct strings hosts = { 1, items };
    struct served *s = *state;
    struct errmsg why;

    assert_int_equal(get_as(s, "/api/status", "Host: evil.example.net"), 421);
    assert_null(strstr(s->body.text, "shop"));
    assert_non_null(strstr(s->body.text, "'hosts'"));
    assert_int_equal(get_as(s, "/", "Host: localhost:1234"), 200);
    assert_int_equal(get_as(s, "/", "Host: status.example.org"), 421);
    web_close(s->web);
    assert_int_equal(web_open(&s->web, s->town.t, &(struct web_options){ .listen = "127.0.0.1:0", .hosts = &hosts }, &why), ERR_OK);
    assert_int_equal(get_as(s, "/", "Host: status.example.org"), 200);
    assert_int_equal(get_as(s, "/", "Host: evil.example.net"), 421);
    web_close(s->web);
    assert_int_equal(web_open(&s->web, s->town.t, &(struct web_options){ .listen = "0.0.0.0:0" }, &why), ERR_OK);
    assert_int_equal(get_as(s, "/", "Host: anybody.example.net"), 200);
}

/* --- a history that can not be read -------------------------------------------------------------------------------- */

static int told;

static void count_line(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)line;
    told += level <= LEVEL_WARNING;
}

static void a_history_that_can_not_be_read_is_told_once(void **state)
{
    struct served *s = *state;
    struct errmsg why;
    int i;

    web_close(s->web);
    assert_int_equal(web_open(&s->web, s->town.t, &(struct web_options){ .listen = "127.0.0.1:0", .database = "/nonexistent/uptime.db" },
                              &why), ERR_OK);
    log_open(LEVEL_WARNING, count_line, NULL);
    for (i = 0; i < 20; i++)
        assert_int_equal(get(s, "/api/incidents"), 503);
    log_open(LEVEL_WARNING, NULL, NULL);
    assert_int_equal(told, 1);
}

static void headers_without_end_are_refused(void **state)
{
    struct served *s = *state;
    struct strbuf request = STRBUF_INIT, reply = STRBUF_INIT;
    int i;

    strbuf_adds(&request, "GET / HTTP/1.1\r\n");
    for (i = 0; i < 3000; i++)
        strbuf_addf(&request, "X-%d: aaaaaaaaaaaaaaaaaaaa\r\n", i);
    client_ask(web_port(s->web), request.text, &reply, 12);
    assert_true(!reply.length || strstr(reply.text, " 431") || strstr(reply.text, " 4"));
    assert_int_equal(get(s, "/-/healthy"), 200);
    strbuf_release(&request);
    strbuf_release(&reply);
}

static void an_address_that_is_taken_is_told(void **state)
{
    struct served *s = *state;
    struct errmsg why;
    struct web *second;
    char listen[32];

    snprintf(listen, sizeof(listen), "127.0.0.1:%d", web_port(s->web));
    assert_int_equal(web_open(&second, s->town.t, &(struct web_options){ .listen = listen }, &why), ERR_BUSY);
    assert_non_null(strstr(why.text, listen));
    assert_non_null(strstr(why.text, "in use"));
}

static void it_listens_on_ipv6_as_well(void **state)
{
    struct served *s = *state;
    struct errmsg why;
    struct web *second;

    assert_int_equal(web_open(&second, s->town.t, &(struct web_options){ .listen = "[::1]:0" }, &why), ERR_OK);
    assert_true(web_port(second) > 0);
    web_close(second);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(each_address_answers),
        TEST(what_changes_in_the_table_is_told_next),
        TEST(only_jobs_that_are_waited_for_may_report_and_those_with_a_password_sign_in),
        TEST(what_is_not_get_or_head_is_refused),
        TEST(a_list_of_thousands_comes_whole_and_in_pieces),
        TEST(one_who_sends_half_a_request_delays_nobody),
        TEST(a_crowd_that_never_asks_keeps_nobody_out),
        TEST(a_name_that_is_not_ours_is_refused),
        TEST(a_history_that_can_not_be_read_is_told_once),
        TEST(headers_without_end_are_refused),
        TEST(an_address_that_is_taken_is_told),
        TEST(it_listens_on_ipv6_as_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
