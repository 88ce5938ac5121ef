/* A row of the status table as bytes, and back. Pure; any thread. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "message.h"

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void put_state(struct strbuf *out, const struct site_state *s)
{
    pack_number(out, s->verdict);
    pack_number(out, s->calm);
    pack_number(out, s->degraded);
    pack_number(out, s->failures);
    pack_number(out, s->slow);
    pack_number(out, s->unsure);
    pack_number(out, s->paused);
    pack_number(out, s->maintenance);
}

static void put_figures(struct strbuf *out, const struct figures *f)
{
    int i;

    for (i = 0; i < FIGURES_WINDOWS; i++) {
        pack_signed(out, f->up[i]);
        pack_signed(out, f->seen[i]);
    }
    pack_number(out, f->p50_us);
    pack_number(out, f->p95_us);
    pack_number(out, f->p99_us);
}

static void put_samples(struct strbuf *out, const struct samples *s)
{
    int i;

    pack_number(out, s->slot);
    pack_number(out, s->newest);
    pack_number(out, s->next);
    pack_number(out, s->kept);
    for (i = 0; i < TREND_SLOTS; i++) {
        pack_number(out, s->mark[i]);
        pack_number(out, s->worst[i]);
    }
    for (i = 0; i < SAMPLES_KEPT; i++)
        pack_number(out, s->latency[i]);
    for (i = 0; i < PHASE_COUNT; i++)
        pack_number(out, s->usual[i]);
}

static void put_result(struct strbuf *out, const struct row *r)
{
    int i;

    pack_number(out, r->outcome);
    pack_number(out, r->method);
    pack_number(out, (unsigned)r->status);
    pack_number(out, r->latency_us);
    for (i = 0; i < PHASE_COUNT; i++)
        pack_number(out, r->phase_us[i]);
    pack_number(out, r->checks);
    pack_number(out, r->late);
    pack_signed(out, r->since_ns);
    pack_signed(out, r->checked_ns);
    pack_signed(out, r->checked_ms);
    pack_signed(out, r->due_ns);
    pack_signed(out, r->certificate_until);
    pack_text(out, r->address);
    pack_text(out, r->detail);
}

void put_row(struct strbuf *out, const struct row_change *c, const struct region_result *region, int nregion)
{
    const struct row *r = &c->row;
    char url[REMOTE_URL_SIZE];
    int i;

    pack_number(out, r->id);
    pack_number(out, r->generation);
    if (!r->generation)
        return;
    text_mask_url(url, sizeof(url), r->site->url);
    pack_text(out, r->site->name);
    pack_text(out, url);
    pack_signed(out, r->site->options->interval_ms);
    put_state(out, &r->state);
    pack_number(out, r->in_flight);
    pack_number(out, r->mine);
    put_result(out, r);
    put_figures(out, &r->figures);
    put_samples(out, &c->samples);
    pack_number(out, (unsigned)nregion);
    for (i = 0; i < nregion; i++) {
        pack_text(out, region[i].name);
        pack_number(out, region[i].outcome);
        pack_number(out, region[i].status);
        pack_number(out, region[i].latency_us);
    }
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void get_state(struct unpack *u, struct site_state *s)
{
    s->verdict = (uint8_t)unpack_number(u, VERDICT_COUNT - 1);
    s->calm = (uint8_t)unpack_number(u, VERDICT_COUNT - 1);
    s->degraded = (uint8_t)unpack_number(u, DEGRADED_WARNING);
    s->failures = (uint8_t)unpack_number(u, UINT8_MAX);
    s->slow = (uint8_t)unpack_number(u, UINT8_MAX);
    s->unsure = unpack_number(u, 1);
    s->paused = unpack_number(u, 1);
    s->maintenance = unpack_number(u, 1);
}

/* A share, or that there is none. */
static int32_t get_share(struct unpack *u)
{
    int64_t share = unpack_signed(u);

    if (share < INT32_MIN || share > INT32_MAX)
        u->bad = true;
    return (int32_t)share;
}

