/* A database of thirty days that never were. */
#include "past.h"

#include <string.h>

#include "base/clock.h"
#include "model/making.h"
#include "place.h"
#include "store/history.h"
#include "support/random.h"
#include "support/tests.h"

#define MIN MS_PER_MIN
#define EVERY (10 * MIN)
#define BEGIN (PAST_UNTIL_MS - 30 * MS_PER_DAY)
#define STOPPED (PAST_UNTIL_MS - 3 * MS_PER_DAY)

enum { SHOP = 1, CRM, WIKI, HOSTILE };

static struct history *history;

static void commit(struct batch *b)
{
    assert_false(batch_failed(b));
    history_commit(history, b);
}

static void ops(struct options *o)
{
    o->owner = strdup("ops");
    assert_int_equal(strings_add(&o->tags, "money"), ERR_OK);
    assert_int_equal(strings_add(&o->tags, "eu"), ERR_OK);
}

static void crm(struct options *o)
{
    assert_int_equal(strings_add(&o->tags, "eu"), ERR_OK);
}

static void hostile(struct options *o)
{
    o->owner = strdup("@ops\x1b[31m<b>");
    assert_int_equal(strings_add(&o->tags, "+tag\"><img src=x onerror=alert(1)>"), ERR_OK);
}

static void add_site(uint32_t key, const char *name, const char *url, void (*adjust)(struct options *o))
{
    const struct site *site = make_site(name, url, adjust);
    struct batch *b = batch_new();

    batch_site(b, key, site, BEGIN);
    batch_change(b, key, BEGIN, STATE_UP);
    commit(b);
    site_unref(site);
}

static void change(uint32_t key, int64_t at_ms, enum state state)
{
    struct batch *b = batch_new();

    batch_change(b, key, at_ms, state);
    history_alive(history, at_ms);
    commit(b);
}

static void incident(int64_t id, uint32_t key, int64_t failing_ms, int64_t opened_ms, enum outcome outcome, int status,
                     const char *message)
{
    struct incident_row row = { .id = id, .site = key, .failing_ms = failing_ms, .opened_ms = opened_ms, .outcome = outcome,
                                .status = status, .certificate_until = CERTIFICATE_UNKNOWN, .address = "192.0.2.7",
                                .message = message };
    struct batch *b = batch_new();
    int i;

    for (i = 0; i < PHASE_COUNT; i++)
        row.phase_us[i] = UINT32_MAX;
    batch_incident(b, &row);
    commit(b);
}

static void end_incident(int64_t id, int64_t at_ms, enum incident_end why)
{
    struct batch *b = batch_new();

    batch_incident_end(b, id, at_ms, why);
    commit(b);
}

static void acknowledge(int64_t id, int64_t at_ms, const char *note)
{
    struct batch *b = batch_new();

    batch_incident_ack(b, id, at_ms, note);
    commit(b);
}

/* An outage that was confirmed half a minute after its first failure. */
static void outage(int64_t id, uint32_t key, int64_t from_ms, int64_t to_ms, enum outcome outcome, int status, const char *message)
{
    change(key, from_ms, STATE_CHECKING);
    change(key, from_ms + MIN / 2, STATE_DOWN);
    incident(id, key, from_ms, from_ms + MIN / 2, outcome, status, message);
    if (to_ms == PAST_UNTIL_MS)
        return;
    change(key, to_ms, STATE_UP);
    end_incident(id, to_ms, INCIDENT_UP);
}

static bool within(int64_t at_ms, int64_t from_ms, int64_t to_ms)
{
    return at_ms >= from_ms && at_ms < to_ms;
}

#define SHOP_DOWN (PAST_UNTIL_MS - 10 * MS_PER_DAY)
#define SHOP_STILL (STOPPED - 20 * MIN)
#define CRM_DOWN (PAST_UNTIL_MS - 40 * MIN)
#define HOSTILE_DOWN (BEGIN + 2 * MS_PER_DAY)
#define WIKI_GONE (PAST_UNTIL_MS - 5 * MS_PER_DAY)

static bool is_failing(uint32_t key, int64_t at_ms)
{
    if (key == SHOP)
        return within(at_ms, SHOP_DOWN, SHOP_DOWN + 40 * MIN) || within(at_ms, SHOP_STILL, STOPPED + 2 * MS_PER_H + 10 * MIN);
    return key == CRM && at_ms >= CRM_DOWN;
}

