/* What the monitor hands to history, and what a start makes of it: real engine, real server, real database. */
#include <dirent.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "check/check.h"
#include "engine/helper.h"
#include "model/snapshot.h"
#include "monitor/monitor.h"
#include "observed.h"
#include "store/query.h"
#include "support/dns.h"
#include "support/server.h"
#include "support/temporary.h"
#include "support/tests.h"
#include "support/wait.h"

#define MOST 8
#define PATIENCE_NS (SERVER_PATIENCE_S * NS_PER_S)

static struct server *server;
static struct dns *dns;
static struct history *history;
static struct monitor *monitor;
static struct snapshot snapshot;
static const struct site *site[MOST];
static struct settings settings;
static char directory[64], path[96];

static void quiet(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    (void)line;
}

static int setup(void **state)
{
    (void)state;
    log_open(LEVEL_ERROR, quiet, NULL);
    server = server_start(NULL);
    dns = dns_for_checks();
    return check_open(NULL) || !server;
}

static int teardown(void **state)
{
    (void)state;
    server_stop(server);
    check_close();
    dns_stop(dns);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    server_forget(server);
    settings = (struct settings){ .engine = "events", .max_in_flight = 100, .site = site,
                                  .history = { .samples_ms = 14 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY } };
    if (!temporary_make(directory, sizeof(directory), "record"))
        return -1;
    snprintf(path, sizeof(path), "%s/uptime.db", directory);
    return 0;
}

static void stop(void)
{
    monitor_close(monitor);
    monitor = NULL;
    history_close(history);
    history = NULL;
    snapshot_release(&snapshot);
}

static void forget_sites(void)
{
    size_t i;

    for (i = 0; i < MOST; i++) {
        site_unref(site[i]);
        site[i] = NULL;
    }
    settings.nsite = 0;
}

static int end(void **state)
{
    (void)state;
    stop();
    forget_sites();
    temporary_remove(directory);
    return 0;
}

static struct options quick(void)
{
    struct options o;

    options_init(&o);
    o.interval_ms = 50;
    o.retry_interval_ms = 10;
    o.timeout_ms = 20000;
    o.retries = 0;
    return o;
}

/* So far apart that a test sees one check alone. */
static struct options rare(void)
{
    struct options o = quick();

    o.interval_ms = 30 * MS_PER_DAY;
    return o;
}

static void add(const char *name, const char *url_path, struct options o)
{
    const struct options *shared = options_share(&o);
    char url[SERVER_URL_SIZE];

    site[settings.nsite++] = site_new(name, server_url(server, url_path, url), shared);
    options_unref(shared);
}

static void start(void)
{
    struct history_options o = { .path = path, .samples_ms = 14 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY, .retry_ms = 10,
                                 .later = true };
    struct monitor_options options = { 0 };
    struct errmsg why = ERRMSG_INIT;

    if (history_open(&history, &o, &why) != ERR_OK)
        fail_msg("%s", why.text);
    options.history = history;
    if (monitor_open(&monitor, &settings, NULL, 0, &options, &why) != ERR_OK)
        fail_msg("%s", why.text);
}

static void reload(void)
{
    assert_int_equal(monitor_apply(monitor, &settings, &(struct monitor_changes){ 0 }), ERR_OK);
}

static const struct snapshot_row *row_named(const char *name)
{
    size_t i;

    assert_int_equal(snapshot_refresh(&snapshot, monitor_table(monitor), clock_mono_ns(), clock_wall_ms()), ERR_OK);
    for (i = 0; i < snapshot.nrow; i++)
        if (snapshot.row[i].row.generation && !strcmp(snapshot.row[i].row.site->name, name))
            return &snapshot.row[i];
    return NULL;
}

static enum state shown(const char *name)
{
    const struct snapshot_row *r = row_named(name);

    return r ? state_shown(&r->row.state) : STATE_COUNT;
}

static void wait_checks(const char *name, uint32_t n)
{
    uint32_t before = row_named(name)->row.checks;

    WAIT_FOR(row_named(name)->row.checks >= before + n);
}

static void send(enum command_kind kind, const char *name, int64_t for_ms)
{
    const struct snapshot_row *r = row_named(name);
    struct command c = { .kind = kind, .site_id = r->row.id, .generation = r->row.generation, .for_ms = for_ms };

    assert_int_equal(monitor_send(monitor, &c), ERR_OK);
}

