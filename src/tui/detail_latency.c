/* How long good checks took: percentiles, and a chart of the window that was zoomed to, or of the last checks. Pure. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "chart.h"
#include "detail.h"

#define CHART_WORTH 12               /* slots of the window with a check */
#define CHART_AXIS 4                 /* a chart as high says from when to when it goes */

/* A window that is nearly empty tells less than the last checks, if there are any; of failures alone there is nothing to draw. */
static bool has_chart(const struct detail *d)
{
    int i, n = 0, good = 0;

    if (!d->past || !d->past->checks)
        return false;
    for (i = 0; i < LOOKBACK_SLOTS; i++) {
        n += d->past->slot[i] != CHART_GAP;
        good += d->past->slot[i] != CHART_GAP && d->past->slot[i] != CHART_FAILED;
    }
    return good && (n >= CHART_WORTH || d->samples.kept < 2);
}

int part_latency_lines(const struct detail *d, int width)
{
    (void)width;
    if (has_chart(d) || d->samples.kept > 1)
        return 1 + CHART_LEAST;
    return d->samples.kept || detail_row(d)->checks ? 1 : 0;
}

static size_t oldest_first(const struct samples *s, uint32_t us[SAMPLES_KEPT])
{
    size_t i;

    for (i = 0; i < s->kept; i++)
        us[i] = latency_us(s->latency[(s->next + SAMPLES_KEPT - s->kept + i) % SAMPLES_KEPT]);
    return s->kept;
}

/* The slots of the window, the worst of each column's, and below them from when to when. */
static void past_chart(const struct detail *d, struct cells *c)
{
    bool axis = c->height >= CHART_AXIS;
    struct cells chart = cells_part(c, 0, 0, c->height - axis, c->width);
    size_t room = chart_room(c, c->width), i;
    uint32_t us[LOOKBACK_SLOTS] = { 0 };
    char length[DURATION_TEXT_SIZE], text[96];

    if (!room)
        return;
    if (room > LOOKBACK_SLOTS)
        room = LOOKBACK_SLOTS;
    for (i = 0; i < LOOKBACK_SLOTS; i++) {
        uint32_t *to = &us[i * room / LOOKBACK_SLOTS];

        if (d->past->slot[i] > *to)
            *to = d->past->slot[i];
    }
    chart_draw(&chart, us, room);
    if (!axis)
        return;
    snprintf(text, sizeof(text), "-%s", duration_format(length, d->past->window_ms));
    cells_text(c, c->height - 1, 8, 8, STYLE_QUIET, text);
    snprintf(text, sizeof(text), "%u checks  ( ) zoom  %s", (unsigned)d->past->checks, d->snapshot->past ? "then" : "now");
    cells_field(c, c->height - 1, 16, 8 + (int)(c->utf8 ? (room + 1) / 2 : room) - 16, STYLE_QUIET, LIE_RIGHT, text);
}

void part_latency_draw(const struct detail *d, struct cells *c)
{
    static const int permille[] = { 500, 950, 990, 1000 };
    static const char *const names[] = { "p50", "p95", "p99", "max" };
    uint32_t us[4], value[SAMPLES_KEPT];
    struct cells chart = cells_part(c, 1, 0, c->height - 1, c->width);
    char text[DURATION_TEXT_SIZE], line[64];
    int i, x = 0;

    samples_percentiles(&d->samples, permille, us, 4);
    if (d->snapshot->past)
        memcpy(us, (const uint32_t[]){ d->row->p50_us, d->row->p95_us, d->row->p99_us, 0 }, sizeof(us));
    for (i = 0; i < 4 && us[i]; i++) {
        snprintf(line, sizeof(line), "%s %s", names[i], duration_measured(text, us[i] * NS_PER_US));
        x += cells_text(c, 0, x, c->width - x, STYLE_PLAIN, line) + 3;
    }
    if (d->snapshot->past)
        snprintf(line, sizeof(line), us[0] ? "of the day before" : "no good check then");
    else if (d->samples.kept)
        snprintf(line, sizeof(line), "of the last %d good check%s", d->samples.kept, d->samples.kept == 1 ? "" : "s");
    else
        snprintf(line, sizeof(line), "no good check yet");
    if (x + (int)strlen(line) <= c->width)
        cells_text(c, 0, x, c->width - x, STYLE_QUIET, line);
    if (chart.height > 1 && has_chart(d))
        past_chart(d, &chart);
    else if (chart.height > 1 && d->samples.kept > 1)
        chart_draw(&chart, value, oldest_first(&d->samples, value));
}
