#ifndef SWEEP_H
#define SWEEP_H

#include "keeper.h"

/* Deletes what is older than it may be, site by site, a little at a time, and gives the space back. The writer's. */
struct sweep {
    int64_t samples_before_ms, rest_before_ms;
    uint32_t site;                   /* where to go on */
    bool under_way;
};

void sweep_begin(struct sweep *s, int64_t samples_before_ms, int64_t rest_before_ms);

/* One transaction's worth. s->under_way tells if there is more. */
enum err sweep_step(struct sweep *s, struct keeper *k, struct errmsg *why);

#endif
