/* The monitor as a whole: real engine, real server, its own thread. What it came to know is read from its status table. */
#include <dirent.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "check/check.h"
#include "engine/engine.h"
#include "engine/helper.h"
#include "model/snapshot.h"
#include "monitor/monitor.h"
#include "support/dns.h"
#include "support/server.h"
#include "support/wait.h"

#define MOST 3000

static struct server *server;
static struct dns *dns;
static struct monitor *monitor;
static struct snapshot snapshot;
static const struct site *site[MOST];
static struct settings settings;

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

/* --- a list of sites and a monitor over it ------------------------------------------------------------------------ */

static struct options quick(void)
{
    struct options o;

    options_init(&o);
    o.interval_ms = 50;
    o.retry_interval_ms = 10;
    o.timeout_ms = 20000;
    return o;
}

static void put(size_t i, const char *name, const char *path, struct options o)
{
    const struct options *shared = options_share(&o);
    char url[SERVER_URL_SIZE];

    site_unref(site[i]);
    site[i] = site_new(name, strstr(path, "://") ? path : server_url(server, path, url), shared);
    options_unref(shared);
}

static void add(const char *name, const char *path, struct options o)
{
    put(settings.nsite++, name, path, o);
}

static int begin(void **state)
{
    (void)state;
    server_forget(server);
    settings = (struct settings){ .engine = "events", .max_in_flight = 500, .site = site };
    return 0;
}

static void open_with(const struct monitor_options *o)
{
    struct errmsg why;

    if (monitor_open(&monitor, &settings, NULL, 0, o, &why) != ERR_OK)
        fail_msg("%s", why.text);
}

static void open_monitor(void)
{
    open_with(&(struct monitor_options){ 0 });
}

static int end(void **state)
{
    size_t i;

    (void)state;
    snapshot_release(&snapshot);
    monitor_close(monitor);
    monitor = NULL;
    for (i = 0; i < MOST; i++) {
        site_unref(site[i]);
        site[i] = NULL;
    }
    return 0;
}

/* --- reading, and waiting for what comes -------------------------------------------------------------------------- */

static const struct snapshot_row *row_named(const char *name)
{
    size_t i;

    assert_int_equal(snapshot_refresh(&snapshot, monitor_table(monitor), clock_mono_ns(), clock_wall_ms()), ERR_OK);
    for (i = 0; i < snapshot.nrow; i++)
        if (snapshot.row[i].row.generation && !strcmp(snapshot.row[i].row.site->name, name))
            return &snapshot.row[i];
    return NULL;
}

/* The table has nothing to wait on; a millisecond at a time, until what is looked for is there. */
static enum state shown(const char *name)
{
    const struct snapshot_row *r = row_named(name);

    return r ? state_shown(&r->row.state) : STATE_COUNT;
}

static void wait_state(const char *name, enum state wanted)
{
    WAIT_FOR(shown(name) == wanted);
}

static void send(enum command_kind kind, const char *name, int64_t for_ms)
{
    const struct snapshot_row *r = row_named(name);
    struct command c = { .kind = kind, .site_id = r->row.id, .generation = r->row.generation, .for_ms = for_ms };

    assert_int_equal(monitor_send(monitor, &c), ERR_OK);
}

/* --- checking ----------------------------------------------------------------------------------------------------- */

static void every_site_is_checked_again_and_again(void **state)
{
    (void)state;
    add("good", "/ok", quick());
    add("bad", "/status/503", quick());
    open_monitor();
    wait_state("good", STATE_UP);
    wait_state("bad", STATE_DOWN);
    assert_true(server_wait_hits(server, "HEAD", "/ok", 5));
    assert_int_equal(row_named("bad")->row.status, 503);
    assert_string_equal(row_named("good")->row.address, "127.0.0.1");
}

static const char *const troubled[] = { "/ok", "/status/500", "/fault/reset", "/fault/body-short-reset", "http://nx.example/",
                                        "http://127.0.0.1:1/" };
#define TROUBLED (sizeof(troubled) / sizeof(troubled[0]))

static uint32_t checks_of_all(void)
{
    uint32_t n = 0;
    size_t i;

    for (i = 0; i < TROUBLED; i++)
        n += row_named(troubled[i])->row.checks;
    return n;
}

static unsigned entries(const char *path)
{
    DIR *directory = opendir(path);
    unsigned n = 0;

    assert_non_null(directory);
    while (readdir(directory))
        n++;
    closedir(directory);
    return n;
}

