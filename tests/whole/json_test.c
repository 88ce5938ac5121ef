/* `check --output json`: what scripts rely on, key by key. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "place.h"
#include "process.h"
#include "support/ports.h"
#include "support/tls.h"
#include "whole.h"

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* The objects of a run, one a line: read strictly, for the caller to json_decref(). */
static json_t *objects(const struct ran *r)
{
    json_t *list = json_array();
    const char *line = r->out, *end;

    assert_safe(r->out);
    assert_int_equal(strlen(r->out), r->out_length);
    for (; (end = strchr(line, '\n')); line = end + 1) {
        json_error_t why;
        json_t *o = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, &why);

        if (!json_is_object(o))
            fail_msg("%s in %.*s", why.text, (int)(end - line), line);
        json_array_append_new(list, o);
    }
    assert_int_equal(*line, '\0'); /* the last line has its end, too */
    return list;
}

static json_t *object(const json_t *list, size_t i)
{
    json_t *o = json_array_get(list, i);

    assert_non_null(o);
    return o;
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    if (!text)
        fail_msg("'%s' is no text", key);
    return text;
}

static double number_of(const json_t *o, const char *key)
{
    const json_t *value = json_object_get(o, key);

    if (!json_is_number(value))
        fail_msg("'%s' is no number", key);
    return json_number_value(value);
}

#define assert_null_at(o, key) assert_true(json_is_null(json_object_get(o, key)))

static json_t *phases_of(const json_t *o)
{
    return json_object_get(o, "phases");
}

/* --- form --------------------------------------------------------------------------------------------------------- */

static void assert_keys(json_t *o, const char *const *keys)
{
    const char *key;
    json_t *value;

    json_object_foreach(o, key, value)
        assert_string_equal(key, *keys++);
    assert_null(*keys);
}

static void assert_form(json_t *o)
{
    static const char *const keys[] = { "name", "url", "state", "status", "error", "message", "method", "latency_ms", "phases",
                                        "attempts", "address", "certificate_days_left", "checked_at", NULL };
    static const char *const phases[] = { "dns_ms", "connect_ms", "tls_ms", "first_byte_ms", "body_ms", "total_ms", NULL };
    double sum = 0, total;
    int i;

    assert_keys(o, keys);
    assert_keys(phases_of(o), phases);
    assert_true(*text_of(o, "name") && *text_of(o, "url") && *text_of(o, "state") && *text_of(o, "message"));
    if (!strcmp(text_of(o, "state"), "paused"))
        return;
    total = number_of(phases_of(o), "total_ms");
    for (i = 0; i < 5; i++) {
        const json_t *phase = json_object_get(phases_of(o), phases[i]);

        assert_true(json_is_null(phase) || json_number_value(phase) >= 0);
        sum += json_number_value(phase);
    }
    if (sum > total + 1e-6)
        fail_msg("phases are together %f, which is more than %f", sum, total);
    assert_true(number_of(o, "latency_ms") >= 0);
    assert_true(json_is_integer(json_object_get(o, "attempts")));
    assert_true(number_of(o, "attempts") >= 1);
    assert_int_equal(strlen(text_of(o, "checked_at")), strlen("2026-11-23T12:41:09.120Z"));
}

/* Runs it, reads it, looks at the form of each. */
static json_t *check_well(const struct ran *r, size_t n)
{
    json_t *list = objects(r);
    size_t i;

    assert_int_equal(json_array_size(list), n);
    for (i = 0; i < n; i++)
        assert_form(object(list, i));
    return list;
}

#define check_json(...) run("check", "--output", "json", "--retries", "0", __VA_ARGS__)

/* --- tests -------------------------------------------------------------------------------------------------------- */

