/* Maintenance windows and quiet hours, in the time of a place. Pure; any thread. */
#include "model/calendar.h"

#include "base/clock.h"

#define MIN_PER_DAY (24 * 60)

static int64_t floor_s(int64_t ms)
{
    return ms / MS_PER_S - (ms % MS_PER_S < 0);
}

static int64_t local_ms(const struct zone *z, const struct civil *c)
{
    return zone_utc_s(z, civil_s(c)) * MS_PER_S;
}

/* Number k of w, from 0. */
static struct calendar_span nth(const struct calendar_window *w, int64_t k)
{
    struct civil c = w->start;
    struct calendar_span s;

    c.day += (int)(k * (w->repeat == REPEAT_DAILY ? 1 : 7));
    s.from_ms = local_ms(w->zone, &c);
    s.until_ms = s.from_ms + w->duration_ms;
    return s;
}

bool calendar_span(const struct calendar_window *w, int64_t at_ms, struct calendar_span *out)
{
    int64_t period_ms = w->repeat == REPEAT_DAILY ? MS_PER_DAY : 7 * MS_PER_DAY, k;

    *out = nth(w, 0);
    if (w->repeat == REPEAT_NONE || at_ms < out->until_ms)
        return at_ms < out->until_ms;
    k = (at_ms - out->until_ms) / period_ms; /* clocks may have been changed since: one too early, never too late */
    for (k = k > 0 ? k - 1 : 0; *out = nth(w, k), at_ms >= out->until_ms;)
        k++;
    return true;
}

int64_t calendar_quiet_until(const struct calendar_quiet *q, int64_t at_ms)
{
    struct civil now, c;
    int minute;
    bool quiet;

    if (!q->on)
        return 0;
    now = civil_from_s(floor_s(at_ms) + zone_offset_s(q->zone, floor_s(at_ms)));
    minute = now.hour * 60 + now.minute;
    quiet = q->from_min < q->until_min ? minute >= q->from_min && minute < q->until_min
                                       : minute >= q->from_min || minute < q->until_min;
    if (!quiet)
        return 0;
    c = (struct civil){ .year = now.year, .month = now.month, .day = now.day + (minute >= q->until_min),
                        .hour = q->until_min / 60, .minute = q->until_min % 60 };
    for (at_ms++; local_ms(q->zone, &c) < at_ms;) /* the end was shown already, before clocks were put back */
        c.day++;
    return local_ms(q->zone, &c);
}
