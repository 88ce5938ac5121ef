/* A report for people: sites and their total as a table, incidents below it. The main thread. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/clock.h"
#include "base/day.h"
#include "base/duration.h"
#include "base/text.h"
#include "padded.h"
#include "report.h"

#define NAME_LEAST 12
#define NAME_MOST 32
#define WELL_SEEN (SHARE_ALL / 10 * 9)     /* less is marked */

/* In so many columns; what is too long ends with a mark. */
static void add_padded(struct strbuf *out, const char *text, int width)
{
    bool cut = padded_width(text) > width;
    size_t left = strlen(text);
    int used = 0;

    while (left) {
        uint32_t point;
        int n = text_decode(text, left, &point), columns = wcwidth((wchar_t)point);

        columns = columns > 0 ? columns : 0;
        if (n <= 0 || used + columns > width - cut)
            break;
        strbuf_add(out, text, (size_t)n);
        used += columns;
        text += n;
        left -= (size_t)n;
    }
    strbuf_addf(out, "%s%*s", cut ? "~" : "", width - used - cut, "");
}

static bool is_partly(const struct uptime *u)
{
    return uptime_share(u) != SHARE_NONE && uptime_seen(u) < WELL_SEEN;
}

static void add_share(struct strbuf *out, const struct uptime *u)
{
    char text[SHARE_TEXT_SIZE];

    strbuf_addf(out, " %7s%c", share_format(text, uptime_share(u), 3), is_partly(u) ? '*' : ' ');
}

static void add_length(struct strbuf *out, int64_t ms, int width)
{
    char text[DURATION_TEXT_SIZE];

    strbuf_addf(out, " %*s", width, report_length(text, ms));
}

static void add_latency(struct strbuf *out, uint32_t us)
{
    char text[DURATION_TEXT_SIZE];

    strbuf_addf(out, " %7s", us ? duration_measured(text, us * NS_PER_US) : "-");
}

static void add_row(struct strbuf *out, const char *name, int name_width, const struct report_figures *f)
{
    char seen[SHARE_TEXT_SIZE];
    int w;

    add_padded(out, name, name_width);
    add_share(out, &f->range);
    strbuf_addf(out, " %5s", share_format(seen, uptime_seen(&f->range), 1));
    for (w = 0; w < FIGURES_WINDOWS; w++)
        add_share(out, &f->window[w]);
    strbuf_addf(out, " %4u", f->outages.n);
    add_length(out, f->outages.n ? f->outages.longest_ms : -1, 7);
    add_length(out, outages_mttr_ms(&f->outages), 7);
    add_length(out, outages_mtbf_ms(&f->outages, &f->range), 7);
    add_latency(out, f->p50_us);
    add_latency(out, f->p95_us);
    add_latency(out, f->p99_us);
    strbuf_addf(out, "  %s\n", f->slowest_phase < 0 ? "-" : phase_name((enum phase)f->slowest_phase));
}

static int name_width(const struct report *r)
{
    int most = NAME_LEAST;
    size_t i;

    for (i = 0; i < r->nsite; i++) {
        int width = padded_width(r->sites[i].name) + (r->sites[i].gone ? 10 : 0);

        most = width > most ? width : most;
    }
    return most < NAME_MOST ? most : NAME_MOST;
}

static void add_titles(struct strbuf *out, int width)
{
    int w;

    add_padded(out, "SITE", width);
    strbuf_adds(out, "  UPTIME   SEEN");
    for (w = 0; w < FIGURES_WINDOWS; w++)
        strbuf_addf(out, " %7s ", figures_window_name((enum figures_window)w));
    strbuf_adds(out, " OUT LONGEST    MTTR    MTBF     P50     P95     P99  SLOWEST PHASE\n");
}

static void add_sites(const struct report *r, int width, struct strbuf *out)
{
    size_t i;

    add_titles(out, width);
    for (i = 0; i < r->nsite; i++) {
        const struct report_site *s = &r->sites[i];
        struct strbuf name = STRBUF_INIT;

        strbuf_addf(&name, "%s%s", s->name, s->gone ? " (removed)" : "");
        add_row(out, name.text, width, &s->figures);
        strbuf_release(&name);
    }
    if (r->nsite > 1)
        add_row(out, "total", width, &r->total);
}

static bool any_marked(const struct report *r)
{
    size_t i;
    int w;

    for (i = 0; i < r->nsite; i++) {
        if (is_partly(&r->sites[i].figures.range))
            return true;
        for (w = 0; w < FIGURES_WINDOWS; w++)
            if (is_partly(&r->sites[i].figures.window[w]))
                return true;
    }
    return false;
}

static void add_incident(const struct report *r, const struct report_incident *i, int width, struct strbuf *out)
{
    const char *tag = outcome_tag(i->outcome);
    char at[DAY_TEXT_SIZE], code[16] = "-";

    if (i->status)
        snprintf(code, sizeof(code), "%d", i->status);
    strbuf_addf(out, "%s", day_minute(at, i->failing_ms));
    add_length(out, report_incident_ms(r, i), 7);
    strbuf_addf(out, "%s ", i->ended_ms && i->ended_ms <= r->until_ms ? "    " : " now");
    add_padded(out, i->site, width);
    strbuf_addf(out, " %-4s %s", tag ? tag : code, i->message);
    if (i->acked_ms)
        strbuf_addf(out, " [acknowledged%s%s]", *i->note ? ": " : "", i->note);
    if (i->ended_ms && i->end != INCIDENT_UP)
        strbuf_addf(out, " [ended: %s]", incident_end_name(i->end));
    strbuf_addc(out, '\n');
}

void report_table(const struct report *r, struct strbuf *out)
{
    char from[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE], zone[DAY_TEXT_SIZE];
    int width = name_width(r);
    size_t i;

    strbuf_addf(out, "%s to %s %s: %zu site%s, %zu incident%s\n\n", day_minute(from, r->from_ms),
                day_minute(until, r->until_ms), day_zone(zone, r->until_ms), r->nsite, r->nsite == 1 ? "" : "s",
                r->nincident, r->nincident == 1 ? "" : "s");
    add_sites(r, width, out);
    strbuf_adds(out, "\nUPTIME is up over observed in percent, cut and never rounded up; SEEN is the share of time observed.\n");
    if (any_marked(r))
        strbuf_adds(out, "* less than 90 % of that time was observed\n");
    if (r->nincident)
        strbuf_adds(out, "\nINCIDENTS\n");
    for (i = 0; i < r->nincident; i++)
        add_incident(r, &r->incident[i], width, out);
}
