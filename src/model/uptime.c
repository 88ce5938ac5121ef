/* How a window of time was spent. Pure; any thread. */
#include "model/uptime.h"

#include <stdio.h>

const char *spent_name(enum spent what)
{
    static const char *const names[] = { "up", "degraded", "down", "maintenance", "inconclusive", "paused", "unobserved" };

    return names[what];
}

void uptime_add(struct uptime *u, const struct uptime *other)
{
    int i;

    for (i = 0; i < SPENT_COUNT; i++)
        u->ms[i] += other->ms[i];
    u->window_ms += other->window_ms;
}

int64_t uptime_good_ms(const struct uptime *u)
{
    return u->ms[SPENT_UP] + u->ms[SPENT_DEGRADED];
}

int64_t uptime_observed_ms(const struct uptime *u)
{
    return uptime_good_ms(u) + u->ms[SPENT_DOWN];
}

/* part / whole in SHARE_ALL, cut; all of it only when it is. */
static int32_t share_of(int64_t part, int64_t whole)
{
    int32_t share;

    if (whole <= 0)
        return SHARE_NONE;
    if (part >= whole)
        return SHARE_ALL;
    if (whole < INT64_MAX / SHARE_ALL)
        return (int32_t)(part * SHARE_ALL / whole);
    share = (int32_t)(part / (whole / SHARE_ALL)); /* so large that the remainder does not matter */
    return share < SHARE_ALL ? share : SHARE_ALL - 1;
}

int32_t uptime_share(const struct uptime *u)
{
    return share_of(uptime_good_ms(u), uptime_observed_ms(u));
}

int32_t uptime_seen(const struct uptime *u)
{
    return share_of(uptime_observed_ms(u), u->window_ms);
}

const char *share_format(char text[SHARE_TEXT_SIZE], int32_t share, int decimals)
{
    static const int32_t scale[] = { 1000, 100, 10, 1 };

    if (share < 0)
        snprintf(text, SHARE_TEXT_SIZE, "-");
    else if (!decimals)
        snprintf(text, SHARE_TEXT_SIZE, "%d", share / 1000);
    else
        snprintf(text, SHARE_TEXT_SIZE, "%d.%0*d", share / 1000, decimals, share % 1000 / scale[decimals]);
    return text;
}

void outages_add(struct outages *o, const struct outages *other)
{
    o->n += other->n;
    o->begun += other->begun;
    o->ended += other->ended;
    o->repair_ms += other->repair_ms;
    if (other->longest_ms > o->longest_ms)
        o->longest_ms = other->longest_ms;
}

int64_t outages_mttr_ms(const struct outages *o)
{
    return o->ended ? o->repair_ms / o->ended : -1;
}

int64_t outages_mtbf_ms(const struct outages *o, const struct uptime *u)
{
    return o->begun ? uptime_good_ms(u) / o->begun : -1;
}
