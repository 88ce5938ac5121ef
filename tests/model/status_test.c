/* The status table: what is published steps, counts and is journalled; everybody else sees copies. */
#include "model/status.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "making.h"
#include "support/crowd.h"
#include "support/memory.h"
#include "support/random.h"

#define SLOTS 64

/* A table with a few sites, and time turned by hand. */
struct world {
    struct status_table *t;
    int64_t now_ns;
    _Atomic int woken;
    uint32_t id[8], generation[8];
    struct journal_entry last;
};

static void wake(void *context)
{
    struct world *w = context;

    atomic_fetch_add(&w->woken, 1);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof(*w));

    w->now_ns = 1000 * NS_PER_S;
    w->t = status_new(SLOTS, wake, w);
    *state = w;
    return w->t ? 0 : -1;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    status_free(w->t);
    free(w);
    return 0;
}

static void no_retries(struct options *o)
{
    o->retries = 0;
}

static void add(struct world *w, int i, const char *url, void (*adjust)(struct options *o))
{
    char name[16];
    const struct site *site;

    snprintf(name, sizeof(name), "site%d", i);
    site = make_site(name, url, adjust);
    assert_int_equal(status_add(w->t, site, false, &w->id[i], &w->generation[i]), ERR_OK);
    site_unref(site);
}

/* Publishes a result of site i a second after the last one, and takes its journal entry. */
static const struct journal_entry *publish(struct world *w, int i, enum outcome outcome)
{
    struct result r = make_result(w->id[i], w->generation[i], outcome);

    w->now_ns += NS_PER_S;
    status_publish(w->t, &r, w->now_ns);
    assert_int_equal(status_take_journal(w->t, &w->last, 1), 1);
    return &w->last;
}

/* A copy of a row; its site is not to be used. */
static struct row row_of(struct world *w, int i)
{
    struct row row;

    assert_int_equal(status_row(w->t, w->id[i], &row, NULL), ERR_OK);
    site_unref(row.site);
    return row;
}

static enum state shown(struct world *w, int i)
{
    struct row row = row_of(w, i);

    return state_shown(&row.state);
}

/* Counts again, row by row, and compares. */
static void assert_counts_are_right(struct status_table *t, uint32_t ids)
{
    struct status_counts counts, again = { 0 };
    struct row row;
    uint32_t id;

    for (id = 0; id < ids; id++) {
        enum state s;

        if (status_row(t, id, &row, NULL))
            continue;
        s = state_shown(&row.state);
        again.total++;
        again.state[s]++;
        again.warning += s == STATE_DEGRADED && row.state.degraded != DEGRADED_SLOW;
        site_unref(row.site);
    }
    status_counts(t, &counts);
    assert_memory_equal(&counts, &again, sizeof(counts));
}

/* --- sites come, change and go ------------------------------------------------------------------------------------- */

static void pause_from_the_start(struct options *o)
{
    o->paused = true;
}

static void a_new_site_is_new(void **state)
{
    struct world *w = *state;
    uint64_t before = status_revision(w->t);
    struct row row;

    add(w, 0, "http://a/", NULL);
    add(w, 1, "http://b/", pause_from_the_start);
    assert_int_equal(status_revision(w->t), before + 2);
    row = row_of(w, 0);
    assert_int_equal(state_shown(&row.state), STATE_NEW);
    assert_int_equal(row.id, w->id[0]);
    assert_int_equal(row.generation, w->generation[0]);
    assert_int_not_equal(row.generation, 0);
    assert_int_equal(row.checks, 0);
    assert_int_equal(row.checked_ns, 0);
    assert_int_equal(row.due_ns, INT64_MAX);
    assert_int_equal(row.certificate_until, CERTIFICATE_UNKNOWN);
    assert_int_equal(row.phase_us[PHASE_DNS], UINT32_MAX);
    assert_false(row.in_flight || row.mine);
    assert_int_equal(shown(w, 1), STATE_PAUSED);
    assert_counts_are_right(w->t, 8);
    assert_int_equal(status_row(w->t, 99, &row, NULL), ERR_NOTFOUND);
}

static void numbers_are_used_again_and_generations_never(void **state)
{
    struct world *w = *state;
    uint32_t seen = 0;
    int i;

    for (i = 0; i < 4; i++)
        add(w, i, "http://a/", NULL);
    for (i = 0; i < 100; i++) {
        int k = i % 4;
        uint32_t id = w->id[k];
        struct row row;

        seen = w->generation[k] > seen ? w->generation[k] : seen;
        status_remove(w->t, w->id[k]);
        assert_int_equal(status_row(w->t, id, &row, NULL), ERR_NOTFOUND);
        assert_counts_are_right(w->t, 8);
        add(w, k, "http://a/", NULL);
        assert_int_equal(w->id[k], id);
        assert_true(w->generation[k] > seen);
        assert_counts_are_right(w->t, 8);
    }
}

static void every_half_minute(struct options *o)
{
    o->interval_ms = 30000;
}

