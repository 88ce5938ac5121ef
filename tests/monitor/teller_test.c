/* Figures of the past, from a database and from what happens, as the status table is told them. */
#include "teller.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "model/making.h"
#include "store/history.h"
#include "support/temporary.h"

#define NOON INT64_C(1795435200000)          /* 2026-11-23T12:00:00Z: when watching begins */
#define BEGIN (NOON - 10 * MS_PER_DAY)
#define PATIENCE_NS (60 * NS_PER_S)
#define SITES 40u

struct desk {
    char directory[64], path[96];
    struct status_table *table;
    struct teller *teller;
    struct mutex lock;
    struct cond wake;
    unsigned ready;                          /* under lock; how often something was to be taken */
    uint32_t id[SITES + 1];                  /* by key */
    int64_t now_ms, asleep_ms;               /* wall clock; how much of it the machine slept */
};

static void on_ready(void *context)
{
    struct desk *d = context;

    mutex_lock(&d->lock);
    d->ready++;
    mutex_unlock(&d->lock);
    cond_signal(&d->wake);
}

static int set_up(void **state)
{
    struct desk *d = calloc(1, sizeof(*d));

    if (!temporary_make(d->directory, sizeof(d->directory), "teller"))
        return -1;
    snprintf(d->path, sizeof(d->path), "%s/uptime.db", d->directory);
    d->table = status_new(16, NULL, NULL);
    d->now_ms = NOON;
    mutex_init(&d->lock);
    cond_init(&d->wake);
    *state = d;
    return d->table ? 0 : -1;
}

static int tear_down(void **state)
{
    struct desk *d = *state;

    teller_close(d->teller);
    status_free(d->table);
    cond_release(&d->wake);
    mutex_release(&d->lock);
    temporary_remove(d->directory);
    free(d);
    return 0;
}

/* --- the past ----------------------------------------------------------------------------------------------------- */

/* Ten days of sites 1 to SITES: site k was down for k minutes nine days ago, and its answers of the last day took k ms, those before
 * a second. The program stopped an hour before it begins again. */
static void write_past(const struct desk *d)
{
    struct history_options o = { .path = d->path, .samples_ms = 36500 * MS_PER_DAY, .hourly_ms = 36500 * MS_PER_DAY };
    const struct site *site = make_site("a", "http://a.example.org/", NULL);
    struct errmsg why = ERRMSG_INIT;
    struct history *h;
    struct batch *b;
    uint32_t key;
    int64_t at;

    if (history_open(&h, &o, &why) != ERR_OK)
        fail_msg("%s", why.text);
    b = batch_new();
    batch_gap(b, 0, BEGIN, GAP_CLOCK);       /* the run that opening began lies in the present */
    history_commit(h, b);
    for (key = 1; key <= SITES; key++) {
        b = batch_new();
        batch_site(b, key, site, BEGIN);
        batch_change(b, key, BEGIN, STATE_UP);
        batch_change(b, key, BEGIN + MS_PER_DAY, STATE_DOWN);
        batch_change(b, key, BEGIN + MS_PER_DAY + key * MS_PER_MIN, STATE_UP);
        history_commit(h, b);
        for (at = BEGIN; at < NOON; at += 15 * MS_PER_MIN) {
            struct sample s = { .site = key, .at_ms = at, .outcome = OUTCOME_OK, .status = 200, .counts = true,
                                .took_us = at < NOON - MS_PER_DAY ? 1000000 : key * 1000 };

            history_sample(h, &s);
        }
    }
    history_alive(h, NOON - MS_PER_H);
    history_close(h);
    site_unref(site);
}

static void open_teller(struct desk *d, bool history)
{
    struct errmsg why = ERRMSG_INIT;

    if (teller_open(&d->teller, d->table, history ? d->path : NULL, NOON, on_ready, d, &why) != ERR_OK)
        fail_msg("%s", why.text);
    teller_read_past(d->teller);
}

static void add(struct desk *d, uint32_t key)
{
    const struct site *site = make_site("a", "http://a.example.org/", NULL);
    uint32_t generation;

    assert_int_equal(status_add(d->table, site, false, &d->id[key], &generation), ERR_OK);
    teller_added(d->teller, d->id[key], key, d->now_ms);
    site_unref(site);
}

