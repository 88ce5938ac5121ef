#ifndef MODEL_COURSE_H
#define MODEL_COURSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/state.h"
#include "model/uptime.h"

/* The course of one site through its states, in eight bytes a turn: most sites turn a few times a month. Uptime and outages
 * of any window are read from it exactly, whatever its edges. One thread.
 *
 * CHECKING is settled late: a failure that is confirmed was one from the first failing check on, one that is not was none. When
 * it turns out that the fault was ours, the doubt was inconclusive from its beginning. */
struct course {
    uint64_t *turn;           /* private, as all of it: ascending */
    uint32_t n, size;
    int64_t  doubt_ms;        /* CHECKING since then; -1: it is not */
};

#define COURSE_INIT { .doubt_ms = -1 }
#define COURSE_NOT_OBSERVED STATE_COUNT
#define COURSE_MOST 8192u     /* turns kept; beyond, the oldest half is forgotten, and counts as not observed */

void course_release(struct course *c);

/* From at_ms on this is its shown state: an enum state, or COURSE_NOT_OBSERVED. Moments come in order; one before the last counts
 * as the last. ERR_NOMEM: c is as it was. */
enum err course_see(struct course *c, int64_t at_ms, int state);

/* What `later` has seen, behind what c has; ERR_NOMEM may have taken over a part. */
enum err course_append(struct course *c, const struct course *later);

/* What was before is no longer needed. */
void course_forget(struct course *c, int64_t before_ms);

/* What it is spent in at at_ms. */
enum spent course_at(const struct course *c, int64_t at_ms);

/* Adds the time from from_ms to to_ms; what was seen last lasts on. */
void course_uptime(const struct course *c, int64_t from_ms, int64_t to_ms, struct uptime *u);

/* Outages that were going on at some time from from_ms to to_ms. */
void course_outages(const struct course *c, int64_t from_ms, int64_t to_ms, struct outages *o);

#endif
