/* A report for spreadsheets (RFC 4180): a row for each site, one for all of them, and one for each incident, which fills the
 * last columns. A text that a spreadsheet would take for a formula is shown to be none by an apostrophe. The main thread. */
#include <string.h>

#include "base/clock.h"
#include "report.h"

#define END "\r\n"

static const char head[] =
    "row,site,url,owner,tags,uptime_percent,observed_percent,"
    "uptime_24h_percent,observed_24h_percent,uptime_7d_percent,observed_7d_percent,"
    "uptime_30d_percent,observed_30d_percent,uptime_90d_percent,observed_90d_percent,"
    "outages,longest_s,mttr_s,mtbf_s,checks,good,failed,inconclusive,p50_ms,p95_ms,p99_ms,slowest_phase,"
    "failing_at,opened_at,ended_at,lasted_s,error,status,message,acknowledged_at,note" END;
#define FIGURE_COLUMNS 22                  /* uptime_percent ... slowest_phase */
#define INCIDENT_COLUMNS 9                 /* failing_at ... note */

static void add_text(struct strbuf *out, const char *text)
{
    strbuf_addc(out, '"');
    if (*text && strchr("=+-@\t\r", *text))
        strbuf_addc(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            strbuf_addc(out, '"');
        strbuf_addc(out, *text);
    }
    strbuf_addc(out, '"');
}

static void add_empty(struct strbuf *out, int n)
{
    while (n--)
        strbuf_addc(out, ',');
}

static void add_uptime(struct strbuf *out, const struct uptime *u)
{
    char text[SHARE_TEXT_SIZE];
    int32_t up = uptime_share(u);

    strbuf_addf(out, ",%s", up == SHARE_NONE ? "" : share_format(text, up, 3));
    strbuf_addf(out, ",%s", share_format(text, uptime_seen(u), 3));
}

/* Thousandths, as a number with a point; nothing when unknown. */
static void add_thousandths(struct strbuf *out, int64_t n, bool known)
{
    if (known)
        strbuf_addf(out, ",%lld.%03lld", (long long)(n / 1000), (long long)(n % 1000));
    else
        strbuf_addc(out, ',');
}

static void add_figures(struct strbuf *out, const struct report_figures *f)
{
    int64_t mttr = outages_mttr_ms(&f->outages), mtbf = outages_mtbf_ms(&f->outages, &f->range);
    int w;

    add_uptime(out, &f->range);
    for (w = 0; w < FIGURES_WINDOWS; w++)
        add_uptime(out, &f->window[w]);
    strbuf_addf(out, ",%u", f->outages.n);
    add_thousandths(out, f->outages.longest_ms, f->outages.n > 0);
    add_thousandths(out, mttr, mttr >= 0);
    add_thousandths(out, mtbf, mtbf >= 0);
    strbuf_addf(out, ",%u,%u,%u,%u", f->checks, f->good, f->failed, f->inconclusive);
    add_thousandths(out, f->p50_us, f->p50_us > 0);
    add_thousandths(out, f->p95_us, f->p95_us > 0);
    add_thousandths(out, f->p99_us, f->p99_us > 0);
    strbuf_addf(out, ",%s", f->slowest_phase < 0 ? "" : phase_name((enum phase)f->slowest_phase));
}

static void add_site(struct strbuf *out, const struct report_site *s)
{
    struct strbuf tags = STRBUF_INIT;
    size_t i;

    for (i = 0; i < s->tags.n; i++)
        strbuf_addf(&tags, "%s%s", i ? " " : "", s->tags.item[i]);
    strbuf_adds(out, s->gone ? "removed," : "site,");
    add_text(out, s->name);
    strbuf_addc(out, ',');
    add_text(out, s->url);
    strbuf_addc(out, ',');
    add_text(out, s->owner);
    strbuf_addc(out, ',');
    add_text(out, tags.text);
    add_figures(out, &s->figures);
    add_empty(out, INCIDENT_COLUMNS);
    strbuf_adds(out, END);
    out->failed = out->failed || tags.failed;
    strbuf_release(&tags);
}

static void add_moment(struct strbuf *out, int64_t ms)
{
    char text[CLOCK_RFC3339_SIZE];

    strbuf_addf(out, ",%s", ms ? clock_rfc3339(text, ms) : "");
}

static void add_incident(struct strbuf *out, const struct report *r, const struct report_incident *i)
{
    const char *class = outcome_class(i->outcome);

    strbuf_adds(out, "incident,");
    add_text(out, i->site);
    add_empty(out, 3 + FIGURE_COLUMNS);
    add_moment(out, i->failing_ms);
    add_moment(out, i->opened_ms);
    add_moment(out, i->ended_ms);
    add_thousandths(out, report_incident_ms(r, i), true);
    strbuf_addf(out, ",%s,", class ? class : "");
    if (i->status)
        strbuf_addf(out, "%d", i->status);
    strbuf_addc(out, ',');
    add_text(out, i->message);
    add_moment(out, i->acked_ms);
    strbuf_addc(out, ',');
    add_text(out, i->note);
    strbuf_adds(out, END);
}

void report_csv(const struct report *r, struct strbuf *out)
{
    size_t i;

    strbuf_adds(out, head);
    for (i = 0; i < r->nsite; i++)
        add_site(out, &r->sites[i]);
    strbuf_adds(out, "total,,,,");
    add_figures(out, &r->total);
    add_empty(out, INCIDENT_COLUMNS);
    strbuf_adds(out, END);
    for (i = 0; i < r->nincident; i++)
        add_incident(out, r, &r->incident[i]);
}
