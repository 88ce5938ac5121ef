#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "model/status.h"

/* A reader's own copy of the status table, brought up to date at a cost that grows with what changed. One thread owns it. */
struct snapshot_row {
    struct row row;                  /* generation 0: no site here */
    uint32_t p50_us, p95_us, p99_us; /* of the last day, as far as it is known; else of the good checks kept; 0: none */
    uint8_t  mark[TREND_SLOTS];      /* the trend as of the last change, oldest first */
    uint16_t worst[TREND_SLOTS];
    uint32_t slot;                   /* the slot of time the newest cell stands for */
};

struct snapshot {
    struct snapshot_row *row;        /* indexed by site id */
    size_t   nrow;                   /* slots, used or not */
    size_t   size;                   /* slots there is memory for */
    uint32_t *changed;               /* ids that changed in the last refresh, each once */
    size_t   nchanged;
    size_t   changed_size;
    uint64_t revision;
    struct status_counts counts;
    struct health health;
    int64_t  now_ns;                 /* monotonic: when it was taken */
    int64_t  now_ms;                 /* wall clock, the same moment */
    bool     past;                   /* made from history: what is planned or under way then is not known */
    bool     unobserved;             /* and nobody watched: states are the last ones before */
};

#define SNAPSHOT_INIT { 0 }

/* Takes over what changed since the last refresh. ERR_NOMEM keeps what there was. */
enum err snapshot_refresh(struct snapshot *s, struct status_table *t, int64_t now_ns, int64_t now_ms);
void snapshot_release(struct snapshot *s);

#endif
