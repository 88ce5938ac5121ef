/* How late checks begin. The monitor's thread. */
#include "lag.h"

#include <string.h>

#include "base/clock.h"

#define HALF_NS (30 * NS_PER_S)

/* Microseconds by their highest bit and the two below it. */
static int bucket_of(int64_t late_ns)
{
    uint64_t us = late_ns > 0 ? (uint64_t)(late_ns / NS_PER_US) : 0;
    int bit, bucket;

    if (us < 4)
        return (int)us;
    bit = 63 - __builtin_clzll(us);
    bucket = 4 * (bit - 1) + (int)(us >> (bit - 2) & 3);
    return bucket < LAG_BUCKETS ? bucket : LAG_BUCKETS - 1;
}

/* The largest value of a bucket. */
static int64_t bucket_top_ns(int bucket)
{
    int bit = bucket / 4 + 1;

    if (bucket < 4)
        return bucket * NS_PER_US;
    return (((int64_t)(4 + bucket % 4 + 1) << (bit - 2)) - 1) * NS_PER_US;
}

static void turn(struct lag *l, int64_t now_ns)
{
    if (now_ns - l->turned_ns < HALF_NS)
        return;
    if (now_ns - l->turned_ns >= 2 * HALF_NS) {
        memset(l->half, 0, sizeof(l->half));
        l->n[0] = l->n[1] = 0;
    }
    l->current = !l->current;
    memset(l->half[l->current], 0, sizeof(l->half[0]));
    l->n[l->current] = 0;
    l->turned_ns = now_ns;
}

void lag_note(struct lag *l, int64_t late_ns, int64_t now_ns)
{
    turn(l, now_ns);
    l->half[l->current][bucket_of(late_ns)]++;
    l->n[l->current]++;
}

int64_t lag_p99(struct lag *l, int64_t now_ns)
{
    uint64_t above = 0, most;
    int i;

    turn(l, now_ns);
    most = (l->n[0] + l->n[1]) / 100;
    for (i = LAG_BUCKETS - 1; i > 0; i--) {
        above += l->half[0][i] + l->half[1][i];
        if (above > most)
            break;
    }
    return bucket_top_ns(i);
}