static void tell_all(enum command_kind kind)
{
    size_t i;

    for (i = 0; i < TROUBLED; i++)
        send(kind, troubled[i], 0);
}

static bool is_quiet(void)
{
    size_t i;

    for (i = 0; i < TROUBLED; i++)
        if (shown(troubled[i]) != STATE_PAUSED || row_named(troubled[i])->row.in_flight)
            return false;
    return true;
}

static void checks_without_end_leave_no_descriptor_and_no_thread_behind(void **state)
{
    unsigned descriptors, threads;
    size_t i;

    (void)state;
    for (i = 0; i < TROUBLED; i++)
        add(troubled[i], troubled[i], quick());
    open_monitor();
    WAIT_FOR(checks_of_all() >= 60);
    tell_all(COMMAND_PAUSE);
    WAIT_FOR(is_quiet());
    descriptors = entries("/proc/self/fd");
    threads = entries("/proc/self/task");
    tell_all(COMMAND_RESUME);
    WAIT_FOR(checks_of_all() >= 700);
    tell_all(COMMAND_PAUSE);
    WAIT_FOR(is_quiet());
    WAIT_FOR(entries("/proc/self/fd") <= descriptors); /* the server closes its ends when it comes to it */
    WAIT_FOR(entries("/proc/self/task") <= threads);
}

static void a_site_goes_down_only_after_its_retries(void **state)
{
    struct options o = quick();

    (void)state;
    o.interval_ms = 60000;
    o.retries = 2;
    server_route(server, "/thrice", FOR("GET"), ANSWER(500, NULL, ""), FOR("HEAD"), ANSWER(500, NULL, ""));
    add("thrice", "/thrice", o);
    open_monitor();
    wait_state("thrice", STATE_DOWN);
    assert_int_equal(row_named("thrice")->row.checks, 3);
    assert_int_equal(server_hits(server, "HEAD", "/thrice"), 3);
}

static void a_site_that_is_down_is_asked_without_retries(void **state)
{
    struct options o = quick();
    uint32_t checks;

    (void)state;
    o.interval_ms = 60000;
    o.retries = 0;
    o.retry_interval_ms = 1;
    add("down", "/status/500", o);
    open_monitor();
    wait_state("down", STATE_DOWN);
    checks = row_named("down")->row.checks;
    send(COMMAND_CHECK, "down", 0);
    WAIT_FOR(row_named("down")->row.checks == checks + 1);
    assert_true(row_named("down")->row.due_ns > clock_mono_ns() + NS_PER_S);
}

static void one_good_answer_ends_down(void **state)
{
    (void)state;
    server_route(server, "/named/back", ANSWER(500, NULL, ""));
    add("back", "/named/back", quick());
    open_monitor();
    wait_state("back", STATE_DOWN);
    server_route(server, "/named/back", ANSWER(200, NULL, ""));
    wait_state("back", STATE_UP);
}

static void a_site_is_never_checked_twice_at_a_time(void **state)
{
    struct options o = quick();

    (void)state;
    o.interval_ms = 1;
    server_route(server, "/held", HOLD, ANSWER(200, NULL, ""));
    add("held", "/held", o);
    open_monitor();
    assert_true(server_wait_held(server, 1));
    send(COMMAND_CHECK, "held", 0);
    send(COMMAND_CHECK_ALL, "held", 0);
    add("probe", "/ok", quick());
    assert_int_equal(monitor_apply(monitor, &settings, &(struct monitor_changes){ 0 }), ERR_OK);
    wait_state("probe", STATE_UP); /* the monitor had its chance */
    assert_int_equal(server_totals(server).held, 1);
    assert_int_equal(server_hits(server, NULL, "/held"), 1);
    server_release(server);
    server_route(server, "/held", ANSWER(200, NULL, ""));
    wait_state("held", STATE_UP);
}

static void get_is_remembered_where_head_fails(void **state)
{
    (void)state;
    add("get", "/split/405/200", quick());
    open_monitor();
    assert_true(server_wait_hits(server, "GET", "/split/405/200", 5));
    assert_int_equal(server_hits(server, "HEAD", "/split/405/200"), 1);
}

static void hanging_sites_leave_the_others_on_schedule(void **state)
{
    struct options hangs = quick();
    size_t i;

    (void)state;
    hangs.timeout_ms = 60000;
    for (i = 0; i < 30; i++) {
        char name[16];

        snprintf(name, sizeof(name), "hang-%zu", i);
        add(name, "/hang", hangs);
    }
    add("good", "/ok", quick());
    open_monitor();
    assert_true(server_wait_hits(server, "HEAD", "/hang", 30));
    server_forget(server);
    assert_true(server_wait_hits(server, "HEAD", "/ok", 10));
}

