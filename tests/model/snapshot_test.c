/* A reader's own copy of the table. */
#include "model/snapshot.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "making.h"
#include "support/crowd.h"
#include "support/memory.h"

#define NOW_MS INT64_C(1795437669120)

struct world {
    struct status_table *t;
    struct snapshot s;
    int64_t now_ns;
};

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof(*w));

    w->t = status_new(1024, NULL, NULL);
    w->s = (struct snapshot)SNAPSHOT_INIT;
    w->now_ns = 6000 * NS_PER_S;
    *state = w;
    return w->t ? 0 : -1;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    snapshot_release(&w->s); /* sites may outlive the table, and the other way round */
    snapshot_release(&w->s);
    status_free(w->t);
    free(w);
    return 0;
}

static void add(struct world *w, int n)
{
    const struct site *site = make_site("a", "http://a/", NULL);

    while (n--) {
        uint32_t id, generation;

        assert_int_equal(status_add(w->t, site, false, &id, &generation), ERR_OK);
    }
    site_unref(site);
}

static void publish(struct world *w, uint32_t id, enum outcome outcome, int64_t took_us)
{
    struct result r = make_result(id, 0, outcome);
    struct journal_entry e;
    struct row row;

    assert_int_equal(status_row(w->t, id, &row, NULL), ERR_OK);
    site_unref(row.site);
    r.generation = row.generation;
    r.took_ns = took_us * NS_PER_US;
    status_publish(w->t, &r, w->now_ns);
    assert_int_equal(status_take_journal(w->t, &e, 1), 1);
}

static void refresh(struct world *w)
{
    assert_int_equal(snapshot_refresh(&w->s, w->t, w->now_ns, NOW_MS), ERR_OK);
}

static void a_snapshot_follows_the_table(void **state)
{
    struct world *w = *state;
    struct health health = { .slots = 9 };

    refresh(w);
    assert_int_equal(w->s.nrow, 0);
    assert_int_equal(w->s.nchanged, 0);

    add(w, 300); /* more than one batch */
    refresh(w);
    assert_int_equal(w->s.nrow, 300);
    assert_int_equal(w->s.nchanged, 300);
    assert_int_equal(w->s.counts.total, 300);
    assert_int_equal(w->s.counts.state[STATE_NEW], 300);
    assert_int_equal(w->s.now_ns, w->now_ns);
    assert_int_equal(w->s.now_ms, NOW_MS);
    assert_string_equal(w->s.row[299].row.site->url, "http://a/");

    status_set_health(w->t, &health);
    publish(w, 7, OUTCOME_OK, 20);
    refresh(w);
    assert_int_equal(w->s.nchanged, 1);
    assert_int_equal(w->s.changed[0], 7);
    assert_int_equal(w->s.row[7].row.state.verdict, STATE_UP);
    assert_int_equal(w->s.counts.state[STATE_UP], 1);
    assert_int_equal(w->s.health.slots, 9);
    assert_int_equal(w->s.revision, status_revision(w->t));

    status_remove(w->t, 299);
    refresh(w);
    assert_int_equal(w->s.nrow, 300);
    assert_int_equal(w->s.row[299].row.generation, 0);
    assert_null(w->s.row[299].row.site);
    refresh(w);
    assert_int_equal(w->s.nchanged, 0);
}

static void a_snapshot_keeps_the_site_it_saw(void **state)
{
    struct world *w = *state;
    const struct site *other = make_site("b", "http://b/", NULL);

    add(w, 1);
    refresh(w);
    status_replace(w->t, 0, other);
    site_unref(other);
    assert_string_equal(w->s.row[0].row.site->url, "http://a/"); /* still alive */
    refresh(w);
    assert_string_equal(w->s.row[0].row.site->url, "http://b/");
    status_free(w->t);
    w->t = NULL;
    assert_string_equal(w->s.row[0].row.site->name, "b");
}

