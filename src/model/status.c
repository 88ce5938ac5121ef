/* The status table: rows in blocks that never move, a list of rows by how recently they changed, and the journal, all under
 * one leaf lock. Workers publish, the monitor edits and empties the journal, everybody else copies rows out. */
#include <stdlib.h>

#include "status_inside.h"

struct status_table *status_new(size_t journal_slots, void (*wake)(void *context), void *context)
{
    struct status_table *t = calloc(1, sizeof(*t));

    if (!t)
        return NULL;
    t->journal = calloc(journal_slots, sizeof(*t->journal));
    if (!t->journal) {
        free(t);
        return NULL;
    }
    t->journal_slots = journal_slots;
    t->newest = NOBODY;
    t->wake = wake;
    t->wake_context = context;
    network_init(&t->network);
    mutex_init(&t->lock);
    return t;
}

void status_free(struct status_table *t)
{
    uint32_t i;

    if (!t)
        return;
    for (i = 0; i < t->nslot; i++) {
        site_unref(status_slot_at(t, i)->row.site);
        free(status_slot_at(t, i)->regions);
    }
    for (i = 0; i < BLOCKS && t->block[i]; i++)
        free(t->block[i]);
    mutex_release(&t->lock);
    free(t->journal);
    free(t->free_ids);
    free(t);
}

enum err status_make_block(struct status_table *t, uint32_t id)
{
    uint32_t block = id / BLOCK_ROWS;
    struct slot *rows;

    if (block >= BLOCKS)
        return ERR_FULL;
    if (t->block[block])
        return ERR_OK;
    rows = calloc(BLOCK_ROWS, sizeof(*rows));
    if (!rows)
        return ERR_NOMEM;
    mutex_lock(&t->lock);
    t->block[block] = rows;
    mutex_unlock(&t->lock);
    return ERR_OK;
}

/* --- the list by revision ------------------------------------------------------------------------------------- */

void status_unlink_locked(struct status_table *t, struct slot *s)
{
    if (s->newer != NOBODY)
        status_slot_at(t, s->newer)->older = s->older;
    else
        t->newest = s->older;
    if (s->older != NOBODY)
        status_slot_at(t, s->older)->newer = s->newer;
}

void status_push_newest_locked(struct status_table *t, struct slot *s, uint32_t id)
{
    s->newer = NOBODY;
    s->older = t->newest;
    if (t->newest != NOBODY)
        status_slot_at(t, t->newest)->newer = id;
    t->newest = id;
    s->row.revision = atomic_load_explicit(&t->revision, memory_order_relaxed) + 1;
    atomic_store_explicit(&t->revision, s->row.revision, memory_order_release);
}

void status_touch_locked(struct status_table *t, uint32_t id)
{
    struct slot *s = status_slot_at(t, id);

    status_unlink_locked(t, s);
    status_push_newest_locked(t, s, id);
}

/* --- counts and shown states ---------------------------------------------------------------------------------- */

void status_count_locked(struct status_table *t, const struct row *r, uint32_t by)
{
    enum state shown = state_shown(&r->state);

    t->counts.total += by;
    t->counts.state[shown] += by;
    if (shown == STATE_DEGRADED && r->state.degraded != DEGRADED_SLOW)
        t->counts.warning += by;
}

void status_set_state_locked(struct status_table *t, struct row *r, const struct site_state *state, int64_t now_ns)
{
    enum state before = state_shown(&r->state);

    status_count_locked(t, r, UINT32_MAX); /* one less */
    r->state = *state;
    status_count_locked(t, r, 1);
    if (state_shown(&r->state) != before)
        r->since_ns = now_ns;
}
