/* The results of a span of time, rolled up. Pure; any thread. */
#include "model/rollup.h"

#include <string.h>

void rollup_reset(struct rollup *r)
{
    memset(r, 0, sizeof(*r));
}

void rollup_add_good(struct rollup *r, uint32_t took_us, const uint32_t phase_us[PHASE_COUNT])
{
    int i;

    r->checks++;
    r->good++;
    histogram_add(&r->took[ROLLUP_WHOLE], took_us);
    for (i = 0; i < PHASE_COUNT; i++)
        if (phase_us[i] != UINT32_MAX)
            histogram_add(&r->took[i], phase_us[i]);
}

void rollup_add_failed(struct rollup *r)
{
    r->checks++;
    r->failed++;
}

void rollup_add_inconclusive(struct rollup *r)
{
    r->checks++;
    r->inconclusive++;
}

void rollup_merge(struct rollup *r, const struct rollup *other)
{
    int i;

    r->checks += other->checks;
    r->good += other->good;
    r->failed += other->failed;
    r->inconclusive += other->inconclusive;
    for (i = 0; i < ROLLUP_COUNT; i++)
        histogram_merge(&r->took[i], &other->took[i]);
}

void rollup_pack(const struct rollup *r, int which, struct strbuf *out)
{
    histogram_pack(&r->took[which], which == ROLLUP_WHOLE ? HISTOGRAM_FINE : HISTOGRAM_COARSE, out);
}

int rollup_slowest_phase(const struct rollup *r)
{
    uint32_t most = 0;
    int slowest = -1, i;

    for (i = 0; i < PHASE_COUNT; i++) {
        uint32_t us = histogram_quantile(&r->took[i], 500);

        if (r->took[i].n && (slowest < 0 || us > most)) {
            slowest = i;
            most = us;
        }
    }
    return slowest;
}