/* --- what is in the database -------------------------------------------------------------------------------------- */

static struct query *ask(void)
{
    struct errmsg why = ERRMSG_INIT;
    struct query *q = NULL;

    if (history)
        assert_true(history_settle(history, clock_mono_ns() + PATIENCE_NS));
    WAIT_FOR(query_open(&q, path, &why) == ERR_OK); /* a file that is being begun anew is not there for a moment */
    return q;
}

static bool add_incident(void *context, const struct stored_incident *i)
{
    char *text = context;

    sprintf(text + strlen(text), "%s %s %s; ", i->name, i->row.message, i->ended_ms ? incident_end_name(i->end) : "open");
    return true;
}

/* "name message end; " for each. */
static const char *incidents(void)
{
    static char text[2048];
    struct query *q = ask();

    text[0] = '\0';
    assert_int_equal(query_incidents(q, 0, 0, INT64_MAX, add_incident, text, NULL), ERR_OK);
    query_close(q);
    return text;
}

static bool add_site(void *context, const struct stored_site *s)
{
    char *text = context;

    sprintf(text + strlen(text), "%u %s %s%s; ", s->key, s->name, state_name(state_shown(&s->memory.state)), s->gone_ms ? " gone" : "");
    return true;
}

/* "key name state [gone]; " for each. */
static const char *sites(void)
{
    static char text[2048];
    struct query *q = ask();

    text[0] = '\0';
    assert_int_equal(query_sites(q, true, add_site, text, NULL), ERR_OK);
    query_close(q);
    return text;
}

static bool count(void *context, const struct sample *s)
{
    (void)s;
    ++*(unsigned *)context;
    return true;
}

static unsigned samples(uint32_t key)
{
    struct query *q = ask();
    unsigned n = 0;

    assert_int_equal(query_samples(q, key, 0, INT64_MAX, count, &n, NULL), ERR_OK);
    query_close(q);
    return n;
}

static uint32_t said_again(void)
{
    struct history_health health;

    history_health(history, &health);
    return health.say_again;
}

/* How many files were set aside; they are removed. */
static int remove_set_aside(void)
{
    DIR *dir = opendir(directory);
    struct dirent *e;
    int n = 0;

    while (dir && (e = readdir(dir))) {
        char name[400];

        if (!strstr(e->d_name, ".damaged-"))
            continue;
        n += !strstr(e->d_name, "-wal") && !strstr(e->d_name, "-shm");
        snprintf(name, sizeof(name), "%s/%s", directory, e->d_name);
        unlink(name);
    }
    if (dir)
        closedir(dir);
    return n;
}

/* --- recording ---------------------------------------------------------------------------------------------------- */

static void results_states_and_sites_are_kept(void **state)
{
    (void)state;
    add("good", "/ok", quick());
    add("bad", "/status/503", quick());
    start();
    WAIT_FOR(shown("good") == STATE_UP && shown("bad") == STATE_DOWN);
    wait_checks("good", 3);
    stop();
    assert_string_equal(sites(), "1 good up; 2 bad down; ");
    assert_true(samples(1) >= 3);
    assert_string_equal(incidents(), "bad HTTP 503 Service Unavailable open; ");
}

static bool find_evidence(void *context, const struct stored_incident *i)
{
    *(int64_t *)context = i->row.id;
    assert_true(i->has_evidence);
    assert_int_equal(i->row.status, 500);
    assert_string_equal(i->row.address, "127.0.0.1");
    assert_true(i->row.failing_ms <= i->row.opened_ms);
    return true;
}