/* --- commands ----------------------------------------------------------------------------------------------------- */

static void a_paused_site_is_not_checked_until_it_is_resumed(void **state)
{
    uint32_t checks;

    (void)state;
    add("shop", "/ok", quick());
    add("other", "/ok?other", quick());
    open_monitor();
    wait_state("shop", STATE_UP);
    send(COMMAND_PAUSE, "shop", 0);
    wait_state("shop", STATE_PAUSED);
    checks = row_named("shop")->row.checks;
    server_forget(server);
    WAIT_FOR(row_named("other")->row.checks > 10);
    assert_in_range(row_named("shop")->row.checks, checks, checks + 1); /* one may have been under way */
    send(COMMAND_RESUME, "shop", 0);
    wait_state("shop", STATE_UP);
}

static void a_pause_for_a_time_ends_by_itself(void **state)
{
    (void)state;
    add("shop", "/ok", quick());
    open_monitor();
    wait_state("shop", STATE_UP);
    send(COMMAND_PAUSE, "shop", 100);
    wait_state("shop", STATE_PAUSED);
    wait_state("shop", STATE_UP);
}

static void a_pause_too_long_to_count_lasts(void **state)
{
    uint32_t checks;

    (void)state;
    add("shop", "/ok", quick());
    add("other", "/ok?other", quick());
    open_monitor();
    wait_state("shop", STATE_UP);
    send(COMMAND_PAUSE, "shop", INT64_MAX);
    wait_state("shop", STATE_PAUSED);
    checks = row_named("other")->row.checks;
    WAIT_FOR(row_named("other")->row.checks > checks + 10);
    assert_int_equal(state_shown(&row_named("shop")->row.state), STATE_PAUSED);
}

/* --- reload ------------------------------------------------------------------------------------------------------- */

static void a_reload_adds_changes_and_removes(void **state)
{
    struct monitor_changes changes;
    struct options slow = quick();

    (void)state;
    add("stays", "/ok", quick());
    add("changes", "/status/500", quick());
    add("goes", "/ok?goes", quick());
    open_monitor();
    wait_state("stays", STATE_UP);
    wait_state("changes", STATE_DOWN);
    put(1, "changes", "/ok?new", quick());
    put(2, "comes", "/status/503", slow);
    assert_int_equal(monitor_apply(monitor, &settings, &changes), ERR_OK);
    assert_int_equal(changes.added, 1);
    assert_int_equal(changes.removed, 1);
    assert_int_equal(changes.changed, 1);
    wait_state("changes", STATE_UP);
    wait_state("comes", STATE_DOWN);
    assert_null(row_named("goes"));
    assert_true(row_named("stays")->row.checks > 0);
    assert_int_equal(snapshot.counts.total, 3);

    assert_int_equal(monitor_apply(monitor, &settings, &changes), ERR_OK);
    assert_int_equal(changes.added + changes.removed + changes.changed, 0);
}

static void the_late_result_of_an_edited_site_is_dropped(void **state)
{
    struct monitor_changes changes;

    (void)state;
    server_route(server, "/old", HOLD, ANSWER(500, NULL, ""));
    add("shop", "/old", quick());
    open_monitor();
    assert_true(server_wait_held(server, 1));
    put(0, "shop", "/ok", quick());
    assert_int_equal(monitor_apply(monitor, &settings, &changes), ERR_OK);
    assert_int_equal(shown("shop"), STATE_NEW);
    server_release(server);
    wait_state("shop", STATE_UP);
}

static void sites_given_by_hand_outlive_a_reload(void **state)
{
    struct options o = quick();
    const struct options *shared = options_share(&o);
    char url[SERVER_URL_SIZE];
    const struct site *extra = site_new("mine", server_url(server, "/ok?mine", url), shared);
    struct monitor_changes changes;

    (void)state;
    add("shop", "/ok", quick());
    assert_int_equal(monitor_open(&monitor, &settings, &extra, 1, &(struct monitor_options){ 0 }, NULL), ERR_OK);
    wait_state("mine", STATE_UP);
    assert_true(row_named("mine")->row.mine);
    settings.nsite = 0;
    assert_int_equal(monitor_apply(monitor, &settings, &changes), ERR_OK);
    assert_int_equal(changes.removed, 1);
    assert_non_null(row_named("mine"));
    site_unref(extra);
    options_unref(shared);
}