static void add_sample(struct random *r, uint32_t key, int64_t at_ms)
{
    struct sample s = { .site = key, .at_ms = at_ms, .attempt = 1, .counts = true, .outcome = OUTCOME_OK, .status = 200 };
    uint32_t slow = key == CRM && at_ms > PAST_UNTIL_MS - 7 * MS_PER_DAY ? 4 : 1;
    int i;

    for (i = 0; i < PHASE_COUNT; i++)
        s.phase_us[i] = UINT32_MAX;
    if (is_failing(key, at_ms)) {
        s.outcome = OUTCOME_STATUS;
        s.status = 502;
        s.took_us = 60000;
    } else {
        s.phase_us[PHASE_DNS] = 400 + (uint32_t)random_below(r, 600);
        s.phase_us[PHASE_CONNECT] = 9000 * key + (uint32_t)random_below(r, 2000);
        s.phase_us[PHASE_TLS] = key == WIKI ? UINT32_MAX : 21000 + (uint32_t)random_below(r, 3000);
        s.phase_us[PHASE_FIRST_BYTE] = slow * (20000 + (uint32_t)random_below(r, random_below(r, 20) ? 12000 : 180000));
        s.phase_us[PHASE_BODY] = (uint32_t)random_below(r, 300);
        for (i = 0; i < PHASE_COUNT; i++)
            s.took_us += s.phase_us[i] == UINT32_MAX ? 0 : s.phase_us[i];
    }
    history_sample(history, &s);
}

static void add_samples(void)
{
    struct random r = { 2026 };
    int64_t at;
    uint32_t key;

    for (at = BEGIN; at < PAST_UNTIL_MS; at += EVERY)
        for (key = SHOP; key <= HOSTILE; key++)
            if (!within(at, STOPPED, STOPPED + 2 * MS_PER_H) && !(key == WIKI && at >= WIKI_GONE))
                add_sample(&r, key, at + key * MIN);
}

static void add_sites(void)
{
    add_site(SHOP, "shop", "https://shop.example.org/", ops);
    add_site(CRM, "legacy-crm", "https://probe:geheim@crm.example.org/login", crm);
    add_site(WIKI, "old-wiki", "http://wiki.example.org/", NULL);
    add_site(HOSTILE, PAST_HOSTILE, "https://x.example.org/?q=\"'><script>alert(2)</script>", hostile);
}

static void add_stop(int64_t from_ms, int64_t until_ms, enum gap why)
{
    struct batch *b = batch_new();

    batch_gap(b, from_ms, until_ms, why);
    commit(b);
}

static void live(void)
{
    struct batch *b;

    outage(1, HOSTILE, HOSTILE_DOWN, PAST_UNTIL_MS, OUTCOME_STATUS, 500,
           "\x1b]0;owned\x07<script>alert(3)</script> =1+1 \xe2\x80\xae" "gnp.exe");
    acknowledge(1, HOSTILE_DOWN + MIN, "=cmd|' /C calc'!A0\x1b[2J");
    change(HOSTILE, HOSTILE_DOWN + 3 * MIN, STATE_UP);
    end_incident(1, HOSTILE_DOWN + 3 * MIN, INCIDENT_UP);
    outage(2, SHOP, SHOP_DOWN, SHOP_DOWN + 40 * MIN, OUTCOME_STATUS, 502, "HTTP 502 Bad Gateway");
    b = batch_new();
    batch_change(b, HOSTILE, PAST_UNTIL_MS - 6 * MS_PER_DAY, STATE_MAINTENANCE);
    batch_change(b, HOSTILE, PAST_UNTIL_MS - 6 * MS_PER_DAY + 4 * MS_PER_H, STATE_UP);
    batch_site_gone(b, WIKI, WIKI_GONE);
    commit(b);
    outage(3, SHOP, SHOP_STILL, PAST_UNTIL_MS, OUTCOME_WAIT_TIMEOUT, 0, "connected, but no first byte in 10 s");
    history_alive(history, STOPPED);
    add_stop(STOPPED, STOPPED + 2 * MS_PER_H, GAP_STOPPED);
    change(SHOP, STOPPED + 2 * MS_PER_H + 10 * MIN, STATE_UP);
    end_incident(3, STOPPED + 2 * MS_PER_H + 10 * MIN, INCIDENT_UP);
    outage(4, CRM, CRM_DOWN, PAST_UNTIL_MS, OUTCOME_STATUS, 502, "HTTP 502 Bad Gateway");
    acknowledge(4, CRM_DOWN + 5 * MIN, "sam is on it");
    history_alive(history, PAST_UNTIL_MS);
}

void past_write(void)
{
    struct history_options o = { .samples_ms = 36500 * MS_PER_DAY, .hourly_ms = 36500 * MS_PER_DAY, .samples_most = 100000 };
    struct errmsg why = ERRMSG_INIT;

    place_write("uptime.cfg", "database = \"uptime.db\";\nsites = ( \"https://shop.example.org/\" );\n");
    o.path = place_path("uptime.db");
    if (history_open(&history, &o, &why) != ERR_OK)
        fail_msg("%s", why.text);
    add_stop(0, BEGIN, GAP_CLOCK); /* the run that opening began lies in the present */
    add_sites();
    add_samples();
    live();
    history_close(history);
}
