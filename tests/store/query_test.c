/* What was written, as the readers find it. */
#include "store/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "pack.h"
#include "place.h"
#include "support/random.h"
#include "support/tests.h"
#include "sweep.h"

#define NOON INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static struct query *open_query(const struct place *p)
{
    struct errmsg why = ERRMSG_INIT;
    struct query *q = NULL;

    if (query_open(&q, p->path, &why) != ERR_OK)
        fail_msg("%s", why.text);
    return q;
}

/* --- spans against an oracle -------------------------------------------------------------------------------------- */

#define SLOTS 400 /* one a second */

struct painting {
    int slot[SLOTS];
    int64_t upto_ms;
};

static bool paint(void *context, const struct state_span *s)
{
    struct painting *p = context;
    int64_t at;

    assert_int_equal(s->from_ms, p->upto_ms); /* no hole, no overlap */
    assert_true(s->from_ms < s->until_ms);
    p->upto_ms = s->until_ms;
    for (at = s->from_ms; at < s->until_ms; at += 1000)
        p->slot[(at - NOON) / 1000] = s->state;
    return true;
}

static void paint_from(struct painting *p, int64_t from_ms, int64_t until_ms, int state)
{
    int64_t at;

    for (at = from_ms; at < until_ms; at += 1000)
        p->slot[(at - NOON) / 1000] = state;
}

/* A random history of one site, in whole seconds, painted second by second beside. The clock of this run is put forward and back. */
static void live(struct place *p, struct random *r, struct painting *expect)
{
    int64_t at = NOON + 1000;
    int state = STATE_NEW, i;
    struct batch *b;

    paint_from(expect, NOON, NOON + SLOTS * 1000, SPAN_NOT_OBSERVED);
    b = make_batch();
    batch_gap(b, 0, at, GAP_CLOCK); /* the run that opening began lies in the present */
    history_commit(p->history, b);
    add_site(p, 1, "shop", at);
    for (i = 0; i < 60; i++) {
        int64_t next = at + 1000 * (int64_t)random_below(r, 8);

        if (next > NOON + (SLOTS - 50) * 1000)
            break;
        b = make_batch();
        paint_from(expect, at, next, state);
        paint_from(expect, next, NOON + SLOTS * 1000, SPAN_NOT_OBSERVED); /* of what was before a clock put back nothing counts */
        at = next;
        if (random_below(r, 8) == 0) {
            int64_t to = at + 1000 * ((int64_t)random_below(r, 40) - 15);

            to = to < NOON + 1000 ? NOON + 1000 : to;
            batch_gap(b, at, to, to < at ? GAP_CLOCK : GAP_ASLEEP);
            paint_from(expect, to < at ? to : at, NOON + SLOTS * 1000, SPAN_NOT_OBSERVED);
            at = to;
        } else {
            state = (int)random_below(r, STATE_COUNT);
            batch_change(b, 1, at, (enum state)state);
        }
        history_alive(p->history, at);
        history_commit(p->history, b);
        place_settle(p);
    }
}

static void spans_are_what_a_second_by_second_painting_shows(void **state)
{
    struct random r = { 4 };
    int round;

    for (round = 0; round < 12; round++) {
        struct place *p;
        struct painting expect = { .upto_ms = 0 }, found;
        struct query *q;
        int i, from;

        (void)state;
        assert_int_equal(place_make((void **)&p), 0);
        place_open(p);
        live(p, &r, &expect);
        q = open_query(p);
        for (from = 0; from < SLOTS - 60; from += 53) {
            found.upto_ms = NOON + from * 1000;
            assert_int_equal(query_spans(q, 1, NOON + from * 1000, NOON + (SLOTS - 20) * 1000, paint, &found, NULL), ERR_OK);
            assert_int_equal(found.upto_ms, NOON + (SLOTS - 20) * 1000);
            for (i = from; i < SLOTS - 20; i++)
                if (found.slot[i] != expect.slot[i])
                    fail_msg("round %d from %d: second %d is %d, should be %d", round, from, i, found.slot[i], expect.slot[i]);
        }
        query_close(q);
        place_remove((void **)&p);
    }
}

static bool count_site(void *context, const struct state_span *s)
{
    ((int *)context)[s->site]++;
    return true;
}

