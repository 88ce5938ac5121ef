/* A status table that is a mirror of another one. */
#include <stdlib.h>
#include <string.h>

#include "status_inside.h"

/* Every block up to that of `id`. */
static enum err make_blocks(struct status_table *t, uint32_t id)
{
    uint32_t at;

    for (at = t->nslot - t->nslot % BLOCK_ROWS; at <= id; at += BLOCK_ROWS) {
        enum err err = status_make_block(t, at);

        if (err)
            return err;
    }
    return ERR_OK;
}

enum err status_mirror(struct status_table *t, const struct row_change *c, const struct region_result *region, int nregion)
{
    uint32_t id = c->row.id;
    enum err err = id < BLOCKS * BLOCK_ROWS ? make_blocks(t, id) : ERR_FULL;
    struct regions *spare = nregion ? calloc(1, sizeof(*spare)) : NULL;
    const struct site *old;
    struct slot *s;

    if (err || (nregion && !spare)) {
        free(spare);
        return err ? err : ERR_NOMEM;
    }
    mutex_lock(&t->lock);
    s = status_slot_at(t, id);
    if (t->nslot <= id)
        t->nslot = id + 1;
    if (s->row.revision) /* else it never was in the list */
        status_unlink_locked(t, s);
    if (s->row.generation)
        status_count_locked(t, &s->row, UINT32_MAX);
    old = s->row.site;
    s->row = c->row;
    s->samples = c->samples;
    if (c->row.generation)
        status_count_locked(t, &s->row, 1);
    status_push_newest_locked(t, s, id);
    if (!s->regions && spare) {
        s->regions = spare;
        spare = NULL;
    }
    if (s->regions)
        s->regions->n = nregion;
    if (s->regions && nregion)
        memcpy(s->regions->region, region, (size_t)nregion * sizeof(*region));
    mutex_unlock(&t->lock);
    site_unref(old);
    free(spare);
    return ERR_OK;
}

void status_mirror_health(struct status_table *t, const struct health *health)
{
    mutex_lock(&t->lock);
    t->network.offline = health->offline;
    t->health = *health;
    mutex_unlock(&t->lock);
}