static void every_hour(struct options *o)
{
    o->interval_ms = MS_PER_H;
}

static void replace(struct world *w, int i, const char *url, void (*adjust)(struct options *o))
{
    const struct site *site = make_site("edited", url, adjust);

    w->generation[i] = status_replace(w->t, w->id[i], site);
    site_unref(site);
}

static void an_edited_site_keeps_its_state_unless_its_url_changed(void **state)
{
    struct world *w = *state;
    uint32_t before;
    struct row row;

    add(w, 0, "http://a/", NULL);
    publish(w, 0, OUTCOME_STATUS);
    publish(w, 0, OUTCOME_STATUS);
    publish(w, 0, OUTCOME_STATUS);
    status_maintain(w->t, w->id[0], true);
    status_maintain(w->t, w->id[0], false);
    assert_int_equal(shown(w, 0), STATE_DOWN);

    before = w->generation[0];
    replace(w, 0, "http://a/", every_half_minute);
    row = row_of(w, 0);
    assert_true(w->generation[0] > before);
    assert_int_equal(row.generation, w->generation[0]);
    assert_int_equal(state_shown(&row.state), STATE_DOWN);
    assert_int_equal(row.checks, 3);
    assert_int_equal(row.status, 503);

    replace(w, 0, "http://b/", every_half_minute);
    row = row_of(w, 0);
    assert_int_equal(state_shown(&row.state), STATE_NEW);
    assert_int_equal(row.state.failures, 0);
    assert_int_equal(row.checks, 0);
    assert_int_equal(row.status, 0);
    assert_string_equal(row.detail, "");
    assert_counts_are_right(w->t, 8);
}

static void a_trend_goes_on_over_an_edit_unless_its_cells_change_length(void **state)
{
    struct world *w = *state;
    struct samples samples;
    struct row row;
    int i, marks;

    add(w, 0, "http://a/", every_half_minute);
    publish(w, 0, OUTCOME_OK);
    replace(w, 0, "http://a/", no_retries); /* 5 min: other cells */
    publish(w, 0, OUTCOME_OK);
    replace(w, 0, "http://a/", every_hour);
    assert_int_equal(status_row(w->t, w->id[0], &row, &samples), ERR_OK);
    site_unref(row.site);
    for (i = marks = 0; i < TREND_SLOTS; i++)
        marks += samples.mark[i] != MARK_NONE;
    assert_int_equal(marks, 0);
    assert_int_equal(samples.kept, 2); /* latencies have no length */

    publish(w, 0, OUTCOME_STATUS);
    replace(w, 0, "http://a/", every_hour);
    publish(w, 0, OUTCOME_OK);
    assert_int_equal(status_row(w->t, w->id[0], &row, &samples), ERR_OK);
    site_unref(row.site);
    for (i = marks = 0; i < TREND_SLOTS; i++)
        marks += samples.mark[i] == MARK_FAILED;
    assert_int_equal(marks, 1);
}

static void pausing_hides_and_resuming_forgets(void **state)
{
    struct world *w = *state;

    add(w, 0, "http://a/", NULL);
    publish(w, 0, OUTCOME_OK);
    status_pause(w->t, w->id[0], true);
    assert_int_equal(shown(w, 0), STATE_PAUSED);
    status_pause(w->t, w->id[0], true);
    publish(w, 0, OUTCOME_STATUS); /* it was under way */
    assert_int_equal(shown(w, 0), STATE_PAUSED);
    assert_counts_are_right(w->t, 8);
    status_pause(w->t, w->id[0], false);
    assert_int_equal(shown(w, 0), STATE_NEW);
    publish(w, 0, OUTCOME_OK);
    status_pause(w->t, w->id[0], false); /* it was not paused */
    assert_int_equal(shown(w, 0), STATE_UP);
    assert_counts_are_right(w->t, 8);
}

static void maintenance_hides_and_checks_count(void **state)
{
    struct world *w = *state;
    const struct journal_entry *e;
    int i;

    add(w, 0, "http://a/", NULL);
    publish(w, 0, OUTCOME_OK);
    status_maintain(w->t, w->id[0], true);
    for (i = 0; i < 3; i++) {
        e = publish(w, 0, OUTCOME_STATUS);
        assert_int_equal(e->before, STATE_MAINTENANCE);
        assert_int_equal(e->after, STATE_MAINTENANCE);
        assert_counts_are_right(w->t, 8);
    }
    assert_int_equal(e->state.verdict, STATE_DOWN);
    status_maintain(w->t, w->id[0], false);
    assert_int_equal(shown(w, 0), STATE_DOWN);
    assert_counts_are_right(w->t, 8);
}

static void plans_are_kept(void **state)
{
    struct world *w = *state;
    struct row row;

    add(w, 0, "http://a/", NULL);
    status_set_due(w->t, w->id[0], 77, true, true);
    status_set_due(w->t, w->id[0], 78, true, true);
    row = row_of(w, 0);
    assert_int_equal(row.due_ns, 78);
    assert_int_equal(row.late, 2);
    assert_true(row.in_flight);
    publish(w, 0, OUTCOME_OK);
    assert_false(row_of(w, 0).in_flight);
}

