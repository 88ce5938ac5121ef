/* Moments and figures of the past, from a database that was really written, against what was written, gone through the slow way;
 * and the thread that reads them. */
#include "replay_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "lookback.h"
#include "replay.h"
#include "stage.h"
#include "store/history.h"
#include "support/random.h"
#include "support/tests.h"

#define NOW_MS INT64_C(1795524069000)
#define BEGAN_MS (NOW_MS - 40 * MS_PER_H)
#define SITES 3
#define SAMPLES 2400                 /* of each, one a minute */

static char path[64];
static struct sample written[SITES][SAMPLES];
static bool down[SITES][SAMPLES];    /* from that sample's end on */

static int64_t end_of(const struct sample *s)
{
    return s->at_ms + s->took_us / 1000;
}

static void make_sample(struct sample *s, struct random *r, int site, int i)
{
    int p;

    *s = (struct sample){ .site = (uint32_t)site + 1, .status = 200, .attempt = 1, .counts = true,
                          .at_ms = BEGAN_MS + i * MS_PER_MIN + (int64_t)random_below(r, 1000), .took_us = 20000 + (uint32_t)random_below(r, 90000) };
    for (p = 0; p < PHASE_COUNT; p++)
        s->phase_us[p] = UINT32_MAX;
    if (random_below(r, 15) == 0) {
        s->outcome = OUTCOME_STATUS;
        s->status = 503;
    }
}

/* Every failing sample takes its site down, every good one up: most changes are none. */
static void write_site(struct history *h, struct random *r, int site, bool *was_down)
{
    static int64_t incident;
    int i;

    for (i = 0; i < SAMPLES; i++) {
        struct sample *s = &written[site][i];
        struct batch *b = batch_new();
        bool is_down;

        make_sample(s, r, site, i);
        is_down = s->outcome != OUTCOME_OK;
        down[site][i] = is_down;
        history_sample(h, s);
        if (!i || is_down != *was_down)
            batch_change(b, s->site, end_of(s), is_down ? STATE_DOWN : STATE_UP);
        if (is_down && !*was_down) {
            struct incident_row row = { .id = ++incident, .site = s->site, .failing_ms = s->at_ms, .opened_ms = end_of(s), .outcome = OUTCOME_STATUS,
                                        .status = 503, .certificate_until = CERTIFICATE_UNKNOWN, .address = "", .message = "HTTP 503 Busy" };

            batch_incident(b, &row);
        } else if (!is_down && *was_down)
            batch_incident_end(b, incident, end_of(s), INCIDENT_UP);
        *was_down = is_down;
        history_commit(h, b);
        if (i % 500 == 0)
            history_settle(h, INT64_MAX);
    }
}

static int write_all(void **state)
{
    struct history_options options = { .path = path, .samples_ms = 400 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY };
    struct random r = { 7 };
    struct options plain;
    const struct options *shared;
    struct batch *b = batch_new();
    struct history *h;
    int i;

    snprintf(path, sizeof(path), "/tmp/replay_read_test.%d.db", (int)getpid());
    if (stage_locale(state) || history_open(&h, &options, NULL))
        return -1;
    options_init(&plain);
    plain.interval_ms = MS_PER_MIN;
    shared = options_share(&plain);
    batch_gap(b, 0, BEGAN_MS, GAP_CLOCK); /* the run that opening began lies in the present */
    history_commit(h, b);
    for (i = 0; i < SITES; i++) {
        char name[16];
        struct site *site;
        bool was_down = false;

        snprintf(name, sizeof(name), "site-%d", i);
        site = site_new(name, "https://shop.example.org/", shared);
        b = batch_new();
        batch_site(b, (uint32_t)i + 1, site, BEGAN_MS);
        history_commit(h, b);
        write_site(h, &r, i, &was_down);
        history_alive(h, BEGAN_MS + SAMPLES * MS_PER_MIN); /* what is over is packed from time to time */
        site_unref(site);
    }
    history_settle(h, INT64_MAX);
    history_close(h);
    options_unref(shared);
    return 0;
}

static int clean_up(void **state)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char name[96];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        unlink(name);
    }
    return 0;
}

static struct query *open_query(void)
{
    struct query *q;

    assert_int_equal(query_open(&q, path, NULL), ERR_OK);
    return q;
}

static bool never(void *context)
{
    (void)context;
    return false;
}

/* --- against what was written --------------------------------------------------------------------------------------- */

