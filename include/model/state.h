#ifndef MODEL_STATE_H
#define MODEL_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/result.h"

/* The state machine of one site: what we hold to be true after looking at its results. Pure: no clock, no I/O. */
enum state {
    STATE_NEW,          /* never checked */
    STATE_UP,
    STATE_DEGRADED,     /* up, but slow or with a certificate near its end */
    STATE_CHECKING,     /* failing, not confirmed */
    STATE_DOWN,
    STATE_INCONCLUSIVE, /* the fault is ours */
    STATE_MAINTENANCE,  /* checked, alarms held */
    STATE_PAUSED,       /* not checked */
    STATE_COUNT
};
#define VERDICT_COUNT (STATE_DOWN + 1) /* the first five are verdicts; the others lie over a verdict */

enum event {
    EVENT_GOOD,
    EVENT_DEGRADED,
    EVENT_FAILED,       /* failing, more retries to come */
    EVENT_CONFIRMED,    /* failing, and that was the last retry */
    EVENT_INCONCLUSIVE,
    EVENT_RESET,        /* another URL, or resumed: nothing is known any more */
    EVENT_COUNT
};

enum degraded { DEGRADED_NOT, DEGRADED_SLOW, DEGRADED_CERTIFICATE, DEGRADED_WARNING /* it says so itself */ };

struct site_state {
    uint8_t verdict;    /* enum state below VERDICT_COUNT */
    uint8_t calm;       /* the verdict before CHECKING, to go back to when the fault was ours */
    uint8_t degraded;   /* enum degraded: why, while the verdict is STATE_DEGRADED */
    uint8_t failures;   /* failing results in a row, at most 255 */
    uint8_t slow;       /* the last five good results, one bit each, newest lowest: 1 is slow */
    bool    unsure;     /* the last result was inconclusive */
    bool    paused;
    bool    maintenance;
};

/* What is shown: PAUSED over MAINTENANCE over INCONCLUSIVE over the verdict. */
enum state state_shown(const struct site_state *s);

/* Judges a result by the site's options; notes slow answers on the way. hold: a failure may be our own network's
 * (model/network.h), so it is not confirmed however often it came. */
enum event state_judge(struct site_state *s, const struct options *o, const struct result *r, bool hold);

/* The certificate this result met ends within the site's certificate_warning. */
bool certificate_is_near(const struct options *o, const struct result *r);

/* One step. Counts failures; pausing and maintenance are set by their owner in the struct itself. */
void state_step(struct site_state *s, enum event event);

/* "up" "degraded": JSON and logs. */
const char *state_name(enum state s);
/* "UP" "SLOW" "WARN" "CHECK" "?": the screen, at most 5 characters. */
const char *state_label(enum state s, enum degraded why);

#endif