static void get_figures(struct unpack *u, struct figures *f)
{
    int i;

    for (i = 0; i < FIGURES_WINDOWS; i++) {
        f->up[i] = get_share(u);
        f->seen[i] = get_share(u);
    }
    f->p50_us = (uint32_t)unpack_number(u, UINT32_MAX);
    f->p95_us = (uint32_t)unpack_number(u, UINT32_MAX);
    f->p99_us = (uint32_t)unpack_number(u, UINT32_MAX);
}

static void get_samples(struct unpack *u, struct samples *s)
{
    int i;

    s->slot = (uint32_t)unpack_number(u, UINT32_MAX);
    s->newest = (uint8_t)unpack_number(u, TREND_SLOTS - 1);
    s->next = (uint8_t)unpack_number(u, SAMPLES_KEPT - 1);
    s->kept = (uint8_t)unpack_number(u, SAMPLES_KEPT);
    for (i = 0; i < TREND_SLOTS; i++) {
        s->mark[i] = (uint8_t)unpack_number(u, MARK_FAILED);
        s->worst[i] = (uint16_t)unpack_number(u, UINT16_MAX);
    }
    for (i = 0; i < SAMPLES_KEPT; i++)
        s->latency[i] = (uint16_t)unpack_number(u, UINT16_MAX);
    for (i = 0; i < PHASE_COUNT; i++)
        s->usual[i] = (uint16_t)unpack_number(u, UINT16_MAX);
}

static void get_result(struct unpack *u, struct row *r)
{
    int i;

    r->outcome = (uint8_t)unpack_number(u, OUTCOME_COUNT - 1);
    r->method = (uint8_t)unpack_number(u, METHOD_GET);
    r->status = (int)unpack_number(u, 999);
    r->latency_us = (uint32_t)unpack_number(u, UINT32_MAX);
    for (i = 0; i < PHASE_COUNT; i++)
        r->phase_us[i] = (uint32_t)unpack_number(u, UINT32_MAX);
    r->checks = (uint32_t)unpack_number(u, UINT32_MAX);
    r->late = (uint32_t)unpack_number(u, UINT32_MAX);
    r->since_ns = unpack_signed(u);
    r->checked_ns = unpack_signed(u);
    r->checked_ms = unpack_signed(u);
    r->due_ns = unpack_signed(u);
    r->certificate_until = unpack_signed(u);
    unpack_text(u, r->address, sizeof(r->address));
    unpack_text(u, r->detail, sizeof(r->detail));
}

static void get_regions(struct unpack *u, struct row_message *m)
{
    int i;

    m->nregion = (int)unpack_number(u, REGIONS_MOST);
    for (i = 0; i < m->nregion; i++) {
        unpack_text(u, m->region[i].name, sizeof(m->region[i].name));
        m->region[i].outcome = (uint8_t)unpack_number(u, OUTCOME_COUNT - 1);
        m->region[i].status = (uint16_t)unpack_number(u, 999);
        m->region[i].latency_us = (uint32_t)unpack_number(u, UINT32_MAX);
    }
}

bool get_row(struct unpack *u, struct row_message *m)
{
    struct row *r = &m->change.row;

    memset(m, 0, sizeof(*m));
    r->id = (uint32_t)unpack_number(u, UINT32_MAX);
    r->generation = (uint32_t)unpack_number(u, UINT32_MAX);
    if (u->bad || !r->generation)
        return !u->bad;
    unpack_text(u, m->name, sizeof(m->name));
    unpack_text(u, m->url, sizeof(m->url));
    m->interval_ms = unpack_signed(u);
    if (m->interval_ms < MS_PER_S || m->interval_ms > 30 * MS_PER_DAY)
        u->bad = true;
    get_state(u, &r->state);
    r->in_flight = unpack_number(u, 1);
    r->mine = unpack_number(u, 1);
    get_result(u, r);
    get_figures(u, &r->figures);
    get_samples(u, &m->change.samples);
    get_regions(u, m);
    return !u->bad;
}
