/* How long results took in a range of time: a few days by samples, if those are kept so long; else by what was rolled up of the
 * hours that the range touches. One walk through all sites, for a walk costs the same however few it is about. The main thread. */
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
    uint32_t key;                          /* whose results come; 0: nobody's yet */
    struct report_site *site;              /* NULL: not of the report */
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

    if (!w->site)
        return;
    tell(w->r, w->one, &w->site->figures);
    rollup_merge(&w->all->rollup, &w->one->rollup);
    for (i = 0; i < w->r->nslot; i++)
        histogram_merge(&w->all->slot[i], &w->one->slot[i]);
    w->site = NULL;
    w->key = 0;
}

/* Results come site by site. False for a site that is not of the report. */
static bool go_on(struct walk *w, uint32_t key)
{
    if (w->key == key)
        return w->site != NULL;
    end_site(w);
    w->key = key;
    w->site = report_find(w->r, key);
    if (w->site)
        memset(w->one, 0, sizeof(*w->one));
    return w->site != NULL;
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

    if (!go_on(w, h->site))
        return true;
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

    if (!go_on(w, s->site))
        return true;
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

/* key 0: of every site. */
static enum err walk_hours(struct walk *w, struct query *q, uint32_t key, struct errmsg *why)
{
    enum err err = query_hours(q, key, w->r->from_ms / MS_PER_H * MS_PER_H, w->r->until_ms, take_hour, w, why);

    end_site(w);
    return !err && w->err ? err_set(why, w->err, "cannot read history: a histogram in it is damaged") : err;
}

/* Sites of which no samples are kept any more. */
static enum err walk_missing(struct walk *w, struct query *q, struct errmsg *why)
{
    enum err err = ERR_OK;
    size_t i;

    for (i = 0; !err && i < w->r->nsite; i++)
        if (!w->r->sites[i].figures.checks)
            err = walk_hours(w, q, w->r->sites[i].key, why);
    return err;
}

static enum err walk_samples(struct walk *w, struct query *q, uint32_t key, struct errmsg *why)
{
    enum err err = query_samples(q, key, w->r->from_ms, w->r->until_ms, take_sample, w, why);

    end_site(w);
    return err ? err : walk_missing(w, q, why);
}

enum err report_gather_latencies(struct report *r, struct query *q, uint32_t key, struct errmsg *why)
{
    struct walk w = { .r = r, .one = malloc(sizeof(*w.one)), .all = calloc(1, sizeof(*w.all)) };
    bool fine = r->slot_ms < MS_PER_H && r->until_ms - r->from_ms <= r->samples_ms;
    enum err err;

    if (!w.one || !w.all)
        err = err_set(why, ERR_NOMEM, "out of memory");
    else
        err = fine ? walk_samples(&w, q, key, why) : walk_hours(&w, q, key, why);
    if (!err)
        tell(r, w.all, &r->total);
    free(w.one);
    free(w.all);
    return err;
}