static void spans_of_all_sites_come_site_by_site(void **state)
{
    struct place *p = *state;
    int64_t now = clock_wall_ms();
    struct batch *b = make_batch();
    int spans[4] = { 0 };
    struct query *q;

    place_open(p);
    add_site(p, 1, "shop", now);
    add_site(p, 3, "blog", now);
    batch_change(b, 3, now + 1000, STATE_UP);
    history_commit(p->history, b);
    history_alive(p->history, now + 2000);
    place_close(p);
    q = open_query(p);
    assert_int_equal(query_spans(q, 0, now - 1000, now + 3000, count_site, spans, NULL), ERR_OK);
    assert_int_equal(spans[1], 3); /* not observed, new, not observed */
    assert_int_equal(spans[3], 4);
    query_close(q);
}

/* --- hours and samples -------------------------------------------------------------------------------------------- */

#define SITES 4

static struct sample random_sample(struct random *r, uint32_t key, int64_t at_ms)
{
    struct sample s = make_sample(key, at_ms);

    s.phase_us[PHASE_FIRST_BYTE] = (uint32_t)random_below(r, 4000); /* small ones are kept exactly */
    s.took_us = s.phase_us[PHASE_FIRST_BYTE] + (uint32_t)random_below(r, 100000) + 5000;
    s.phase_us[PHASE_CONNECT] = 2000;
    switch (random_below(r, 12)) {
    case 0:
        s.outcome = OUTCOME_STATUS;
        s.status = 503;
        break;
    case 1:
        s.outcome = OUTCOME_LOCAL_NETWORK;
        s.counts = false;
        break;
    default:
        break;
    }
    return s;
}

struct oracle {
    struct sample sample[4000];
    size_t n, at;
    struct rollup *rollup;
    struct histogram told;
    uint32_t hours, checks;
};

static int by_site_and_time(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;

    return x->site != y->site ? (x->site < y->site ? -1 : 1) : x->at_ms < y->at_ms ? -1 : x->at_ms > y->at_ms;
}

static bool compare_sample(void *context, const struct sample *s)
{
    struct oracle *o = context;

    assert_true(o->at < o->n);
    assert_int_equal(s->site, o->sample[o->at].site);
    assert_int_equal(s->at_ms, o->sample[o->at].at_ms);
    assert_int_equal(s->outcome, o->sample[o->at].outcome);
    assert_int_equal(s->took_us, o->sample[o->at].took_us);
    assert_int_equal(s->phase_us[PHASE_FIRST_BYTE], o->sample[o->at].phase_us[PHASE_FIRST_BYTE]);
    o->at++;
    return true;
}

/* Adds up the samples of that hour the slow way. */
static bool compare_hour(void *context, const struct hourly *h)
{
    struct oracle *o = context;
    size_t i;

    rollup_reset(o->rollup);
    for (i = 0; i < o->n; i++)
        if (o->sample[i].site == h->site && o->sample[i].at_ms >= h->hour_ms && o->sample[i].at_ms < h->hour_ms + MS_PER_H)
            hours_add(o->rollup, &o->sample[i]);
    assert_int_equal(h->checks, o->rollup->checks);
    assert_int_equal(h->good, o->rollup->good);
    assert_int_equal(h->failed, o->rollup->failed);
    assert_int_equal(h->inconclusive, o->rollup->inconclusive);
    o->told = (struct histogram)HISTOGRAM_INIT;
    assert_int_equal(histogram_unpack(&o->told, h->took[ROLLUP_WHOLE].bytes, h->took[ROLLUP_WHOLE].length), ERR_OK);
    assert_memory_equal(&o->told, &o->rollup->took[ROLLUP_WHOLE], sizeof(o->told));
    o->hours++;
    o->checks += h->checks;
    return true;
}

static void compare_all(struct place *p, struct oracle *o)
{
    struct query *q = open_query(p);

    o->at = 0;
    assert_int_equal(query_samples(q, 0, 0, INT64_MAX, compare_sample, o, NULL), ERR_OK);
    assert_int_equal(o->at, o->n);
    o->hours = o->checks = 0;
    assert_int_equal(query_hours(q, 0, 0, NOON + 100 * MS_PER_H, compare_hour, o, NULL), ERR_OK);
    assert_int_equal(o->checks, o->n);
    o->checks = 0;
    assert_int_equal(query_hours(q, 2, 0, NOON + 100 * MS_PER_H, compare_hour, o, NULL), ERR_OK);
    assert_true(o->checks > 0 && o->checks < o->n);
    query_close(q);
}

/* All steps there are, as the writer takes them. */
static void pack_all(struct place *p, int64_t now_ms)
{
    struct packer packer;
    struct keeper k;
    bool more = true;

    assert_int_equal(keeper_init(&k, &(struct history_options){ .path = p->path }), ERR_OK);
    assert_int_equal(keeper_check(&k, NOON, NULL), ERR_OK);
    assert_int_equal(packer_init(&packer), ERR_OK);
    while (more)
        assert_int_equal(pack_step(&packer, &k, now_ms, &more, NULL), ERR_OK);
    packer_release(&packer);
    keeper_close(&k);
}

