/* A reader's own copy of the status table. Percentiles are worked out here, outside the table's lock. */
#include "model/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define BATCH 128 /* rows copied under one hold of the table's lock */

/* The same memory with room for `wanted` items, new ones zero; NULL, and the old memory stays, when there is no more. */
static void *grow(void *memory, size_t *size, size_t wanted, size_t item)
{
    size_t larger = *size ? *size : 64;
    char *more;

    while (larger < wanted)
        larger *= 2;
    if (larger == *size)
        return memory;
    more = realloc(memory, larger * item);
    if (!more)
        return NULL;
    memset(more + *size * item, 0, (larger - *size) * item);
    *size = larger;
    return more;
}

static enum err make_room(struct snapshot *s, uint32_t id)
{
    struct snapshot_row *row = grow(s->row, &s->size, (size_t)id + 1, sizeof(*row));
    uint32_t *changed;

    if (!row)
        return ERR_NOMEM;
    s->row = row;
    changed = grow(s->changed, &s->changed_size, s->nchanged + 1, sizeof(*changed));
    if (!changed)
        return ERR_NOMEM;
    s->changed = changed;
    return ERR_OK;
}

static void take_percentiles(struct snapshot_row *to, const struct row_change *c)
{
    static const int permille[] = { 500, 950, 990 };
    const struct figures *f = &c->row.figures;
    uint32_t us[3] = { f->p50_us, f->p95_us, f->p99_us };

    if (!f->p50_us)
        samples_percentiles(&c->samples, permille, us, 3);
    to->p50_us = us[0];
    to->p95_us = us[1];
    to->p99_us = us[2];
}

static enum err take(struct snapshot *s, const struct row_change *c, uint32_t slot)
{
    struct snapshot_row *to;

    if (make_room(s, c->row.id))
        return ERR_NOMEM;
    if (s->nrow <= c->row.id)
        s->nrow = c->row.id + 1;
    to = &s->row[c->row.id];
    site_unref(to->row.site);
    to->row = c->row;
    take_percentiles(to, c);
    to->slot = samples_trend(&c->samples, slot, TREND_SLOTS, to->mark, to->worst);
    s->changed[s->nchanged++] = c->row.id;
    return ERR_OK;
}

static uint32_t slot_of(const struct row *r, int64_t now_ns)
{
    return r->site ? (uint32_t)(now_ns / NS_PER_S) / trend_slot_s(r->site->options->interval_ms) : 0;
}

enum err snapshot_refresh(struct snapshot *s, struct status_table *t, int64_t now_ns, int64_t now_ms)
{
    struct row_change *batch = malloc(BATCH * sizeof(*batch));
    struct changes changes = { .since = s->revision };
    enum err err = ERR_OK;
    size_t n, i;

    if (!batch)
        return ERR_NOMEM;
    s->nchanged = 0;
    while (!err && (n = status_changes(t, &changes, batch, BATCH)))
        for (i = 0; i < n; i++) {
            if (!err)
                err = take(s, &batch[i], slot_of(&batch[i].row, now_ns));
            if (err)
                site_unref(batch[i].row.site);
        }
    free(batch);
    if (err)
        return err;

    s->revision = changes.upto;
    status_counts(t, &s->counts);
    status_health(t, &s->health);
    s->now_ns = now_ns;
    s->now_ms = now_ms;
    return ERR_OK;
}

void snapshot_release(struct snapshot *s)
{
    size_t i;

    for (i = 0; i < s->nrow; i++)
        site_unref(s->row[i].row.site);
    free(s->row);
    free(s->changed);
    *s = (struct snapshot)SNAPSHOT_INIT;
}