/* --- publishing ---------------------------------------------------------------------------------------------------- */

static void a_result_is_taken_over_into_the_row(void **state)
{
    struct world *w = *state;
    struct result r;
    struct row row;

    add(w, 0, "http://a/", NULL);
    r = make_result(w->id[0], w->generation[0], OUTCOME_STATUS);
    r.method = METHOD_GET;
    r.took_ns = 84 * NS_PER_MS + 1499;
    r.phase_ns[PHASE_DNS] = 2 * NS_PER_MS;
    r.phase_ns[PHASE_CONNECT] = INT64_MAX;
    r.certificate_until = 1234567890;
    strcpy(r.address, "192.0.2.7");
    strcpy(r.detail, "Service Unavailable\x1b[31m");
    status_publish(w->t, &r, 5000);
    row = row_of(w, 0);
    assert_int_equal(row.outcome, OUTCOME_STATUS);
    assert_int_equal(row.status, 503);
    assert_int_equal(row.method, METHOD_GET);
    assert_int_equal(row.latency_us, 84001);
    assert_int_equal(row.phase_us[PHASE_DNS], 2000);
    assert_int_equal(row.phase_us[PHASE_CONNECT], UINT32_MAX - 1);
    assert_int_equal(row.phase_us[PHASE_TLS], UINT32_MAX);
    assert_int_equal(row.checks, 1);
    assert_int_equal(row.checked_ns, 5000);
    assert_int_equal(row.checked_ms, r.checked_at_ms);
    assert_int_equal(row.since_ns, 5000);
    assert_int_equal(row.certificate_until, 1234567890);
    assert_string_equal(row.address, "192.0.2.7");
    assert_string_equal(row.detail, "Service Unavailable?[31m");

    r.certificate_until = CERTIFICATE_UNKNOWN; /* it is still what it was */
    memset(r.detail, 'x', sizeof(r.detail) - 1);
    status_publish(w->t, &r, 6000);
    row = row_of(w, 0);
    assert_int_equal(row.certificate_until, 1234567890);
    assert_int_equal(strlen(row.detail), ROW_DETAIL_SIZE - 1);
    assert_int_equal(row.since_ns, 5000); /* shown as before: as old as before */
}

static void results_step_the_state_and_are_journalled_in_order(void **state)
{
    static const struct {
        enum outcome outcome;
        enum state before, after;
        bool retry;
    } rows[] = {
        { OUTCOME_OK, STATE_NEW, STATE_UP, false },
        { OUTCOME_STATUS, STATE_UP, STATE_CHECKING, true },
        { OUTCOME_LOCAL_FILES, STATE_CHECKING, STATE_INCONCLUSIVE, true }, /* still not confirmed: asked again soon */
        { OUTCOME_STATUS, STATE_INCONCLUSIVE, STATE_CHECKING, true },
        { OUTCOME_STATUS, STATE_CHECKING, STATE_DOWN, false },
        { OUTCOME_STATUS, STATE_DOWN, STATE_DOWN, false },
        { OUTCOME_LOCAL_FILES, STATE_DOWN, STATE_INCONCLUSIVE, false },
        { OUTCOME_OK, STATE_INCONCLUSIVE, STATE_UP, false },
        { OUTCOME_LOCAL_FILES, STATE_UP, STATE_INCONCLUSIVE, false },
    };
    enum { N = sizeof(rows) / sizeof(rows[0]) };
    struct world *w = *state;
    struct journal_entry e[N];
    int i;

    add(w, 0, "http://a/", NULL);
    for (i = 0; i < N; i++) {
        struct result r = make_result(w->id[0], w->generation[0], rows[i].outcome);

        r.job_id = (uint64_t)i + 100;
        status_publish(w->t, &r, 1000 + i);
        assert_counts_are_right(w->t, 8);
    }
    assert_int_equal(atomic_load(&w->woken), 1); /* it was empty once */
    assert_int_equal(status_take_journal(w->t, e, 4), 4);
    assert_int_equal(status_take_journal(w->t, e + 4, N), N - 4);
    assert_int_equal(status_take_journal(w->t, e, N), 0);
    for (i = 0; i < N; i++) {
        assert_int_equal(e[i].result.job_id, i + 100);
        assert_int_equal(e[i].before, rows[i].before);
        assert_int_equal(e[i].after, rows[i].after);
        assert_int_equal(e[i].retry, rows[i].retry);
        assert_int_equal(state_shown(&e[i].state), e[i].after);
        assert_false(e[i].dropped || e[i].suspect || e[i].went_offline || e[i].came_online);
    }
    publish(w, 0, OUTCOME_OK);
    assert_int_equal(atomic_load(&w->woken), 2);
}