static void a_good_site_is_told_in_full(void **state)
{
    json_t *list = check_well(check_json(url("/ok")), 1), *o = object(list, 0);
    struct tm when = { 0 };
    double off_s;

    (void)state;
    assert_string_equal(text_of(o, "name"), "127.0.0.1");
    assert_string_equal(text_of(o, "url"), url("/ok"));
    assert_string_equal(text_of(o, "state"), "up");
    assert_int_equal(number_of(o, "status"), 200);
    assert_true(json_is_integer(json_object_get(o, "status")));
    assert_null_at(o, "error");
    assert_says(text_of(o, "message"), "200 in ");
    assert_string_equal(text_of(o, "method"), "HEAD");
    assert_int_equal(number_of(o, "attempts"), 1);
    assert_string_equal(text_of(o, "address"), "127.0.0.1");
    assert_null_at(o, "certificate_days_left");
    assert_null_at(phases_of(o), "tls_ms");
    assert_non_null(strptime(text_of(o, "checked_at"), "%Y-%m-%dT%H:%M:%S", &when));
    off_s = difftime(time(NULL), timegm(&when));
    assert_true(off_s > -5 && off_s < SERVER_PATIENCE_S);
    json_decref(list);
}

static void a_secure_site_has_a_certificate_and_a_tls_phase(void **state)
{
    struct tls_authority *a = tls_authority_new();
    struct tls_identity *i = tls_identity_new(a, TLS_GOOD, 61);
    struct server *secure = server_start(&(struct server_options){ .tls = i });
    char address[SERVER_URL_SIZE];
    json_t *list, *o;

    (void)state;
    place_write("uptime.cfg", "defaults: { ca_file = \"%s\"; };\n", tls_authority_file(a));
    list = check_well(check_json("-c", "uptime.cfg", server_url(secure, "/ok", address)), 1);
    o = object(list, 0);
    assert_string_equal(text_of(o, "state"), "up");
    assert_int_equal(number_of(o, "certificate_days_left"), 61);
    assert_true(number_of(phases_of(o), "tls_ms") > 0);
    json_decref(list);
    server_stop(secure);
    tls_identity_free(i);
    tls_authority_free(a);
}

static void what_was_not_reached_is_null(void **state)
{
    char refused[64];
    json_t *list, *o;

    (void)state;
    snprintf(refused, sizeof(refused), "http://127.0.0.1:%d/", port_refused());
    list = check_well(check_json("--timeout", "500ms", refused, "http://nx.example.test/", url("/hang")), 3);
    o = object(list, 0);
    assert_string_equal(text_of(o, "error"), "refused");
    assert_null_at(o, "status");
    assert_null_at(phases_of(o), "connect_ms");
    assert_null_at(phases_of(o), "first_byte_ms");
    assert_string_equal(text_of(o, "address"), "127.0.0.1");
    o = object(list, 1);
    assert_string_equal(text_of(o, "error"), "dns");
    assert_null_at(o, "status");
    assert_null_at(o, "address");
    assert_null_at(phases_of(o), "connect_ms");
    o = object(list, 2);
    assert_string_equal(text_of(o, "error"), "timeout");
    assert_null_at(o, "status");
    assert_true(number_of(phases_of(o), "connect_ms") >= 0);
    assert_null_at(phases_of(o), "first_byte_ms");
    assert_null_at(phases_of(o), "body_ms");
    json_decref(list);
}

static void a_paused_site_has_no_result(void **state)
{
    json_t *list, *o;

    (void)state;
    place_write("uptime.cfg", "sites = ( { name = \"shop\"; url = \"%s\"; paused = true; } );\n", url("/ok"));
    list = check_well(run("check", "--output", "json"), 1);
    o = object(list, 0);
    assert_string_equal(text_of(o, "state"), "paused");
    assert_null_at(o, "status");
    assert_null_at(o, "error");
    assert_null_at(o, "method");
    assert_null_at(o, "latency_ms");
    assert_null_at(o, "checked_at");
    assert_null_at(phases_of(o), "total_ms");
    assert_int_equal(number_of(o, "attempts"), 0);
    json_decref(list);
}