/* Slots are used again by other sites while results of the old ones are still coming. */
static void a_thousand_reloads_lose_nothing(void **state)
{
    struct monitor_changes changes;
    unsigned seed = 7;
    int round;
    size_t i;

    (void)state;
    for (i = 0; i < 100; i++) {
        char name[16];

        snprintf(name, sizeof(name), "site-%zu", i);
        add(name, i % 2 ? "/ok" : "/delay/5", quick());
    }
    open_monitor();
    for (round = 0; round < 1000; round++) {
        char name[32];

        i = (size_t)rand_r(&seed) % 100;
        snprintf(name, sizeof(name), rand_r(&seed) % 2 ? "site-%zu" : "other-%zu", i);
        put(i, name, rand_r(&seed) % 2 ? "/ok" : "/delay/5", quick());
        assert_int_equal(monitor_apply(monitor, &settings, &changes), ERR_OK);
        if (round % 100 == 0)
            row_named("nobody");
    }
    row_named("nobody");
    assert_int_equal(snapshot.counts.total, 100);
    for (i = 0; i < 100; i++)
        wait_state(site[i]->name, STATE_UP);
}

/* --- our own network ---------------------------------------------------------------------------------------------- */

static void when_nothing_can_be_reached_it_is_us(void **state)
{
    struct options o = quick();

    (void)state;
    o.retries = 1;
    add("a", "http://a.invalid/", o);
    add("b", "http://b.invalid/", o);
    add("c", "http://c.invalid/", o);
    add("d", "http://d.invalid/", o);
    open_monitor();
    wait_state("a", STATE_INCONCLUSIVE);
    wait_state("d", STATE_INCONCLUSIVE);
    row_named("a");
    assert_true(snapshot.health.offline);
    assert_int_equal(snapshot.counts.state[STATE_DOWN], 0);
    add("e", "/ok", quick());
    assert_int_equal(monitor_apply(monitor, &settings, &(struct monitor_changes){ 0 }), ERR_OK);
    wait_state("e", STATE_UP); /* somebody answers: the others were down after all */
    wait_state("a", STATE_DOWN);
    wait_state("d", STATE_DOWN);
    assert_false(snapshot.health.offline);
}

static char *anchor_url;

static void with_anchors(const char *url)
{
    anchor_url = strdup(url);
    settings.anchors = (struct strings){ .n = 1, .item = &anchor_url };
}

static void without_an_anchor_even_one_dead_site_is_our_own_fault(void **state)
{
    char url[SERVER_URL_SIZE];
    struct options o = quick();

    (void)state;
    o.retries = 0;
    with_anchors("http://anchor.invalid/");
    add("dead", "http://dead.invalid/", o);
    open_monitor();
    wait_state("dead", STATE_INCONCLUSIVE);
    assert_true(snapshot.health.offline);
    assert_int_equal(snapshot.health.anchors, 1);
    free(anchor_url);
    with_anchors(server_url(server, "/ok", url));
    assert_int_equal(monitor_apply(monitor, &settings, &(struct monitor_changes){ 0 }), ERR_OK);
    wait_state("dead", STATE_DOWN); /* the anchor lives: it is the site after all */
    free(anchor_url);
}

static void a_job_that_reports_is_late_then_down_and_up_again(void **state)
{
    struct options o = quick();

    (void)state;
    o.interval_ms = 300;
    o.retries = 1;
    add("nightly", "heartbeat:///nightly", o);
    open_monitor();
    wait_state("nightly", STATE_CHECKING);
    wait_state("nightly", STATE_DOWN);
    assert_int_equal(row_named("nightly")->row.outcome, OUTCOME_NOT_REPORTED);
    assert_false(snapshot.health.offline); /* a job's silence is not the network's */
    send(COMMAND_REPORT, "nightly", 0);
    wait_state("nightly", STATE_UP);
    wait_state("nightly", STATE_DOWN);
    send(COMMAND_REPORT_FAILED, "nightly", 0);
    WAIT_FOR(row_named("nightly")->row.outcome == OUTCOME_REPORTED_BAD);
}

static void a_sign_of_life_is_sent_while_all_is_well(void **state)
{
    char url[SERVER_URL_SIZE];

    (void)state;
    settings.heartbeat_url = (char *)server_url(server, "/ping", url);
    add("a", "/ok", quick());
    open_monitor();
    assert_true(server_wait_hits(server, "GET", "/ping", 1));
    wait_state("a", STATE_UP);
    assert_int_equal(snapshot.counts.total, 1); /* it is no site */
}