static void a_journal_of_any_fill_keeps_its_order(void **state)
{
    struct world *w = *state;
    struct random r = { 1 };
    struct journal_entry e;
    uint64_t published = 0, taken = 0;
    int i;

    add(w, 0, "http://a/", NULL);
    for (i = 0; i < 20000; i++) {
        if (random_below(&r, 2) && published - taken < SLOTS) {
            struct result result = make_result(w->id[0], w->generation[0], OUTCOME_OK);

            result.job_id = published++;
            status_publish(w->t, &result, 1);
        } else if (status_take_journal(w->t, &e, 1)) {
            assert_int_equal(e.result.job_id, taken++);
        } else {
            assert_int_equal(published, taken);
        }
    }
}

static void assert_dropped(struct world *w, struct result r)
{
    static uint64_t job_id = 1000;
    struct journal_entry e;

    r.job_id = ++job_id;
    status_publish(w->t, &r, 1);
    assert_int_equal(status_take_journal(w->t, &e, 1), 1);
    assert_true(e.dropped);
    assert_int_equal(e.result.job_id, job_id);
}

static void results_of_another_generation_are_dropped_and_told(void **state)
{
    struct world *w = *state;
    struct row before, after;
    uint32_t edited;

    add(w, 0, "http://a/", NULL);
    add(w, 1, "http://b/", NULL);
    edited = w->generation[0];
    replace(w, 0, "http://c/", NULL);
    status_remove(w->t, w->id[1]);
    before = row_of(w, 0);
    assert_dropped(w, make_result(w->id[0], edited, OUTCOME_STATUS));
    assert_dropped(w, make_result(w->id[1], w->generation[1], OUTCOME_OK));        /* removed */
    assert_dropped(w, make_result(w->id[1], 0, OUTCOME_OK));                       /* of nobody, where nobody is */
    assert_dropped(w, make_result(999, 1, OUTCOME_OK));                            /* of a row there never was */
    assert_dropped(w, make_result(UINT32_MAX, 0, OUTCOME_OK));
    assert_dropped(w, make_result(w->id[0], w->generation[0], OUTCOME_CANCELLED)); /* taken back */
    after = row_of(w, 0);
    assert_memory_equal(&before, &after, sizeof(after));
    assert_counts_are_right(w->t, 8);
    publish(w, 0, OUTCOME_OK);
    assert_false(w->last.dropped);
}

/* --- offline ------------------------------------------------------------------------------------------------------- */

static void when_offline_begins_unconfirmed_failures_are_forgiven(void **state)
{
    struct world *w = *state;
    const struct journal_entry *e;
    struct health health;
    int i;

    for (i = 0; i < 5; i++) {
        char url[32];

        snprintf(url, sizeof(url), "http://host%d/", i);
        add(w, i, url, i == 3 ? no_retries : NULL);
    }
    status_set_hosts(w->t, 5, false);
    publish(w, 3, OUTCOME_REFUSED);
    assert_int_equal(shown(w, 3), STATE_DOWN);  /* a fault of its own, confirmed before */
    publish(w, 0, OUTCOME_OK);
    publish(w, 4, OUTCOME_STATUS);              /* failing, but not for want of a network */
    w->now_ns += 60 * NS_PER_S;

    e = publish(w, 0, OUTCOME_DNS_TIMEOUT);
    assert_true(e->suspect && e->retry && !e->went_offline);
    assert_int_equal(e->after, STATE_CHECKING);
    e = publish(w, 1, OUTCOME_CONNECT_TIMEOUT);
    assert_true(e->suspect && e->retry);
    assert_counts_are_right(w->t, 8);
    e = publish(w, 0, OUTCOME_DNS_TIMEOUT);
    e = publish(w, 0, OUTCOME_DNS_TIMEOUT);
    assert_int_equal(e->after, STATE_CHECKING); /* suspect: not confirmed however often */
    e = publish(w, 0, OUTCOME_DNS_TIMEOUT);
    assert_int_equal(e->after, STATE_CHECKING);

    e = publish(w, 2, OUTCOME_NO_NETWORK);
    assert_true(e->went_offline && !e->suspect && !e->retry);
    assert_int_equal(e->after, STATE_INCONCLUSIVE);
    for (i = 0; i < 3; i++) {
        struct row row = row_of(w, i);

        assert_int_equal(state_shown(&row.state), STATE_INCONCLUSIVE);
        assert_int_equal(row.state.failures, 0);
        assert_int_equal(row.state.verdict, i ? STATE_NEW : STATE_UP);
    }
    assert_int_equal(shown(w, 3), STATE_DOWN);
    assert_int_equal(shown(w, 4), STATE_CHECKING);
    assert_counts_are_right(w->t, 8);
    status_health(w->t, &health);
    assert_true(health.offline);

    e = publish(w, 1, OUTCOME_DNS); /* while it lasts */
    assert_int_equal(e->after, STATE_INCONCLUSIVE);
    assert_false(e->went_offline || e->came_online || e->retry);

    e = publish(w, 0, OUTCOME_STATUS); /* any HTTP answer */
    assert_true(e->came_online);
    assert_int_equal(e->after, STATE_CHECKING);
    status_health(w->t, &health);
    assert_false(health.offline);
    assert_int_equal(shown(w, 1), STATE_INCONCLUSIVE); /* until its next verdict */
    publish(w, 1, OUTCOME_OK);
    assert_int_equal(shown(w, 1), STATE_UP);
    assert_counts_are_right(w->t, 8);
}

