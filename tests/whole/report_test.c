/* report: thirty days that never were, told in four forms, in a zone that puts its clocks back in them. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "past.h"
#include "place.h"
#include "process.h"
#include "whole.h"

static const struct how paris = { .changes = (const char *const[]){ "TZ=CET-1CEST,M3.5.0,M10.5.0/3", NULL } };

#define report(...) run_with(&paris, "report", "--until", PAST_UNTIL __VA_OPT__(, ) __VA_ARGS__)

static void the_table_is_as_it_was_drawn(void **state)
{
    const struct ran *r;

    (void)state;
    past_write();
    r = report();
    assert_int_equal(r->code, 0);
    assert_string_equal(r->err, "");
    assert_safe(r->out);
    golden_text("report.txt", r->out);
    golden_text("report_shop_7d.txt", report("--site", "shop", "--since", "7d")->out);
}

static void json_and_csv_are_as_they_were_written(void **state)
{
    const struct ran *r;

    (void)state;
    past_write();
    r = report("--output", "json");
    assert_int_equal(r->code, 0);
    assert_safe(r->out);
    golden_text("report.json", r->out);
    r = report("--output", "csv");
    assert_int_equal(r->code, 0);
    golden_text("report.csv", r->out);
}

static void the_page_is_as_it_was_looked_at(void **state)
{
    const struct ran *r;

    (void)state;
    past_write();
    r = report("--output", "html", "--site", "legacy-crm", "--since", "2d");
    assert_int_equal(r->code, 0);
    assert_safe(r->out);
    golden_text("report.html", r->out);
}

/* --- numbers that can be worked out by hand ------------------------------------------------------------------------ */

static double number(json_t *o, const char *name, const char *inner)
{
    json_t *found = json_object_get(json_object_get(o, name), inner);

    assert_true(json_is_number(found));
    return json_number_value(found);
}

static json_t *site_of(json_t *report_, const char *name)
{
    size_t i;
    json_t *site;

    json_array_foreach(json_object_get(report_, "sites"), i, site)
        if (!strcmp(json_string_value(json_object_get(site, "name")), name))
            return site;
    fail_msg("there is no %s", name);
    return NULL;
}

static double cut(double percent)
{
    return floor(percent * 1000 + 1e-9) / 1000;
}

static void the_numbers_are_those_one_gets_by_hand(void **state)
{
    json_t *o, *shop, *range, *days;
    double observed_s, down_s = (40 + 20 + 10) * 60;
    size_t i;
    json_t *day;

    (void)state;
    past_write();
    o = json_loads(report("--output", "json")->out, 0, NULL);
    assert_non_null(o);
    shop = site_of(o, "shop");
    range = json_object_get(json_object_get(shop, "uptime"), "range");
    observed_s = 30 * 86400 - 2 * 3600;
    assert_true(number(range, "seconds", "down") == down_s);
    assert_true(number(range, "seconds", "unobserved") == 2 * 3600);
    assert_true(json_number_value(json_object_get(range, "percent")) == cut(100 * (observed_s - down_s) / observed_s));
    assert_true(json_number_value(json_object_get(range, "observed_percent")) == cut(100 * observed_s / (30 * 86400)));
    assert_true(number(shop, "outages", "count") == 2);
    assert_true(number(shop, "outages", "longest_s") == (20 + 120 + 10) * 60); /* the stop belongs to it */
    assert_true(number(shop, "outages", "mttr_s") == (150 + 40) * 60 / 2);
    assert_true(number(shop, "checks", "total") == number(shop, "checks", "good") + number(shop, "checks", "failed"));
    assert_true(number(shop, "checks", "total") == 30 * 144 - 12);
    days = json_object_get(shop, "days");
    assert_int_equal(json_array_size(days), 31);
    json_array_foreach(days, i, day)
        if (!strcmp(json_string_value(json_object_get(day, "date")), "2026-10-25")) /* of 25 hours, the first in part */
            assert_true(json_number_value(json_object_get(day, "observed_percent")) == 100);
    json_decref(o);
}

