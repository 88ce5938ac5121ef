/* Everybody's side of the status table: copies. */
#include <string.h>

#include "status_inside.h"

uint64_t status_revision(struct status_table *t)
{
    return atomic_load_explicit(&t->revision, memory_order_acquire);
}

void status_counts(struct status_table *t, struct status_counts *out)
{
    mutex_lock(&t->lock);
    *out = t->counts;
    mutex_unlock(&t->lock);
}

void status_health(struct status_table *t, struct health *out)
{
    mutex_lock(&t->lock);
    *out = t->health;
    out->offline = t->network.offline;
    mutex_unlock(&t->lock);
}

int status_regions(struct status_table *t, uint32_t id, struct region_result out[REGIONS_MOST])
{
    const struct regions *r;
    int n = 0;

    mutex_lock(&t->lock);
    r = id < t->nslot ? status_slot_at(t, id)->regions : NULL;
    if (r) {
        n = r->n;
        memcpy(out, r->region, sizeof(r->region));
    }
    mutex_unlock(&t->lock);
    return n;
}

enum err status_row(struct status_table *t, uint32_t id, struct row *out, struct samples *samples)
{
    enum err err = ERR_NOTFOUND;

    mutex_lock(&t->lock);
    if (id < t->nslot && status_slot_at(t, id)->row.generation) {
        const struct slot *s = status_slot_at(t, id);

        *out = s->row;
        site_ref(out->site);
        if (samples)
            *samples = s->samples;
        err = ERR_OK;
    }
    mutex_unlock(&t->lock);
    return err;
}

size_t status_changes(struct status_table *t, struct changes *c, struct row_change *out, size_t max)
{
    size_t n = 0;
    uint32_t id;

    mutex_lock(&t->lock);
    if (!c->below) {
        c->upto = atomic_load_explicit(&t->revision, memory_order_relaxed);
        c->below = c->upto + 1;
        c->next = t->newest;
    }
    id = c->next;
    if (id != NOBODY && status_slot_at(t, id)->row.revision >= c->below)
        id = t->newest; /* that row changed meanwhile and is at the head now: search */
    while (id != NOBODY && status_slot_at(t, id)->row.revision >= c->below)
        id = status_slot_at(t, id)->older;
    while (id != NOBODY && status_slot_at(t, id)->row.revision > c->since && n < max) {
        const struct slot *s = status_slot_at(t, id);

        out[n].row = s->row;
        out[n].samples = s->samples;
        if (s->row.site)
            site_ref(s->row.site);
        n++;
        c->below = s->row.revision;
        id = s->older;
    }
    c->next = id;
    mutex_unlock(&t->lock);
    return n;
}

uint32_t status_slots(struct status_table *t)
{
    uint32_t n;

    mutex_lock(&t->lock);
    n = t->nslot;
    mutex_unlock(&t->lock);
    return n;
}
