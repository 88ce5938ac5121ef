/* How the monitor itself is doing, with a bar beside what has a limit. Pure. */
#include <stdio.h>

#include "app.h"
#include "base/clock.h"
#include "base/duration.h"
#include "chart.h"
#include "pane.h"
#include "words.h"

#define LABEL_WIDTH 14
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

static int draw_checks(const struct snapshot *s, struct cells *c, int y)
{
    const struct health *h = &s->health;
    char text[256], number[DURATION_TEXT_SIZE];

    snprintf(text, sizeof(text), "%.1f/s, %llu since the start", h->checks_per_s, (unsigned long long)h->checks);
    line(c, y++, STYLE_HEALTH, "checks", text);
    snprintf(text, sizeof(text), "%s, by %u worker%s", h->engine, (unsigned)h->workers, h->workers == 1 ? "" : "s");
    line(c, y++, STYLE_HEALTH, "engine", text);
    bar(c, y++, "in flight", h->in_flight, h->slots);
    snprintf(text, sizeof(text), h->waiting ? "full: more is due than there are free slots" : "nothing due waits for a free slot");
    line(c, y++, h->waiting ? STYLE_FAULT : STYLE_HEALTH, "queue", text);
    snprintf(text, sizeof(text), "%s (p99 of the last minute)", duration_measured(number, h->lag_p99_ns));
    line(c, y++, h->lag_p99_ns > NS_PER_S ? STYLE_FAULT : STYLE_HEALTH, "lag", text);
    snprintf(text, sizeof(text), "%llu began late", (unsigned long long)h->late);
    line(c, y++, h->late ? STYLE_WARN : STYLE_HEALTH, "late", text);
    return y;
}

static const char *bytes_text(char text[32], uint64_t bytes)
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
    double n = (double)bytes;
    size_t i = 0;

    while (n >= 1024 && i + 1 < sizeof(units) / sizeof(units[0])) {
        n /= 1024;
        i++;
    }
    snprintf(text, 32, i && n < 100 ? "%.1f %s" : "%.0f %s", n, units[i]);
    return text;
}

static int draw_process(const struct snapshot *s, struct cells *c, int y)
{
    const struct health *h = &s->health;
    char text[256], bytes[32], took[DURATION_TEXT_SIZE];

    bar(c, y++, "descriptors", h->descriptors, h->descriptors_most);
    line(c, y++, STYLE_HEALTH, "memory", h->memory_bytes ? bytes_text(bytes, h->memory_bytes) : "-");
    if (!h->database_bytes)
        snprintf(text, sizeof(text), "nothing was kept yet");
    else
        snprintf(text, sizeof(text), "%s, written in %s, %llu waiting", bytes_text(bytes, h->database_bytes),
                 duration_measured(took, h->write_ns), (unsigned long long)h->unwritten);
    line(c, y++, h->write_ns > NS_PER_S ? STYLE_WARN : STYLE_HEALTH, "database", text);
    return y;
}

static void draw_outbox(const struct app *a, struct cells *c, int y)
{
    const struct outbox_counts *o = a->post ? &a->post->counts : NULL;
    int64_t wait_ns = o ? (o->next_ms - a->snapshot->now_ms) * NS_PER_MS : 0;
    char text[128], next[WORDS_SIZE];

    if (!o || !(o->waiting || o->dead)) {
        line(c, y, STYLE_HEALTH, "outbox", "nothing waits");
        return;
    }
    snprintf(text, sizeof(text), "%u waiting%s%s, %u dead", o->waiting, o->waiting ? ", next " : "",
             !o->waiting ? "" : wait_ns > 0 ? words_until(next, wait_ns, 0) : "now", o->dead);
    line(c, y, o->dead ? STYLE_FAULT : STYLE_WARN, "outbox", text);
}

static int draw(struct app *a, struct cells *c, int top)
{
    const struct health *h = &a->snapshot->health;
    char text[256], number[DURATION_TEXT_SIZE];
    int y = draw_process(a->snapshot, c, draw_checks(a->snapshot, c, -top));

    draw_outbox(a, c, y++);
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
