/* Pictures of a report, to be stretched to the width of the page: what is written stands beside them in HTML, where it keeps its
 * size. Only numbers and dates of our own get in here. The main thread. */
#include <stdio.h>

#include "base/clock.h"
#include "base/day.h"
#include "base/duration.h"
#include "report.h"

#define POOR 99000                         /* a share below is drawn as a bad day */
#define WELL_SEEN (SHARE_ALL / 10 * 9)
#define HEIGHT 100

/* --- uptime by day ------------------------------------------------------------------------------------------------ */

/* Bad days differ by colour and by height. */
static void add_day(const struct uptime *u, int64_t day_ms, size_t i, struct strbuf *out)
{
    int32_t up = uptime_share(u), seen = uptime_seen(u);
    const char *class = up == SHARE_NONE ? "none" : up < POOR ? "bad" : up < SHARE_ALL ? "some" : "all";
    int height = up == SHARE_NONE ? 15 : up < POOR ? 55 : up < SHARE_ALL ? 80 : HEIGHT;
    char date[DAY_TEXT_SIZE], share[SHARE_TEXT_SIZE], part[SHARE_TEXT_SIZE];

    strbuf_addf(out, "<rect class=\"%s%s\" x=\"%zu\" y=\"%d\" width=\".84\" height=\"%d\"><title>%s: ", class,
                up != SHARE_NONE && seen < WELL_SEEN ? " part" : "", i, HEIGHT - height, height, day_date(date, day_ms));
    if (up == SHARE_NONE)
        strbuf_adds(out, "not observed");
    else
        strbuf_addf(out, "%s %% up, %s %% observed", share_format(share, up, 3), share_format(part, seen, 1));
    strbuf_adds(out, "</title></rect>");
}

void report_svg_days(const struct report *r, const struct report_figures *f, struct strbuf *out)
{
    size_t i;

    strbuf_addf(out, "<svg class=\"days\" role=\"img\" aria-label=\"Uptime by day\" viewBox=\"0 0 %zu %d\" "
                     "preserveAspectRatio=\"none\">", r->nday, HEIGHT);
    for (i = 0; i < r->nday; i++)
        add_day(&f->day[i], r->day_ms[i], i, out);
    strbuf_adds(out, "</svg>");
}

/* --- latency over time -------------------------------------------------------------------------------------------- */

/* The end of the scale: 1, 2 or 5 times a power of ten, not below the highest point. */
static uint32_t scale_end(const struct report *r, const struct report_figures *f)
{
    static const uint32_t steps[] = { 1, 2, 5 };
    uint64_t power = 1000, highest = 0;    /* from 1 ms on */
    size_t i;

    for (i = 0; i < r->nslot; i++)
        highest = f->slot[i].p95_us > highest ? f->slot[i].p95_us : highest;
    for (;; power *= 10)
        for (i = 0; i < 3; i++)
            if (power * steps[i] >= highest)
                return (uint32_t)(power * steps[i] < UINT32_MAX ? power * steps[i] : UINT32_MAX);
}

static double height_of(uint32_t us, uint32_t end)
{
    return HEIGHT - (double)us * HEIGHT / end;
}

/* One stretch of slots without a hole: from the first up to the one behind the last. */
static void add_stretch(const struct report_figures *f, size_t from, size_t to, uint32_t end, struct strbuf *out)
{
    size_t i;

    strbuf_adds(out, "<path class=\"band\" d=\"M");
    for (i = from; i < to; i++)
        strbuf_addf(out, "%zu,%.1f %zu,%.1f ", i, height_of(f->slot[i].p95_us, end), i + 1, height_of(f->slot[i].p95_us, end));
    for (i = to; i > from; i--)
        strbuf_addf(out, "%zu,%.1f %zu,%.1f ", i, height_of(f->slot[i - 1].p50_us, end), i - 1,
                    height_of(f->slot[i - 1].p50_us, end));
    strbuf_adds(out, "Z\"/><path class=\"line\" d=\"M");
    for (i = from; i < to; i++)
        strbuf_addf(out, "%zu,%.1f %zu,%.1f ", i, height_of(f->slot[i].p50_us, end), i + 1, height_of(f->slot[i].p50_us, end));
    strbuf_adds(out, "\"/>");
}

static void add_latencies(const struct report *r, const struct report_figures *f, uint32_t end, struct strbuf *out)
{
    size_t from = 0, to;

    for (to = 0; to <= r->nslot; to++) {
        if (to < r->nslot && f->slot[to].p50_us)
            continue;
        if (from < to)
            add_stretch(f, from, to, end, out);
        from = to + 1;
    }
}

/* Over each slot, unseen but for its title. */
static void add_titles(const struct report *r, const struct report_figures *f, struct strbuf *out)
{
    size_t i;

    for (i = 0; i < r->nslot; i++) {
        const struct report_slot *s = &f->slot[i];
        char at[DAY_TEXT_SIZE], p50[DURATION_TEXT_SIZE], p95[DURATION_TEXT_SIZE];

        if (!s->p50_us && !s->failed)
            continue;
        if (s->failed)
            strbuf_addf(out, "<rect class=\"fail\" x=\"%zu\" y=\"%d\" width=\"1\" height=\"6\"/>", i, HEIGHT - 6);
        strbuf_addf(out, "<rect class=\"over\" x=\"%zu\" y=\"0\" width=\"1\" height=\"%d\"><title>%s", i, HEIGHT,
                    day_minute(at, r->from_ms + (int64_t)i * r->slot_ms));
        if (s->p50_us)
            strbuf_addf(out, ": p50 %s, p95 %s", duration_measured(p50, s->p50_us * NS_PER_US),
                        duration_measured(p95, s->p95_us * NS_PER_US));
        if (s->failed)
            strbuf_addf(out, ", %u failed", s->failed);
        strbuf_adds(out, "</title></rect>");
    }
}

void report_svg_latency(const struct report *r, const struct report_figures *f, struct strbuf *out)
{
    uint32_t end = scale_end(r, f);
    char top[DURATION_TEXT_SIZE], half[DURATION_TEXT_SIZE];

    strbuf_addf(out, "<div class=\"chart\"><div class=\"scale\"><span>%s</span><span>%s</span><span>0</span></div>",
                duration_measured(top, end * NS_PER_US), duration_measured(half, end / 2 * NS_PER_US));
    strbuf_addf(out, "<svg class=\"latency\" role=\"img\" aria-label=\"Latency over time\" viewBox=\"0 0 %zu %d\" "
                     "preserveAspectRatio=\"none\"><path class=\"grid\" d=\"M0,0H%zu M0,%dH%zu M0,%dH%zu\"/>", r->nslot, HEIGHT,
                r->nslot, HEIGHT / 2, r->nslot, HEIGHT, r->nslot);
    add_latencies(r, f, end, out);
    add_titles(r, f, out);
    strbuf_adds(out, "</svg></div>");
}
