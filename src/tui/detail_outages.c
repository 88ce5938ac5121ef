/* The past of a site: its uptime, its days, and its outages. Pure. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "detail.h"
#include "words.h"

#define PARTLY "* partly watched"
#define SUMMARY_FROM 105             /* from here on what there is to say of all outages stands behind the uptime */

int part_uptime_lines(const struct detail *d, int width)
{
    const struct figures *f = &detail_row(d)->figures;
    int i;

    (void)width;
    for (i = 0; i < FIGURES_WINDOWS; i++)
        if (f->up[i] != SHARE_NONE)
            return 1;
    return 0;
}

/* One that goes on has become longer since the history was read. */
static int64_t longest_ms(const struct detail *d)
{
    const struct lookback *past = d->past;
    int64_t longest = past->outages.longest_ms;
    int64_t going_on = past->noutage && !past->outage[0].ended_ms ? d->snapshot->now_ms - past->outage[0].began_ms : 0;

    return going_on > longest ? going_on : longest;
}

/* "5 outages in 90 days, longest 40m, MTTR 6m, MTBF 13d" */
static void summary_text(char *text, size_t size, const struct detail *d)
{
    const struct outages *o = &d->past->outages;
    int64_t mttr_ms = outages_mttr_ms(o), mtbf_ms = outages_mtbf_ms(o, &d->past->spent);
    char longest[DURATION_TEXT_SIZE], mttr[DURATION_TEXT_SIZE] = "-", mtbf[DURATION_TEXT_SIZE] = "-";

    if (mttr_ms >= 0)
        duration_glance(mttr, mttr_ms);
    if (mtbf_ms > 0)
        duration_glance(mtbf, mtbf_ms);
    snprintf(text, size, "%u outage%s in 90 days, longest %s, MTTR %s, MTBF %s", (unsigned)o->n, o->n == 1 ? "" : "s",
             duration_glance(longest, longest_ms(d)), mttr, mtbf);
}

void part_uptime_draw(const struct detail *d, struct cells *c)
{
    const struct figures *f = &detail_row(d)->figures;
    bool partly = false;
    char text[WORDS_SIZE], summary[160];
    int i, x = 0;

    for (i = 0; i < FIGURES_WINDOWS; i++) {
        words_uptime(text, f->up[i], f->seen[i]);
        partly |= strchr(text, '*') != NULL;
        x += cells_text(c, 0, x, c->width - x, STYLE_QUIET, figures_window_name((enum figures_window)i)) + 1;
        x += cells_text(c, 0, x, c->width - x, STYLE_PLAIN, text) + 3;
    }
    if (partly && x + (int)strlen(PARTLY) <= c->width)
        x += cells_text(c, 0, x, c->width - x, STYLE_QUIET, PARTLY) + 3;
    if (!d->past || !d->past->noutage)
        return;
    summary_text(summary, sizeof(summary), d);
    if (x + (int)strlen(summary) <= c->width)
        cells_text(c, 0, x, c->width - x, STYLE_QUIET, summary);
}

/* --- days and outages ------------------------------------------------------------------------------------------------ */

int part_days_lines(const struct detail *d, int width)
{
    return d->past && width >= 30;
}

/* A character a day, today last: '.' good, the number of its outages, blank when nobody looked. */
void part_days_draw(const struct detail *d, struct cells *c)
{
    int n = c->width < LOOKBACK_DAYS ? c->width : LOOKBACK_DAYS, x;

    for (x = 0; x < n; x++) {
        int i = LOOKBACK_DAYS - n + x;
        char mark[2] = { d->past->outages_of_day[i] > 9 ? '9' : (char)('0' + d->past->outages_of_day[i]) };

        if (d->past->day[i] == DAY_BAD)
            cells_text(c, 0, x, 1, STYLE_TREND_FAIL, mark[0] == '0' ? "X" : mark);
        else if (d->past->day[i] == DAY_GOOD)
            cells_text(c, 0, x, 1, STYLE_UP, ".");
        else
            cells_text(c, 0, x, 1, STYLE_QUIET, c->utf8 ? "·" : " ");
    }
}

int part_outages_lines(const struct detail *d, int width)
{
    return d->past && d->past->noutage ? width >= SUMMARY_FROM ? 1 : 2 : 0;
}

static void outage_text(char *text, size_t size, const struct detail *d, int i)
{
    int64_t began_ms = d->past->outage[i].began_ms, ended_ms = d->past->outage[i].ended_ms;
    const char *tag = outcome_tag(d->past->outage[i].outcome);
    char length[DURATION_TEXT_SIZE], when[32] = "", code[8] = "failed";
    struct tm tm;

    if (d->past->outage[i].status)
        snprintf(code, sizeof(code), "%d", d->past->outage[i].status);
    duration_glance(length, (ended_ms ? ended_ms : d->snapshot->now_ms) - began_ms);
    if (detail_local_time(&tm, began_ms))
        strftime(when, sizeof(when), d->snapshot->now_ms - began_ms < 6 * MS_PER_DAY ? "%a %H:%M" : "%d %b %H:%M", &tm);
    snprintf(text, size, "%s %s %s", ended_ms ? when : "now", length, tag ? tag : code);
}

void part_outages_draw(const struct detail *d, struct cells *c)
{
    char text[160];
    int i, x = 0;

    for (i = 0; i < d->past->noutage; i++) {
        outage_text(text, sizeof(text), d, i);
        if (x && x + 3 + (int)strlen(text) > c->width)
            break;
        x += x ? cells_text(c, 0, x, c->width - x, STYLE_RULE, " | ") : 0;
        x += cells_text(c, 0, x, c->width - x, d->past->outage[i].ended_ms ? STYLE_PLAIN : STYLE_REASON, text);
    }
    summary_text(text, sizeof(text), d);
    if (c->width < SUMMARY_FROM)
        cells_text(c, 1, 0, c->width, STYLE_QUIET, text);
}
