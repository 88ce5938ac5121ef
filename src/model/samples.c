/* The recent past of one site: latencies and trend in fixed memory. Pure; any thread. */
#include "model/samples.h"

#include <stdlib.h>
#include <string.h>

/* A code is an exponent of 5 bits over a fraction of 11: values below 4096 stand for themselves. */
#define FRACTION_BITS 11

uint16_t latency_code(uint32_t us)
{
    int shift = 31 - __builtin_clz(us | 1u) - FRACTION_BITS;

    if (shift <= 0)
        return (uint16_t)us;
    return (uint16_t)((uint32_t)shift << FRACTION_BITS) + (uint16_t)(us >> shift);
}

uint32_t latency_us(uint16_t code)
{
    unsigned shift = code >> FRACTION_BITS;

    if (shift <= 1)
        return code;
    shift--;
    return ((code & ((1u << FRACTION_BITS) - 1)) | 1u << FRACTION_BITS) << shift;
}

uint32_t trend_slot_s(int64_t interval_ms)
{
    int64_t s = (interval_ms + 999) / 1000;

    return s < 60 ? 60 : (uint32_t)s;
}

/* One step from a code towards another. */
static uint16_t step_towards(uint16_t from, uint16_t to, unsigned part)
{
    int most = from / (int)part < 4 ? 4 : from < 4096 ? from / (int)part : 4096 / (int)part;
    int step = to - from;

    if (step > most)
        step = most;
    if (step < -most)
        step = -most;
    return (uint16_t)(from + step);
}

void samples_add_phases(struct samples *s, const uint32_t us[PHASE_COUNT])
{
    unsigned part = s->kept < 8 ? 8 : 48;
    int i;

    for (i = 0; i < PHASE_COUNT; i++) {
        uint16_t code = us[i] == UINT32_MAX ? 0 : latency_code(us[i] ? us[i] : 1);

        if (code)
            s->usual[i] = s->usual[i] ? step_towards(s->usual[i], code, part) : code;
    }
}

/* Slots count up: one behind the newest, of who read the clock before the newest came, is the newest. */
static uint32_t not_before(const struct samples *s, uint32_t slot)
{
    return (int32_t)(slot - s->slot) < 0 ? s->slot : slot;
}

void samples_forget_trend(struct samples *s)
{
    memset(s->mark, 0, sizeof(s->mark));
    memset(s->worst, 0, sizeof(s->worst));
    s->slot = 0;
    s->newest = 0;
}

static void advance(struct samples *s, uint32_t slot)
{
    uint32_t step = slot - s->slot;

    if (step >= TREND_SLOTS) {
        samples_forget_trend(s);
        step = 0;
    }
    for (; step; step--) {
        s->newest = (uint8_t)((s->newest + 1) % TREND_SLOTS);
        s->mark[s->newest] = MARK_NONE;
        s->worst[s->newest] = 0;
    }
    s->slot = slot;
}

void samples_add(struct samples *s, enum mark mark, uint32_t us, uint32_t slot)
{
    uint16_t code = latency_code(us);

    advance(s, not_before(s, slot));
    if (mark > s->mark[s->newest])
        s->mark[s->newest] = (uint8_t)mark;
    if (mark != MARK_GOOD)
        return;
    if (code > s->worst[s->newest])
        s->worst[s->newest] = code;
    s->latency[s->next] = code;
    s->next = (uint8_t)((s->next + 1) % SAMPLES_KEPT);
    s->kept += s->kept < SAMPLES_KEPT;
}

static int by_code(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

void samples_percentiles(const struct samples *s, const int permille[], uint32_t us[], int n)
{
    uint16_t sorted[SAMPLES_KEPT];
    int i;

    memcpy(sorted, s->latency, s->kept * sizeof(sorted[0]));
    qsort(sorted, s->kept, sizeof(sorted[0]), by_code);
    for (i = 0; i < n; i++) {
        /* the nearest rank: the smallest value with at least that share at or below it */
        int rank = (s->kept * permille[i] + 999) / 1000;

        us[i] = s->kept ? latency_us(sorted[rank > 0 ? rank - 1 : 0]) : 0;
    }
}

uint32_t samples_trend(const struct samples *s, uint32_t slot, int n, uint8_t mark[], uint16_t worst[])
{
    uint32_t now = not_before(s, slot), behind = now - s->slot; /* how far the newest sample lies back */
    int i;

    for (i = 0; i < n; i++) {
        uint32_t age = (uint32_t)(n - 1 - i);              /* slots before the one that is now */
        uint32_t at = (s->newest + TREND_SLOTS - (age - behind) % TREND_SLOTS) % TREND_SLOTS;
        bool known = age >= behind && age - behind < TREND_SLOTS;

        mark[i] = known ? s->mark[at] : MARK_NONE;
        worst[i] = known ? s->worst[at] : 0;
    }
    return now;
}