static void check_evidence(const char *engine)
{
    struct options o = quick();
    struct evidence e;
    struct query *q;
    int64_t id = 0;

    settings.engine = (char *)(uintptr_t)engine;
    server_route(server, "/shop", ANSWER(500, "X-Trace: abc\r\nSet-Cookie: id=tasty; Path=/\r\nX-Echo: sesame-street\r\n",
                                         "stack trace of sesame-street"));
    o.user = strdup("me");
    o.password = strdup("sesame-street");
    o.retries = 1;
    add("shop", "/shop", o);
    start();
    WAIT_FOR(shown("shop") == STATE_DOWN && *incidents());
    q = ask();
    assert_int_equal(query_incidents(q, 0, 0, INT64_MAX, find_evidence, &id, NULL), ERR_OK);
    assert_int_equal(query_evidence(q, id, &e, NULL), ERR_OK);
    query_close(q);
    assert_memory_equal(e.header, "HTTP/1.1 500 ", 13);
    assert_non_null(memmem(e.header, e.header_bytes, "X-Trace: abc\r\n", 14));
    assert_non_null(memmem(e.header, e.header_bytes, "Set-Cookie: id=*****; Path=/", 28));
    assert_null(memmem(e.header, e.header_bytes, "sesame", 6));
    assert_int_equal(e.body_bytes, 28);
    assert_memory_equal(e.body, "stack trace of *************", 28);
}

static void the_first_failing_answer_is_kept_without_secrets(void **state)
{
    (void)state;
    check_evidence("events");
}

static void helpers_hand_evidence_over_too(void **state)
{
    (void)state;
    check_evidence("processes");
}

static void a_failure_that_is_not_confirmed_is_no_incident(void **state)
{
    struct options o = quick();

    (void)state;
    o.retries = 3;
    server_route(server, "/named/wobbles", ANSWER(500, NULL, ""));
    add("wobbles", "/named/wobbles", o);
    o.retry_interval_ms = 30;
    start();
    assert_true(server_wait_hits(server, "GET", "/named/wobbles", 1));
    server_route(server, "/named/wobbles", ANSWER(200, NULL, ""));
    WAIT_FOR(shown("wobbles") == STATE_UP);
    stop();
    assert_string_equal(incidents(), "");
}

static void a_pause_ends_the_incident(void **state)
{
    (void)state;
    add("bad", "/status/500", quick());
    start();
    WAIT_FOR(shown("bad") == STATE_DOWN);
    send(COMMAND_PAUSE, "bad", 0);
    WAIT_FOR(shown("bad") == STATE_PAUSED);
    WAIT_FOR(strstr(incidents(), "paused"));
}

/* --- restarts ----------------------------------------------------------------------------------------------------- */

static void a_restart_in_an_outage_continues_that_incident(void **state)
{
    int64_t since_ns;

    (void)state;
    server_route(server, "/named/shop", ANSWER(500, NULL, ""));
    add("shop", "/named/shop", quick());
    start();
    WAIT_FOR(shown("shop") == STATE_DOWN);
    wait_checks("shop", 2);
    since_ns = row_named("shop")->row.since_ns;
    stop();
    start();
    assert_int_equal(shown("shop"), STATE_DOWN);             /* before the first check */
    assert_true(llabs(row_named("shop")->row.since_ns - since_ns) < NS_PER_S);
    assert_int_equal(row_named("shop")->row.status, 500);
    wait_checks("shop", 3);
    assert_string_equal(incidents(), "shop HTTP 500 Internal Server Error open; ");
    server_route(server, "/named/shop", ANSWER(200, NULL, ""));
    WAIT_FOR(shown("shop") == STATE_UP);
    stop();
    assert_string_equal(incidents(), "shop HTTP 500 Internal Server Error up; ");
}

static void failures_counted_before_a_restart_count_after_it(void **state)
{
    struct options o = rare();

    (void)state;
    o.retries = 2;
    o.retry_interval_ms = 3600000;
    add("shop", "/status/500", o);
    start();
    WAIT_FOR(shown("shop") == STATE_CHECKING);
    stop();
    start();
    assert_int_equal(shown("shop"), STATE_CHECKING);
    WAIT_FOR(row_named("shop")->row.state.failures == 2);
    stop();
    start();
    WAIT_FOR(shown("shop") == STATE_DOWN && *incidents());   /* by the third in a row */
    assert_string_equal(incidents(), "shop HTTP 500 Internal Server Error open; ");
}

static void uptime_of_before_comes_back_without_a_check(void **state)
{
    struct options o = quick();

    (void)state;
    add("shop", "/ok", quick());
    start();
    WAIT_FOR(shown("shop") == STATE_UP);
    wait_checks("shop", 5);
    stop();
    forget_sites();
    o.paused = true;
    add("shop", "/ok", o);
    start();
    WAIT_FOR(row_named("shop")->row.figures.up[FIGURES_30D] == SHARE_ALL && row_named("shop")->row.figures.p50_us > 0);
    assert_true(row_named("shop")->row.figures.seen[FIGURES_30D] < SHARE_ALL);
}