static void the_entry_that_tells_offline_tells_the_state_that_is(void **state)
{
    struct world *w = *state;
    const struct journal_entry *e;
    struct row row;

    add(w, 0, "http://a/", NULL);
    add(w, 1, "http://b/", NULL);
    add(w, 2, "http://c/", NULL);
    status_set_hosts(w->t, 3, false);
    publish(w, 2, OUTCOME_OK);
    w->now_ns += 60 * NS_PER_S;
    publish(w, 2, OUTCOME_DNS);
    publish(w, 0, OUTCOME_DNS);
    w->now_ns += 10 * NS_PER_S;
    publish(w, 0, OUTCOME_DNS);
    publish(w, 1, OUTCOME_DNS);
    e = publish(w, 2, OUTCOME_DNS); /* it was CHECKING itself, and is forgiven with the others */
    assert_true(e->went_offline);
    row = row_of(w, 2);
    assert_memory_equal(&e->state, &row.state, sizeof(row.state));
    assert_int_equal(e->state.verdict, STATE_UP);
    assert_int_equal(e->after, STATE_INCONCLUSIVE);
}

static void sites_on_one_host_are_one_host(void **state)
{
    struct world *w = *state;
    const struct journal_entry *e;
    int i;

    add(w, 0, "http://a/", NULL);
    add(w, 1, "http://a:8080/", NULL);
    add(w, 2, "https://u:p@a/x", NULL);
    add(w, 3, "http://b/", NULL);
    status_set_hosts(w->t, 3, false);
    for (i = 0; i < 3; i++) {
        e = publish(w, i, OUTCOME_DNS);
        assert_true(e->suspect);
    }
    e = publish(w, 3, OUTCOME_DNS);
    assert_true(e->suspect && !e->went_offline);
}

/* --- health -------------------------------------------------------------------------------------------------------- */

static void health_is_kept_but_whether_we_are_offline_the_table_knows(void **state)
{
    struct world *w = *state;
    struct health in = { .checks = 7, .slots = 3, .offline = true, .engine = "events", .trouble = "none" }, out;

    status_set_health(w->t, &in);
    status_health(w->t, &out);
    assert_int_equal(out.checks, 7);
    assert_string_equal(out.engine, "events");
    assert_false(out.offline);
}

/* --- what changed ---------------------------------------------------------------------------------------------------- */

#define MANY 500

/* What somebody knows who asks for changes now and then. */
struct mirror {
    struct row row[MANY];
    bool seen[MANY];             /* in this walk */
    uint64_t revision;
    size_t copied;
};

static void look_at(struct mirror *m, const struct row_change *c, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        assert_true(c[i].row.id < MANY);
        assert_int_equal(c[i].row.site == NULL, c[i].row.generation == 0);
        assert_false(m->seen[c[i].row.id]);
        m->seen[c[i].row.id] = true;
        site_unref(c[i].row.site);
        m->row[c[i].row.id] = c[i].row;
    }
    m->copied += n;
}

/* Everything that changed, in pieces of at most `max`; between pieces, between(context) is called. */
static void bring_up_to_date(struct status_table *t, struct mirror *m, size_t max, void (*between)(void *context), void *context)
{
    struct changes changes = { .since = m->revision };
    struct row_change c[MANY];
    size_t n;

    m->copied = 0;
    memset(m->seen, 0, sizeof(m->seen));
    while ((n = status_changes(t, &changes, c, max))) {
        look_at(m, c, n);
        if (between)
            between(context);
    }
    m->revision = changes.upto;
}

static void assert_same_as_table(struct status_table *t, const struct mirror *m)
{
    uint32_t id;

    for (id = 0; id < MANY; id++) {
        struct row row;

        if (status_row(t, id, &row, NULL)) {
            assert_int_equal(m->row[id].generation, 0);
            continue;
        }
        site_unref(row.site);
        assert_memory_equal(&m->row[id], &row, sizeof(row));
    }
}

static void figures_change_a_row_only_when_they_differ(void **state)
{
    struct world *w = *state;
    struct figures f = FIGURES_NONE;
    uint64_t revision;
    struct row row;

    add(w, 0, "http://a/", NULL);
    assert_int_equal(status_row(w->t, w->id[0], &row, NULL), ERR_OK);
    assert_int_equal(row.figures.up[FIGURES_24H], SHARE_NONE);
    site_unref(row.site);
    revision = status_revision(w->t);
    status_set_figures(w->t, w->id[0], &f);
    assert_true(status_revision(w->t) == revision);
    f.up[FIGURES_24H] = 99999;
    status_set_figures(w->t, w->id[0], &f);
    assert_true(status_revision(w->t) == revision + 1);
    assert_int_equal(status_row(w->t, w->id[0], &row, NULL), ERR_OK);
    assert_int_equal(row.figures.up[FIGURES_24H], 99999);
    site_unref(row.site);
}

