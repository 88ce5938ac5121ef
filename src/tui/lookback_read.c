/* One site's past, put together from several walks through the history. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "chart.h"
#include "lookback.h"
#include "model/course.h"
#include "model/rollup.h"

#define SAMPLES_MOST_MS (8 * MS_PER_DAY) /* longer windows are drawn from hours */

/* --- states ------------------------------------------------------------------------------------------------------- */

static bool see_span(void *context, const struct state_span *s)
{
    struct course *c = context;

    return course_see(c, s->from_ms, s->state == SPAN_NOT_OBSERVED ? COURSE_NOT_OBSERVED : s->state) == ERR_OK;
}

static void fill_day(struct lookback *l, int i, const struct course *c, int64_t from_ms)
{
    struct uptime spent = UPTIME_INIT;
    struct outages outages = OUTAGES_INIT;

    course_uptime(c, from_ms, from_ms + MS_PER_DAY, &spent);
    course_outages(c, from_ms, from_ms + MS_PER_DAY, &outages);
    l->day[i] = spent.ms[SPENT_DOWN] || outages.n ? DAY_BAD : uptime_observed_ms(&spent) ? DAY_GOOD : DAY_UNSEEN;
    l->outages_of_day[i] = outages.n < 255 ? (uint8_t)outages.n : 255;
}

static enum err read_states(struct lookback *l, struct query *q, uint32_t key, int64_t now_ms, struct errmsg *why)
{
    int64_t from_ms = now_ms - LOOKBACK_DAYS * MS_PER_DAY;
    struct course course = COURSE_INIT;
    enum err err = query_spans(q, key, from_ms, now_ms, see_span, &course, why);
    int i;

    for (i = 0; !err && i < LOOKBACK_DAYS; i++)
        fill_day(l, i, &course, from_ms + i * MS_PER_DAY);
    course_uptime(&course, from_ms, now_ms, &l->spent);
    course_outages(&course, from_ms, now_ms, &l->outages);
    course_release(&course);
    return err;
}

/* --- outages ------------------------------------------------------------------------------------------------------ */

