#ifndef MODEL_PAST_H
#define MODEL_PAST_H

#include <stdint.h>

#include "base/err.h"
#include "model/course.h"
#include "model/histogram.h"

/* What is told of one site beside its last result. A plain value; see uptime_share() for shares. */
enum figures_window { FIGURES_24H, FIGURES_7D, FIGURES_30D, FIGURES_90D, FIGURES_WINDOWS };

struct figures {
    int32_t  up[FIGURES_WINDOWS];    /* share; SHARE_NONE: nothing was observed */
    int32_t  seen[FIGURES_WINDOWS];  /* share of the window that was observed */
    uint32_t p50_us, p95_us, p99_us; /* of the good results of the last 24 hours, by the hour; 0: there are none */
};

#define FIGURES_NONE { .up = { SHARE_NONE, SHARE_NONE, SHARE_NONE, SHARE_NONE } }

/* "24h" "7d" "30d" "90d" */
const char *figures_window_name(enum figures_window w);
int64_t figures_window_ms(enum figures_window w);

/* The past of one site, kept beside the live table: its course over 90 days, and how long its good results of the last day took;
 * a few hundred bytes. Begun empty, it takes what comes; what a database knows of the time before is joined to it when it has
 * been read. One thread. */
#define PAST_FRESH 14
struct past {
    struct course course;
    struct packed_part {             /* packed histograms, ours to free */
        char    *bytes;
        uint32_t length;
    } day, hour;                     /* of the hours before `hour_number`, of the results of that hour but the freshest */
    int32_t  hour_number;            /* hours since 1970 */
    int32_t  day_number;             /* the hour that `day` ends before */
    uint8_t  nfresh;
    uint16_t fresh[PAST_FRESH];      /* latency codes (model/samples.h) not yet in `hour` */
};

#define PAST_INIT { .course = COURSE_INIT }

void past_release(struct past *p);

/* A result came that leaves the site shown so; took_us is heeded when good. Errors (memory) lose what was to be noted. */
enum err past_see(struct past *p, int64_t at_ms, int state);
enum err past_took(struct past *p, int64_t at_ms, uint32_t took_us);

/* The course before what was seen so far; takes what `before` holds. */
enum err past_join_course(struct past *p, struct course *before);

/* Replaces all that is known of the hours before `hour_number` (hours since 1970) by a packed histogram of the 24 hours before it;
 * takes the bytes, which were allocated. Done every hour, so that what is older than a day goes. */
void past_take_day(struct past *p, char *bytes, uint32_t length, int64_t hour_number);
/* Adds what came in that hour before this began: packed, likewise, but still the caller's. */
enum err past_join_hour(struct past *p, const char *bytes, uint32_t length, int64_t hour_number);

void past_figures(struct past *p, int64_t now_ms, struct figures *f);

#endif