static void hours_and_samples_are_the_same_before_and_after_packing(void **state)
{
    struct place *p = *state;
    struct oracle *o = calloc(1, sizeof(*o));
    struct random r = { 4 };
    int64_t at = NOON;
    int i;

    assert_non_null(o);
    o->rollup = malloc(sizeof(*o->rollup));
    assert_non_null(o->rollup);
    place_open(p);
    for (i = 1; i <= SITES; i++)
        add_site(p, (uint32_t)i, "shop", NOON);
    for (; o->n < 2000; o->n++) {
        o->sample[o->n] = random_sample(&r, (uint32_t)(1 + o->n % SITES), at += (int64_t)random_below(&r, 14000));
        history_sample(p->history, &o->sample[o->n]);
    }
    place_close(p);
    qsort(o->sample, o->n, sizeof(o->sample[0]), by_site_and_time);
    compare_all(p, o);
    pack_all(p, NOON + MS_PER_H);           /* the first hour */
    assert_int_equal(place_number(p, "SELECT count(*) FROM hour"), SITES);
    compare_all(p, o);
    pack_all(p, at);                        /* all but the running one */
    assert_true(place_number(p, "SELECT count(*) FROM sample") > 0);
    compare_all(p, o);
    pack_all(p, at + 2 * MS_PER_H);
    assert_int_equal(place_number(p, "SELECT count(*) FROM sample"), 0);
    compare_all(p, o);
    free(o->rollup);
    free(o);
}

static bool add_checks(void *context, const struct hourly *h)
{
    *(uint32_t *)context += h->checks;
    return true;
}

static void too_many_samples_are_packed_before_their_hour_is_over(void **state)
{
    struct place *p = *state;
    uint32_t checks = 0;
    struct query *q;
    int i;

    place_open(p);
    add_site(p, 1, "shop", NOON);
    for (i = 0; i < 2 * (int)PACK_MOST + 10; i++) {
        struct sample s = make_sample(1, NOON + i);

        history_sample(p->history, &s);
        if (i % 20000 == 0)
            place_settle(p);
    }
    place_close(p);
    pack_all(p, NOON + 1000);
    assert_in_range(place_number(p, "SELECT count(*) FROM sample"), 1, 2 * PACK_MOST);
    assert_int_equal(place_number(p, "SELECT count(*) FROM hour"), 0);
    q = open_query(p);
    assert_int_equal(query_hours(q, 0, 0, NOON + MS_PER_DAY, add_checks, &checks, NULL), ERR_OK);
    assert_int_equal(checks, 2 * PACK_MOST + 10);
    query_close(q);
}

/* --- what goes in time -------------------------------------------------------------------------------------------- */

static void sweep_all(struct place *p, int64_t samples_before_ms, int64_t rest_before_ms)
{
    struct sweep sweep;
    struct keeper k;

    assert_int_equal(keeper_init(&k, &(struct history_options){ .path = p->path }), ERR_OK);
    assert_int_equal(keeper_check(&k, NOON, NULL), ERR_OK);
    sweep_begin(&sweep, samples_before_ms, rest_before_ms);
    while (sweep.under_way)
        assert_int_equal(sweep_step(&sweep, &k, NULL), ERR_OK);
    keeper_close(&k);
}

static void what_is_older_than_it_may_be_goes_and_nothing_else(void **state)
{
    struct place *p = *state;
    struct incident_row incident = { .id = 1, .site = 1, .opened_ms = NOON, .outcome = OUTCOME_DNS, .address = "", .message = "x",
                                     .certificate_until = CERTIFICATE_UNKNOWN };
    struct batch *b = make_batch();
    int i;

    place_open(p);
    add_site(p, 1, "shop", NOON);
    add_site(p, 2, "old", NOON);
    for (i = 0; i < 48; i++) {
        struct sample s = make_sample(1 + (uint32_t)i % 2, NOON + i * MS_PER_H / 4);

        history_sample(p->history, &s);
    }
    batch_incident(b, &incident);
    batch_incident_end(b, 1, NOON + 1000, INCIDENT_UP);
    incident.id = 2;
    batch_incident(b, &incident);
    batch_site_gone(b, 2, NOON + 2000);
    history_commit(p->history, b);
    place_close(p);
    pack_all(p, NOON + 100 * MS_PER_H);
    assert_int_equal(place_number(p, "SELECT sum(n) FROM block"), 48);

    sweep_all(p, NOON + 6 * MS_PER_H, NOON - 1); /* samples go, hours stay */
    assert_int_equal(place_number(p, "SELECT sum(n) FROM block"), 24);
    assert_int_equal(place_number(p, "SELECT sum(checks) FROM hour"), 48);
    assert_int_equal(place_number(p, "SELECT count(*) FROM site"), 2);

    sweep_all(p, NOON + 6 * MS_PER_H, NOON + 3 * MS_PER_H);
    assert_int_equal(place_number(p, "SELECT min(hour_ms) FROM hour WHERE site = 1"), NOON + 3 * MS_PER_H);
    assert_string_equal(place_text(p, "SELECT group_concat(name) FROM site"), "shop");
    assert_int_equal(place_number(p, "SELECT count(*) FROM memory"), 1);
    assert_string_equal(place_text(p, "SELECT group_concat(id) FROM incident"), "2"); /* it is open */
}

