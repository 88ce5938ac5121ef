#ifndef COLOUR_H
#define COLOUR_H

#include "model/state.h"

/* A state's colour, told apart by people who see red and green alike, too: blue-green, orange, vermilion (Okabe and Ito). */
static inline const char *colour_of(enum state s)
{
    static const char *const colour[STATE_COUNT] = {
        [STATE_NEW] = "#8a8f98",  [STATE_UP] = "#009e73",           [STATE_DEGRADED] = "#e69f00",    [STATE_CHECKING] = "#e69f00",
        [STATE_DOWN] = "#d55e00", [STATE_INCONCLUSIVE] = "#8a8f98", [STATE_MAINTENANCE] = "#56b4e9", [STATE_PAUSED] = "#8a8f98",
    };

    return colour[s];
}

#endif
