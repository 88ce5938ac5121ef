/* How long results took in a range of time: whole hours by what was rolled up of them, their parts at the edges of the range by
 * samples, as long as those are kept. The main thread. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "report.h"

/* One site's results while they come, and those of all. */
struct sums {
    struct rollup rollup;
    struct histogram slot[REPORT_SLOTS + 1];
};

struct walk {
    struct report *r;
    struct report_site *site;              /* whose results come */
    struct sums *one, *all;
    enum err err;
};

static size_t slot_of(const struct report *r, int64_t at_ms)
{
    size_t slot = at_ms > r->from_ms ? (size_t)((at_ms - r->from_ms) / r->slot_ms) : 0;

    return slot < r->nslot ? slot : r->nslot - 1;
}

static void tell(const struct report *r, struct sums *s, struct report_figures *f)
{
    static const int permille[] = { 500, 950, 990 };
    uint32_t us[3];
    size_t i;
    int p;

    f->checks = s->rollup.checks;
    f->good = s->rollup.good;
    f->failed = s->rollup.failed;
    f->inconclusive = s->rollup.inconclusive;
    histogram_quantiles(&s->rollup.took[ROLLUP_WHOLE], permille, us, 3);
    f->p50_us = us[0];
    f->p95_us = us[1];
    f->p99_us = us[2];
    for (p = 0; p < PHASE_COUNT; p++)
        if (s->rollup.took[p].n)
            f->phase_us[p] = histogram_quantile(&s->rollup.took[p], 500);
    f->slowest_phase = rollup_slowest_phase(&s->rollup);
    for (i = 0; i < r->nslot; i++) {
        histogram_quantiles(&s->slot[i], permille, us, 2);
        f->slot[i].p50_us = us[0];
        f->slot[i].p95_us = us[1];
    }
}

static void end_site(struct walk *w)
{
    size_t i;

    tell(w->r, w->one, &w->site->figures);
    rollup_merge(&w->all->rollup, &w->one->rollup);
    for (i = 0; i < w->r->nslot; i++)
        histogram_merge(&w->all->slot[i], &w->one->slot[i]);
}

static void count_failed(struct walk *w, int64_t at_ms, uint32_t n)
{
    size_t slot = slot_of(w->r, at_ms);

    w->site->figures.slot[slot].failed += n;
    w->r->total.slot[slot].failed += n;
}

static bool take_hour(void *context, const struct hourly *h)
{
    struct walk *w = context;
    struct rollup *to = &w->one->rollup;
    int64_t middle_ms = h->hour_ms + MS_PER_H / 2;
    int i;

    to->checks += h->checks;
    to->good += h->good;
    to->failed += h->failed;
    to->inconclusive += h->inconclusive;
    count_failed(w, middle_ms, h->failed);
    for (i = 0; i < ROLLUP_COUNT && !w->err; i++)
        w->err = histogram_unpack(&to->took[i], h->took[i].bytes, h->took[i].length);
    if (!w->err)
        w->err = histogram_unpack(&w->one->slot[slot_of(w->r, middle_ms)], h->took[ROLLUP_WHOLE].bytes,
                                  h->took[ROLLUP_WHOLE].length);
    return !w->err;
}

static bool take_sample(void *context, const struct sample *s)
{
    struct walk *w = context;

    if (!s->counts) {
        rollup_add_inconclusive(&w->one->rollup);
    } else if (s->outcome != OUTCOME_OK) {
        rollup_add_failed(&w->one->rollup);
        count_failed(w, s->at_ms, 1);
    } else {
        rollup_add_good(&w->one->rollup, s->took_us, s->phase_us);
        histogram_add(&w->one->slot[slot_of(w->r, s->at_ms)], s->took_us);
    }
    return true;
}

static bool take_first(void *context, const struct sample *s)
{
    *(int64_t *)context = s->at_ms;
    return false;
}

static int64_t hour_up(int64_t ms)
{
    return (ms + MS_PER_H - 1) / MS_PER_H * MS_PER_H;
}

static enum err by_hours(struct walk *w, struct query *q, int64_t from_ms, int64_t until_ms, struct errmsg *why)
{
    return from_ms < until_ms ? query_hours(q, w->site->key, from_ms, until_ms, take_hour, w, why) : ERR_OK;
}

static enum err by_samples(struct walk *w, struct query *q, int64_t from_ms, int64_t until_ms, struct errmsg *why)
{
    return from_ms < until_ms ? query_samples(q, w->site->key, from_ms, until_ms, take_sample, w, why) : ERR_OK;
}

/* All of the range for one site. Samples are kept from `oldest` on; before, the hour in which the range begins counts whole. */
static enum err walk_site(struct walk *w, struct query *q, struct errmsg *why)
{
    const struct report *r = w->r;
    int64_t from = r->from_ms, until = r->until_ms, oldest = INT64_MAX;
    int64_t first = hour_up(from) < until ? hour_up(from) : until, last = until / MS_PER_H * MS_PER_H;
    enum err err = query_samples(q, w->site->key, from, until, take_first, &oldest, why);

    last = last > first ? last : first;
    if (!err)
        err = oldest < first ? by_samples(w, q, from, first, why) : by_hours(w, q, from / MS_PER_H * MS_PER_H, first, why);
    if (!err && r->slot_ms < MS_PER_H && oldest < last) {
        int64_t turn = oldest < first ? first : hour_up(oldest);

        err = by_hours(w, q, first, turn, why);
        if (!err)
            err = by_samples(w, q, turn, last, why);
    } else if (!err) {
        err = by_hours(w, q, first, last, why);
    }
    if (!err)
        err = oldest < until ? by_samples(w, q, last, until, why) : by_hours(w, q, last, until, why);
    return err;
}

enum err report_gather_latencies(struct report *r, struct query *q, struct errmsg *why)
{
    struct walk w = { .r = r, .one = malloc(sizeof(*w.one)), .all = calloc(1, sizeof(*w.all)) };
    enum err err = w.one && w.all ? ERR_OK : err_set(why, ERR_NOMEM, "out of memory");
    size_t i;

    for (i = 0; !err && i < r->nsite; i++) {
        memset(w.one, 0, sizeof(*w.one));
        w.site = &r->sites[i];
        err = walk_site(&w, q, why);
        if (!err && w.err)
            err = err_set(why, w.err, "cannot read the history of '%s': it is damaged", w.site->name);
        if (!err)
            end_site(&w);
    }
    if (!err)
        tell(r, w.all, &r->total);
    free(w.one);
    free(w.all);
    return err;
}
