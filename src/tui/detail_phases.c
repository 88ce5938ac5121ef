/* The phases of the last check beside what they take as a rule. Pure. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "chart.h"
#include "detail.h"

#define ASIDE_FROM 50                /* columns from which on there is room for a number behind a bar */

static const char *const phase_label[PHASE_COUNT] = { "dns", "tcp", "tls", "ttfb", "body" };

/* The phase that a check without an end was in; PHASE_COUNT when it has one. */
static int unfinished(const struct row *r)
{
    const char *class = outcome_class((enum outcome)r->outcome);
    int i = 0;

    if (!r->checks || !class || strcmp(class, "timeout") != 0)
        return PHASE_COUNT;
    while (i < PHASE_COUNT && r->phase_us[i] != UINT32_MAX)
        i++;
    if (i == PHASE_TLS && strncmp(r->site->url, "https:", 6) != 0)
        i++;
    return i;
}

struct bars {
    uint32_t us[PHASE_COUNT];        /* UINT32_MAX: not reached */
    int unfinished;
    uint64_t all, scale;
};

static struct bars bars_of(const struct detail *d)
{
    const struct row *r = detail_row(d);
    struct bars b = { .unfinished = unfinished(r) };
    uint64_t usual = 0;
    int i;

    for (i = 0; i < PHASE_COUNT; i++) {
        b.us[i] = r->checks ? r->phase_us[i] : UINT32_MAX;
        b.all += b.us[i] == UINT32_MAX ? 0 : b.us[i];
        usual += latency_us(d->samples.usual[i]);
    }
    if (b.unfinished < PHASE_COUNT && r->latency_us > b.all) {
        b.us[b.unfinished] = (uint32_t)(r->latency_us - b.all);
        b.all = r->latency_us;
    }
    b.scale = b.all > usual ? b.all : usual;
    if (b.scale < r->latency_us)
        b.scale = r->latency_us; /* a failure that no phase stands for */
    return b;
}

int part_phases_lines(const struct detail *d, int width)
{
    struct bars b = bars_of(d);
    int i, n = 0;

    (void)width;
    for (i = 0; i < PHASE_COUNT; i++)
        n += b.us[i] != UINT32_MAX;
    return b.all ? n : 0;
}

static void draw_phase(const struct detail *d, struct cells *c, int y, int i, const struct bars *b, uint64_t before)
{
    bool aside = c->width >= ASIDE_FROM;
    uint32_t usual = latency_us(d->samples.usual[i]);
    int x = 15, width = c->width - x - (aside ? 17 : 0);
    char text[DURATION_TEXT_SIZE], line[64];
    enum style style = i == b->unfinished ? STYLE_TREND_FAIL
                     : usual && b->us[i] > 2 * (uint64_t)usual + 1000 ? STYLE_TREND_HIGH : STYLE_TREND;

    cells_text(c, y, 0, 4, STYLE_PLAIN, phase_label[i]);
    cells_field(c, y, 5, 8, b->us[i] == UINT32_MAX ? STYLE_QUIET : STYLE_PLAIN, LIE_RIGHT,
                b->us[i] == UINT32_MAX ? "-" : duration_measured(text, b->us[i] * NS_PER_US));
    if (width > 0 && b->us[i] != UINT32_MAX)
        chart_bar(c, y, x, width, (double)before / (double)b->scale, (double)(before + b->us[i]) / (double)b->scale, style);
    if (!aside || !usual)
        return;
    snprintf(line, sizeof(line), "usual %s", duration_measured(text, usual * NS_PER_US));
    cells_field(c, y, c->width - 16, 15, STYLE_QUIET, LIE_RIGHT, line);
}

void part_phases_draw(const struct detail *d, struct cells *c)
{
    struct bars b = bars_of(d);
    uint64_t before = 0;
    int i, y = 0;

    for (i = 0; i < PHASE_COUNT; i++) {
        if (b.us[i] == UINT32_MAX)
            continue;
        draw_phase(d, c, y++, i, &b, before);
        before += b.us[i] == UINT32_MAX ? 0 : b.us[i];
    }
}
