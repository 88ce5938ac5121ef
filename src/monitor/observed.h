#ifndef OBSERVED_H
#define OBSERVED_H

#include <stdbool.h>
#include <stdint.h>

#include "store/batch.h"

/* Finds time that was not observed by comparing three clocks: the monotonic one stops while the machine sleeps, the one since
 * boot does not, and the wall's can be set. Pure. */
struct observed {
    int64_t mono_ns, boot_ns, wall_ms; /* of the last look; mono_ns 0: none yet */
};

struct unobserved {
    int64_t from_ms, until_ms;       /* of the wall; until_ms < from_ms: the clock was put back */
    enum gap why;
};

/* A look at the clocks, meant to be taken about every second. True when there was such a time since the last one. */
bool observed_look(struct observed *o, int64_t mono_ns, int64_t boot_ns, int64_t wall_ms, struct unobserved *out);

#endif
