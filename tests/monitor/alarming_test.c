/* Alarms in the real monitor: what goes into the outbox, what people say, and what a restart remembers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alarm_policy.h"
#include "base/clock.h"
#include "base/log.h"
#include "check/check.h"
#include "monitor/alerts.h"
#include "monitor/monitor.h"
#include "support/server.h"
#include "support/temporary.h"
#include "support/tests.h"
#include "support/wait.h"

static struct world {
    struct server *server;
    struct settings *settings;
    struct history *history;
    struct outbox *outbox;
    struct monitor *monitor;
    char directory[64], config[96];
} w;

static void quiet(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    (void)line;
}

static void write_settings(const char *more)
{
    FILE *f = fopen(w.config, "w");
    char shop[SERVER_URL_SIZE], api[SERVER_URL_SIZE];

    assert_non_null(f);
    fprintf(f,
            "database = \"up.db\"; defaults: { interval = \"1s\"; retries = 0; method = \"GET\"; owner = \"ops\"; };\n"
            "owners = ( { name = \"ops\"; webhook = [ \"http://127.0.0.1:9/a\", \"http://127.0.0.1:9/b\" ]; } );\n"
            "alarms: { hold = \"0s\"; };\n%s\n"
            "sites = ( { name = \"shop\"; url = \"%s\"; }, { name = \"api\"; url = \"%s\"; } );\n",
            more, server_url(w.server, "/named/shop", shop), server_url(w.server, "/named/api", api));
    assert_int_equal(fclose(f), 0);
}

static void open_monitor(void)
{
    struct faults wrong = { 0 };
    struct errmsg why = ERRMSG_INIT;
    struct monitor_options o = { 0 };

    if (settings_read(&w.settings, w.config, &wrong))
        fail_msg("%s", wrong.line.n ? wrong.line.item[0] : "?");
    assert_int_equal(history_open(&w.history, &(struct history_options){ .path = w.settings->database, .samples_ms = MS_PER_DAY,
                                                                        .hourly_ms = MS_PER_DAY, .retry_ms = 10,
                                                                        .later = true }, &why), ERR_OK);
    assert_int_equal(outbox_open(&w.outbox, w.history, clock_wall_ms(), &why), ERR_OK);
    o.history = w.history;
    o.outbox = w.outbox;
    if (monitor_open(&w.monitor, w.settings, NULL, 0, &o, &why))
        fail_msg("%s", why.text);
}

static void close_monitor(void)
{
    monitor_close(w.monitor);
    history_close(w.history);
    outbox_free(w.outbox);
    settings_free(w.settings);
}

static int begin(void **state)
{
    (void)state;
    memset(&w, 0, sizeof(w));
    log_open(LEVEL_ERROR, quiet, NULL);
    if (!temporary_make(w.directory, sizeof(w.directory), "alarming"))
        return -1;
    snprintf(w.config, sizeof(w.config), "%s/uptime.cfg", w.directory);
    w.server = server_start(NULL);
    return check_open(NULL) || !w.server;
}

static int end(void **state)
{
    (void)state;
    close_monitor();
    server_stop(w.server);
    check_close();
    temporary_remove(w.directory);
    return 0;
}

/* From now on the site answers so. */
static void become(const char *site, int status)
{
    char path[64];

    snprintf(path, sizeof(path), "/named/%s", site);
    if (status == 200)
        server_route(w.server, path, ANSWER(200, NULL, "ok"));
    else
        server_route(w.server, path, ANSWER(503, NULL, "no"));
}

/* The list of alerts is as wanted: its first alert in *out. */
static bool alerts_are(struct alert *out, bool (*wanted)(const struct alert *a, size_t n))
{
    struct alert alert[4];
    uint64_t revision;
    size_t n = monitor_alerts(w.monitor, alert, 4, &revision);

    if (n)
        *out = alert[0];
    return wanted(n ? out : NULL, n);
}

static void wait_alert(struct alert *out, bool (*wanted)(const struct alert *a, size_t n))
{
    WAIT_FOR(alerts_are(out, wanted));
}

static bool is_told(const struct alert *a, size_t n)
{
    return n == 1 && a->down && a->told;
}

static bool is_acked(const struct alert *a, size_t n)
{
    return n == 1 && a->acked_ms;
}

static bool is_muted(const struct alert *a, size_t n)
{
    return n == 1 && a->mute_until_ms;
}

static bool is_held(const struct alert *a, size_t n)
{
    return n == 1 && a->down && a->hold != HOLD_NONE;
}

static bool is_empty(const struct alert *a, size_t n)
{
    (void)a;
    return !n;
}

static void send(const struct alert *to, enum command_kind kind, int64_t for_ms)
{
    struct command c = { .kind = kind, .site_id = to->site_id, .generation = to->generation, .for_ms = for_ms, .by = "sam",
                         .note = "on it" };

    assert_int_equal(monitor_send(w.monitor, &c), ERR_OK);
}