static void changes_cost_what_changed(void **state)
{
    struct world *w = *state;
    const struct site *site = make_site("a", "http://a/", NULL);
    struct mirror *m = calloc(1, sizeof(*m));
    uint32_t id, generation[MANY];

    for (id = 0; id < MANY; id++) {
        uint32_t got;

        assert_int_equal(status_add(w->t, site, false, &got, &generation[id]), ERR_OK);
        assert_int_equal(got, id);
    }
    bring_up_to_date(w->t, m, 7, NULL, NULL);
    assert_int_equal(m->copied, MANY);
    assert_same_as_table(w->t, m);
    bring_up_to_date(w->t, m, 7, NULL, NULL);
    assert_int_equal(m->copied, 0);

    status_set_due(w->t, 17, 5, false, false);
    status_set_due(w->t, 400, 5, false, false);
    status_set_due(w->t, 17, 6, false, false);
    status_remove(w->t, 300);
    bring_up_to_date(w->t, m, 1, NULL, NULL);
    assert_int_equal(m->copied, 3); /* each once, the removed one among them */
    assert_int_equal(m->row[300].generation, 0);
    assert_int_equal(m->row[17].due_ns, 6);
    assert_same_as_table(w->t, m);
    bring_up_to_date(w->t, m, 3, NULL, NULL); /* exactly as many as asked for, and none */
    assert_int_equal(m->copied, 0);
    free(m);
    site_unref(site);
}

/* Whoever has waited longest is next. */
static void touch_the_oldest(void *context)
{
    struct world *w = context;
    int i;

    for (i = 0; i < 3; i++) {
        status_set_due(w->t, w->id[0], w->now_ns, false, false);
        w->id[0] = (w->id[0] + 1) % MANY;
    }
}

static void a_walk_ends_though_the_rows_it_stands_on_keep_changing(void **state)
{
    struct world *w = *state;
    const struct site *site = make_site("a", "http://a/", NULL);
    struct mirror *m = calloc(1, sizeof(*m));
    uint32_t id, generation, i;

    for (i = 0; i < MANY; i++)
        assert_int_equal(status_add(w->t, site, false, &id, &generation), ERR_OK);
    w->id[0] = 0;
    bring_up_to_date(w->t, m, 1, touch_the_oldest, w);
    assert_int_equal(m->copied, MANY / 4); /* the others changed before their turn came */
    bring_up_to_date(w->t, m, 1, NULL, NULL);
    assert_int_equal(m->copied, 3 * MANY / 4);
    assert_same_as_table(w->t, m);
    free(m);
    site_unref(site);
}

/* Random doings to a table of at most MANY rows. */
struct doings {
    struct status_table *t;
    struct random r;
    const struct site *site[4];
    uint32_t generation[MANY];   /* 0: not there */
    uint32_t n;                  /* rows there ever were */
    int64_t now_ns;
};

static void a_tag(struct options *o)
{
    assert_int_equal(strings_add(&o->tags, "x"), ERR_OK);
    o->retries = 0;
}

static void doings_init(struct doings *d, struct status_table *t, uint64_t seed)
{
    static const char *const urls[] = { "http://a/", "http://b/", "http://c/", "http://d/" };
    int i;

    memset(d, 0, sizeof(*d));
    d->t = t;
    d->r.seed = seed;
    d->now_ns = NS_PER_S;
    for (i = 0; i < 4; i++)
        d->site[i] = make_site("s", urls[i], i % 2 ? a_tag : NULL);
    status_set_hosts(t, 4, false);
}

static void doings_release(struct doings *d)
{
    int i;

    for (i = 0; i < 4; i++)
        site_unref(d->site[i]);
}

static void do_one(struct doings *d)
{
    static const enum outcome outcomes[] = {
        OUTCOME_OK, OUTCOME_OK, OUTCOME_STATUS, OUTCOME_DNS, OUTCOME_WAIT_TIMEOUT, OUTCOME_LOCAL_FILES, OUTCOME_CANCELLED,
    };
    uint32_t id = d->n ? (uint32_t)random_below(&d->r, d->n) : 0;
    const struct site *site = d->site[random_below(&d->r, 4)];
    struct journal_entry e;
    struct result r;

    d->now_ns += (int64_t)random_below(&d->r, 20) * NS_PER_S;
    switch (d->n && d->generation[id] ? random_below(&d->r, 12) : 0) {
    case 0:
        if (d->n == MANY && d->generation[id])
            break;
        {
            uint32_t got, generation;

            assert_int_equal(status_add(d->t, site, false, &got, &generation), ERR_OK);
            assert_true(got < MANY);
            d->generation[got] = generation;
            d->n = got >= d->n ? got + 1 : d->n;
        }
        break;
    case 1:
        status_remove(d->t, id);
        d->generation[id] = 0;
        break;
    case 2:
        d->generation[id] = status_replace(d->t, id, site);
        break;
    case 3:
        status_pause(d->t, id, random_below(&d->r, 2));
        break;
    case 4:
        status_maintain(d->t, id, random_below(&d->r, 2));
        break;
    case 5:
        status_set_due(d->t, id, d->now_ns, random_below(&d->r, 2), random_below(&d->r, 2));
        break;
    default:
        r = make_result(id, d->generation[id] - (random_below(&d->r, 10) == 0), outcomes[random_below(&d->r, 7)]);
        r.took_ns = (int64_t)random_below(&d->r, NS_PER_S);
        if (random_below(&d->r, 3) == 0)
            r.certificate_until = r.checked_at_ms / 1000 + (int64_t)random_below(&d->r, 30 * 86400);
        status_publish(d->t, &r, d->now_ns);
        assert_int_equal(status_take_journal(d->t, &e, 1), 1);
    }
}

