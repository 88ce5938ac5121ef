/* What the monitor holds as JSON, a site at a time. Pure. */
#include "web/pages.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/row_text.h"

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *ms_or_null(uint32_t us)
{
    return us == UINT32_MAX ? json_null() : json_real(us / 1000.0);
}

static json_t *time_or_null(int64_t wall_ms)
{
    char stamp[CLOCK_RFC3339_SIZE];

    return wall_ms ? json_string(clock_rfc3339(stamp, wall_ms)) : json_null();
}

/* Appends o, whose reference it takes, after the text before. */
static void add(struct strbuf *out, const char *before, json_t *o)
{
    char *text = o ? json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;

    strbuf_adds(out, before);
    if (text)
        strbuf_adds(out, text);
    else
        out->failed = true;
    free(text);
    json_decref(o);
}

static json_t *json_monitor(const struct snapshot *s)
{
    const struct health *h = &s->health;

    return json_pack("{s:s, s:b, s:s*, s:b, s:f, s:f, s:i, s:i, s:I, s:I, s:s, s:i}", "version", UPTIME_VERSION, "well",
                     health_is_well(h), "trouble", h->trouble[0] ? h->trouble : NULL, "offline", h->offline, "checks_per_s",
                     h->checks_per_s, "lag_p99_ms", (double)h->lag_p99_ns / NS_PER_MS, "in_flight", (int)h->in_flight,
                     "in_flight_limit", (int)h->slots, "checks", (json_int_t)h->checks, "late", (json_int_t)h->late,
                     "engine", h->engine, "workers", (int)h->workers);
}

static json_t *json_counts(const struct snapshot *s)
{
    json_t *o = json_object();
    enum state state;

    json_object_set_new(o, "total", json_integer(s->counts.total));
    for (state = 0; state < STATE_COUNT; state++)
        json_object_set_new(o, state_name(state), json_integer(s->counts.state[state]));
    return o;
}

static json_t *json_phases(const struct row *r)
{
    static const char *const keys[PHASE_COUNT] = { "dns_ms", "connect_ms", "tls_ms", "first_byte_ms", "body_ms" };
    json_t *o = json_object();
    enum phase p;

    for (p = 0; p < PHASE_COUNT; p++)
        json_object_set_new(o, keys[p], ms_or_null(r->phase_us[p]));
    return o;
}

static json_t *json_uptime(const struct figures *f)
{
    json_t *o = json_object();
    enum figures_window w;

    for (w = 0; w < FIGURES_WINDOWS; w++) {
        json_t *share = f->up[w] == SHARE_NONE ? json_null() : json_real((double)f->up[w] / SHARE_ALL);

        json_object_set_new(o, figures_window_name(w), share);
    }
    return o;
}

static json_t *json_site(const struct snapshot_row *row, const struct snapshot *s)
{
    const struct row *r = &row->row;
    bool told = row_is_told(r), dated = told && r->certificate_until != CERTIFICATE_UNKNOWN;
    char url[2048], message[RESULT_MESSAGE_SIZE];
    json_t *o = json_object();

    text_mask_url(url, sizeof(url), r->site->url);
    json_object_set_new(o, "name", json_string(r->site->name));
    json_object_set_new(o, "url", json_string(url));
    json_object_set_new(o, "state", json_string(state_name(state_shown(&r->state))));
    json_object_set_new(o, "since", time_or_null(s->now_ms - (s->now_ns - r->since_ns) / NS_PER_MS));
    json_object_set_new(o, "status", told && r->status ? json_integer(r->status) : json_null());
    json_object_set_new(o, "error", told ? text_or_null(outcome_class((enum outcome)r->outcome)) : json_null());
    json_object_set_new(o, "message", json_string(row_message(message, r)));
    json_object_set_new(o, "method", told ? json_string(r->method == METHOD_GET ? "GET" : "HEAD") : json_null());
    json_object_set_new(o, "latency_ms", told ? ms_or_null(r->latency_us) : json_null());
    json_object_set_new(o, "p50_ms", row->p50_us ? ms_or_null(row->p50_us) : json_null());
    json_object_set_new(o, "p95_ms", row->p95_us ? ms_or_null(row->p95_us) : json_null());
    json_object_set_new(o, "p99_ms", row->p99_us ? ms_or_null(row->p99_us) : json_null());
    json_object_set_new(o, "phases", json_phases(r));
    json_object_set_new(o, "uptime", json_uptime(&r->figures));
    json_object_set_new(o, "failures", json_integer(r->state.failures));
    json_object_set_new(o, "address", text_or_null(r->address));
    json_object_set_new(o, "certificate_days_left",
                        dated ? json_integer(certificate_days(r->certificate_until, s->now_ms)) : json_null());
    json_object_set_new(o, "checks", json_integer(r->checks));
    json_object_set_new(o, "late", json_integer(r->late));
    json_object_set_new(o, "checked_at", time_or_null(r->checked_ms));
    return o;
}

bool status_json(struct strbuf *out, struct place *at, const struct snapshot *s, size_t enough)
{
    if (!at->family) {
        add(out, "{\"monitor\":", json_monitor(s));
        add(out, ",\"counts\":", json_counts(s));
        strbuf_adds(out, ",\"sites\":[");
        at->family = 1;
    }
    for (; at->row < s->nrow; at->row++) {
        if (out->length >= enough)
            return true;
        if (!s->row[at->row].row.generation)
            continue;
        add(out, at->family == 1 ? "\n" : ",\n", json_site(&s->row[at->row], s));
        at->family = 2; /* there is one before */
    }
    strbuf_adds(out, "]}\n");
    return false;
}
