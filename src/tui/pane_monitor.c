/* How the monitor itself is doing, with a bar beside what has a limit. Pure. */
#include <stdio.h>

#include "app.h"
#include "base/clock.h"
#include "base/duration.h"
#include "chart.h"
#include "pane.h"

#define LABEL_WIDTH 12
#define VALUE_WIDTH 26

static void line(struct cells *c, int y, enum style style, const char *label, const char *value)
{
    cells_text(c, y, 1, LABEL_WIDTH - 1, STYLE_LABEL, label);
    cells_text(c, y, LABEL_WIDTH, c->width - LABEL_WIDTH, style, value);
}

/* A part of a whole as a number and a bar, loud when all of it is taken. */
static void bar(struct cells *c, int y, const char *label, uint64_t part, uint64_t whole)
{
    int width = c->width - LABEL_WIDTH - VALUE_WIDTH;
    enum style style = whole && part >= whole ? STYLE_FAULT : STYLE_HEALTH;
    char text[64];

    snprintf(text, sizeof(text), "%llu of %llu", (unsigned long long)part, (unsigned long long)whole);
    line(c, y, style, label, text);
    if (width > 60)
        width = 60;
    if (width > 4 && whole && part)
        chart_bar(c, y, LABEL_WIDTH + VALUE_WIDTH, width, 0, part < whole ? (double)part / (double)whole : 1,
                  style == STYLE_FAULT ? STYLE_TREND_FAIL : STYLE_TREND);
}

static int draw(struct app *a, struct cells *c, int top)
{
    const struct health *h = &a->snapshot->health;
    char text[256], number[DURATION_TEXT_SIZE];
    int y = -top;

    snprintf(text, sizeof(text), "%.1f/s, %llu since the start", h->checks_per_s, (unsigned long long)h->checks);
    line(c, y++, STYLE_HEALTH, "checks", text);
    snprintf(text, sizeof(text), "%s, by %u worker%s", h->engine, (unsigned)h->workers, h->workers == 1 ? "" : "s");
    line(c, y++, STYLE_HEALTH, "engine", text);
    bar(c, y++, "in flight", h->in_flight, h->slots);
    snprintf(text, sizeof(text), "%u due without a free slot", (unsigned)h->waiting);
    line(c, y++, h->waiting ? STYLE_FAULT : STYLE_HEALTH, "waiting", text);
    snprintf(text, sizeof(text), "%s (p99 of the last minute)", duration_measured(number, h->lag_p99_ns));
    line(c, y++, h->lag_p99_ns > NS_PER_S ? STYLE_FAULT : STYLE_HEALTH, "lag", text);
    snprintf(text, sizeof(text), "%llu began late", (unsigned long long)h->late);
    line(c, y++, h->late ? STYLE_WARN : STYLE_HEALTH, "late", text);
    if (h->offline)
        snprintf(text, sizeof(text), "OFFLINE for %s: nothing can be reached from here",
                 duration_glance(number, (a->snapshot->now_ns - h->offline_since_ns) / NS_PER_MS));
    else
        snprintf(text, sizeof(text), "ok, %u anchor%s", (unsigned)h->anchors, h->anchors == 1 ? "" : "s");
    line(c, y++, h->offline ? STYLE_FAULT : STYLE_GOOD, "network", text);
    line(c, y++, h->trouble[0] ? STYLE_FAULT : STYLE_HEALTH, "trouble", h->trouble[0] ? h->trouble : "none");
    return y + top;
}

const struct pane_ops pane_monitor = { .draw = draw };