static void head_and_get_are_one_attempt(void **state)
{
    json_t *list = check_well(check_json(url("/split/405/200"), url("/split/500/503")), 2), *o = object(list, 0);

    (void)state;
    assert_string_equal(text_of(o, "state"), "up");
    assert_string_equal(text_of(o, "method"), "GET");
    assert_int_equal(number_of(o, "attempts"), 1);
    o = object(list, 1);
    assert_int_equal(number_of(o, "status"), 503); /* GET's answer counts */
    assert_int_equal(number_of(o, "attempts"), 1);
    assert_true(number_of(o, "latency_ms") >= number_of(phases_of(o), "total_ms"));
    json_decref(list);
}

/* The whole corpus in one pass. */
static void every_fault_is_classed_as_stated(void **state)
{
    const char *argv[512] = { SQUIRREL, "check", "--output", "json", "--retries", "0", "--timeout", "3s" };
    size_t n = 8, i;
    json_t *list;

    (void)state;
    assert_true(n + nfault < 512);
    for (i = 0; i < nfault; i++) {
        char path[64], address[SERVER_URL_SIZE];

        snprintf(path, sizeof(path), "/fault/%s", faults[i].name);
        argv[n++] = strdup(server_url(web, path, address));
    }
    list = check_well(process_run(NULL, argv), nfault);
    for (i = 0; i < nfault; i++) {
        json_t *o = object(list, i);
        const char *error = json_string_value(json_object_get(o, "error"));

        assert_string_equal(text_of(o, "url"), argv[n - nfault + i]);
        assert_string_equal(text_of(o, "state"), error ? "down" : "up");
        if (strcmp(error ? error : "none", faults[i].error ? faults[i].error : "none") != 0)
            fail_msg("%s: '%s' where '%s' was expected: %s", faults[i].name, error, faults[i].error, text_of(o, "message"));
        if (faults[i].status)
            assert_int_equal(number_of(o, "status"), faults[i].status);
        free((void *)argv[n - nfault + i]);
    }
    json_decref(list);
}

static void objects_come_in_the_order_given(void **state)
{
    static const char *const path[] = { "/delay/300", "/ok", "/delay/150", "/status/201", "/delay/1", "/status/202" };
    json_t *list = check_well(check_json(url(path[0]), url(path[1]), url(path[2]), url(path[3]), url(path[4]), url(path[5])), 6);
    size_t i;

    (void)state;
    for (i = 0; i < 6; i++)
        assert_string_equal(text_of(object(list, i), "url"), url(path[i]));
    json_decref(list);
}

static void a_url_given_twice_comes_once(void **state)
{
    json_t *list = check_well(check_json(url("/ok"), url("/b"), url("/ok"), url("/c")), 3);

    (void)state;
    assert_string_equal(text_of(object(list, 0), "url"), url("/ok"));
    assert_string_equal(text_of(object(list, 1), "url"), url("/b"));
    assert_string_equal(text_of(object(list, 2), "url"), url("/c"));
    assert_int_equal(server_hits(web, "HEAD", "/ok"), 1);
    assert_string_not_equal(text_of(object(list, 1), "name"), text_of(object(list, 2), "name"));
    json_decref(list);
}

static void urls_are_read_from_standard_input(void **state)
{
    char input[2048];
    json_t *list;

    (void)state;
    snprintf(input, sizeof(input), "\xef\xbb\xbf%s\r\n\r\n# a comment\n   %s  \t\n\n%s", url("/ok"), url("/status/201"),
             url("/status/202"));
    list = check_well(run_with((&(struct how){ .input = input }), "check", "--output", "json", "-"), 3);
    assert_string_equal(text_of(object(list, 0), "url"), url("/ok"));
    assert_string_equal(text_of(object(list, 2), "url"), url("/status/202"));
    json_decref(list);
}

