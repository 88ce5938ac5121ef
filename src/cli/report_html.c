/* A report as one page that opens anywhere: no script, nothing fetched, pictures within. All text from outside passes add_text().
 * The main thread. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/day.h"
#include "base/duration.h"
#include "report.h"

#define OPEN_MOST 12                       /* so many sites are shown unfolded */
#define WELL_SEEN (SHARE_ALL / 10 * 9)

static const char style[] =
#include "report_style.css.h"
    ;

static void add_text(struct strbuf *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&': strbuf_adds(out, "&amp;"); break;
        case '<': strbuf_adds(out, "&lt;"); break;
        case '>': strbuf_adds(out, "&gt;"); break;
        case '"': strbuf_adds(out, "&quot;"); break;
        case '\'': strbuf_adds(out, "&#39;"); break;
        default: strbuf_addc(out, *text);
        }
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

static void add_share(struct strbuf *out, const struct uptime *u)
{
    char text[SHARE_TEXT_SIZE];
    int32_t up = uptime_share(u);

    strbuf_adds(out, share_format(text, up, 3));
    if (up != SHARE_NONE && uptime_seen(u) < WELL_SEEN)
        strbuf_addc(out, '*');
}

static void add_length(struct strbuf *out, int64_t ms)
{
    char text[DURATION_TEXT_SIZE];

    strbuf_adds(out, report_length(text, ms));
}

static void add_latency(struct strbuf *out, uint32_t us)
{
    char text[DURATION_TEXT_SIZE];

    strbuf_adds(out, us ? duration_measured(text, us * NS_PER_US) : "-");
}

static void add_seen(struct strbuf *out, const struct uptime *u)
{
    char text[SHARE_TEXT_SIZE];

    strbuf_adds(out, share_format(text, uptime_seen(u), 1));
}

static int64_t longest(const struct report_figures *f)
{
    return f->outages.n ? f->outages.longest_ms : -1;
}

/* --- cards and pictures ------------------------------------------------------------------------------------------- */

static void card_begin(struct strbuf *out)
{
    strbuf_adds(out, "<div><b>");
}

static void card_end(struct strbuf *out, const char *label)
{
    strbuf_addf(out, "</b><span>%s</span></div>", label);
}

static void add_cards(const struct report_figures *f, struct strbuf *out)
{
    card_begin(out);
    add_share(out, &f->range);
    card_end(out, "% up");
    card_begin(out);
    add_seen(out, &f->range);
    card_end(out, "% of the time observed");
    card_begin(out);
    strbuf_addf(out, "%u", f->outages.n);
    card_end(out, "outages");
    card_begin(out);
    add_length(out, longest(f));
    card_end(out, "longest outage");
    card_begin(out);
    add_length(out, outages_mttr_ms(&f->outages));
    card_end(out, "MTTR, to repair");
    card_begin(out);
    add_length(out, outages_mtbf_ms(&f->outages, &f->range));
    card_end(out, "MTBF, between failures");
}

static void add_latency_cards(const struct report_figures *f, struct strbuf *out)
{
    static const char *const labels[] = { "p50", "p95", "p99" };
    const uint32_t us[] = { f->p50_us, f->p95_us, f->p99_us };
    int i;

    for (i = 0; i < 3; i++) {
        card_begin(out);
        add_latency(out, us[i]);
        card_end(out, labels[i]);
    }
    if (f->slowest_phase < 0)
        return;
    card_begin(out);
    add_latency(out, f->phase_us[f->slowest_phase]);
    strbuf_adds(out, "</b><span>slowest phase: ");
    strbuf_addf(out, "%s</span></div>", phase_name((enum phase)f->slowest_phase));
}

static void add_ends(const struct report *r, struct strbuf *out)
{
    char from[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE];

    strbuf_addf(out, "<div class=\"ends\"><span>%s</span><span>%s</span></div>", day_date(from, r->from_ms),
                day_date(until, r->until_ms - 1));
}