static void the_trend_and_latencies_come_back(void **state)
{
    const struct snapshot_row *r;

    (void)state;
    add("shop", "/ok", rare());
    start();
    WAIT_FOR(shown("shop") == STATE_UP);
    stop();
    server_route(server, "/ok", HANG);
    start();
    r = row_named("shop");
    assert_int_equal(state_shown(&r->row.state), STATE_UP);
    assert_int_equal(r->mark[TREND_SLOTS - 1], MARK_GOOD);
    assert_true(r->p50_us > 0);
    assert_true(r->row.checked_ms > 0);
    server_route(server, "/ok", ANSWER(200, NULL, ""));
}

static void get_is_remembered_where_head_failed_before(void **state)
{
    (void)state;
    add("get", "/split/405/200", rare());
    start();
    WAIT_FOR(shown("get") == STATE_UP);
    stop();
    server_forget(server);
    start();
    assert_true(server_wait_hits(server, "GET", "/split/405/200", 1));
    assert_int_equal(server_hits(server, "HEAD", "/split/405/200"), 0);
}

static void a_pause_for_a_time_outlives_a_restart(void **state)
{
    (void)state;
    add("shop", "/ok", quick());
    start();
    WAIT_FOR(shown("shop") == STATE_UP);
    send(COMMAND_PAUSE, "shop", 3600000);
    WAIT_FOR(shown("shop") == STATE_PAUSED);
    stop();
    server_forget(server);
    start();
    assert_int_equal(shown("shop"), STATE_PAUSED);
    assert_in_range(row_named("shop")->row.due_ns - clock_mono_ns(), 3000 * NS_PER_S, 3600 * NS_PER_S);
    send(COMMAND_RESUME, "shop", 0);
    WAIT_FOR(shown("shop") == STATE_UP);
    stop();
    start();
    assert_int_not_equal(shown("shop"), STATE_PAUSED);
}

static void a_pause_that_is_over_at_the_start_is_over(void **state)
{
    int64_t over_ms;

    (void)state;
    add("shop", "/ok", quick());
    start();
    WAIT_FOR(shown("shop") == STATE_UP);
    send(COMMAND_PAUSE, "shop", 1000);
    over_ms = clock_wall_ms() + 1000;
    WAIT_FOR(shown("shop") == STATE_PAUSED || clock_wall_ms() > over_ms);
    stop();
    WAIT_FOR(clock_wall_ms() > over_ms);
    start();
    WAIT_FOR(shown("shop") == STATE_UP);
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static void a_renamed_site_keeps_its_history_and_its_state(void **state)
{
    (void)state;
    add("old", "/status/500", quick());
    add("other", "/ok", quick());
    start();
    WAIT_FOR(shown("old") == STATE_DOWN && shown("other") == STATE_UP);
    wait_checks("other", 2);
    forget_sites();
    add("new", "/status/500", quick());
    add("other", "/ok", quick());
    reload();
    assert_null(row_named("old"));
    assert_int_equal(shown("new"), STATE_DOWN);
    wait_checks("new", 2);
    assert_string_equal(sites(), "1 new down; 2 other up; ");
    assert_string_equal(incidents(), "new HTTP 500 Internal Server Error open; ");
}

static void a_site_renamed_while_nobody_watched_is_known_by_its_url(void **state)
{
    (void)state;
    add("old", "/status/500", quick());
    start();
    WAIT_FOR(shown("old") == STATE_DOWN);
    stop();
    forget_sites();
    add("new", "/status/500", quick());
    start();
    assert_int_equal(shown("new"), STATE_DOWN);
    assert_string_equal(sites(), "1 new down; ");
}

static void a_removed_site_keeps_its_history_and_comes_back_to_it(void **state)
{
    (void)state;
    add("shop", "/status/500", quick());
    add("other", "/ok", quick());
    start();
    WAIT_FOR(shown("shop") == STATE_DOWN && shown("other") == STATE_UP);
    wait_checks("other", 2); /* the monitor has taken the first ones */
    forget_sites();
    add("other", "/ok", quick());
    reload();
    assert_string_equal(sites(), "1 shop down gone; 2 other up; ");
    assert_string_equal(incidents(), "shop HTTP 500 Internal Server Error removed; ");
    add("shop", "/ok", quick());
    reload();
    assert_int_not_equal(shown("shop"), STATE_DOWN); /* new, or checked already */
    WAIT_FOR(shown("shop") == STATE_UP);
    WAIT_FOR(!strcmp(sites(), "1 shop up; 2 other up; "));
}

static void a_site_that_asks_another_url_begins_anew(void **state)
{
    (void)state;
    add("shop", "/status/500", quick());
    start();
    WAIT_FOR(shown("shop") == STATE_DOWN && *incidents());
    forget_sites();
    add("shop", "/ok", quick());
    reload();
    WAIT_FOR(shown("shop") == STATE_UP);
    WAIT_FOR(strstr(incidents(), "edited"));
    stop();
    forget_sites();
    add("shop", "/status/503", quick());
    start();
    assert_int_equal(shown("shop"), STATE_NEW);
}

static void sites_given_on_the_command_line_are_written_nowhere(void **state)
{
    struct monitor_options options = { 0 };
    struct history_options o = { .path = path, .samples_ms = 1000, .hourly_ms = 1000 };

    (void)state;
    add("mine", "/status/500", quick());
    settings.nsite = 0;
    assert_int_equal(history_open(&history, &o, NULL), ERR_OK);
    options.history = history;
    assert_int_equal(monitor_open(&monitor, &settings, site, 1, &options, NULL), ERR_OK);
    WAIT_FOR(shown("mine") == STATE_DOWN);
    assert_string_equal(sites(), "");
    assert_string_equal(incidents(), "");
}

/* All of it goes from the log into the file, of which nothing but the first page makes sense afterwards. */
static void damage_database(void)
{
    static char garbage[4096 * 30];
    sqlite3 *db;
    FILE *file;

    memset(garbage, 0xa5, sizeof(garbage));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 60000);
    assert_int_equal(sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 4096, SEEK_SET), 0);
    assert_int_equal(fwrite(garbage, sizeof(garbage), 1, file), 1);
    fclose(file);
}