static void a_bad_line_of_standard_input_stops_all(void **state)
{
    char input[1024];
    const struct ran *r;

    (void)state;
    snprintf(input, sizeof(input), "%s\nexample.org\n", url("/ok"));
    r = run_with((&(struct how){ .input = input }), "check", "-");
    assert_int_equal(r->code, 2);
    assert_says(r->err, "'example.org' has no scheme");
    r = shell("\"$squirrel\" check - </dev/zero"); /* a line without end */
    assert_int_equal(r->code, 2);
    assert_says(r->err, "line 1 of standard input is longer than");
    r = shell("printf '# one\\n\\n%s\\0/more\\n' \"$1\" | \"$squirrel\" check -", url("/ok"));
    assert_int_equal(r->code, 2);
    assert_says(r->err, "line 3 of standard input");
    assert_int_equal(server_hits(web, NULL, NULL), 0);
}

static void passwords_are_shown_as_stars(void **state)
{
    char secret[SERVER_URL_SIZE], location[SERVER_URL_SIZE + 64];
    const struct ran *json, *table;

    (void)state;
    snprintf(secret, sizeof(secret), "http://probe:ge%%68eim@127.0.0.1:%d/door", server_port(web));
    snprintf(location, sizeof(location), "Location: http://probe:geheim@127.0.0.1:%d/round\r\n", server_port(web));
    server_route(web, "/door", AUTH("probe:geheim"), ANSWER(200, NULL, ""));
    server_route(web, "/round", ANSWER(302, location, ""));
    json = check_json(secret, url("/round"), "http://probe:geheim@nx.example.test/");
    assert_int_equal(json->code, 1);
    assert_says(json->out, "http://probe:***@127.0.0.1");
    assert_says(json->out, "\"state\":\"up\""); /* it was sent, though */
    assert_silent(json->out, "eim");
    assert_silent(json->err, "eim");
    table = run("check", "--retries", "0", secret, url("/round"), "http://probe:geheim@nx.example.test/");
    assert_silent(table->out, "eim");
    assert_silent(table->err, "eim");
    assert_silent(run("check", "http://probe:geheim@127.0.0.1:99999/")->err, "eim");
    assert_silent(run("check", "ftp://probe:geheim@127.0.0.1/")->err, "eim");
    assert_silent(run("check", "probe:geheim@127.0.0.1/")->err, "eim");
}

static void text_from_outside_is_made_safe(void **state)
{
    static const char *const path[] = { "/fault/hostile-reason", "/fault/hostile-header", "/fault/hostile-redirect",
                                        "/fault/hostile-body", "/goto/ftp:%2F%2Fx%1b[31m%c2%9b%e2%80%ae%ff" };
    const struct ran *table, *json;

    (void)state;
    table = run("check", "--retries", "0", url(path[0]), url(path[1]), url(path[2]), url(path[3]), url(path[4]));
    assert_safe(table->out);
    assert_safe(table->err);
    assert_says(table->out, "HTTP 503 ");
    assert_says(table->out, "evil");
    json = check_json(url(path[0]), url(path[1]), url(path[2]), url(path[3]), url(path[4]));
    assert_safe(json->out);
    assert_silent(json->out, "\\u001b");
    assert_silent(json->out, "\\u009b");
    json_decref(check_well(json, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(a_good_site_is_told_in_full),
        WHOLE(a_secure_site_has_a_certificate_and_a_tls_phase),
        WHOLE(what_was_not_reached_is_null),
        WHOLE(a_paused_site_has_no_result),
        WHOLE(head_and_get_are_one_attempt),
        WHOLE(every_fault_is_classed_as_stated),
        WHOLE(objects_come_in_the_order_given),
        WHOLE(a_url_given_twice_comes_once),
        WHOLE(urls_are_read_from_standard_input),
        WHOLE(a_bad_line_of_standard_input_stops_all),
        WHOLE(passwords_are_shown_as_stars),
        WHOLE(text_from_outside_is_made_safe),
    };

    return WHOLE_RUN(tests);
}