static void a_removed_site_is_told_as_long_as_there_is_history(void **state)
{
    json_t *o, *wiki;

    (void)state;
    past_write();
    o = json_loads(report("--output", "json")->out, 0, NULL);
    wiki = site_of(o, "old-wiki");
    assert_true(json_is_true(json_object_get(wiki, "removed")));
    assert_true(json_number_value(json_object_get(json_object_get(json_object_get(wiki, "uptime"), "24h"), "observed_percent")) == 0);
    assert_true(json_is_null(json_object_get(json_object_get(json_object_get(wiki, "uptime"), "24h"), "percent")));
    assert_true(number(json_object_get(wiki, "uptime"), "30d", "percent") == 100);
    json_decref(o);
    assert_silent(report("--since", "2d")->out, "old-wiki");
}

/* --- what strangers said ------------------------------------------------------------------------------------------- */

static void nothing_hostile_gets_out_of_its_place(void **state)
{
    static const char *const forms[] = { "table", "json", "csv", "html" };
    const struct ran *r = NULL;
    size_t i;

    (void)state;
    past_write();
    for (i = 0; i < 4; i++) {
        r = report("--output", forms[i]);
        assert_int_equal(r->code, 0);
        assert_silent(r->out, "\x1b");
        assert_silent(r->out, "\x07");
        assert_silent(r->out, "\xe2\x80\xae");
        assert_silent(r->out, "geheim");
        if (i != 2)
            assert_safe(r->out);
        process_forget(r);
    }
    r = report("--output", "html");
    assert_silent(r->out, "<script");
    assert_silent(r->out, "<img");
    assert_silent(r->out, "onerror=alert(1)>");
    assert_silent(r->out, "href=\"http");
    assert_silent(r->out, "url(");
    assert_says(r->out, "=HYPERLINK(&quot;x&quot;)&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;,&amp;amp;");
    r = report("--output", "csv");
    assert_says(r->out, "\"'=HYPERLINK(\"\"x\"\")<script>");
    assert_says(r->out, ",\"'@ops");
    assert_says(r->out, ",\"'+tag");
    assert_says(r->out, ",\"'=cmd|' /C calc'!A0");
}

/* Fields of a line of CSV, quotes heeded; 0: it is broken. */
static int count_fields(const char *line, size_t length)
{
    bool quoted = false;
    int n = 1;
    size_t i;

    for (i = 0; i < length; i++) {
        if (line[i] == '"')
            quoted = !quoted;
        n += !quoted && line[i] == ',';
    }
    return quoted ? 0 : n;
}

static void every_line_of_csv_has_as_many_fields_and_ends_as_rfc_4180_says(void **state)
{
    const char *line, *end;
    int fields = 0;

    (void)state;
    past_write();
    line = report("--output", "csv")->out;
    while (*line) {
        end = strstr(line, "\r\n");
        assert_non_null(end);
        if (!fields)
            fields = count_fields(line, (size_t)(end - line));
        assert_int_equal(count_fields(line, (size_t)(end - line)), fields);
        line = end + 2;
    }
    assert_int_equal(fields, 36);
}

/* Every element is closed in its turn, those that need no end apart. */
static void assert_nested(const char *html)
{
    static const char *const single[] = { "meta", "br", "rect", "path", "!doctype" };
    char open[64][16];
    int depth = 0;

    for (html = strchr(html, '<'); html; html = strchr(html + 1, '<')) {
        bool closes = html[1] == '/';
        const char *name = html + 1 + closes, *end = strchr(html, '>');
        size_t length = strcspn(name, " >/"), i;
        bool alone = end[-1] == '/';

        for (i = 0; i < sizeof(single) / sizeof(single[0]); i++)
            alone = alone || (strlen(single[i]) == length && !strncmp(name, single[i], length) && strcmp(single[i], "rect") != 0);
        if (alone)
            continue;
        assert_in_range(length, 1, 15);
        if (closes) {
            assert_in_range(depth, 1, 63);
            assert_memory_equal(open[--depth], name, length);
            assert_int_equal(strlen(open[depth]), length);
        } else {
            assert_in_range(depth, 0, 62);
            snprintf(open[depth++], sizeof(open[0]), "%.*s", (int)length, name);
        }
    }
    assert_int_equal(depth, 0);
}