static struct figures figures_of(struct desk *d, uint32_t key)
{
    struct figures f;
    struct row row;

    assert_int_equal(status_row(d->table, d->id[key], &row, NULL), ERR_OK);
    f = row.figures;
    site_unref(row.site);
    return f;
}

static int64_t boot_ns(const struct desk *d)
{
    return 1000 * NS_PER_S + (d->now_ms - NOON) * NS_PER_MS;
}

static int64_t mono_ns(const struct desk *d)
{
    return boot_ns(d) - d->asleep_ms * NS_PER_MS;
}

static void tick(struct desk *d)
{
    teller_tick(d->teller, mono_ns(d), boot_ns(d), d->now_ms);
}

/* Time passes, with a tick now and then. */
static void live(struct desk *d, int64_t until_ms)
{
    while (d->now_ms < until_ms) {
        d->now_ms = until_ms - d->now_ms < 10000 ? until_ms : d->now_ms + 10000;
        tick(d);
    }
}

static bool is_complete(struct figures f)
{
    return f.p50_us && f.seen[FIGURES_30D] > SHARE_ALL / 5;
}

/* Ticks whenever there is something to take, until a site's figures of the past are there. */
static void wait_for(struct desk *d, uint32_t key)
{
    int64_t until_ns = clock_mono_ns() + PATIENCE_NS;
    unsigned seen = 0;
    bool in_time = true;

    while (in_time && !is_complete(figures_of(d, key))) {
        mutex_lock(&d->lock);
        while (in_time && d->ready == seen)
            in_time = cond_wait(&d->wake, &d->lock, until_ns);
        seen = d->ready;
        mutex_unlock(&d->lock);
        tick(d);
    }
    assert_true(in_time);
}

static void assert_near(uint32_t told, uint32_t right)
{
    uint32_t error = told > right ? told - right : right - told;

    assert_true(error <= right / 50);
}

static void result(struct desk *d, uint32_t key, enum outcome outcome, enum state after, int64_t took_ns)
{
    struct journal_entry e = { .result = make_result(d->id[key], 1, outcome), .after = after };

    e.result.took_ns = took_ns;
    e.result.checked_at_ms = d->now_ms - took_ns / NS_PER_MS;
    teller_result(d->teller, d->id[key], &e, mono_ns(d));
}

/* --- the tests ---------------------------------------------------------------------------------------------------- */

static void every_site_has_the_figures_of_its_past_soon_after_the_start(void **state)
{
    struct desk *d = *state;
    uint32_t key;

    write_past(d);
    open_teller(d, true);
    for (key = 1; key <= SITES; key++)
        add(d, key);
    for (key = 1; key <= SITES; key++) {
        int64_t down = key * MS_PER_MIN, seen = 10 * MS_PER_DAY - MS_PER_H;
        struct figures f;

        wait_for(d, key);
        f = figures_of(d, key);
        assert_int_equal(f.up[FIGURES_30D], (seen - down) * SHARE_ALL / seen);
        assert_int_equal(f.up[FIGURES_90D], f.up[FIGURES_30D]);
        assert_int_equal(f.up[FIGURES_7D], SHARE_ALL);
        assert_int_equal(f.seen[FIGURES_24H], 23 * SHARE_ALL / 24);
        assert_near(f.p99_us, key * 1000);
    }
}

static void what_happens_counts_beside_what_happened(void **state)
{
    struct desk *d = *state;
    struct figures f;
    int i;

    write_past(d);
    open_teller(d, true);
    add(d, 7);
    result(d, 7, OUTCOME_OK, STATE_UP, 500 * NS_PER_MS); /* before history was read */
    wait_for(d, 7);
    for (i = 0; i < 300; i++) {
        result(d, 7, OUTCOME_OK, STATE_UP, 500 * NS_PER_MS);
        live(d, d->now_ms + 1000);
    }
    live(d, NOON + MS_PER_H);
    result(d, 7, OUTCOME_STATUS, STATE_CHECKING, 0);
    live(d, NOON + MS_PER_H + MS_PER_MIN);
    result(d, 7, OUTCOME_STATUS, STATE_DOWN, 0);
    live(d, NOON + 2 * MS_PER_H - 5000);
    result(d, 7, OUTCOME_STATUS, STATE_DOWN, 0);
    live(d, NOON + 2 * MS_PER_H);
    f = figures_of(d, 7);
    assert_near(f.p50_us, 500000);
    assert_int_equal(f.up[FIGURES_24H], 22 * SHARE_ALL / 23); /* down since the first failing check */
}

