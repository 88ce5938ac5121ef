/* What one site's time was spent in: turns in ascending order, each a moment in ms with three bits of what begins then. */
#include "model/course.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WHAT_BITS 3
#define WHAT_MASK ((UINT64_C(1) << WHAT_BITS) - 1)

static uint64_t pack(int64_t at_ms, enum spent what)
{
    return (uint64_t)(at_ms > 0 ? at_ms : 0) << WHAT_BITS | (uint64_t)what;
}

static int64_t at_of(const struct course *c, uint32_t i)
{
    return (int64_t)(c->turn[i] >> WHAT_BITS);
}

static enum spent what_of(const struct course *c, uint32_t i)
{
    return (enum spent)(c->turn[i] & WHAT_MASK);
}

static enum spent spent_of(int state)
{
    static const uint8_t spent[STATE_COUNT + 1] = {
        [STATE_NEW] = SPENT_NOTHING,
        [STATE_UP] = SPENT_UP,
        [STATE_DEGRADED] = SPENT_DEGRADED,
        [STATE_DOWN] = SPENT_DOWN,
        [STATE_INCONCLUSIVE] = SPENT_INCONCLUSIVE,
        [STATE_MAINTENANCE] = SPENT_MAINTENANCE,
        [STATE_PAUSED] = SPENT_PAUSED,
        [COURSE_NOT_OBSERVED] = SPENT_NOTHING,
    };

    return (enum spent)spent[state];
}

void course_release(struct course *c)
{
    free(c->turn);
    *c = (struct course)COURSE_INIT;
}

static void drop_first(struct course *c, uint32_t n)
{
    c->n -= n;
    memmove(c->turn, c->turn + n, c->n * sizeof(*c->turn));
}

static enum err make_room(struct course *c)
{
    uint32_t size = c->size ? c->size * 2 : 4;
    uint64_t *turn;

    if (c->n < c->size)
        return ERR_OK;
    if (c->n == COURSE_MOST) {
        drop_first(c, COURSE_MOST / 2);
        return ERR_OK;
    }
    turn = realloc(c->turn, size * sizeof(*turn));
    if (!turn)
        return ERR_NOMEM;
    c->turn = turn;
    c->size = size;
    return ERR_OK;
}

static enum err turn_to(struct course *c, int64_t at_ms, enum spent what)
{
    enum err err;

    if (c->n && at_ms < at_of(c, c->n - 1))
        at_ms = at_of(c, c->n - 1);
    while (c->n && at_ms == at_of(c, c->n - 1))
        c->n--;                            /* what began then had no length */
    if (c->n ? what_of(c, c->n - 1) == what : what == SPENT_NOTHING)
        return ERR_OK;
    err = make_room(c);
    if (!err)
        c->turn[c->n++] = pack(at_ms, what);
    return err;
}

enum err course_see(struct course *c, int64_t at_ms, int state)
{
    enum spent what;
    bool since_doubt;
    enum err err;

    if (state == STATE_CHECKING) {
        if (c->doubt_ms < 0)
            c->doubt_ms = at_ms;
        return ERR_OK;
    }
    what = spent_of(state);
    since_doubt = c->doubt_ms >= 0 && (what == SPENT_DOWN || what == SPENT_INCONCLUSIVE);
    err = turn_to(c, since_doubt ? c->doubt_ms : at_ms, what);
    if (!err)
        c->doubt_ms = -1;
    return err;
}

enum err course_append(struct course *c, const struct course *later)
{
    enum err err = ERR_OK;
    uint32_t i;

    for (i = 0; !err && i < later->n; i++)
        err = turn_to(c, at_of(later, i), what_of(later, i));
    if (!err)
        c->doubt_ms = later->doubt_ms >= 0 || later->n ? later->doubt_ms : c->doubt_ms;
    return err;
}

/* The turn in force at at_ms; c->n when it is before the first. */
static uint32_t find(const struct course *c, int64_t at_ms)
{
    uint32_t low = 0, high = c->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (at_of(c, middle) <= at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : c->n;
}

void course_forget(struct course *c, int64_t before_ms)
{
    uint32_t i = find(c, before_ms);

    if (i < c->n && i > 0)
        drop_first(c, i);
}

enum spent course_at(const struct course *c, int64_t at_ms)
{
    uint32_t i = find(c, at_ms);

    return i < c->n ? what_of(c, i) : SPENT_NOTHING;
}

/* When the i-th ends, seen from to_ms. */
static int64_t end_of(const struct course *c, uint32_t i, int64_t to_ms)
{
    int64_t end = i + 1 < c->n ? at_of(c, i + 1) : to_ms;

    return end < to_ms ? end : to_ms;
}

static uint32_t first_in(const struct course *c, int64_t from_ms)
{
    uint32_t i = find(c, from_ms);

    return i < c->n ? i : 0;
}

void course_uptime(const struct course *c, int64_t from_ms, int64_t to_ms, struct uptime *u)
{
    uint32_t i;

    if (from_ms >= to_ms)
        return;
    u->window_ms += to_ms - from_ms;
    for (i = first_in(c, from_ms); i < c->n && at_of(c, i) < to_ms; i++) {
        int64_t from = at_of(c, i) > from_ms ? at_of(c, i) : from_ms;

        if (what_of(c, i) < SPENT_COUNT)
            u->ms[what_of(c, i)] += end_of(c, i, to_ms) - from;
    }
}

/* --- outages ------------------------------------------------------------------------------------------------------ */

static bool is_good(enum spent what)
{
    return what == SPENT_UP || what == SPENT_DEGRADED;
}

/* The outage the i-th turn may belong to began with the turn this returns. */
static uint32_t outage_begin(const struct course *c, uint32_t i)
{
    uint32_t first = i;

    while (i > 0 && !is_good(what_of(c, i - 1)))
        if (what_of(c, --i) == SPENT_DOWN)
            first = i;
    return first;
}

/* An outage that lasted until end_ms. */
static void count_outage(struct outages *o, int64_t begin_ms, int64_t end_ms, bool ended, int64_t from_ms)
{
    if (end_ms <= from_ms)
        return;
    o->n++;
    o->begun += begin_ms >= from_ms;
    if (end_ms - begin_ms > o->longest_ms)
        o->longest_ms = end_ms - begin_ms;
    if (!ended)
        return;
    o->ended++;
    o->repair_ms += end_ms - begin_ms;
}

void course_outages(const struct course *c, int64_t from_ms, int64_t to_ms, struct outages *o)
{
    uint32_t i = first_in(c, from_ms);
    int64_t begin_ms = -1, end_ms = 0;     /* of the outage going on; -1: none is */

    if (from_ms >= to_ms || !c->n)
        return;
    for (i = outage_begin(c, i); i < c->n && at_of(c, i) < to_ms; i++) {
        enum spent what = what_of(c, i);

        if (what == SPENT_DOWN) {
            begin_ms = begin_ms < 0 ? at_of(c, i) : begin_ms;
            end_ms = end_of(c, i, to_ms);
        } else if (is_good(what) && begin_ms >= 0) {
            count_outage(o, begin_ms, end_ms, true, from_ms);
            begin_ms = -1;
        }
    }
    if (begin_ms >= 0)
        count_outage(o, begin_ms, end_ms, false, from_ms);
}
