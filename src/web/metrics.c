/* Prometheus' text format, a piece at a time: a family after the other, and in each a site after the other. Pure. */
#include "web/pages.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "escape.h"

/* Who a line is of. */
struct subject {
    const struct snapshot *s;        /* of the monitor's lines */
    const struct row *r;             /* of a site's lines */
    const char *name;                /* of the family */
    const char *labels;              /* instance="...",site="..." of a site; "" for /probe */
};

static void line(struct strbuf *out, const struct subject *of, const char *label, double value)
{
    const char *comma = *of->labels && label ? "," : "";

    strbuf_adds(out, of->name);
    if (*of->labels || label)
        strbuf_addf(out, "{%s%s%s}", of->labels, comma, label ? label : "");
    strbuf_addf(out, " %.10g\n", value);
}

/* --- of the monitor ----------------------------------------------------------------------------------------------- */

static void build_info(struct strbuf *out, const struct subject *of)
{
    line(out, of, "version=\"" UPTIME_VERSION "\"", 1);
}

static void sites_by_state(struct strbuf *out, const struct subject *of)
{
    enum state state;
    char label[40];

    for (state = 0; state < STATE_COUNT; state++) {
        snprintf(label, sizeof(label), "state=\"%s\"", state_name(state));
        line(out, of, label, of->s->counts.state[state]);
    }
}

static void checks(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, (double)of->s->health.checks);
}

static void late(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, (double)of->s->health.late);
}

static void lag(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, (double)of->s->health.lag_p99_ns / NS_PER_S);
}

static void in_flight(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, of->s->health.in_flight);
}

static void slots(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, of->s->health.slots);
}

static void offline(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, of->s->health.offline);
}

static void well(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, health_is_well(&of->s->health));
}

/* --- of a site ---------------------------------------------------------------------------------------------------- */

static void site_state(struct strbuf *out, const struct subject *of)
{
    char label[40];

    snprintf(label, sizeof(label), "state=\"%s\"", state_name(state_shown(&of->r->state)));
    line(out, of, label, 1);
}

static void site_checks(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, of->r->checks);
}

static void site_late(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, of->r->late);
}

static void site_checked(struct strbuf *out, const struct subject *of)
{
    if (of->r->checked_ms)
        line(out, of, NULL, (double)of->r->checked_ms / MS_PER_S);
}

static void site_uptime(struct strbuf *out, const struct subject *of)
{
    enum figures_window w;
    char label[32];

    for (w = 0; w < FIGURES_WINDOWS; w++) {
        if (of->r->figures.up[w] == SHARE_NONE)
            continue;
        snprintf(label, sizeof(label), "window=\"%s\"", figures_window_name(w));
        line(out, of, label, (double)of->r->figures.up[w] / SHARE_ALL);
    }
}

/* --- of its last check, as blackbox_exporter tells it --------------------------------------------------------------- */

static bool is_http(const struct row *r)
{
    return !strncmp(r->site->url, "http", 4);
}

static double seconds(uint32_t us)
{
    return us == UINT32_MAX ? 0 : us / 1e6;
}

static void success(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, of->r->outcome == OUTCOME_OK);
}

static void took(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, seconds(of->r->latency_us));
}

static void look_up(struct strbuf *out, const struct subject *of)
{
    line(out, of, NULL, seconds(of->r->phase_us[PHASE_DNS]));
}

static void phases(struct strbuf *out, const struct subject *of)
{
    static const char *const labels[PHASE_COUNT] = {
        [PHASE_DNS] = "phase=\"resolve\"",
        [PHASE_CONNECT] = "phase=\"connect\"",
        [PHASE_TLS] = "phase=\"tls\"",
        [PHASE_FIRST_BYTE] = "phase=\"processing\"",
        [PHASE_BODY] = "phase=\"transfer\"",
    };
    enum phase p;

    for (p = 0; is_http(of->r) && p < PHASE_COUNT; p++)
        line(out, of, labels[p], seconds(of->r->phase_us[p]));
}

static void status_code(struct strbuf *out, const struct subject *of)
{
    if (is_http(of->r))
        line(out, of, NULL, of->r->status);
}

static void uses_tls(struct strbuf *out, const struct subject *of)
{
    if (is_http(of->r))
        line(out, of, NULL, !strncmp(of->r->site->url, "https:", 6));
}

static void body_failed(struct strbuf *out, const struct subject *of)
{
    const char *class = outcome_class((enum outcome)of->r->outcome);

    if (is_http(of->r))
        line(out, of, NULL, class && !strcmp(class, "body"));
}

static void ip_protocol(struct strbuf *out, const struct subject *of)
{
    if (of->r->address[0])
        line(out, of, NULL, strchr(of->r->address, ':') ? 6 : 4);
}

static void certificate(struct strbuf *out, const struct subject *of)
{
    if (of->r->certificate_until != CERTIFICATE_UNKNOWN)
        line(out, of, NULL, (double)of->r->certificate_until);
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

enum of { MONITOR, SITE, PROBE };

static const struct family {
    const char *name, *type;
    enum of of;
    void (*write)(struct strbuf *out, const struct subject *of);
    const char *help;
} families[] = {
#define FAMILY(name, type, of, value, help) { #name, #type, of, value, help },
#include "metrics.def"
#undef FAMILY
};
#define NFAMILY (sizeof(families) / sizeof(families[0]))

/* A result that says something of the site. */
static bool judged(const struct row *r)
{
    return r->checks && !outcome_is_local((enum outcome)r->outcome) && state_shown(&r->state) != STATE_PAUSED;
}

static void head(struct strbuf *out, const struct family *f)
{
    strbuf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name, f->type);
}

static void write_site(struct strbuf *out, const struct family *f, const struct row *r)
{
    char url[2048], labels[8192];

    text_mask_url(url, sizeof(url), r->site->url);
    snprintf(labels, sizeof(labels), "instance=\"");
    escape_label(labels + strlen(labels), sizeof(labels) - strlen(labels), url);
    snprintf(labels + strlen(labels), sizeof(labels) - strlen(labels), "\",site=\"");
    escape_label(labels + strlen(labels), sizeof(labels) - strlen(labels), r->site->name);
    snprintf(labels + strlen(labels), sizeof(labels) - strlen(labels), "\"");
    f->write(out, &(struct subject){ .r = r, .name = f->name, .labels = labels });
}

bool metrics_write(struct strbuf *out, struct place *at, const struct snapshot *s, size_t enough)
{
    for (; at->family < NFAMILY; at->family++, at->row = 0) {
        const struct family *f = &families[at->family];

        if (!at->row)
            head(out, f);
        if (f->of == MONITOR)
            f->write(out, &(struct subject){ .s = s, .name = f->name, .labels = "" });
        for (; f->of != MONITOR && at->row < s->nrow; at->row++) {
            const struct row *r = &s->row[at->row].row;

            if (at->row && out->length >= enough)
                return true;
            if (r->generation && (f->of == SITE || judged(r)))
                write_site(out, f, r);
        }
    }
    return false;
}

bool metrics_probe(struct strbuf *out, const struct row *r)
{
    size_t i;

    if (!judged(r))
        return false;
    for (i = 0; i < NFAMILY; i++) {
        if (families[i].of != PROBE)
            continue;
        head(out, &families[i]);
        families[i].write(out, &(struct subject){ .r = r, .name = families[i].name, .labels = "" });
    }
    return true;
}
