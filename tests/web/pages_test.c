/* What is told of a snapshot: metrics, JSON, the page and badges say what is so, and nothing raw. */
#include "web/pages.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/memory.h"
#include "support/tests.h"
#include "town.h"

struct told {
    struct town town;
    struct snapshot s;
    struct strbuf out;
};

static int set_up(void **state)
{
    struct told *t = calloc(1, sizeof(*t));

    t->out = (struct strbuf)STRBUF_INIT;
    town_build(&t->town);
    *state = t;
    return snapshot_refresh(&t->s, t->town.t, t->town.now_ns + 9 * NS_PER_S, TOWN_NOW_MS);
}

static int tear_down(void **state)
{
    struct told *t = *state;

    strbuf_release(&t->out);
    snapshot_release(&t->s);
    town_release(&t->town);
    free(t);
    return 0;
}

static const char *metrics(struct told *t, size_t piece)
{
    struct place at = { 0 };
    bool more;

    strbuf_reset(&t->out);
    do {
        size_t before = t->out.length;

        more = metrics_write(&t->out, &at, &t->s, before + piece);
    } while (more);
    return t->out.text;
}

static void metrics_tell_a_good_check_as_blackbox_exporter_does(void **state)
{
    const char *text = metrics(*state, 1 << 20);

#define SHOP "{instance=\"https://probe:***@shop.example.org/\",site=\"shop\"}"
    assert_non_null(strstr(text, "probe_success" SHOP " 1\n"));
    assert_non_null(strstr(text, "probe_http_status_code" SHOP " 200\n"));
    assert_non_null(strstr(text, "probe_http_ssl" SHOP " 1\n"));
    assert_non_null(strstr(text, "probe_duration_seconds" SHOP " 0.084\n"));
    assert_non_null(strstr(text, "probe_dns_lookup_time_seconds" SHOP " 0.002\n"));
    assert_non_null(strstr(text, "site=\"shop\",phase=\"connect\"} 0.021\n"));
    assert_non_null(strstr(text, "probe_ip_protocol" SHOP " 4\n"));
    assert_non_null(strstr(text, "site=\"shop\",window=\"7d\"} 0.99999\n"));
    assert_null(strstr(text, "window=\"90d\""));
    assert_non_null(strstr(text, "probe_ssl_earliest_cert_expiry" SHOP " 1800708069\n"));
}

static void metrics_of_a_failed_check_have_no_certificate_and_phases_not_reached_are_0(void **state)
{
    const char *text = metrics(*state, 1 << 20);

    assert_non_null(strstr(text, "probe_success{instance=\"http://api.example.org/v1\",site=\"api\"} 0\n"));
    assert_non_null(strstr(text, "site=\"api\",phase=\"transfer\"} 0\n"));
    assert_null(strstr(text, "probe_ssl_earliest_cert_expiry{instance=\"http://api"));
    assert_non_null(strstr(text, "uptimesquirrel_site_state{instance=\"http://api.example.org/v1\",site=\"api\",state=\"down\"} 1\n"));
}

static void what_is_new_paused_or_our_own_fault_is_no_failed_probe(void **state)
{
    static const char *const names[] = { "new", "ours", "asleep" };
    const char *text = metrics(*state, 1 << 20);
    char line[128];
    size_t i;

    for (i = 0; i < 3; i++) {
        snprintf(line, sizeof(line), "probe_success{instance=\"https://%s.example.org/\"", names[i]);
        assert_null(strstr(text, line));
        snprintf(line, sizeof(line), "uptimesquirrel_site_state{instance=\"https://%s.example.org/\"", names[i]);
        assert_non_null(strstr(text, line));
    }
}