static void for_a_database_begun_anew_all_is_said_again(void **state)
{
    (void)state;
    add("good", "/ok", quick());
    add("bad", "/status/503", quick());
    start();
    WAIT_FOR(shown("bad") == STATE_DOWN && shown("good") == STATE_UP && *incidents());
    damage_database();
    WAIT_FOR(said_again() > 0);
    WAIT_FOR(!strcmp(sites(), "1 good up; 2 bad down; ") && strstr(incidents(), "bad ") && samples(1) > 0);
    stop();
    assert_int_equal(remove_set_aside(), 1);
}

static int64_t number(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    int64_t n;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 60000);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    n = sqlite3_step(q) == SQLITE_ROW ? sqlite3_column_int64(q, 0) : -1;
    sqlite3_finalize(q);
    sqlite3_close(db);
    return n;
}

/* As when the disk it lies on is not mounted. */
static void take_database_away(const char *aside)
{
    assert_int_equal(rename(path, aside), 0);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void bring_database_back(const char *aside)
{
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rename(aside, path), 0);
}

static bool is_present(void)
{
    struct history_health health;

    history_health(history, &health);
    return health.present;
}

static void a_database_that_comes_late_goes_on_where_it_was_left(void **state)
{
    char aside[sizeof(path) + 8];

    (void)state;
    snprintf(aside, sizeof(aside), "%s.aside", path);
    add("stays down", "/status/503", quick());
    add("comes up", "/named/shop", quick());
    add("leaves", "/named/old", quick());
    server_route(server, "/named/shop", ANSWER(500, NULL, "no"));
    start();
    WAIT_FOR(shown("stays down") == STATE_DOWN && shown("comes up") == STATE_DOWN && shown("leaves") == STATE_UP);
    WAIT_FOR(number("SELECT count(*) FROM incident") == 2);
    stop();
    take_database_away(aside);
    forget_sites();
    add("stays down", "/status/503", quick());
    add("comes up", "/named/shop", quick());
    server_route(server, "/named/shop", ANSWER(200, NULL, "ok"));
    add("is new", "/ok", quick());
    start();
    assert_false(is_present());
    WAIT_FOR(shown("stays down") == STATE_DOWN && shown("comes up") == STATE_UP && shown("is new") == STATE_UP);
    bring_database_back(aside);
    WAIT_FOR(is_present());
    WAIT_FOR(!strcmp(sites(), "1 stays down down; 2 comes up up; 3 leaves up gone; 4 is new up; "));
    WAIT_FOR(strstr(incidents(), "comes up HTTP 500 Internal Server Error up;"));
    assert_int_equal(number("SELECT count(*) FROM incident"), 2); /* the one that is open is the same */
    assert_int_equal(number("SELECT count(*) FROM incident WHERE ended_ms IS NULL AND id = (SELECT min(id) FROM incident)"), 1);
    WAIT_FOR(samples(4) > 0);
    /* and the time in which nothing could be kept was not observed */
    assert_int_equal(number("SELECT count(*) FROM run"), 2);
    assert_int_equal(number("SELECT (SELECT max(from_ms) FROM run) > (SELECT min(until_ms) FROM run)"), 1);
    stop();
    start();
    assert_int_equal(shown("stays down"), STATE_DOWN); /* it is as if it had always been there */
    assert_int_equal(shown("comes up"), STATE_UP);
}