static void while_an_anchor_answers_dead_sites_are_down(void **state)
{
    struct options o = quick();
    char url[SERVER_URL_SIZE];

    (void)state;
    with_anchors(server_url(server, "/status/404", url));
    add("a", "http://a.invalid/", o);
    add("b", "http://b.invalid/", o);
    add("c", "http://c.invalid/", o);
    add("d", "http://d.invalid/", o);
    open_monitor();
    wait_state("a", STATE_DOWN);
    wait_state("b", STATE_DOWN);
    wait_state("c", STATE_DOWN);
    wait_state("d", STATE_DOWN);
    free(anchor_url);
}

static void two_dead_names_among_living_sites_are_down_even_without_retries(void **state)
{
    struct options o = quick();

    (void)state;
    o.retries = 0;
    add("dead-1", "http://dead-1.invalid/", o);
    add("dead-2", "http://dead-2.invalid/", o);
    o = quick();
    o.interval_ms = 60000;
    add("good", "/ok", o);
    open_monitor();
    wait_state("dead-1", STATE_DOWN);
    wait_state("dead-2", STATE_DOWN);
    wait_state("good", STATE_UP);
}

/* --- engines, slots, health --------------------------------------------------------------------------------------- */

static void every_engine_watches(void **state)
{
    const struct engine_ops *const *table;
    size_t n, e;

    (void)state;
    add("good", "/ok", quick());
    add("bad", "/status/500", quick());
    table = engine_table(&n);
    for (e = 0; e < n; e++) {
        if (!strcmp(table[e]->name, "redis"))
            continue; /* needs a broker: tests/engine/redis_test.c */
        open_with(&(struct monitor_options){ .engine = table[e]->name, .workers = 2 });
        wait_state("good", STATE_UP);
        wait_state("bad", STATE_DOWN);
        assert_string_equal(snapshot.health.engine, table[e]->name);
        snapshot_release(&snapshot);
        monitor_close(monitor);
        monitor = NULL;
    }
}

static void the_engine_can_be_changed_while_it_runs(void **state)
{
    static const char *const order[] = { "serial", "threads", "processes", "futures", "events", "threads", "events" };
    struct options o = quick();
    struct errmsg why;
    size_t i;

    (void)state;
    o.interval_ms = 20;
    for (i = 0; i < 30; i++) {
        char name[16];

        snprintf(name, sizeof(name), "site-%zu", i);
        add(name, i % 3 ? "/ok" : "/delay/20", o);
    }
    add("hangs", "/hang", o);
    open_monitor();
    for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        assert_int_equal(monitor_change_engine(monitor, &settings, order[i], &why), ERR_OK);
        server_forget(server);
        assert_true(server_wait_hits(server, NULL, "/ok", 40));
    }
    WAIT_FOR((row_named("site-0"), !strcmp(snapshot.health.engine, "events")));
    for (i = 0; i < 30; i++)
        wait_state(site[i]->name, STATE_UP);
    assert_int_equal(monitor_change_engine(monitor, &settings, "redis", &why), ERR_UNAVAILABLE); /* no broker */
    server_forget(server);
    assert_true(server_wait_hits(server, NULL, "/ok", 40)); /* the old one goes on */
}

static void a_changed_engine_takes_back_what_is_under_way(void **state)
{
    struct options o = quick();

    (void)state;
    o.timeout_ms = 300000;
    server_route(server, "/held", HOLD, ANSWER(200, NULL, ""));
    add("held", "/held", o);
    open_monitor();
    assert_true(server_wait_held(server, 1));
    assert_int_equal(monitor_change_engine(monitor, &settings, "threads", NULL), ERR_OK);
    assert_true(server_wait_hits(server, NULL, "/held", 2)); /* asked anew ... */
    assert_true(server_wait_open(server, 1));                /* ... and no more by the first */
    server_release(server);
    wait_state("held", STATE_UP);
}

