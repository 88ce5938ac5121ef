/* What is handed to the writer, as plain SQL finds it. */
#include "store/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "model/making.h"
#include "place.h"
#include "schema.h"
#include "support/tests.h"

#define NOON INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static void the_database_is_for_its_owner_alone_and_in_wal_mode(void **state)
{
    struct place *p = *state;
    struct stat st;

    place_open(p);
    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_string_equal(place_text(p, "PRAGMA journal_mode"), "wal");
    assert_int_equal(place_number(p, "PRAGMA auto_vacuum"), 2);
    assert_int_equal(place_number(p, "PRAGMA application_id"), DATABASE_ID);
    assert_int_equal(place_number(p, "PRAGMA user_version"), schema_version());
    assert_int_equal(place_number(p, "SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND NOT strict"
                                     " AND name NOT LIKE 'sqlite%'"), 0);
}

static void missing_directories_are_made_for_their_owner_alone(void **state)
{
    struct place *p = *state;
    char whole[96], directory[96];
    struct stat st;

    snprintf(whole, sizeof(whole), "%s", p->path);
    snprintf(directory, sizeof(directory), "%s/state", p->directory);
    snprintf(p->path, sizeof(p->path), "%.60s/state/uptime.db", p->directory);
    place_open(p);
    assert_int_equal(stat(directory, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    place_close(p);
    remove(p->path);
    rmdir(directory);
}

static void samples_are_written_as_they_came(void **state)
{
    struct place *p = *state;
    struct history_health health;
    struct sample s = make_sample(7, NOON);

    place_open(p);
    history_sample(p->history, &s);
    s.at_ms += 60000;
    s.outcome = OUTCOME_CONNECT_TIMEOUT;
    s.status = 0;
    s.attempt = 2;
    s.method = METHOD_GET;
    history_sample(p->history, &s);
    place_settle(p);
    history_health(p->history, &health);
    assert_true(health.bytes > 4096);
    assert_true(health.write_ns > 0);
    assert_int_equal(health.waiting, 0);
    assert_string_equal(place_text(p, "SELECT group_concat(site || ' ' || at_ms || ' ' || name || ' ' || ifnull(status, '-') || ' ' ||"
                                      " method || attempt || ' ' || took_us || ' ' || ifnull(dns_us, '-') || ' ' || connect_us, '; ')"
                                      " FROM sample JOIN outcome ON outcome.id = outcome"),
                        "7 1795435200000 OK 200 01 20000 - 5000; 7 1795435260000 CONNECT_TIMEOUT - 12 20000 - 5000");
}

static void a_batch_is_written_at_once_and_whole(void **state)
{
    struct place *p = *state;
    struct batch *b = make_batch();
    struct incident_row i = { .id = 1, .site = 1, .failing_ms = NOON, .opened_ms = NOON + 15000, .outcome = OUTCOME_STATUS,
                              .status = 502, .certificate_until = CERTIFICATE_UNKNOWN, .address = "192.0.2.7",
                              .message = "HTTP 502 Bad Gateway" };
    struct evidence e = { .header_bytes = 3, .body_bytes = 2, .header = "abc", .body = { '\0', '\x1b' } };

    place_open(p);
    add_site(p, 1, "shop", NOON - 60000);
    i.evidence = &e;
    batch_change(b, 1, NOON + 15000, STATE_DOWN);
    batch_incident(b, &i);
    history_commit(p->history, b);
    place_settle(p);
    assert_string_equal(place_text(p, "SELECT state FROM site_now"), "down");
    assert_string_equal(place_text(p, "SELECT site || ' ' || opened || ' ' || error || ' ' || message || ' ' || has_evidence FROM incidents"),
                        "shop 2026-11-23T12:00:15Z status HTTP 502 Bad Gateway 1");
    assert_string_equal(place_text(p, "SELECT hex(header) || ' ' || hex(body) FROM evidence"), "616263 001B");
}

static void what_happened_can_not_be_changed_afterwards(void **state)
{
    struct place *p = *state;
    struct incident_row i = { .id = 1, .site = 1, .opened_ms = NOON, .outcome = OUTCOME_DNS, .address = "", .message = "no such host",
                              .certificate_until = CERTIFICATE_UNKNOWN };
    struct batch *b = make_batch();
    sqlite3 *db;

    place_open(p);
    add_site(p, 1, "shop", NOON);
    batch_incident(b, &i);
    batch_incident_ack(b, 1, NOON + 1000, "on it");
    batch_incident_end(b, 1, NOON + 2000, INCIDENT_UP);
    batch_incident_end(b, 1, NOON + 9000, INCIDENT_REMOVED);
    batch_incident_ack(b, 1, NOON + 9000, "too late");
    history_commit(p->history, b);
    place_settle(p);
    assert_string_equal(place_text(p, "SELECT (ended_ms - opened_ms) || ended_by || note FROM incident"), "2000upon it");
    assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE incident SET message = 'all was well'", NULL, NULL, NULL), SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_exec(db, "UPDATE evidence SET body = NULL", NULL, NULL, NULL), SQLITE_OK); /* there is none */
    sqlite3_close(db);
}

static void secrets_of_sites_and_owners_are_not_written(void **state)
{
    struct place *p = *state;
    const struct site *site = make_site("shop", "https://me:tr0ub4dor@shop.example.org/", NULL);
    static const struct owner_contact contact[] = { { "email", "ops@example.org" }, { "webhook", "hooks.example.org#1f9c04aa" } };
    struct owner_row owner = { "ops", 5, 2, contact };
    struct batch *b = make_batch();

    place_open(p);
    batch_site(b, 1, site, NOON);
    batch_owners(b, &owner, 1);
    history_commit(p->history, b);
    place_settle(p);
    assert_string_equal(place_text(p, "SELECT url FROM site"), "https://me:***@shop.example.org/");
    assert_string_equal(place_text(p, "SELECT group_concat(channel || ' ' || address, '; ') FROM contact WHERE owner = 'ops'"),
                        "email ops@example.org; webhook hooks.example.org#1f9c04aa");
    site_unref(site);
}

static void the_list_of_owners_is_the_last_one_given(void **state)
{
    struct place *p = *state;
    struct owner_row owner[2] = { { .name = "ops" }, { .name = "web" } };
    struct batch *b = make_batch();

    place_open(p);
    batch_owners(b, owner, 2);
    batch_owners(b, owner + 1, 1);
    history_commit(p->history, b);
    place_settle(p);
    assert_string_equal(place_text(p, "SELECT group_concat(name) FROM owner"), "web");
}

static void a_removed_site_leaves_the_list_and_comes_back_under_its_key(void **state)
{
    struct place *p = *state;
    struct batch *b = make_batch();

    place_open(p);
    add_site(p, 3, "shop", NOON);
    batch_site_gone(b, 3, NOON + 1000);
    history_commit(p->history, b);
    place_settle(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM site_now"), 0);
    assert_int_equal(place_number(p, "SELECT gone_ms FROM site WHERE key = 3"), NOON + 1000);
    add_site(p, 3, "shop", NOON + 2000);
    place_settle(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM site_now"), 1);
    assert_int_equal(place_number(p, "SELECT added_ms FROM site"), NOON);
}

static void the_latest_result_and_the_end_of_the_run_are_written_at_the_close(void **state)
{
    struct place *p = *state;
    struct sample s = make_sample(1, NOON + 5000);
    int64_t now = clock_wall_ms();

    place_open(p);
    add_site(p, 1, "shop", NOON);
    history_sample(p->history, &s);
    history_alive(p->history, now + 12345);
    place_close(p);
    assert_string_equal(place_text(p, "SELECT status || ' ' || latency_ms || ' ' || checked FROM site_now"), "200 20.0 2026-11-23T12:00:05Z");
    assert_int_equal(place_number(p, "SELECT until_ms FROM run"), now + 12345);
}

static void each_run_begins_with_the_states_of_all_sites(void **state)
{
    struct place *p = *state;
    struct batch *b = make_batch();

    place_open(p);
    add_site(p, 1, "shop", NOON);
    add_site(p, 2, "blog", NOON);
    batch_change(b, 2, NOON + 10, STATE_DOWN);
    batch_gap(b, NOON + 1000, NOON + 3601000, GAP_ASLEEP);
    history_commit(p->history, b);
    place_close(p);
    place_open(p);
    assert_string_equal(place_text(p, "SELECT group_concat(why) FROM run"), "start,asleep,start");
    assert_int_equal(place_number(p, "SELECT until_ms FROM run WHERE id = 1"), NOON + 1000);
    assert_string_equal(place_text(p, "SELECT group_concat(run || state) FROM change WHERE site = 2 AND first"), "2down,3down");
    assert_int_equal(place_number(p, "SELECT at_ms FROM change WHERE site = 2 AND run = 2"), NOON + 3601000);
}

static void when_too_many_wait_the_oldest_samples_go_and_are_counted(void **state)
{
    struct place *p = *state;
    struct history_options o = { .path = p->path, .samples_ms = 14 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY, .samples_most = 10 };
    struct history_health health;
    sqlite3 *db;
    int i;

    assert_int_equal(history_open(&p->history, &o, NULL), ERR_OK);
    assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK); /* nobody else writes now */
    for (i = 0; i < 25; i++) {
        struct sample s = make_sample(1, NOON + i);

        history_sample(p->history, &s);
    }
    add_site(p, 1, "shop", NOON);
    history_health(p->history, &health);
    assert_int_equal(health.lost, 15);
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    place_settle(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM sample"), 10);
    assert_int_equal(place_number(p, "SELECT min(at_ms) FROM sample"), NOON + 15);
    assert_int_equal(place_number(p, "SELECT count(*) FROM site"), 1);
}

static void a_batch_that_makes_no_sense_does_not_hold_up_the_next(void **state)
{
    struct place *p = *state;
    struct incident_row i = { .id = 1, .site = 1, .outcome = OUTCOME_DNS }; /* without a message, which must be there */
    struct batch *b = make_batch();

    place_open(p);
    batch_change(b, 1, NOON, STATE_DOWN);
    batch_incident(b, &i);
    history_commit(p->history, b);
    add_site(p, 1, "shop", NOON);
    place_settle(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM site"), 1);
    assert_int_equal(place_number(p, "SELECT count(*) FROM change WHERE state = 'down'"), 0); /* all of it, or nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)
        TEST(the_database_is_for_its_owner_alone_and_in_wal_mode),
        TEST(missing_directories_are_made_for_their_owner_alone),
        TEST(samples_are_written_as_they_came),
        TEST(a_batch_is_written_at_once_and_whole),
        TEST(what_happened_can_not_be_changed_afterwards),
        TEST(secrets_of_sites_and_owners_are_not_written),
        TEST(the_list_of_owners_is_the_last_one_given),
        TEST(a_removed_site_leaves_the_list_and_comes_back_under_its_key),
        TEST(the_latest_result_and_the_end_of_the_run_are_written_at_the_close),
        TEST(each_run_begins_with_the_states_of_all_sites),
        TEST(when_too_many_wait_the_oldest_samples_go_and_are_counted),
        TEST(a_batch_that_makes_no_sense_does_not_hold_up_the_next),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