static void a_piece_at_a_time_is_the_same_text(void **state)
{
    struct told *t = *state;
    char *whole = strdup(metrics(t, 1 << 20));
    size_t piece;

    for (piece = 1; piece < 3000; piece = piece * 3 + 1)
        assert_string_equal(metrics(t, piece), whole);
    free(whole);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void no_series_comes_twice(void **state)
{
    char *text = strdup(metrics(*state, 1 << 20)), *line, *rest = text, *series[1024];
    size_t n = 0, i;

    while ((line = strsep(&rest, "\n"))) {
        char *value = strrchr(line, ' ');

        if (*line == '#' || !value)
            continue;
        *value = '\0';
        assert_true(n < 1024);
        series[n++] = line;
    }
    qsort(series, n, sizeof(series[0]), compare_lines);
    for (i = 1; i < n; i++)
        assert_string_not_equal(series[i - 1], series[i]);
    free(text);
}

static void prometheus_finds_no_fault_with_the_metrics(void **state)
{
    const char *text = metrics(*state, 1 << 20);
    FILE *promtool;

    if (system("command -v promtool >/dev/null") != 0)
        skip(); /* the package prometheus brings it */
    promtool = popen("promtool check metrics", "w");
    assert_non_null(promtool);
    assert_int_equal(fputs(text, promtool) >= 0, 1);
    assert_int_equal(pclose(promtool), 0);
}

static void the_secret_of_a_url_is_in_no_form_of_the_answer(void **state)
{
    struct told *t = *state;
    struct place at = { 0 };

    metrics(t, 1 << 20);
    status_json(&t->out, &at, &t->s, 1 << 20);
    status_page(&t->out, &t->s, 100);
    status_badge(&t->out, &t->s, &t->s.row[0].row);
    assert_null(strstr(t->out.text, "secret"));
}

static void json_says_what_is_so(void **state)
{
    struct told *t = *state;
    struct place at = { 0 };
    json_t *o, *site;

    while (status_json(&t->out, &at, &t->s, t->out.length + 1))
        ;
    o = json_loads(t->out.text, 0, NULL);
    assert_non_null(o);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(o, "counts"), "down")), 1);
    assert_int_equal(json_array_size(json_object_get(o, "sites")), 6);
    site = json_array_get(json_object_get(o, "sites"), 1);
    assert_string_equal(json_string_value(json_object_get(site, "state")), "down");
    assert_string_equal(json_string_value(json_object_get(site, "error")), "status");
    assert_int_equal(json_integer_value(json_object_get(site, "status")), 502);
    assert_string_equal(json_string_value(json_object_get(site, "since")), "2026-11-23T12:41:00.000Z");
    site = json_array_get(json_object_get(o, "sites"), 3);
    assert_string_equal(json_string_value(json_object_get(site, "name")), TOWN_HOSTILE);
    json_decref(o);
}

static void the_page_puts_trouble_first_and_lets_no_markup_through(void **state)
{
    struct told *t = *state;
    const char *api, *shop;

    status_page(&t->out, &t->s, 100);
    api = strstr(t->out.text, ">api<");
    shop = strstr(t->out.text, ">shop<");
    assert_true(api && shop && api < shop);
    assert_null(strstr(t->out.text, "<script"));
    assert_non_null(strstr(t->out.text, "1 of 6 sites is down"));
    assert_non_null(strstr(t->out.text, "HTTP 502"));
    assert_non_null(strstr(t->out.text, ">99.32%<"));
}

static void a_long_list_is_cut_and_says_so(void **state)
{
    struct told *t = *state;

    status_page(&t->out, &t->s, 2);
    assert_non_null(strstr(t->out.text, ">api<"));
    assert_null(strstr(t->out.text, ">asleep<"));
    assert_non_null(strstr(t->out.text, "and 4 more sites"));
}

static void a_badge_names_the_site_and_its_state(void **state)
{
    struct told *t = *state;

    status_badge(&t->out, &t->s, &t->s.row[1].row);
    assert_non_null(strstr(t->out.text, "<title>api: down</title>"));
    strbuf_reset(&t->out);
    status_badge(&t->out, &t->s, &t->s.row[3].row);
    assert_null(strstr(t->out.text, "<script"));
    strbuf_reset(&t->out);
    status_badge(&t->out, &t->s, NULL);
    assert_non_null(strstr(t->out.text, "sites: 1 down"));
}

static void a_site_is_found_by_name_by_url_and_by_masked_url(void **state)
{
    struct told *t = *state;

    assert_ptr_equal(snapshot_find(&t->s, "shop"), &t->s.row[0]);
    assert_ptr_equal(snapshot_find(&t->s, "https://probe:secret@shop.example.org/"), &t->s.row[0]);
    assert_ptr_equal(snapshot_find(&t->s, "https://probe:***@shop.example.org/"), &t->s.row[0]);
    assert_null(snapshot_find(&t->s, "https://shop.example.org/"));
}

static void without_memory_an_answer_fails_and_nothing_breaks(void **state)
{
    struct told *t = *state;
    bool more = true;
    unsigned n;

    for (n = 1; more; n++) {
        struct place at = { 0 };
        struct strbuf out = STRBUF_INIT;

        memory_fail(n);
        status_page(&out, &t->s, 100);
        status_json(&out, &at, &t->s, 1 << 20);
        more = memory_failed();
        assert_int_equal(out.failed, more);
        strbuf_release(&out);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(metrics_tell_a_good_check_as_blackbox_exporter_does),
        TEST(metrics_of_a_failed_check_have_no_certificate_and_phases_not_reached_are_0),
        TEST(what_is_new_paused_or_our_own_fault_is_no_failed_probe),
        TEST(a_piece_at_a_time_is_the_same_text),
        TEST(no_series_comes_twice),
        TEST(prometheus_finds_no_fault_with_the_metrics),
        TEST(the_secret_of_a_url_is_in_no_form_of_the_answer),
        TEST(json_says_what_is_so),
        TEST(the_page_puts_trouble_first_and_lets_no_markup_through),
        TEST(a_long_list_is_cut_and_says_so),
        TEST(a_badge_names_the_site_and_its_state),
        TEST(a_site_is_found_by_name_by_url_and_by_masked_url),
        TEST(without_memory_an_answer_fails_and_nothing_breaks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