/* They come oldest first: the latest stay, at the front. */
static bool keep_incident(void *context, const struct stored_incident *i)
{
    struct lookback *l = context;
    int kept = l->noutage < LOOKBACK_OUTAGES - 1 ? l->noutage : LOOKBACK_OUTAGES - 1;

    memmove(&l->outage[1], &l->outage[0], (size_t)kept * sizeof(l->outage[0]));
    l->outage[0].id = i->row.id;
    l->outage[0].began_ms = i->row.failing_ms;
    l->outage[0].ended_ms = i->ended_ms <= l->read_ms ? i->ended_ms : 0;
    l->outage[0].outcome = i->row.outcome;
    l->outage[0].status = i->row.status;
    l->outage[0].has_evidence = i->has_evidence;
    l->noutage = kept + 1;
    return true;
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

struct charting {
    struct lookback *lookback;
    int64_t from_ms;
};

/* The worst of a slot of time is what it shows. */
static void put(const struct charting *c, int64_t at_ms, uint32_t us)
{
    int64_t i = (at_ms - c->from_ms) * LOOKBACK_SLOTS / c->lookback->window_ms;

    if (i >= 0 && i < LOOKBACK_SLOTS && us > c->lookback->slot[i])
        c->lookback->slot[i] = us;
}

static bool put_sample(void *context, const struct sample *s)
{
    struct charting *c = context;

    c->lookback->checks++;
    if (s->counts)
        put(c, s->at_ms, s->outcome != OUTCOME_OK ? CHART_FAILED : s->took_us ? s->took_us : 1);
    return true;
}

static bool put_hour(void *context, const struct hourly *h)
{
    struct charting *c = context;
    struct histogram took = HISTOGRAM_INIT;

    c->lookback->checks += h->checks;
    if (h->failed)
        put(c, h->hour_ms, CHART_FAILED);
    else if (!histogram_unpack(&took, h->took[ROLLUP_WHOLE].bytes, h->took[ROLLUP_WHOLE].length))
        put(c, h->hour_ms, histogram_quantile(&took, 950));
    return true;
}

static enum err read_chart(struct lookback *l, struct query *q, uint32_t key, int64_t now_ms, struct errmsg *why)
{
    struct charting c = { l, now_ms - l->window_ms };

    if (l->window_ms <= SAMPLES_MOST_MS)
        return query_samples(q, key, c.from_ms, now_ms, put_sample, &c, why);
    return query_hours(q, key, c.from_ms, now_ms, put_hour, &c, why);
}

enum err lookback_read(struct lookback *out, struct query *q, const char *name, int64_t window_ms, int64_t now_ms,
                       struct errmsg *why)
{
    size_t length = strnlen(name, sizeof(out->name) - 1);
    uint32_t key = 0;
    enum err err;

    memset(out, 0, sizeof(*out));
    memcpy(out->name, name, length);
    out->window_ms = window_ms;
    out->read_ms = now_ms;
    err = query_key(q, name, &key, why);
    if (err || !key)
        return err;
    out->known = true;
    err = read_states(out, q, key, now_ms, why);
    if (!err)
        err = query_incidents(q, key, now_ms - LOOKBACK_DAYS * MS_PER_DAY, now_ms, keep_incident, out, why);
    return err ? err : read_chart(out, q, key, now_ms, why);
}

/* --- what happened ------------------------------------------------------------------------------------------------ */

static bool keep_change(void *context, const struct stored_change *c)
{
    struct past_log *log = context;
    struct past_event *e = &log->event[LOOKBACK_EVENTS - ++log->n]; /* they come newest first */

    *e = (struct past_event){ .at_ms = c->at_ms, .site = c->site, .state = c->state };
    snprintf(e->name, sizeof(e->name), "%s", c->name);
    return log->n < LOOKBACK_EVENTS;
}

static bool tell_incident(void *context, const struct stored_incident *i)
{
    struct past_log *log = context;
    size_t k;

    for (k = 0; k < log->n; k++) {
        struct past_event *e = &log->event[k];

        if (e->site == i->row.site && e->state == STATE_DOWN && e->at_ms - i->row.opened_ms < MS_PER_S &&
            i->row.opened_ms - e->at_ms < MS_PER_S)
            snprintf(e->text, sizeof(e->text), "%s", i->row.message);
    }
    return true;
}

/* That a site came to the list, or is fine at its first check, is no news. */
static bool is_news(const struct past_log *log, size_t i)
{
    const struct past_event *e = &log->event[i];

    if (e->state == STATE_NEW || e->state == SPAN_NOT_OBSERVED)
        return false;
    if (e->state != STATE_UP)
        return true;
    while (i-- > 0)
        if (log->event[i].site == e->site)
            return log->event[i].state != STATE_NEW && log->event[i].state != SPAN_NOT_OBSERVED;
    return false;
}

static void drop_what_is_no_news(struct past_log *log)
{
    bool news[LOOKBACK_EVENTS];
    size_t i, kept = 0;

    for (i = 0; i < log->n; i++)
        news[i] = is_news(log, i);
    for (i = 0; i < log->n; i++)
        if (news[i])
            log->event[kept++] = log->event[i];
    log->n = kept;
}

enum err lookback_read_log(struct past_log *out, struct query *q, int64_t before_ms, struct errmsg *why)
{
    enum err err;

    out->n = 0;
    err = query_changes(q, 0, before_ms, LOOKBACK_EVENTS, keep_change, out, why);
    if (err || !out->n)
        return err;
    memmove(out->event, out->event + LOOKBACK_EVENTS - out->n, out->n * sizeof(*out->event));
    err = query_incidents(q, 0, out->event[0].at_ms - MS_PER_S, before_ms, tell_incident, out, why);
    drop_what_is_no_news(out);
    return err;
}
