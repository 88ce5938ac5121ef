#ifndef MODEL_CALENDAR_H
#define MODEL_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/zone.h"

/* Spans of time as people of a place name them: maintenance windows and quiet hours. Pure; times are wall-clock milliseconds
 * since 1970. On the days clocks are changed a span begins when clocks there show its begin (base/zone.h). */

enum calendar_repeat { REPEAT_NONE, REPEAT_DAILY, REPEAT_WEEKLY };

struct calendar_window {
    struct civil start;             /* of the first one, as clocks there show it */
    enum calendar_repeat repeat;    /* at the same time of day from then on */
    int64_t duration_ms;            /* real time, whatever clocks do; below the repetition */
    const struct zone *zone;        /* borrowed; NULL: UTC */
};

struct calendar_span {
    int64_t from_ms, until_ms;
};

/* The span of w that holds the moment, or the next one after it. False when there is none any more. */
bool calendar_span(const struct calendar_window *w, int64_t at_ms, struct calendar_span *out);

struct calendar_quiet {
    bool on;
    int from_min, until_min;        /* minutes of the day, distinct; from 22:00 to 07:00 is one span over midnight */
    const struct zone *zone;        /* borrowed; NULL: UTC */
};

/* When the quiet that reigns at this moment ends; 0: it is not quiet. */
int64_t calendar_quiet_until(const struct calendar_quiet *q, int64_t at_ms);

#endif