static void do_some(void *context)
{
    struct doings *d = context;
    uint64_t n = random_below(&d->r, 6);

    while (n--)
        do_one(d);
}

static void counts_are_right_after_anything(void **state)
{
    struct world *w = *state;
    struct doings *d = calloc(1, sizeof(*d));
    int i;

    doings_init(d, w->t, 77);
    for (i = 0; i < 5000; i++) {
        do_one(d);
        if (d->n < 50 || i % 20 == 0)
            assert_counts_are_right(w->t, d->n);
    }
    assert_counts_are_right(w->t, d->n);
    doings_release(d);
    free(d);
}

static void changes_in_pieces_miss_nothing_that_happens_between_them(void **state)
{
    struct world *w = *state;
    struct doings *d = calloc(1, sizeof(*d));
    struct mirror *m = calloc(1, sizeof(*m));
    int i;

    doings_init(d, w->t, 99);
    for (i = 0; i < 400; i++) {
        int k = (int)random_below(&d->r, 40);

        while (k--)
            do_one(d);
        bring_up_to_date(w->t, m, 1 + random_below(&d->r, 30), do_some, d);
        if (i % 10 == 0) { /* nothing happens now: once more, and all is as it is */
            bring_up_to_date(w->t, m, 1 + random_below(&d->r, 30), NULL, NULL);
            assert_same_as_table(w->t, m);
        }
    }
    bring_up_to_date(w->t, m, 11, NULL, NULL);
    assert_same_as_table(w->t, m);
    doings_release(d);
    free(m);
    free(d);
}

/* --- memory -------------------------------------------------------------------------------------------------------- */

static void without_memory_there_is_no_table_and_no_row(void **state)
{
    struct world *w = *state;
    const struct site *site = make_site("a", "http://a/", NULL);
    uint32_t id, generation;
    unsigned n;
    int i;

    for (n = 1; n <= 2; n++) {
        memory_fail(n);
        assert_null(status_new(4, NULL, NULL));
        assert_true(memory_failed());
    }
    memory_fail(1);
    assert_int_equal(status_add(w->t, site, false, &id, &generation), ERR_NOMEM);
    assert_true(memory_failed());
    assert_counts_are_right(w->t, 8);
    for (i = 0; i < 600; i++)
        assert_int_equal(status_add(w->t, site, false, &id, &generation), ERR_OK);
    memory_fail(1);
    status_remove(w->t, 5); /* its number is lost, which hurts nobody */
    assert_true(memory_failed());
    assert_int_equal(status_add(w->t, site, false, &id, &generation), ERR_OK);
    assert_int_equal(id, 600);
    assert_counts_are_right(w->t, 601);
    status_free(NULL);
    site_unref(site);
}

/* --- many threads --------------------------------------------------------------------------------------------------- */

#define PUBLISHERS 4
#define READERS 2
#define ROUNDS 3000

/* Publishers send results for rows as they saw them, the monitor edits and empties the journal, readers copy. */
struct town {
    struct doings doings;                /* the monitor's */
    _Atomic uint32_t generation[MANY];
    _Atomic uint32_t rows;
    _Atomic int free_slots;              /* of the journal: who publishes took one before */
    _Atomic int publishing;
    uint64_t taken;
};

static void publish_in_town(struct town *town, int number)
{
    struct random r = { (uint64_t)number + 1000 };
    int i;

    for (i = 0; i < ROUNDS; i++) {
        uint32_t rows = atomic_load(&town->rows), id = rows ? (uint32_t)random_below(&r, rows) : 0;
        struct result result = make_result(id, atomic_load(&town->generation[id]), random_below(&r, 3) ? OUTCOME_OK : OUTCOME_DNS);

        while (atomic_fetch_sub(&town->free_slots, 1) <= 0) {
            atomic_fetch_add(&town->free_slots, 1);
            sched_yield();
        }
        status_publish(town->doings.t, &result, (i + 1) * NS_PER_S);
    }
    atomic_fetch_sub(&town->publishing, 1);
}

