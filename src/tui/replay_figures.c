/* What the columns tell of single sites at a moment of the past: their latest sample, percentiles, uptime and trend. The reader's
 * thread. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/course.h"
#include "replay_read.h"

#define SAMPLES_LEAST_MS (3 * MS_PER_H)  /* so far back the latest sample is looked for */
#define SAMPLES_MOST_MS (25 * MS_PER_H)
#define COURSE_MS (90 * MS_PER_DAY)

void replay_asks_free(struct replay_asks *a)
{
    if (a)
        free(a->ask);
    free(a);
}

struct figuring {
    struct replay_figures *to;
    int64_t at_ms, hour_ms;
    uint32_t slot_s;
    struct samples samples;
    struct histogram took;
    struct course course;
};

/* --- samples -------------------------------------------------------------------------------------------------------- */

static void keep_recent(struct replay_figures *f, uint32_t us)
{
    memmove(f->recent_us, f->recent_us + 1, sizeof(f->recent_us) - sizeof(f->recent_us[0]));
    f->recent_us[4] = us;
}

static bool take_sample(void *context, const struct sample *s)
{
    struct figuring *g = context;
    enum mark mark = !s->counts ? MARK_INCONCLUSIVE : s->outcome == OUTCOME_OK ? MARK_GOOD : MARK_FAILED;

    if (s->at_ms + s->took_us / 1000 > g->at_ms)
        return true;                 /* nobody knew yet */
    g->to->last = *s;
    samples_add(&g->samples, mark, s->took_us, (uint32_t)(s->at_ms / MS_PER_S) / g->slot_s);
    if (mark != MARK_GOOD)
        return true;
    keep_recent(g->to, s->took_us ? s->took_us : 1);
    if (s->at_ms >= g->hour_ms)
        histogram_add(&g->took, s->took_us);
    return true;
}

static int64_t samples_from(const struct figuring *g)
{
    int64_t back = (int64_t)TREND_SLOTS * g->slot_s * MS_PER_S;

    if (back < SAMPLES_LEAST_MS)
        back = SAMPLES_LEAST_MS;
    return g->at_ms - (back < SAMPLES_MOST_MS ? back : SAMPLES_MOST_MS);
}

/* --- figures -------------------------------------------------------------------------------------------------------- */

static bool take_hour(void *context, const struct hourly *h)
{
    struct figuring *g = context;

    histogram_unpack(&g->took, h->took[ROLLUP_WHOLE].bytes, h->took[ROLLUP_WHOLE].length);
    return true;
}

static bool take_span(void *context, const struct state_span *s)
{
    struct figuring *g = context;

    return course_see(&g->course, s->from_ms, s->state) == ERR_OK;
}

static void figure(struct figuring *g)
{
    static const int permille[] = { 500, 950, 990 };
    struct figures *f = &g->to->figures;
    uint32_t us[3];
    int w;

    histogram_quantiles(&g->took, permille, us, 3);
    f->p50_us = us[0];
    f->p95_us = us[1];
    f->p99_us = us[2];
    for (w = 0; w < FIGURES_WINDOWS; w++) {
        struct uptime u = UPTIME_INIT;

        course_uptime(&g->course, g->at_ms - figures_window_ms((enum figures_window)w), g->at_ms, &u);
        f->up[w] = uptime_share(&u);
        f->seen[w] = uptime_seen(&u);
    }
}

static enum err read_site(struct figuring *g, struct query *q, const struct replay_ask *ask, struct errmsg *why)
{
    enum err err;

    g->slot_s = trend_slot_s(ask->interval_ms);
    g->samples = (struct samples){ .slot = (uint32_t)(samples_from(g) / MS_PER_S) / g->slot_s };
    g->took = (struct histogram)HISTOGRAM_INIT;
    g->course = (struct course)COURSE_INIT;
    *g->to = (struct replay_figures){ .key = ask->key };
    err = query_samples(q, ask->key, samples_from(g), g->at_ms + 1, take_sample, g, why);
    if (!err)
        err = query_hours(q, ask->key, g->hour_ms - MS_PER_DAY, g->hour_ms, take_hour, g, why);
    if (!err)
        err = query_spans(q, ask->key, g->at_ms - COURSE_MS, g->at_ms, take_span, g, why);
    if (!err)
        figure(g);
    samples_trend(&g->samples, (uint32_t)(g->at_ms / MS_PER_S) / g->slot_s, TREND_SLOTS, g->to->mark, g->to->worst);
    course_release(&g->course);
    return err;
}

static int by_key(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

enum err replay_read_figures(struct replay_chunk *to, struct query *q, const struct replay_asks *asks, size_t first, size_t *done,
                             replay_stop_fn *stop, void *context, struct errmsg *why)
{
    struct figuring *g = malloc(sizeof(*g));
    uint32_t key[REPLAY_CHUNK];
    size_t n = asks->n - first < REPLAY_CHUNK ? asks->n - first : REPLAY_CHUNK, i;
    enum err err;

    *done = 0;
    to->number = asks->number;
    to->n = 0;
    if (!g)
        return ERR_NOMEM;
    for (i = 0; i < n; i++)
        key[i] = asks->ask[first + i].key;
    qsort(key, n, sizeof(key[0]), by_key);
    g->at_ms = asks->at_ms;
    g->hour_ms = asks->at_ms - asks->at_ms % MS_PER_H;
    err = query_hold(q, key, n, g->hour_ms - SAMPLES_MOST_MS, g->at_ms + 1, why);
    if (err) {
        free(g);
        return err;
    }
    for (i = 0; i < n && !err && !stop(context); i++) {
        g->to = &to->figures[i];
        err = read_site(g, q, &asks->ask[first + i], why);
        to->n += !err;
    }
    query_let_go(q);
    *done = i;
    free(g);
    return err;
}
