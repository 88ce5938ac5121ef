#ifndef MODEL_UPTIME_H
#define MODEL_UPTIME_H

#include <stdint.h>

/* What time is spent in, kept apart for good: uptime knows the first three alone. */
enum spent {
    SPENT_UP,
    SPENT_DEGRADED,
    SPENT_DOWN,
    SPENT_MAINTENANCE,
    SPENT_INCONCLUSIVE,
    SPENT_PAUSED,
    SPENT_COUNT,
    SPENT_NOTHING = SPENT_COUNT /* not observed at all */
};

/* "up" "degraded" "down" "maintenance" "inconclusive" "paused" "unobserved" */
const char *spent_name(enum spent what);

/* How a window of time was spent, by one site or by many together. Pure values. */
struct uptime {
    int64_t ms[SPENT_COUNT];
    int64_t window_ms;        /* the whole of it; what is missing in ms[] was not observed */
};

#define UPTIME_INIT { 0 }

void uptime_add(struct uptime *u, const struct uptime *other);

/* Up and degraded. */
int64_t uptime_good_ms(const struct uptime *u);
/* Up, degraded and down: what uptime is told of. Maintenance, pauses and doubt count neither way. */
int64_t uptime_observed_ms(const struct uptime *u);

/* Shares are thousandths of a percent, 0 - 100000, cut and never rounded up: 100000 is all of it. -1: of nothing. */
#define SHARE_ALL 100000
#define SHARE_NONE (-1)
int32_t uptime_share(const struct uptime *u);          /* good of observed */
int32_t uptime_seen(const struct uptime *u);           /* observed of the window */

/* "100.000" "99.999"; with decimals 0 - 3, cut. "-" for SHARE_NONE. */
#define SHARE_TEXT_SIZE 16
const char *share_format(char text[SHARE_TEXT_SIZE], int32_t share, int decimals);

/* An outage lasts from the first moment known to be down to the last before the site was up again; what was not observed or
 * held in between belongs to it. */
struct outages {
    uint32_t n;               /* outages going on at some time of the window */
    uint32_t begun;           /* of these, begun in it */
    uint32_t ended;           /* of these, known to have ended in it */
    int64_t  longest_ms;      /* whole lengths, also of what began before the window */
    int64_t  repair_ms;       /* of those ended, together */
};

#define OUTAGES_INIT { 0 }

void outages_add(struct outages *o, const struct outages *other);
/* Mean time to repair, in ms; -1: nothing was repaired. */
int64_t outages_mttr_ms(const struct outages *o);
/* Mean time between failures: the good time to each outage begun, in ms; -1: none was. */
int64_t outages_mtbf_ms(const struct outages *o, const struct uptime *u);

#endif