static void add_pictures(const struct report *r, const struct report_figures *f, struct strbuf *out)
{
    strbuf_adds(out, "<figure><figcaption>Uptime by day</figcaption>");
    report_svg_days(r, f, out);
    add_ends(r, out);
    strbuf_adds(out, "</figure>\n");
    if (!f->good && !f->failed)
        return;
    strbuf_adds(out, "<figure><figcaption>Latency: median, and up to the 95th percentile; failures in red</figcaption>");
    report_svg_latency(r, f, out);
    add_ends(r, out);
    strbuf_adds(out, "</figure>\n");
}

/* --- sites -------------------------------------------------------------------------------------------------------- */

static void add_cells(const struct report_figures *f, struct strbuf *out)
{
    const uint32_t us[] = { f->p50_us, f->p95_us, f->p99_us };
    const int64_t lengths[] = { longest(f), outages_mttr_ms(&f->outages), outages_mtbf_ms(&f->outages, &f->range) };
    int i;

    strbuf_adds(out, "<td>");
    add_share(out, &f->range);
    strbuf_adds(out, "</td><td>");
    add_seen(out, &f->range);
    for (i = 0; i < FIGURES_WINDOWS; i++) {
        strbuf_adds(out, "</td><td>");
        add_share(out, &f->window[i]);
    }
    strbuf_addf(out, "</td><td>%u", f->outages.n);
    for (i = 0; i < 3; i++) {
        strbuf_adds(out, "</td><td>");
        add_length(out, lengths[i]);
    }
    for (i = 0; i < 3; i++) {
        strbuf_adds(out, "</td><td>");
        add_latency(out, us[i]);
    }
    strbuf_addf(out, "</td><td class=\"text\">%s</td></tr>\n",
                f->slowest_phase < 0 ? "-" : phase_name((enum phase)f->slowest_phase));
}

static void add_table(const struct report *r, struct strbuf *out)
{
    static const char *const titles[] = { "% up", "% observed", "24 h", "7 d", "30 d", "90 d", "outages", "longest", "MTTR", "MTBF",
                                          "p50", "p95", "p99" };
    size_t i;

    strbuf_adds(out, "<div class=\"scroll\"><table><thead><tr><th class=\"text\">Site</th>");
    for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        strbuf_addf(out, "<th>%s</th>", titles[i]);
    strbuf_adds(out, "<th class=\"text\">slowest phase</th></tr></thead><tbody>\n");
    for (i = 0; i < r->nsite; i++) {
        strbuf_addf(out, "<tr><td class=\"text name\"><a href=\"#site-%u\">", r->sites[i].key);
        add_text(out, r->sites[i].name);
        strbuf_addf(out, "</a>%s</td>", r->sites[i].gone ? " (removed)" : "");
        add_cells(&r->sites[i].figures, out);
    }
    if (r->nsite > 1) {
        strbuf_adds(out, "<tr class=\"total\"><td class=\"text\">all sites</td>");
        add_cells(&r->total, out);
    }
    strbuf_adds(out, "</tbody></table></div>\n");
}

static void add_site(const struct report *r, const struct report_site *s, struct strbuf *out)
{
    size_t i;

    strbuf_addf(out, "<details id=\"site-%u\"%s><summary>", s->key, r->nsite <= OPEN_MOST ? " open" : "");
    add_text(out, s->name);
    strbuf_adds(out, " <small>");
    add_share(out, &s->figures.range);
    strbuf_adds(out, " %</small></summary>\n<p class=\"quiet wide\">");
    add_text(out, s->url);
    if (*s->owner) {
        strbuf_adds(out, " · owner ");
        add_text(out, s->owner);
    }
    for (i = 0; i < s->tags.n; i++) {
        strbuf_adds(out, i ? ", " : " · tags ");
        add_text(out, s->tags.item[i]);
    }
    strbuf_addf(out, "%s</p>\n<div class=\"cards\">", s->gone ? " · watched no longer" : "");
    add_cards(&s->figures, out);
    add_latency_cards(&s->figures, out);
    strbuf_adds(out, "</div>\n");
    add_pictures(r, &s->figures, out);
    strbuf_adds(out, "</details>\n");
}

