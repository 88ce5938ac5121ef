/* Owners are told: outages by script, receivers that are away, and a monitor that is killed (SIGKILL) at moments that a seed chooses.
 * Every outage gives each owner concerned one DOWN and one UP, in order; repeats are few and known by their ids. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "process.h"
#include "receiver.h"
#include "support/random.h"
#include "whole.h"

#define SITES 3
#define OUTAGES 6                    /* $UPTIME_OUTAGES: another number, for a longer look */
#define ENOUGH 3                     /* checks begun since a moment: the first of them is told of by then */
#define TOLD_MOST 4096

static const char *const names[SITES] = { "shop", "api", "cdn" };

static struct story {
    struct random random;
    struct process *monitor;
    struct receiver *ops, *boss;
    unsigned kills, outages[SITES];
} s;

static const char *named(const char *site)
{
    static char path[2][32];
    static int i;

    i = !i;
    snprintf(path[i], sizeof(path[i]), "/named/%s", site);
    return path[i];
}

/* From now on the site answers so. */
static void become(const char *site, int status)
{
    char path[64];
    const struct ran *r;

    snprintf(path, sizeof(path), "/set/%s/status/%d", site, status);
    r = shell("\"$squirrel\" check --retries 0 \"$1\" > /dev/null", url(path));
    process_forget(r);
}

static void write_settings(void)
{
    place_write("uptime.cfg",
                "database = \"uptime.db\";\n"
                "defaults: { interval = \"1s\"; timeout = \"2s\"; retries = 0; method = \"GET\"; owner = \"ops\"; };\n"
                "alarms: { hold = \"1s\"; per_hour = 0; flaps = 0; };\n"
                "owners = ( { name = \"ops\"; webhook = \"%s\"; }, { name = \"boss\"; webhook = \"%s\"; } );\n"
                "sites = ( { name = \"shop\"; url = \"%s\"; }, { name = \"api\"; url = \"%s\"; },\n"
                "          { name = \"cdn\"; url = \"%s\"; owner = \"boss\"; } );\n",
                receiver_url(s.ops), receiver_url(s.boss), url("/named/shop"), url("/named/api"), url("/named/cdn"));
}

static void start_monitor(void)
{
    s.monitor = start("run", "-c", "uptime.cfg");
}

static void kill_monitor(void)
{
    process_signal(s.monitor, SIGKILL);
    process_forget(process_end(s.monitor));
    s.kills++;
    start_monitor();
}

/* Until the site was checked often enough, from here on, by a monitor that lives. */
static void wait_for_checks(const char *site)
{
    assert_true(server_wait_hits(web, "GET", named(site), server_hits(web, "GET", named(site)) + ENOUGH));
}

static void change_moods(void)
{
    static const enum receiver_mood moods[] = { RECEIVER_WELL, RECEIVER_WELL, RECEIVER_AWAY, RECEIVER_LOSES, RECEIVER_BUSY };

    receiver_set(s.ops, moods[random_below(&s.random, 5)]);
    receiver_set(s.boss, moods[random_below(&s.random, 5)]);
}

/* Somewhere between at once and a second and a half. */
static void wait_a_little(void)
{
    long until_ms = whole_now_ms() + (long)random_below(&s.random, 1500);

    while (whole_now_ms() < until_ms)
        whole_pause();
}

static void maybe_kill(void)
{
    wait_a_little();
    if (random_below(&s.random, 3) > 0)
        kill_monitor();
}

static void play_outage(void)
{
    size_t i = random_below(&s.random, SITES);

    change_moods();
    become(names[i], 503);
    maybe_kill();
    wait_for_checks(names[i]);
    change_moods();
    become(names[i], 200);
    maybe_kill();
    wait_for_checks(names[i]);
    s.outages[i]++;
}

static bool all_told(void *context)
{
    size_t i;

    (void)context;
    for (i = 0; i < SITES; i++) {
        struct receiver *r = i == 2 ? s.boss : s.ops;

        if (receiver_count(r, names[i], "down") < s.outages[i] || receiver_count(r, names[i], "up") < s.outages[i])
            return false;
    }
    return true;
}

