/* What history knows of earlier runs, read once before the first list is taken over. The main thread. */
#include "record_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define TREND_MS (3 * MS_PER_H)          /* so far back the trend is read */

struct reading {
    struct record *r;
    struct known **by_key;               /* of the highest key and below */
    bool no_memory;
};

static bool take_site(void *context, const struct stored_site *s)
{
    struct reading *g = context;
    struct known *k = known_add(g->r);

    if (k) {
        k->key = s->key;
        k->gone = s->gone_ms != 0;
        k->name = strdup(s->name);
        k->url = strdup(s->url);
        k->stored = malloc(sizeof(*k->stored));
    }
    g->no_memory = !k || !k->name || !k->url || !k->stored;
    if (g->no_memory)
        return false;
    *k->stored = *s;
    if (s->key > g->r->last_key)
        g->r->last_key = s->key;
    return true;
}

static bool take_incident(void *context, const struct stored_incident *i)
{
    struct reading *g = context;

    if (i->row.site <= g->r->last_key && g->by_key[i->row.site])
        g->by_key[i->row.site]->incident = i->row.id;
    return true;
}

/* Which slot of its trend a moment lies in; the machine may have been started after it. */
static uint32_t slot_of(const struct record *r, const struct known *k, int64_t at_ms)
{
    int64_t mono_s = (r->start_ns + (at_ms - r->start_ms) * NS_PER_MS) / NS_PER_S, slot_s = trend_slot_s(k->stored->interval_ms);

    return (uint32_t)(mono_s >= 0 ? mono_s / slot_s : -((slot_s - 1 - mono_s) / slot_s));
}

static bool take_sample(void *context, const struct sample *s)
{
    struct reading *g = context;
    struct known *k = s->site <= g->r->last_key ? g->by_key[s->site] : NULL;
    enum mark mark = !s->counts ? MARK_INCONCLUSIVE : s->outcome == OUTCOME_OK ? MARK_GOOD : MARK_FAILED;
    uint32_t slot;

    if (!k || k->gone)
        return true;
    slot = slot_of(g->r, k, s->at_ms);
    if (!k->samples) {
        k->samples = calloc(1, sizeof(*k->samples));
        g->no_memory = !k->samples;
        if (g->no_memory)
            return false;
        k->samples->slot = slot;
    }
    samples_add(k->samples, mark, s->took_us, slot);
    if (mark == MARK_GOOD)
        samples_add_phases(k->samples, s->phase_us);
    return true;
}

static enum err read_all(struct reading *g, struct query *q, struct errmsg *why)
{
    enum err err = query_sites(q, true, take_site, g, why);
    size_t i;

    if (err || g->no_memory)
        return err;
    g->by_key = calloc((size_t)g->r->last_key + 1, sizeof(*g->by_key));
    g->no_memory = !g->by_key;
    if (g->no_memory)
        return ERR_OK;
    for (i = 0; i < g->r->nknown; i++)
        g->by_key[g->r->known[i]->key] = g->r->known[i];
    err = query_last_incident(q, &g->r->last_incident, why);
    if (!err)
        err = query_incidents(q, 0, INT64_MAX, INT64_MAX, take_incident, g, why); /* those that are open */
    if (!err)
        err = query_samples(q, 0, g->r->start_ms - TREND_MS, INT64_MAX, take_sample, g, why);
    return err;
}

enum err record_read(struct record *r, struct errmsg *why)
{
    struct reading g = { .r = r };
    struct query *q;
    enum err err = query_open(&q, history_path(r->history), why);

    if (err)
        return err;
    err = read_all(&g, q, why);
    if (!err && g.no_memory)
        err = err_set(why, ERR_NOMEM, "cannot read history: out of memory");
    free(g.by_key);
    query_close(q);
    return err;
}
