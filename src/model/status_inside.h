#ifndef STATUS_INSIDE_H
#define STATUS_INSIDE_H

/* What the files of the status table share. "_locked": under the table's lock. */
#include <stdatomic.h>

#include "base/mutex.h"
#include "model/status.h"

#define BLOCK_ROWS 256u
#define BLOCKS 16384u
#define NOBODY UINT32_MAX

struct regions {
    int n;
    struct region_result region[REGIONS_MOST];
};

struct slot {
    struct row row;
    struct samples samples;
    struct regions *regions;         /* NULL: it was never checked from several */
    uint32_t newer, older;           /* neighbours in the list by revision; NOBODY at its ends */
};

struct status_table {
    struct mutex lock;               /* leaf: no I/O, wait, callback or allocation under it */
    struct slot *block[BLOCKS];      /* under lock; a block, once there, never moves */
    uint32_t nslot;                  /* under lock; slots ever used */
    uint32_t newest;                 /* under lock; head of the list by revision */
    uint32_t generation;             /* under lock; the last one given out */
    struct status_counts counts;     /* under lock; of shown states */
    struct network network;          /* under lock */
    struct health health;            /* under lock */
    struct journal_entry *journal;   /* under lock; a ring */
    size_t journal_slots;
    size_t journal_head;             /* under lock; the oldest entry */
    size_t journal_used;             /* under lock */
    _Atomic uint64_t revision;       /* written under lock; one more for each changed row */
    uint32_t *free_ids;              /* the monitor's alone: numbers to be used again */
    size_t nfree, free_size;
    void (*wake)(void *context);
    void *wake_context;
};

static inline struct slot *status_slot_at(struct status_table *t, uint32_t id)
{
    return &t->block[id / BLOCK_ROWS][id % BLOCK_ROWS];
}

/* Memory for row `id`, which may be beyond the last. */
enum err status_make_block(struct status_table *t, uint32_t id);

/* Takes a slot out of the list by revision; puts one at its head, with a new revision; both. */
void status_unlink_locked(struct status_table *t, struct slot *s) NEEDS(t->lock);
void status_push_newest_locked(struct status_table *t, struct slot *s, uint32_t id) NEEDS(t->lock);
void status_touch_locked(struct status_table *t, uint32_t id) NEEDS(t->lock);

/* Adds `by`, or takes away with UINT32_MAX, one row of the state it shows. */
void status_count_locked(struct status_table *t, const struct row *r, uint32_t by) NEEDS(t->lock);

/* Puts a new state in place: counts it, and starts its age anew when what is shown changed. */
void status_set_state_locked(struct status_table *t, struct row *r, const struct site_state *state, int64_t now_ns)
    NEEDS(t->lock);

#endif