static void the_page_is_well_made_for_every_choice(void **state)
{
    static const char *const since[] = { "1h", "5h", "2d", "30d", "400d" };
    size_t i;

    (void)state;
    past_write();
    for (i = 0; i < sizeof(since) / sizeof(since[0]); i++) {
        const struct ran *r = report("--output", "html", "--since", since[i]);

        assert_int_equal(r->code, 0);
        assert_nested(r->out);
        process_forget(r);
    }
}

/* --- choices and mistakes ------------------------------------------------------------------------------------------ */

static void sites_are_chosen_by_name_and_by_tag(void **state)
{
    const struct ran *r;

    (void)state;
    past_write();
    r = report("--tag", "eu");
    assert_says(r->out, "\nlegacy-crm ");
    assert_says(r->out, "\nshop ");
    assert_silent(r->out, "old-wiki");
    r = report("--site", "shop");
    assert_silent(r->out, "legacy-crm");
    assert_silent(r->out, "\ntotal");
    r = report("--tag", "nobody");
    assert_int_equal(r->code, 2);
    assert_string_equal(r->err, "uptimesquirrel report: history knows no site with the tag 'nobody'\n");
    r = report("--site", "shoop");
    assert_int_equal(r->code, 2);
    assert_string_equal(r->err, "uptimesquirrel report: history knows no site 'shoop'\n");
}

static void mistakes_are_told_and_nothing_is_printed(void **state)
{
    static const struct {
        const char *flag, *value, *says;
    } rows[] = {
        { "--since", "5m", "not between 1h and 3650d" },
        { "--since", "soon", "--since: " },
        { "--until", "tomorrow", "is no day like 2026-12-01" },
        { "--until", "2026-12-01x", "is no day like 2026-12-01" },
        { "--output", "pdf", "neither table, json, csv nor html" },
    };
    size_t i;

    (void)state;
    past_write();
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct ran *r = run("report", rows[i].flag, rows[i].value);

        assert_int_equal(r->code, 2);
        assert_string_equal(r->out, "");
        assert_says(r->err, rows[i].says);
    }
    assert_int_equal(run("report", "shop")->code, 2);
}

static void without_history_it_says_so(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "database = \"none.db\";\nsites = ( \"https://shop.example.org/\" );\n");
    r = run("report");
    assert_int_equal(r->code, 3);
    assert_string_equal(r->out, "");
    assert_says(r->err, "none.db");
    assert_says(r->err, "has a monitor run yet?");
    assert_false(place_has("none.db"));
    place_write("none.db", "this is no database, but it is long enough to look like something");
    assert_int_equal(run("report")->code, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(the_table_is_as_it_was_drawn),
        WHOLE(json_and_csv_are_as_they_were_written),
        WHOLE(the_page_is_as_it_was_looked_at),
        WHOLE(the_numbers_are_those_one_gets_by_hand),
        WHOLE(a_removed_site_is_told_as_long_as_there_is_history),
        WHOLE(nothing_hostile_gets_out_of_its_place),
        WHOLE(every_line_of_csv_has_as_many_fields_and_ends_as_rfc_4180_says),
        WHOLE(the_page_is_well_made_for_every_choice),
        WHOLE(sites_are_chosen_by_name_and_by_tag),
        WHOLE(mistakes_are_told_and_nothing_is_printed),
        WHOLE(without_history_it_says_so),
    };

    return WHOLE_RUN(tests);
}