static void a_reload_takes_the_engine_over_unless_the_command_line_named_one(void **state)
{
    struct monitor_changes changes;

    (void)state;
    add("one", "/ok", quick());
    open_monitor();
    wait_state("one", STATE_UP);
    settings.engine = (char *)"threads";
    settings.workers = 3;
    assert_int_equal(monitor_apply(monitor, &settings, &changes), ERR_OK);
    WAIT_FOR((row_named("one"), !strcmp(snapshot.health.engine, "threads") && snapshot.health.workers == 3));
    settings.engine = (char *)"redis"; /* there is no broker: the old one goes on */
    assert_int_equal(monitor_apply(monitor, &settings, &changes), ERR_OK);
    assert_true((server_forget(server), server_wait_hits(server, NULL, "/ok", 2)));
    assert_string_equal(snapshot.health.engine, "threads");
    monitor_close(monitor);
    open_with(&(struct monitor_options){ .engine = "events" });
    settings.engine = (char *)"threads";
    assert_int_equal(monitor_apply(monitor, &settings, &changes), ERR_OK);
    assert_true((server_forget(server), server_wait_hits(server, NULL, "/ok", 3)));
    row_named("one");
    assert_string_equal(snapshot.health.engine, "events");
}

static void with_few_slots_everybody_gets_a_turn_and_lateness_is_counted(void **state)
{
    size_t i;

    (void)state;
    settings.max_in_flight = 2;
    for (i = 0; i < 40; i++) {
        char name[16];

        snprintf(name, sizeof(name), "slow-%zu", i);
        add(name, "/delay/100", quick());
    }
    open_with(&(struct monitor_options){ .workers = 1 });
    for (i = 0; i < 40; i++) {
        char name[16];

        snprintf(name, sizeof(name), "slow-%zu", i);
        wait_state(name, STATE_UP);
    }
    WAIT_FOR((row_named("slow-0"), snapshot.health.late > 0));
    assert_true(snapshot.health.slots <= 2);
    WAIT_FOR((row_named("slow-0"), snapshot.health.lag_p99_ns > NS_PER_S));
}

static void an_unknown_engine_is_refused(void **state)
{
    struct errmsg why;

    (void)state;
    assert_int_equal(monitor_open(&monitor, &settings, NULL, 0, &(struct monitor_options){ .engine = "x" }, &why),
                     ERR_INVALID);
    monitor = NULL;
}

static void closing_waits_for_nobody(void **state)
{
    struct options o = quick();
    size_t i;

    (void)state;
    o.timeout_ms = 300000;
    for (i = 0; i < 50; i++) {
        char name[16];

        snprintf(name, sizeof(name), "hang-%zu", i);
        add(name, "/hang", o);
    }
    open_monitor();
    assert_true(server_wait_hits(server, NULL, "/hang", 25));
    /* end() closes it: the test's own time limit is the judge */
}

int main(int argc, char *argv[])
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(every_site_is_checked_again_and_again),
        TEST(checks_without_end_leave_no_descriptor_and_no_thread_behind),
        TEST(a_site_goes_down_only_after_its_retries),
        TEST(a_site_that_is_down_is_asked_without_retries),
        TEST(one_good_answer_ends_down),
        TEST(a_site_is_never_checked_twice_at_a_time),
        TEST(get_is_remembered_where_head_fails),
        TEST(hanging_sites_leave_the_others_on_schedule),
        TEST(a_paused_site_is_not_checked_until_it_is_resumed),
        TEST(a_pause_for_a_time_ends_by_itself),
        TEST(a_pause_too_long_to_count_lasts),
        TEST(a_reload_adds_changes_and_removes),
        TEST(the_late_result_of_an_edited_site_is_dropped),
        TEST(sites_given_by_hand_outlive_a_reload),
        TEST(a_thousand_reloads_lose_nothing),
        TEST(when_nothing_can_be_reached_it_is_us),
        TEST(without_an_anchor_even_one_dead_site_is_our_own_fault),
        TEST(a_job_that_reports_is_late_then_down_and_up_again),
        TEST(a_sign_of_life_is_sent_while_all_is_well),
        TEST(while_an_anchor_answers_dead_sites_are_down),
        TEST(two_dead_names_among_living_sites_are_down_even_without_retries),
        TEST(every_engine_watches),
        TEST(the_engine_can_be_changed_while_it_runs),
        TEST(a_changed_engine_takes_back_what_is_under_way),
        TEST(a_reload_takes_the_engine_over_unless_the_command_line_named_one),
        TEST(with_few_slots_everybody_gets_a_turn_and_lateness_is_counted),
        TEST(an_unknown_engine_is_refused),
        TEST(closing_waits_for_nobody),
    };

    if (argc > 1 && !strcmp(argv[1], HELPER_WORD))
        return helper_main();
    return cmocka_run_group_tests(tests, setup, teardown);
}