static void percentiles_and_trend_come_with_a_row(void **state)
{
    struct world *w = *state;
    const struct snapshot_row *row;
    int i;

    add(w, 1);
    refresh(w);
    assert_int_equal(w->s.row[0].p50_us, 0);
    for (i = 1; i <= 90; i++) /* within one slot of 300 s */
        publish(w, 0, OUTCOME_OK, i);
    w->now_ns += 600 * NS_PER_S;
    publish(w, 0, OUTCOME_STATUS, 5);
    w->now_ns += 300 * NS_PER_S;
    refresh(w);
    row = &w->s.row[0];
    assert_int_equal(row->p50_us, 45);
    assert_int_equal(row->p95_us, 86);
    assert_int_equal(row->p99_us, 90);
    assert_int_equal(row->slot, 6900 / 300);
    assert_int_equal(row->mark[TREND_SLOTS - 1], MARK_NONE);
    assert_int_equal(row->mark[TREND_SLOTS - 2], MARK_FAILED);
    assert_int_equal(row->mark[TREND_SLOTS - 3], MARK_NONE);
    assert_int_equal(row->mark[TREND_SLOTS - 4], MARK_GOOD);
    assert_int_equal(row->worst[TREND_SLOTS - 4], 90);
}

static void a_check_that_ends_while_the_snapshot_is_taken_is_seen(void **state)
{
    struct world *w = *state;
    int64_t before_ns;

    add(w, 1);
    before_ns = w->now_ns = 299 * NS_PER_S;
    publish(w, 0, OUTCOME_STATUS, 5);
    w->now_ns += 2 * NS_PER_S; /* another slot has begun */
    publish(w, 0, OUTCOME_OK, 5);
    assert_int_equal(snapshot_refresh(&w->s, w->t, before_ns, NOW_MS), ERR_OK);
    assert_int_equal(w->s.row[0].slot, 1);
    assert_int_equal(w->s.row[0].mark[TREND_SLOTS - 1], MARK_GOOD);
    assert_int_equal(w->s.row[0].mark[TREND_SLOTS - 2], MARK_FAILED);
}

static void without_memory_what_there_was_stays(void **state)
{
    struct world *w = *state;
    bool more = true;
    unsigned n;

    add(w, 10);
    refresh(w);
    for (n = 1; more; n++) {
        uint32_t id;
        enum err err;

        add(w, 200); /* so that both arrays have to grow now and then */
        publish(w, 3, OUTCOME_OK, n);
        memory_fail(n);
        err = snapshot_refresh(&w->s, w->t, w->now_ns, NOW_MS);
        more = memory_failed();
        assert_int_equal(err, more ? ERR_NOMEM : ERR_OK);
        for (id = 0; id < w->s.nrow; id++)
            assert_true(!w->s.row[id].row.generation || w->s.row[id].row.site->url[0] == 'h');
        refresh(w); /* nothing was lost by it */
        assert_int_equal(w->s.nrow, w->s.counts.total);
        assert_int_equal(w->s.row[3].row.checks, n);
        for (id = 0; id < w->s.nrow; id++)
            assert_int_equal(w->s.row[id].row.id, id);
    }
    assert_true(n > 2);
}

/* --- with others at work -------------------------------------------------------------------------------------------- */

struct town {
    struct world *w;
    _Atomic int reading;
};

#define ROWS 1000

static void live_in_town(void *context, int number)
{
    struct town *town = context;
    struct snapshot s = SNAPSHOT_INIT;
    bool seen[ROWS];
    uint32_t k = 0;
    size_t i;
    int round;

    if (number == 0) { /* touches who was touched longest ago, and that is just beyond one batch */
        for (; atomic_load(&town->reading); k++)
            status_set_due(town->w->t, k % 130, k, true, false);
        return;
    }
    for (round = 0; round < 200; round++) {
        assert_int_equal(snapshot_refresh(&s, town->w->t, 1, 1), ERR_OK);
        memset(seen, 0, sizeof(seen));
        for (i = 0; i < s.nchanged; i++) {
            assert_false(seen[s.changed[i]]);
            seen[s.changed[i]] = true;
        }
        assert_int_equal(s.counts.total, ROWS);
    }
    snapshot_release(&s);
    atomic_fetch_sub(&town->reading, 1);
}

static void each_changed_row_is_named_once_though_it_changes_again_meanwhile(void **state)
{
    struct world *w = *state;
    struct town town = { .w = w };

    add(w, ROWS);
    atomic_store(&town.reading, 2);
    crowd(3, live_in_town, &town);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    static const struct CMUnitTest tests[] = {
        TEST(a_snapshot_follows_the_table),
        TEST(a_snapshot_keeps_the_site_it_saw),
        TEST(percentiles_and_trend_come_with_a_row),
        TEST(a_check_that_ends_while_the_snapshot_is_taken_is_seen),
        TEST(without_memory_what_there_was_stays),
        TEST(each_changed_row_is_named_once_though_it_changes_again_meanwhile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