static void space_that_was_freed_is_given_back(void **state)
{
    struct place *p = *state;
    struct random r = { 4 };
    int64_t pages;
    int i;

    place_open(p);
    add_site(p, 1, "shop", NOON);
    for (i = 0; i < 60000; i++) {
        struct sample s = random_sample(&r, 1, NOON + i * 1000);

        history_sample(p->history, &s);
        if (i % 20000 == 0)
            place_settle(p);
    }
    place_close(p);
    pack_all(p, NOON + 100 * MS_PER_H);
    pages = place_number(p, "PRAGMA page_count");
    sweep_all(p, NOON + 100 * MS_PER_H, NOON + 100 * MS_PER_H);
    assert_true(place_number(p, "PRAGMA page_count") < pages / 2);
}

/* --- sites, incidents, changes ------------------------------------------------------------------------------------ */

static bool take_site(void *context, const struct stored_site *s)
{
    struct stored_site *to = context;

    *to = *s;
    assert_string_equal(s->name, "shop");
    assert_string_equal(s->url, "https://shop/");
    return true;
}

static void a_site_is_remembered_as_it_was_left(void **state)
{
    struct place *p = *state;
    struct site_memory m = { .state = { .verdict = STATE_CHECKING, .calm = STATE_DEGRADED, .degraded = DEGRADED_SLOW, .failures = 2,
                                        .slow = 21, .unsure = true, .paused = true, .maintenance = true },
                             .since_ms = NOON + 7, .get_until_ms = INT64_MAX, .paused_until_ms = NOON + 99,
                             .certificate_until = 1800000000, .address = "2001:db8::7", .detail = "Bad Gateway" };
    struct sample s = make_sample(5, NOON + 3000);
    struct batch *b = make_batch();
    struct stored_site found = { 0 };
    struct query *q;
    uint32_t key;

    place_open(p);
    add_site(p, 5, "shop", NOON);
    batch_memory(b, 5, &m);
    history_commit(p->history, b);
    s.outcome = OUTCOME_BODY_MISSING;
    history_sample(p->history, &s);
    place_close(p);
    q = open_query(p);
    assert_int_equal(query_sites(q, false, take_site, &found, NULL), ERR_OK);
    assert_memory_equal(&found.memory.state, &m.state, sizeof(m.state));
    assert_int_equal(found.memory.since_ms, m.since_ms);
    assert_int_equal(found.memory.get_until_ms, m.get_until_ms);
    assert_int_equal(found.memory.paused_until_ms, m.paused_until_ms);
    assert_int_equal(found.memory.certificate_until, m.certificate_until);
    assert_string_equal(found.memory.address, m.address);
    assert_string_equal(found.memory.detail, m.detail);
    assert_true(found.checked);
    assert_int_equal(found.last.site, s.site);
    assert_int_equal(found.last.at_ms, s.at_ms);
    assert_int_equal(found.last.outcome, s.outcome);
    assert_int_equal(found.last.status, s.status);
    assert_int_equal(found.last.took_us, s.took_us);
    assert_memory_equal(found.last.phase_us, s.phase_us, sizeof(s.phase_us));
    assert_int_equal(query_key(q, "shop", &key, NULL), ERR_OK);
    assert_int_equal(key, 5);
    assert_int_equal(query_key(q, "blog", &key, NULL), ERR_OK);
    assert_int_equal(key, 0);
    query_close(q);
}

static bool take_incident(void *context, const struct stored_incident *i)
{
    strcat(context, i->name);
    strcat(context, i->ended_ms ? "-" : "+");
    strcat(context, i->row.message);
    strcat(context, i->has_evidence ? "! " : " ");
    return true;
}