/* Down, up, down, up: and not one more. Returns the repeats. */
static unsigned judge(struct receiver *r, size_t site)
{
    static struct told told[TOLD_MOST];
    size_t n = receiver_told(r, told, TOLD_MOST), i;
    unsigned seen = 0, repeats = 0;

    assert_true(n < TOLD_MOST);
    for (i = 0; i < n; i++) {
        assert_string_not_equal(told[i].letter, "DIFFERS");
        if (strcmp(told[i].site, names[site]) != 0)
            continue;
        assert_string_equal(told[i].event, seen % 2 ? "up" : "down");
        seen++;
        repeats += told[i].times - 1;
    }
    assert_int_equal(seen, 2 * s.outages[site]);
    return repeats;
}

static int begin(void **state)
{
    const char *seed = getenv("UPTIME_SEED");

    memset(&s, 0, sizeof(s));
    s.random.seed = seed ? strtoull(seed, NULL, 0) : 20261123;
    s.ops = receiver_start();
    s.boss = receiver_start();
    return whole_begin(state);
}

static int end(void **state)
{
    int code = whole_end(state);

    receiver_stop(s.ops);
    receiver_stop(s.boss);
    return code;
}

static void every_outage_is_told_in_order_whenever_the_monitor_is_killed(void **state)
{
    const char *wanted = getenv("UPTIME_OUTAGES");
    unsigned n = wanted ? (unsigned)strtoul(wanted, NULL, 10) : OUTAGES, repeats = 0, i;

    (void)state;
    write_settings();
    start_monitor();
    for (i = 0; i < SITES; i++)
        wait_for_checks(names[i]);
    for (i = 0; i < n; i++)
        play_outage();
    receiver_set(s.ops, RECEIVER_WELL);
    receiver_set(s.boss, RECEIVER_WELL);
    if (!whole_wait(all_told, NULL))
        fail_msg("seed %llu: something was never told", (unsigned long long)s.random.seed);
    for (i = 0; i < SITES; i++)
        repeats += judge(i == 2 ? s.boss : s.ops, i);
    /* a message may hold every notice there is; what was noted and not answered comes again, as does what a kill cut short */
    assert_true(repeats <= (s.kills + receiver_lost(s.ops) + receiver_lost(s.boss)) * 2 * n);
    process_signal(s.monitor, SIGTERM);
    assert_int_equal(process_end(s.monitor)->code, 0);
    print_message("%u outages, %u kills, %u answers lost, %u repeats\n", n, s.kills,
                  receiver_lost(s.ops) + receiver_lost(s.boss), repeats);
}

static bool dead_or_sent(void *context)
{
    (void)context;
    return receiver_count(s.ops, "shop", "up") >= 1;
}

static void a_storm_is_one_message_for_each_owner(void **state)
{
    struct told told[16];
    size_t n, i;

    (void)state;
    place_write("uptime.cfg",
                "database = \"uptime.db\";\n"
                "defaults: { interval = \"1s\"; retries = 0; method = \"GET\"; owner = \"ops\"; };\n"
                "alarms: { hold = \"4s\"; };\n"
                "owners = ( { name = \"ops\"; webhook = \"%s\"; } );\n"
                "sites = ( { name = \"shop\"; url = \"%s\"; }, { name = \"api\"; url = \"%s\"; }, { name = \"cdn\"; url = \"%s\"; } );\n",
                receiver_url(s.ops), url("/named/shop"), url("/named/api"), url("/named/cdn"));
    start_monitor();
    for (i = 0; i < SITES; i++)
        wait_for_checks(names[i]);
    for (i = 0; i < SITES; i++)
        become(names[i], 503);
    for (i = 0; i < SITES; i++)
        wait_for_checks(names[i]);
    for (i = 0; i < SITES; i++)
        become(names[i], 200);
    assert_true(whole_wait(dead_or_sent, NULL));
    n = receiver_told(s.ops, told, 16);
    assert_int_equal(n, 6);
    for (i = 1; i < 3; i++)
        assert_string_equal(told[i].letter, told[0].letter);
    process_signal(s.monitor, SIGTERM);
    assert_int_equal(process_end(s.monitor)->code, 0);
}

#define TELLING(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TELLING(every_outage_is_told_in_order_whenever_the_monitor_is_killed),
        TELLING(a_storm_is_one_message_for_each_owner),
    };

    return WHOLE_RUN(tests);
}