/* --- incidents ---------------------------------------------------------------------------------------------------- */

static void add_incident(const struct report *r, const struct report_incident *i, struct strbuf *out)
{
    const char *tag = outcome_tag(i->outcome);
    char at[DAY_TEXT_SIZE];

    strbuf_addf(out, "<tr><td class=\"text\">%s</td><td>", day_minute(at, i->failing_ms));
    add_length(out, report_incident_ms(r, i));
    strbuf_adds(out, i->ended_ms && i->ended_ms <= r->until_ms ? "" : ", goes on");
    strbuf_adds(out, "</td><td class=\"text name\">");
    add_text(out, i->site);
    strbuf_adds(out, "</td><td class=\"text\">");
    if (tag)
        add_text(out, tag);
    else
        strbuf_addf(out, "%d", i->status);
    strbuf_adds(out, "</td><td class=\"text long\">");
    add_text(out, i->message);
    if (i->ended_ms && i->end != INCIDENT_UP)
        strbuf_addf(out, " (ended: %s)", incident_end_name(i->end));
    if (i->acked_ms) {
        strbuf_adds(out, *i->note ? " (acknowledged: " : " (acknowledged");
        add_text(out, i->note);
        strbuf_addc(out, ')');
    }
    strbuf_adds(out, "</td></tr>\n");
}

static void add_incidents(const struct report *r, struct strbuf *out)
{
    size_t i;

    strbuf_adds(out, "<h2>Incidents</h2>\n");
    if (!r->nincident) {
        strbuf_adds(out, "<p>None.</p>\n");
        return;
    }
    strbuf_adds(out, "<div class=\"scroll\"><table><thead><tr><th class=\"text\">Since</th><th>Lasted</th><th class=\"text\">Site</th>"
                     "<th class=\"text\">Code</th><th class=\"text\">Cause</th></tr></thead><tbody>\n");
    for (i = 0; i < r->nincident; i++)
        add_incident(r, &r->incident[i], out);
    strbuf_adds(out, "</tbody></table></div>\n");
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

static void add_head(const struct report *r, struct strbuf *out)
{
    char from[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE], zone[DAY_TEXT_SIZE];

    strbuf_adds(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                     "<meta name=\"referrer\" content=\"no-referrer\">\n<title>Uptime report</title>\n<style>\n");
    strbuf_adds(out, style);
    strbuf_addf(out, "</style></head><body>\n<header><h1>Uptime report</h1>\n<p class=\"quiet\">%s to %s ",
                day_minute(from, r->from_ms), day_minute(until, r->until_ms));
    add_text(out, day_zone(zone, r->until_ms));
    strbuf_addf(out, " · %zu site%s", r->nsite, r->nsite == 1 ? "" : "s");
    if (r->tag) {
        strbuf_adds(out, " · tag ");
        add_text(out, r->tag);
    }
    strbuf_adds(out, "</p></header>\n");
}

void report_html(const struct report *r, struct strbuf *out)
{
    size_t i;

    add_head(r, out);
    if (r->nsite > 1) {
        strbuf_adds(out, "<div class=\"cards\">");
        add_cards(&r->total, out);
        add_latency_cards(&r->total, out);
        strbuf_adds(out, "</div>\n");
        add_pictures(r, &r->total, out);
    }
    strbuf_adds(out, "<h2>Sites</h2>\n");
    add_table(r, out);
    for (i = 0; i < r->nsite; i++)
        add_site(r, &r->sites[i], out);
    add_incidents(r, out);
    strbuf_adds(out, "<footer><p>Uptime is the time up, slow answers included, of the time observed: maintenance, pauses and faults of "
                     "our own count neither way. Shares are cut, never rounded up.<br>* less than 90 % of that time was observed. "
                     "Percentiles are within 1.6 %.</p><p>UptimeSquirrel " UPTIME_VERSION "</p></footer>\n</body></html>\n");
}
