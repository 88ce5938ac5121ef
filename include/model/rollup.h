#ifndef MODEL_ROLLUP_H
#define MODEL_ROLLUP_H

#include <stdbool.h>
#include <stdint.h>

#include "model/histogram.h"
#include "model/result.h"

/* The results of a span of time, an hour of one site say, rolled up: how many of which kind, and how long the good ones
 * took, as a whole and in each phase. Dense, 43 KiB: one at a time, on the heap. Pure. */
enum { ROLLUP_WHOLE = PHASE_COUNT, ROLLUP_COUNT }; /* took[PHASE_DNS] ... took[PHASE_BODY], took[ROLLUP_WHOLE] */

struct rollup {
    uint32_t checks;                       /* results, retries included: the sum of the next three */
    uint32_t good, failed, inconclusive;
    struct histogram took[ROLLUP_COUNT];   /* of good results, us */
};

void rollup_reset(struct rollup *r);

/* phase_us: UINT32_MAX for one that was not reached. */
void rollup_add_good(struct rollup *r, uint32_t took_us, const uint32_t phase_us[PHASE_COUNT]);
void rollup_add_failed(struct rollup *r);
void rollup_add_inconclusive(struct rollup *r);
void rollup_merge(struct rollup *r, const struct rollup *other);

/* Appends took[which] in its packed form: the whole fine, phases coarse (model/histogram.h). */
void rollup_pack(const struct rollup *r, int which, struct strbuf *out);

/* The phase that takes most of the time: the one with the highest median; -1 when there is none. */
int rollup_slowest_phase(const struct rollup *r);

#endif
