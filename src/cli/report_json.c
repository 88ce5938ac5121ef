/* A report for programs: one JSON object. Percentages and milliseconds are cut to three decimals. The main thread. */
#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/day.h"
#include "report.h"

static json_t *json_moment(int64_t ms)
{
    char text[CLOCK_RFC3339_SIZE];

    return ms ? json_string(clock_rfc3339(text, ms)) : json_null();
}

static json_t *json_share(int32_t share)
{
    return share == SHARE_NONE ? json_null() : json_real(share / 1000.0);
}

static json_t *json_us(uint32_t us, uint32_t unknown)
{
    return us == unknown ? json_null() : json_real(us / 1000.0);
}

static json_t *json_seconds(int64_t ms)
{
    return ms < 0 ? json_null() : json_real((double)ms / 1000.0);
}

static json_t *json_uptime(const struct uptime *u)
{
    json_t *o = json_object();

    json_object_set_new(o, "percent", json_share(uptime_share(u)));
    json_object_set_new(o, "observed_percent", json_share(uptime_seen(u)));
    return o;
}

/* The whole range, with all it was spent in. */
static json_t *json_range(const struct uptime *u)
{
    json_t *o = json_uptime(u), *seconds = json_object();
    int64_t observed = 0;
    int what;

    for (what = 0; what < SPENT_COUNT; what++) {
        json_object_set_new(seconds, spent_name((enum spent)what), json_seconds(u->ms[what]));
        observed += u->ms[what];
    }
    json_object_set_new(seconds, spent_name(SPENT_NOTHING), json_seconds(u->window_ms - observed));
    json_object_set_new(o, "seconds", seconds);
    return o;
}

static json_t *json_outages(const struct report_figures *f)
{
    json_t *o = json_object();

    json_object_set_new(o, "count", json_integer(f->outages.n));
    json_object_set_new(o, "longest_s", json_seconds(f->outages.n ? f->outages.longest_ms : -1));
    json_object_set_new(o, "mttr_s", json_seconds(outages_mttr_ms(&f->outages)));
    json_object_set_new(o, "mtbf_s", json_seconds(outages_mtbf_ms(&f->outages, &f->range)));
    return o;
}

static json_t *json_checks(const struct report_figures *f)
{
    json_t *o = json_object();

    json_object_set_new(o, "total", json_integer(f->checks));
    json_object_set_new(o, "good", json_integer(f->good));
    json_object_set_new(o, "failed", json_integer(f->failed));
    json_object_set_new(o, "inconclusive", json_integer(f->inconclusive));
    return o;
}

static json_t *json_latency(const struct report_figures *f)
{
    json_t *o = json_object();

    json_object_set_new(o, "p50", json_us(f->p50_us, 0));
    json_object_set_new(o, "p95", json_us(f->p95_us, 0));
    json_object_set_new(o, "p99", json_us(f->p99_us, 0));
    return o;
}

static json_t *json_phases(const struct report_figures *f)
{
    static const char *const keys[PHASE_COUNT] = { "dns", "connect", "tls", "first_byte", "body" };
    json_t *o = json_object();
    int p;

    for (p = 0; p < PHASE_COUNT; p++)
        json_object_set_new(o, keys[p], json_us(f->phase_us[p], UINT32_MAX));
    json_object_set_new(o, "slowest", f->slowest_phase < 0 ? json_null() : json_string(keys[f->slowest_phase]));
    return o;
}

static json_t *json_days(const struct report *r, const struct report_figures *f)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < r->nday; i++) {
        json_t *o = json_uptime(&f->day[i]);
        char date[DAY_TEXT_SIZE];

        json_object_set_new(o, "date", json_string(day_date(date, r->day_ms[i])));
        json_array_append_new(list, o);
    }
    return list;
}

static void set_figures(json_t *o, const struct report *r, const struct report_figures *f)
{
    json_t *uptime = json_object();
    int w;

    json_object_set_new(uptime, "range", json_range(&f->range));
    for (w = 0; w < FIGURES_WINDOWS; w++)
        json_object_set_new(uptime, figures_window_name((enum figures_window)w), json_uptime(&f->window[w]));
    json_object_set_new(o, "uptime", uptime);
    json_object_set_new(o, "outages", json_outages(f));
    json_object_set_new(o, "checks", json_checks(f));
    json_object_set_new(o, "latency_ms", json_latency(f));
    json_object_set_new(o, "phases_p50_ms", json_phases(f));
    json_object_set_new(o, "days", json_days(r, f));
}

static json_t *json_site(const struct report *r, const struct report_site *s)
{
    json_t *o = json_object(), *tags = json_array();
    size_t i;

    for (i = 0; i < s->tags.n; i++)
        json_array_append_new(tags, json_string(s->tags.item[i]));
    json_object_set_new(o, "name", json_string(s->name));
    json_object_set_new(o, "url", json_string(s->url));
    json_object_set_new(o, "owner", *s->owner ? json_string(s->owner) : json_null());
    json_object_set_new(o, "tags", tags);
    json_object_set_new(o, "removed", json_boolean(s->gone));
    set_figures(o, r, &s->figures);
    return o;
}

static json_t *json_incident(const struct report *r, const struct report_incident *i)
{
    const char *class = outcome_class(i->outcome);
    json_t *o = json_object();

    json_object_set_new(o, "id", json_integer(i->id));
    json_object_set_new(o, "site", json_string(i->site));
    json_object_set_new(o, "failing_at", json_moment(i->failing_ms));
    json_object_set_new(o, "opened_at", json_moment(i->opened_ms));
    json_object_set_new(o, "ended_at", json_moment(i->ended_ms));
    json_object_set_new(o, "ended_by", i->ended_ms ? json_string(incident_end_name(i->end)) : json_null());
    json_object_set_new(o, "lasted_s", json_seconds(report_incident_ms(r, i)));
    json_object_set_new(o, "error", class ? json_string(class) : json_null());
    json_object_set_new(o, "status", i->status ? json_integer(i->status) : json_null());
    json_object_set_new(o, "message", json_string(i->message));
    json_object_set_new(o, "acknowledged_at", json_moment(i->acked_ms));
    json_object_set_new(o, "note", *i->note ? json_string(i->note) : json_null());
    return o;
}

void report_json(const struct report *r, struct strbuf *out)
{
    json_t *o = json_object(), *sites = json_array(), *incidents = json_array(), *total = json_object();
    char *text;
    size_t i;

    for (i = 0; i < r->nsite; i++)
        json_array_append_new(sites, json_site(r, &r->sites[i]));
    for (i = 0; i < r->nincident; i++)
        json_array_append_new(incidents, json_incident(r, &r->incident[i]));
    set_figures(total, r, &r->total);
    json_object_set_new(o, "from", json_moment(r->from_ms));
    json_object_set_new(o, "until", json_moment(r->until_ms));
    json_object_set_new(o, "sites", sites);
    json_object_set_new(o, "total", total);
    json_object_set_new(o, "incidents", incidents);
    text = json_dumps(o, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
    if (text)
        strbuf_addf(out, "%s\n", text);
    else
        out->failed = true;
    free(text);
    json_decref(o);
}