/* --- time --------------------------------------------------------------------------------------------------------- */

static void time_that_was_not_observed_is_found(void **state)
{
    static const struct {
        int64_t mono_ms, boot_ms, wall_ms; /* passed since the last look */
        bool gap;
        enum gap why;
        int64_t length_ms;
    } looks[] = {
        { 1000, 1000, 1000, false, 0, 0 },
        { 1000, 1000, 2900, false, 0, 0 },                          /* slewed */
        { 1000, 3601000, 3601000, true, GAP_ASLEEP, 3601000 },
        { 60000, 60000, 60000, true, GAP_STOPPED, 60000 },
        { 1000, 1000, 3601000, true, GAP_CLOCK, 3600000 },          /* put forward */
        { 1000, 1000, -3599000, true, GAP_CLOCK, -3600000 },        /* put back */
        { 1000, 1000, 1000, false, 0, 0 },
    };
    struct observed o = { 0 };
    struct unobserved u;
    int64_t mono = 5000, boot = 5000, wall = 1795435200000;
    size_t i;

    (void)state;
    assert_false(observed_look(&o, mono * NS_PER_MS, boot * NS_PER_MS, wall, &u));
    for (i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        mono += looks[i].mono_ms;
        boot += looks[i].boot_ms;
        wall += looks[i].wall_ms;
        assert_int_equal(observed_look(&o, mono * NS_PER_MS, boot * NS_PER_MS, wall, &u), looks[i].gap);
        if (!looks[i].gap)
            continue;
        assert_int_equal(u.why, looks[i].why);
        assert_int_equal(u.until_ms, wall);
        assert_int_equal(u.until_ms - u.from_ms, looks[i].length_ms);
    }
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(results_states_and_sites_are_kept),
        TEST(the_first_failing_answer_is_kept_without_secrets),
        TEST(helpers_hand_evidence_over_too),
        TEST(a_failure_that_is_not_confirmed_is_no_incident),
        TEST(a_pause_ends_the_incident),
        TEST(a_restart_in_an_outage_continues_that_incident),
        TEST(failures_counted_before_a_restart_count_after_it),
        TEST(uptime_of_before_comes_back_without_a_check),
        TEST(the_trend_and_latencies_come_back),
        TEST(get_is_remembered_where_head_failed_before),
        TEST(a_pause_for_a_time_outlives_a_restart),
        TEST(a_pause_that_is_over_at_the_start_is_over),
        TEST(a_renamed_site_keeps_its_history_and_its_state),
        TEST(a_site_renamed_while_nobody_watched_is_known_by_its_url),
        TEST(a_removed_site_keeps_its_history_and_comes_back_to_it),
        TEST(a_site_that_asks_another_url_begins_anew),
        TEST(sites_given_on_the_command_line_are_written_nowhere),
        TEST(for_a_database_begun_anew_all_is_said_again),
        TEST(a_database_that_comes_late_goes_on_where_it_was_left),
        cmocka_unit_test(time_that_was_not_observed_is_found),
    };

    if (argc > 1 && !strcmp(argv[1], HELPER_WORD))
        return helper_main();
    return cmocka_run_group_tests(tests, setup, teardown);
}
