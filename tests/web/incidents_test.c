/* Incidents as JSON, from a database that the history wrote. */
#include "incidents.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/history.h"
#include "support/tests.h"

#define NOON INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static char directory[] = "/tmp/squirrel-web-XXXXXX", path[64];

static const struct site *make_site(const char *name)
{
    const struct options *shared;
    const struct site *site;
    struct options o;

    options_init(&o);
    shared = options_share(&o);
    site = site_new(name, "https://shop.example.org/", shared);
    options_unref(shared);
    return site;
}

static struct incident_row incident(int64_t id, int64_t opened_ms, const char *message)
{
    return (struct incident_row){ .id = id, .site = 1, .failing_ms = opened_ms - 10000, .opened_ms = opened_ms,
                                  .outcome = OUTCOME_STATUS, .status = 502, .certificate_until = CERTIFICATE_UNKNOWN,
                                  .address = "192.0.2.7", .message = message };
}

static int write_history(void **state)
{
    struct incident_row first = incident(1, NOON, "HTTP 502 \"Bad\" <Gateway>"), second = incident(2, NOON + MS_PER_H, "HTTP 502");
    const struct site *site = make_site("shop");
    struct history *h;
    struct errmsg why;
    struct batch *b;

    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof(path), "%s/uptime.db", directory);
    if (history_open(&h, &(struct history_options){ .path = path, .samples_ms = 14 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY }, &why))
        return -1;
    b = batch_new();
    batch_site(b, 1, site, NOON - MS_PER_H);
    batch_incident(b, &first);
    batch_incident_ack(b, 1, NOON + 1000, "on it");
    batch_incident_end(b, 1, NOON + 60000, INCIDENT_UP);
    batch_incident(b, &second);
    history_commit(h, b);
    history_close(h);
    site_unref(site);
    return 0;
}

static int remove_history(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf %s", directory);
    return system(command);
}

static json_t *ask(int64_t from_ms, int64_t until_ms)
{
    struct strbuf out = STRBUF_INIT;
    struct errmsg why;
    json_t *o;

    assert_int_equal(incidents_json(&out, path, from_ms, until_ms, &why), ERR_OK);
    o = json_loads(out.text, 0, NULL);
    assert_non_null(o);
    strbuf_release(&out);
    return o;
}

static const char *text(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static void an_incident_tells_when_why_and_who_took_it_on(void **state)
{
    json_t *o = ask(NOON - MS_PER_DAY, NOON + MS_PER_DAY), *list = json_object_get(o, "incidents"), *i = json_array_get(list, 0);

    (void)state;
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(text(i, "site"), "shop");
    assert_string_equal(text(i, "opened_at"), "2026-11-23T12:00:00.000Z");
    assert_string_equal(text(i, "end"), "up");
    assert_string_equal(text(i, "error"), "status");
    assert_string_equal(text(i, "message"), "HTTP 502 \"Bad\" <Gateway>");
    assert_string_equal(text(i, "note"), "on it");
    assert_int_equal(json_integer_value(json_object_get(i, "duration_ms")), 70000);
    assert_true(json_is_false(json_object_get(i, "open")));
    i = json_array_get(list, 1);
    assert_true(json_is_true(json_object_get(i, "open")));
    assert_true(json_is_null(json_object_get(i, "ended_at")));
    json_decref(o);
}

static void only_those_of_the_time_asked_for_are_told(void **state)
{
    json_t *o = ask(NOON + 30 * MS_PER_MIN, NOON + MS_PER_DAY);

    (void)state;
    assert_int_equal(json_array_size(json_object_get(o, "incidents")), 1);
    json_decref(o);
    o = ask(NOON - MS_PER_DAY, NOON - MS_PER_H);
    assert_int_equal(json_array_size(json_object_get(o, "incidents")), 0);
    json_decref(o);
}

static void without_a_database_the_cause_is_told(void **state)
{
    struct strbuf out = STRBUF_INIT;
    struct errmsg why;

    (void)state;
    assert_int_equal(incidents_json(&out, "/nowhere/uptime.db", 0, 1, &why), ERR_NOTFOUND);
    assert_non_null(strstr(why.text, "/nowhere/uptime.db"));
    strbuf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incident_tells_when_why_and_who_took_it_on),
        cmocka_unit_test(only_those_of_the_time_asked_for_are_told),
        cmocka_unit_test(without_a_database_the_cause_is_told),
    };

    return cmocka_run_group_tests(tests, write_history, remove_history);
}
