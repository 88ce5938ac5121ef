/* When checks are due. Pure; any thread. */
#include "schedule.h"

#include "base/clock.h"

static int64_t up_to_tick(int64_t ns)
{
    return (ns + SCHEDULE_TICK_NS - 1) / SCHEDULE_TICK_NS * SCHEDULE_TICK_NS;
}

static uint64_t name_hash(const char *name)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a, and a last stir: its low bits alone are weak */

    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return (h ^ h >> 32) * UINT64_C(0x9e3779b97f4a7c15) >> 1;
}

int64_t schedule_next(const char *name, int64_t interval_ns, int64_t now_ns)
{
    int64_t phase = (int64_t)(name_hash(name) % (uint64_t)interval_ns) / SCHEDULE_TICK_NS * SCHEDULE_TICK_NS;
    int64_t rounds = now_ns < phase ? -1 : (now_ns - phase) / interval_ns;

    return up_to_tick(phase + (rounds + 1) * interval_ns);
}

int64_t schedule_first(size_t i, size_t n, int64_t interval_ns, int64_t now_ns)
{
    int64_t spread = (int64_t)n * NS_PER_S / 200;

    if (spread < 2 * NS_PER_S)
        spread = 2 * NS_PER_S;
    if (spread > interval_ns)
        spread = interval_ns;
    return now_ns + (int64_t)((double)spread * (double)i / (double)(n ? n : 1));
}

int64_t schedule_retry(int64_t retry_interval_ns, int64_t interval_ns, int64_t now_ns)
{
    return now_ns + (retry_interval_ns < interval_ns ? retry_interval_ns : interval_ns);
}