static void incidents_of_a_range_are_those_that_touch_it(void **state)
{
    struct place *p = *state;
    struct incident_row i = { .id = 1, .site = 1, .opened_ms = NOON, .outcome = OUTCOME_DNS, .address = "", .message = "one",
                              .certificate_until = CERTIFICATE_UNKNOWN };
    struct evidence e = { .header_bytes = 4, .header = "HTTP" }, got;
    struct batch *b = make_batch();
    char text[200] = "";
    struct query *q;
    int64_t last;

    place_open(p);
    add_site(p, 1, "shop", NOON);
    batch_incident(b, &i);
    batch_incident_end(b, 1, NOON + 5000, INCIDENT_UP);
    i.id = 2;
    i.opened_ms = NOON + 10000;
    i.message = "two";
    i.evidence = &e;
    batch_incident(b, &i);
    history_commit(p->history, b);
    place_close(p);
    q = open_query(p);
    assert_int_equal(query_incidents(q, 0, NOON + 1, NOON + 20000, take_incident, text, NULL), ERR_OK);
    assert_string_equal(text, "shop-one shop+two! ");
    text[0] = '\0';
    assert_int_equal(query_incidents(q, 1, NOON + 6000, INT64_MAX, take_incident, text, NULL), ERR_OK);
    assert_string_equal(text, "shop+two! ");
    assert_int_equal(query_evidence(q, 2, &got, NULL), ERR_OK);
    assert_int_equal(got.header_bytes, 4);
    assert_memory_equal(got.header, "HTTP", 4);
    assert_int_equal(query_evidence(q, 1, &got, NULL), ERR_NOTFOUND);
    assert_int_equal(query_last_incident(q, &last, NULL), ERR_OK);
    assert_int_equal(last, 2);
    query_close(q);
}

static bool take_change(void *context, const struct stored_change *c)
{
    strcat(context, c->state < STATE_COUNT ? state_name((enum state)c->state) : "gone");
    strcat(context, " ");
    return true;
}

static void changes_come_newest_first(void **state)
{
    struct place *p = *state;
    struct batch *b = make_batch();
    char text[200] = "";
    struct query *q;

    place_open(p);
    add_site(p, 1, "shop", NOON);
    batch_change(b, 1, NOON + 1000, STATE_UP);
    batch_change(b, 1, NOON + 2000, STATE_DOWN);
    batch_gap(b, NOON + 3000, NOON + 4000, GAP_STOPPED); /* begins a run, which is no change */
    batch_site_gone(b, 1, NOON + 5000);
    history_commit(p->history, b);
    place_close(p);
    q = open_query(p);
    assert_int_equal(query_changes(q, 0, INT64_MAX, 3, take_change, text, NULL), ERR_OK);
    assert_string_equal(text, "gone down up ");
    query_close(q);
}

static void uptime_daily_agrees_with_the_spans(void **state)
{
    struct place *p = *state;
    struct batch *b = make_batch();

    place_open(p);
    batch_gap(b, 0, NOON, GAP_CLOCK);
    history_commit(p->history, b);
    add_site(p, 1, "shop", NOON);
    b = make_batch();
    batch_change(b, 1, NOON, STATE_UP);
    batch_change(b, 1, NOON + 10 * MS_PER_H, STATE_DOWN);
    batch_change(b, 1, NOON + 13 * MS_PER_H, STATE_UP);
    batch_gap(b, NOON + 14 * MS_PER_H, NOON + 40 * MS_PER_H, GAP_ASLEEP);
    history_commit(p->history, b);
    history_alive(p->history, NOON + 41 * MS_PER_H);
    place_close(p);
    assert_string_equal(place_text(p, "SELECT group_concat(day || ' ' || CAST(up_s / 3600 AS INT) || ' ' || CAST(down_s / 3600 AS INT), '; ')"
                                      " FROM uptime_daily"), "2026-11-23 10 2; 2026-11-24 1 1; 2026-11-25 1 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)
        cmocka_unit_test(spans_are_what_a_second_by_second_painting_shows),
        TEST(spans_of_all_sites_come_site_by_site),
        TEST(hours_and_samples_are_the_same_before_and_after_packing),
        TEST(too_many_samples_are_packed_before_their_hour_is_over),
        TEST(what_is_older_than_it_may_be_goes_and_nothing_else),
        TEST(space_that_was_freed_is_given_back),
        TEST(a_site_is_remembered_as_it_was_left),
        TEST(incidents_of_a_range_are_those_that_touch_it),
        TEST(changes_come_newest_first),
        TEST(uptime_daily_agrees_with_the_spans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