/* The last sample that had ended; -1: none. */
static int last_at(int site, int64_t at_ms)
{
    int i, last = -1;

    for (i = 0; i < SAMPLES; i++)
        if (end_of(&written[site][i]) <= at_ms)
            last = i;
    return last;
}

static int by_size(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Of the good ones since the hour that began a day before this one. */
static uint32_t p95_at(int site, int64_t at_ms)
{
    static uint32_t us[SAMPLES];
    int64_t from_ms = at_ms - at_ms % MS_PER_H - MS_PER_DAY;
    size_t n = 0;
    int i;

    for (i = 0; i < SAMPLES; i++)
        if (written[site][i].at_ms >= from_ms && end_of(&written[site][i]) <= at_ms && written[site][i].outcome == OUTCOME_OK)
            us[n++] = written[site][i].took_us;
    qsort(us, n, sizeof(us[0]), by_size);
    return n ? us[(n * 950 + 999) / 1000 - 1] : 0;
}

/* Of the last 24 hours, in thousandths of a percent, from change to change. */
static double up_at(int site, int64_t at_ms)
{
    int64_t from_ms = at_ms - MS_PER_DAY, good = 0, seen = 0;
    int i;

    for (i = 0; i < SAMPLES; i++) {
        int64_t a = end_of(&written[site][i]), b = i + 1 < SAMPLES ? end_of(&written[site][i + 1]) : at_ms;

        a = a > from_ms ? a : from_ms;
        b = b < at_ms ? b : at_ms;
        if (b <= a)
            continue;
        seen += b - a;
        good += down[site][i] ? 0 : b - a;
    }
    return seen ? (double)good / (double)seen * SHARE_ALL : SHARE_NONE;
}

/* A cell is the worst of its minute. */
static void compare_trend(const struct replay_figures *f, int site, int64_t at_ms)
{
    int k, i;

    for (k = 0; k < TREND_SLOTS; k++) {
        int64_t minute = at_ms / MS_PER_MIN - (TREND_SLOTS - 1 - k);
        enum mark worst = MARK_NONE;

        for (i = 0; i < SAMPLES; i++) {
            const struct sample *s = &written[site][i];
            enum mark mark = s->outcome == OUTCOME_OK ? MARK_GOOD : MARK_FAILED;

            if (s->at_ms / MS_PER_MIN == minute && end_of(s) <= at_ms && mark > worst)
                worst = mark;
        }
        assert_int_equal(f->mark[k], worst);
    }
}

static void compare_figures(const struct replay_figures *f, int site, int64_t at_ms)
{
    int last = last_at(site, at_ms);
    uint32_t p95 = p95_at(site, at_ms);

    if (last < 0) {
        assert_true(!f->last.at_ms);
        return;
    }
    assert_true(f->last.at_ms == written[site][last].at_ms);
    assert_int_equal(f->last.outcome, written[site][last].outcome);
    assert_int_equal(f->last.took_us, written[site][last].took_us);
    assert_in_range(f->figures.p95_us, p95 - p95 / 60 - 2, p95 + p95 / 60 + 2);
    assert_true(f->figures.up[FIGURES_24H] >= up_at(site, at_ms) - 2 && f->figures.up[FIGURES_24H] <= up_at(site, at_ms) + 2);
    compare_trend(f, site, at_ms);
}

static void figures_are_those_of_what_was_written(void **state)
{
    struct replay_ask ask[SITES];
    struct replay_asks asks = { .ask = ask, .n = SITES };
    struct replay_chunk *c = malloc(sizeof(*c));
    struct random r = { 9 };
    struct query *q = open_query();
    size_t done, k;
    int round, i;

    (void)state;
    for (i = 0; i < SITES; i++)
        ask[i] = (struct replay_ask){ (uint32_t)(SITES - i), MS_PER_MIN };
    for (round = 0; round < 40; round++) {
        asks.at_ms = BEGAN_MS + (int64_t)random_below(&r, 39 * 3600) * 1000;
        assert_int_equal(replay_read_figures(c, q, &asks, 0, &done, never, NULL, NULL), ERR_OK);
        assert_int_equal(done, SITES);
        for (k = 0; k < c->n; k++)
            compare_figures(&c->figures[k], (int)c->figures[k].key - 1, asks.at_ms);
    }
    query_close(q);
    free(c);
}

static void pictures_are_those_of_what_was_written(void **state)
{
    struct random r = { 10 };
    struct query *q = open_query();
    int round, i;

    (void)state;
    for (round = 0; round < 60; round++) {
        struct replay_want w = { .number = 5, .from_ms = BEGAN_MS + MS_PER_MIN + (int64_t)random_below(&r, 39 * 3600) * 1000 };
        struct replay_picture *p = replay_read(q, &w, NOW_MS, never, NULL);
        size_t incidents = 0;

        assert_non_null(p);
        assert_int_equal(p->err, ERR_OK);
        assert_true(p->instant.observed);
        for (i = 0; i < SITES; i++) {
            char name[16];
            struct replay_site *s;
            int last = last_at(i, w.from_ms);

            snprintf(name, sizeof(name), "site-%d", i);
            s = replay_picture_find(p, name);
            assert_non_null(s);
            assert_int_equal(s->state, down[i][last] ? STATE_DOWN : STATE_UP);
            incidents += down[i][last];
        }
        assert_int_equal(p->nincident, incidents);
        assert_null(replay_picture_find(p, "nobody"));
        assert_true(!p->log || !p->log->n || p->log->event[p->log->n - 1].at_ms <= w.from_ms);
        replay_picture_free(p);
    }
    query_close(q);
}

/* --- the thread ------------------------------------------------------------------------------------------------------ */

static struct {
    struct mutex lock;
    struct cond news;
    int n;                           /* under lock: times it was woken */
} woken = { .lock = MUTEX_INIT };

static void wake(void *context)
{
    (void)context;
    mutex_lock(&woken.lock);
    woken.n++;
    mutex_unlock(&woken.lock);
    cond_signal(&woken.news);
}

static void wait_for_news(void)
{
    mutex_lock(&woken.lock);
    while (!woken.n)
        assert_true(cond_wait(&woken.news, &woken.lock, clock_mono_ns() + 60 * NS_PER_S));
    woken.n--;
    mutex_unlock(&woken.lock);
}

static void want(struct lookback_reader *r, uint64_t number, int64_t from_ms)
{
    struct replay_want *w = calloc(1, sizeof(*w));

    assert_non_null(w);
    w->number = number;
    w->from_ms = from_ms;
    lookback_want_replay(r, w);
}

/* The picture of that number, whatever comes before it. */
static struct replay_picture *wait_for_picture(struct lookback_reader *r, uint64_t number)
{
    struct replay_picture *p;

    while (!(p = lookback_take_replay(r)) || p->number != number) {
        replay_picture_free(p);
        wait_for_news();
    }
    return p;
}

static void the_last_moment_wanted_is_the_one_that_comes(void **state)
{
    struct replay_asks *asks = calloc(1, sizeof(*asks));
    struct lookback_reader *r;
    struct replay_picture *p;
    struct replay_chunk *c;
    uint64_t i;

    (void)state;
    cond_init(&woken.news);
    assert_int_equal(lookback_start(&r, path, wake, NULL), ERR_OK);
    for (i = 1; i <= 200; i++)
        want(r, i, BEGAN_MS + (int64_t)i * MS_PER_MIN);
    p = wait_for_picture(r, 200);
    assert_true(p->instant.at_ms == BEGAN_MS + 200 * MS_PER_MIN);
    assert_int_equal(p->nsite, SITES);
    asks->number = 200;
    asks->at_ms = p->instant.at_ms;
    asks->n = SITES;
    asks->ask = calloc(SITES, sizeof(*asks->ask));
    for (i = 0; i < SITES; i++)
        asks->ask[i] = (struct replay_ask){ (uint32_t)i + 1, MS_PER_MIN };
    replay_picture_free(p);
    lookback_want_figures(r, asks);
    while (!(c = lookback_take_figures(r)))
        wait_for_news();
    assert_int_equal(c->number, 200);
    assert_int_equal(c->n, SITES);
    free(c);
    want(r, 201, BEGAN_MS);
    lookback_stop(r);                /* whatever it reads now is freed */
}

static void what_can_not_be_opened_is_said(void **state)
{
    struct lookback_reader *r;
    struct replay_picture *p;

    (void)state;
    assert_int_equal(lookback_start(&r, "/nonexistent/uptime.db", wake, NULL), ERR_OK);
    want(r, 1, BEGAN_MS);
    p = wait_for_picture(r, 1);
    assert_int_not_equal(p->err, ERR_OK);
    assert_true(p->why.text[0] != '\0');
    replay_picture_free(p);
    lookback_stop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_those_of_what_was_written),
        cmocka_unit_test(pictures_are_those_of_what_was_written),
        cmocka_unit_test(the_last_moment_wanted_is_the_one_that_comes),
        cmocka_unit_test(what_can_not_be_opened_is_said),
    };

    return cmocka_run_group_tests(tests, write_all, clean_up);
}