static void a_site_is_told_of_a_few_seconds_after_its_result_and_not_more_often(void **state)
{
    struct desk *d = *state;
    uint64_t revision;

    open_teller(d, false);
    add(d, 1);
    tick(d);
    result(d, 1, OUTCOME_OK, STATE_UP, 1000 * NS_PER_US);
    assert_int_equal(figures_of(d, 1).p50_us, 1000); /* the first at once */
    revision = status_revision(d->table);
    result(d, 1, OUTCOME_OK, STATE_UP, 9 * NS_PER_MS);
    live(d, NOON + 1000);
    result(d, 1, OUTCOME_OK, STATE_UP, 9 * NS_PER_MS);
    live(d, NOON + 4999);
    assert_true(status_revision(d->table) == revision);
    live(d, NOON + 5000);
    assert_true(status_revision(d->table) == revision + 1);
    assert_near(figures_of(d, 1).p99_us, 9000);
    assert_int_equal(figures_of(d, 1).up[FIGURES_24H], SHARE_ALL);
    assert_int_equal(figures_of(d, 1).seen[FIGURES_24H], 5000 * INT64_C(100000) / MS_PER_DAY);
}

static void a_site_that_comes_later_is_asked_for_by_itself(void **state)
{
    struct desk *d = *state;

    write_past(d);
    open_teller(d, true);
    add(d, 1);
    wait_for(d, 1);
    live(d, NOON + MS_PER_MIN);
    add(d, 2);
    wait_for(d, 2);
    assert_near(figures_of(d, 2).p50_us, 2000);
    assert_true(figures_of(d, 2).up[FIGURES_30D] < SHARE_ALL);
}

static void what_is_read_of_a_site_that_has_gone_reaches_nobody(void **state)
{
    struct desk *d = *state;

    write_past(d);
    open_teller(d, true);
    add(d, 1);
    add(d, 2);
    add(d, 3);
    teller_removed(d->teller, d->id[1]);
    status_remove(d->table, d->id[1]);
    add(d, 30);                        /* has the number of the one before */
    assert_int_equal(d->id[30], d->id[1]);
    wait_for(d, 3);
    wait_for(d, 30);
    assert_near(figures_of(d, 30).p50_us, 30000);
}

static void time_in_which_nobody_looked_is_not_observed(void **state)
{
    struct desk *d = *state;
    struct figures f;

    open_teller(d, false);
    add(d, 1);
    tick(d);
    result(d, 1, OUTCOME_OK, STATE_UP, NS_PER_MS);
    live(d, NOON + 6 * MS_PER_H);
    d->now_ms += 6 * MS_PER_H;               /* the machine sleeps */
    d->asleep_ms += 6 * MS_PER_H;
    tick(d);
    result(d, 1, OUTCOME_OK, STATE_UP, NS_PER_MS);
    live(d, NOON + 24 * MS_PER_H - 5000);
    result(d, 1, OUTCOME_OK, STATE_UP, NS_PER_MS);
    live(d, NOON + 24 * MS_PER_H);
    f = figures_of(d, 1);
    assert_int_equal(f.up[FIGURES_24H], SHARE_ALL);
    assert_int_equal(f.seen[FIGURES_24H], SHARE_ALL * 18 / 24);
}

static void a_database_that_is_not_there_hurts_nobody(void **state)
{
    struct desk *d = *state;

    open_teller(d, true);
    add(d, 1);
    result(d, 1, OUTCOME_OK, STATE_UP, NS_PER_MS);
    assert_near(figures_of(d, 1).p50_us, 1000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_site_has_the_figures_of_its_past_soon_after_the_start),
        TEST(what_happens_counts_beside_what_happened),
        TEST(a_site_is_told_of_a_few_seconds_after_its_result_and_not_more_often),
        TEST(a_site_that_comes_later_is_asked_for_by_itself),
        TEST(what_is_read_of_a_site_that_has_gone_reaches_nobody),
        TEST(time_in_which_nobody_looked_is_not_observed),
        TEST(a_database_that_is_not_there_hurts_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