static void an_outage_goes_to_every_address_and_its_end_too(void **state)
{
    struct outbox_item item[8];
    struct alert alert;
    size_t n;

    (void)state;
    become("shop", 503);
    become("api", 200);
    write_settings("");
    open_monitor();
    wait_alert(&alert, is_told);
    assert_string_equal(alert.site, "shop");
    assert_string_equal(alert.cause, "HTTP 503 Service Unavailable");
    assert_string_equal(alert.owners, "ops");
    become("shop", 200);
    wait_alert(&alert, is_empty);
    n = outbox_items(w.outbox, item, 8);
    assert_int_equal(n, 4);
    assert_string_equal(item[0].subject, "down shop");
    assert_string_equal(item[1].subject, "up shop");
    assert_string_equal(item[0].address, item[1].address);
    assert_string_not_equal(item[0].address, item[2].address);
}

static void what_somebody_said_is_remembered_by_the_next_start(void **state)
{
    struct alert alert, again;
    struct outbox_counts counts;

    (void)state;
    become("shop", 503);
    become("api", 200);
    write_settings("");
    open_monitor();
    wait_alert(&alert, is_told);
    send(&alert, COMMAND_ACK, 0);
    wait_alert(&alert, is_acked);
    assert_string_equal(alert.ack_by, "sam");
    assert_string_equal(alert.ack_note, "on it");
    close_monitor();

    open_monitor();
    wait_alert(&again, is_acked);
    assert_int_equal(again.incident_id, alert.incident_id);
    assert_string_equal(again.ack_note, "on it");
    send(&again, COMMAND_CHECK, 0);
    send(&again, COMMAND_MUTE, MS_PER_H);
    wait_alert(&again, is_muted);
    outbox_counts(w.outbox, &counts);
    assert_int_equal(counts.waiting, 2);               /* told once, for all that */
}

/* "down shop, up shop; ": what waits for the first address, and how many messages wait in all. */
static size_t on_their_way(char text[256])
{
    struct outbox_item item[8];
    size_t n = outbox_items(w.outbox, item, 8), i;

    text[0] = '\0';
    for (i = 0; i < n; i++)
        if (!strcmp(item[i].address, item[0].address))
            snprintf(text + strlen(text), 256 - strlen(text), "%s; ", item[i].subject);
    return n;
}

static void what_was_said_is_remembered_even_when_the_database_comes_late(void **state)
{
    char database[96], aside[96], text[256];
    struct alert alert;

    (void)state;
    become("shop", 503);
    become("api", 200);
    write_settings("");
    open_monitor();
    wait_alert(&alert, is_told);
    close_monitor();

    snprintf(database, sizeof(database), "%s/up.db", w.directory);
    snprintf(aside, sizeof(aside), "%s/aside.db", w.directory);
    assert_int_equal(rename(database, aside), 0);
    assert_int_equal(mkdir(database, 0700), 0);
    become("shop", 200);
    server_forget(w.server);
    open_monitor();
    assert_true(server_wait_hits(w.server, NULL, "/named/shop", 1));
    assert_int_equal(on_their_way(text), 0); /* nobody knows of it */
    assert_int_equal(rmdir(database), 0);
    assert_int_equal(rename(aside, database), 0);
    WAIT_FOR(on_their_way(text) == 4);
    assert_string_equal(text, "down shop; up shop; ");
    close_monitor();

    open_monitor(); /* both are in the database, once */
    assert_int_equal(on_their_way(text), 4);
    assert_string_equal(text, "down shop; up shop; ");
}

static void a_window_that_is_open_holds_alarms_and_shows(void **state)
{
    struct alert alert;
    struct row row;
    struct outbox_counts counts;

    (void)state;
    become("shop", 503);
    become("api", 200);
    write_settings("maintenance = ( { start = \"2020-01-01 00:00 UTC\"; duration = \"24h\"; repeat = \"daily\"; } );");
    open_monitor();
    wait_alert(&alert, is_held);
    assert_int_equal(alert.hold, HOLD_MAINTENANCE);
    assert_false(alert.told);
    assert_int_equal(status_row(monitor_table(w.monitor), alert.site_id, &row, NULL), ERR_OK);
    assert_int_equal(state_shown(&row.state), STATE_MAINTENANCE);
    site_unref(row.site);
    outbox_counts(w.outbox, &counts);
    assert_int_equal(counts.waiting, 0);
}

static void settings_become_rules(void **state)
{
    struct alarm_rules *r;

    (void)state;
    write_settings("maintenance = ( { sites = [ \"shop\" ]; start = \"2026-12-01 02:00 Europe/Paris\"; duration = \"2h\";"
                   " repeat = \"weekly\"; } );");
    open_monitor();
    r = alarm_policy(w.settings);
    assert_non_null(r);
    assert_int_equal(r->hold_ms, 0);
    assert_int_equal(r->flaps, ALARM_FLAPS);
    assert_int_equal(r->nwindow, 1);
    assert_int_equal(r->window[0].when.repeat, REPEAT_WEEKLY);
    assert_int_equal(zone_offset_s(r->window[0].when.zone, 1796086800), 3600);
    assert_true(strings_have(&r->window[0].sites, "shop"));
    alarm_rules_free(r);
}

#define WATCHED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHED(an_outage_goes_to_every_address_and_its_end_too),
        WATCHED(what_somebody_said_is_remembered_by_the_next_start),
        WATCHED(what_was_said_is_remembered_even_when_the_database_comes_late),
        WATCHED(a_window_that_is_open_holds_alarms_and_shows),
        WATCHED(settings_become_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