/* One more site. */
static void settle(struct town *town)
{
    struct doings *d = &town->doings;
    struct status_counts counts;
    uint32_t id, generation;

    status_counts(d->t, &counts);
    if (counts.total == MANY)
        return;
    assert_int_equal(status_add(d->t, d->site[random_below(&d->r, 4)], false, &id, &generation), ERR_OK);
    d->generation[id] = generation;
    d->n = id >= d->n ? id + 1 : d->n;
    atomic_store(&town->generation[id], generation);
    atomic_store(&town->rows, d->n);
}

static void keep_in_order(struct town *town)
{
    struct doings *d = &town->doings;
    struct journal_entry e[16];
    bool last = false;

    while (!last) {
        uint32_t id = d->n ? (uint32_t)random_below(&d->r, d->n) : 0;
        size_t n;

        last = atomic_load(&town->publishing) == 0;
        n = status_take_journal(d->t, e, 16);
        town->taken += n;
        atomic_fetch_add(&town->free_slots, (int)n);
        last = last && n == 0;
        switch (random_below(&d->r, d->n && d->generation[id] ? 6 : 1)) {
        case 0:
            settle(town);
            break;
        case 1:
            status_remove(d->t, id);
            d->generation[id] = 0;
            break;
        case 2:
            d->generation[id] = status_replace(d->t, id, d->site[random_below(&d->r, 4)]);
            break;
        case 3:
            status_pause(d->t, id, random_below(&d->r, 2));
            break;
        default:
            status_set_due(d->t, id, 5, true, false);
        }
        atomic_store(&town->generation[id], d->generation[id]);
    }
}

static void read_in_town(struct town *town, int number)
{
    struct mirror *m = calloc(1, sizeof(*m));
    struct status_counts counts;
    struct row row;
    struct samples samples;
    uint64_t before = 0;

    while (atomic_load(&town->publishing)) {
        uint64_t revision = status_revision(town->doings.t);
        uint32_t sum = 0;
        int i;

        assert_true(revision >= before);
        before = revision;
        bring_up_to_date(town->doings.t, m, number % 2 ? 3 : 100, NULL, NULL);
        status_counts(town->doings.t, &counts);
        for (i = 0; i < STATE_COUNT; i++)
            sum += counts.state[i];
        assert_int_equal(sum, counts.total);
        if (!status_row(town->doings.t, 0, &row, &samples)) {
            assert_int_equal(row.site->url[0], 'h');
            site_unref(row.site);
        }
    }
    free(m);
}

static void live_in_town(void *context, int number)
{
    if (number == 0)
        keep_in_order(context);
    else if (number <= PUBLISHERS)
        publish_in_town(context, number);
    else
        read_in_town(context, number);
}

static void many_threads_publish_edit_and_read_at_once(void **state)
{
    struct world *w = *state;
    struct town *town = calloc(1, sizeof(*town));
    struct mirror *m = calloc(1, sizeof(*m));

    doings_init(&town->doings, w->t, 5);
    while (town->doings.n < 100)
        settle(town);
    atomic_store(&town->free_slots, SLOTS);
    atomic_store(&town->publishing, PUBLISHERS);
    crowd(1 + PUBLISHERS + READERS, live_in_town, town);
    assert_int_equal(town->taken, PUBLISHERS * ROUNDS);
    assert_counts_are_right(w->t, town->doings.n);
    bring_up_to_date(w->t, m, 50, NULL, NULL);
    assert_same_as_table(w->t, m);
    doings_release(&town->doings);
    free(m);
    free(town);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    static const struct CMUnitTest tests[] = {
        TEST(a_new_site_is_new),
        TEST(numbers_are_used_again_and_generations_never),
        TEST(an_edited_site_keeps_its_state_unless_its_url_changed),
        TEST(a_trend_goes_on_over_an_edit_unless_its_cells_change_length),
        TEST(pausing_hides_and_resuming_forgets),
        TEST(maintenance_hides_and_checks_count),
        TEST(plans_are_kept),
        TEST(a_result_is_taken_over_into_the_row),
        TEST(results_step_the_state_and_are_journalled_in_order),
        TEST(a_journal_of_any_fill_keeps_its_order),
        TEST(results_of_another_generation_are_dropped_and_told),
        TEST(when_offline_begins_unconfirmed_failures_are_forgiven),
        TEST(the_entry_that_tells_offline_tells_the_state_that_is),
        TEST(sites_on_one_host_are_one_host),
        TEST(health_is_kept_but_whether_we_are_offline_the_table_knows),
        TEST(figures_change_a_row_only_when_they_differ),
        TEST(changes_cost_what_changed),
        TEST(a_walk_ends_though_the_rows_it_stands_on_keep_changing),
        TEST(counts_are_right_after_anything),
        TEST(changes_in_pieces_miss_nothing_that_happens_between_them),
        TEST(without_memory_there_is_no_table_and_no_row),
        TEST(many_threads_publish_edit_and_read_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
