/* A moment of the past, read from the history. The reader's thread. */
#include "replay_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define STOP_EVERY 512               /* sites read between two looks whether it is wanted still */
#define NOW_MS MS_PER_S              /* what is no longer ago is the present */
#define NOWHERE UINT32_MAX

uint64_t name_hash(const char *name)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

    while (*name)
        h = (h ^ (unsigned char)*name++) * UINT64_C(1099511628211);
    return h;
}

void replay_want_free(struct replay_want *w)
{
    if (w)
        free(w->name);
    free(w);
}

void replay_picture_free(struct replay_picture *p)
{
    size_t i;

    if (!p)
        return;
    for (i = 0; i < p->nsite; i++) {
        free(p->site[i].name);
        free(p->site[i].url);
        free(p->site[i].owner);
        free(p->site[i].tag);
    }
    free(p->site);
    free(p->by_name);
    free(p->incident);
    free(p->log);
    free(p);
}

struct reading {
    struct replay_picture *picture;
    const struct replay_want *want;
    replay_stop_fn *stop;
    void *context;
    bool no_memory, stopped;
};

static bool is_wanted_still(struct reading *r)
{
    r->stopped = r->stopped || r->stop(r->context);
    return !r->stopped;
}

/* --- the moment --------------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static bool counts(void *context, const struct stored_change *c)
{
    struct reading *r = context;
    uint64_t hash;

    if (!is_wanted_still(r))
        return true;
    if (!r->want->of_some)
        return true;
    hash = name_hash(c->name);
    return r->want->nname && bsearch(&hash, r->want->name, r->want->nname, sizeof(hash), by_number);
}

/* Where the want leads: *at_ms, INT64_MAX for the present. */
static enum err find_moment(struct reading *r, struct query *q, int64_t now_ms, int64_t *at_ms)
{
    int step = r->want->steps < 0 ? -1 : 1, i;
    enum err err = ERR_OK;

    *at_ms = r->want->from_ms;
    for (i = 0; i != r->want->steps && !err && !r->stopped && *at_ms < now_ms; i += step)
        err = query_turn(q, *at_ms, now_ms, step, REPLAY_STEP_MS, counts, r, at_ms, &r->picture->why);
    if (*at_ms < now_ms)
        *at_ms += r->want->ahead_ms;
    if (*at_ms > now_ms - NOW_MS && r->want->from_ms < *at_ms)
        *at_ms = INT64_MAX;
    return err;
}

/* --- sites and incidents -------------------------------------------------------------------------------------------- */

/* Room for one more; false when memory ran out. */
static bool grow(void **memory, size_t *size, size_t n, size_t item)
{
    size_t larger = *size ? 2 * *size : 64;
    void *more;

    if (n < *size)
        return true;
    more = realloc(*memory, larger * item);
    if (!more)
        return false;
    *memory = more;
    *size = larger;
    return true;
}

static bool take_site(void *context, const struct site_then *s)
{
    struct reading *r = context;
    struct replay_picture *p = r->picture;
    struct replay_site *to;

    r->no_memory = !grow((void **)&p->site, &p->site_size, p->nsite, sizeof(*p->site));
    if (r->no_memory || (p->nsite % STOP_EVERY == 0 && !is_wanted_still(r)))
        return false;
    to = &p->site[p->nsite++];
    *to = (struct replay_site){ .key = s->key, .name = strdup(s->name), .url = strdup(s->url), .owner = strdup(s->owner), .tag = strdup(s->tag),
                                .interval_ms = s->interval_ms, .gone = s->gone, .state = s->state, .since_ms = s->since_ms };
    r->no_memory = !to->name || !to->url || !to->owner || !to->tag;
    return !r->no_memory;
}

static bool take_incident(void *context, const struct stored_incident *i)
{
    struct reading *r = context;
    struct replay_picture *p = r->picture;
    struct replay_incident *to;

    if (i->ended_ms && i->ended_ms <= p->instant.at_ms)
        return true;
    r->no_memory = !grow((void **)&p->incident, &p->incident_size, p->nincident, sizeof(*p->incident));
    if (r->no_memory || !is_wanted_still(r))
        return false;
    to = &p->incident[p->nincident++];
    *to = (struct replay_incident){ .key = i->row.site, .id = i->row.id, .opened_ms = i->row.opened_ms,
                                    .outcome = i->row.outcome, .status = i->row.status, .took_us = i->row.took_us,
                                    .certificate_until = i->row.certificate_until };
    memcpy(to->phase_us, i->row.phase_us, sizeof(to->phase_us));
    snprintf(to->message, sizeof(to->message), "%s", i->row.message);
    if (i->acked_ms && i->acked_ms <= p->instant.at_ms) {
        to->acked_ms = i->acked_ms;
        snprintf(to->note, sizeof(to->note), "%s", i->note);
    }
    return true;
}

/* --- by name -------------------------------------------------------------------------------------------------------- */

static uint32_t *slot_of(const struct replay_picture *p, const char *name)
{
    size_t at = (size_t)name_hash(name) & p->mask;

    while (p->by_name[at] != NOWHERE && strcmp(p->site[p->by_name[at]].name, name) != 0)
        at = (at + 1) & p->mask;
    return &p->by_name[at];
}

bool replay_picture_index(struct replay_picture *p)
{
    size_t size = 64, i;

    while (size < 2 * p->nsite)
        size *= 2;
    p->by_name = malloc(size * sizeof(*p->by_name));
    if (!p->by_name)
        return false;
    p->mask = size - 1;
    memset(p->by_name, 0xff, size * sizeof(*p->by_name));
    for (i = 0; i < p->nsite; i++) {
        uint32_t *slot = slot_of(p, p->site[i].name);

        if (*slot == NOWHERE || p->site[*slot].gone)
            *slot = (uint32_t)i;
    }
    return true;
}

struct replay_site *replay_picture_find(const struct replay_picture *p, const char *name)
{
    uint32_t i = p->nsite ? *slot_of(p, name) : NOWHERE;

    return i == NOWHERE ? NULL : &p->site[i];
}

/* --- all of it ------------------------------------------------------------------------------------------------------ */

static enum err read_picture(struct reading *r, struct query *q, int64_t at_ms, int64_t now_ms)
{
    struct replay_picture *p = r->picture;
    struct instant *i = &p->instant;
    enum err err = query_then(q, at_ms, now_ms, i, take_site, r, &p->why);

    if (!err && at_ms < i->first_ms && i->first_ms < now_ms) {
        p->is_first = true;
        err = query_then(q, i->first_ms, now_ms, i, take_site, r, &p->why);
    }
    if (!err && !r->no_memory && !r->stopped)
        err = query_incidents(q, 0, i->at_ms, i->at_ms + 1, take_incident, r, &p->why);
    p->log = err ? NULL : malloc(sizeof(*p->log));
    if (p->log && lookback_read_log(p->log, q, i->at_ms + 1, &p->why))
        p->log->n = 0;
    return err;
}

struct replay_picture *replay_read(struct query *q, const struct replay_want *w, int64_t now_ms, replay_stop_fn *stop, void *context)
{
    struct replay_picture *p = calloc(1, sizeof(*p));
    struct reading r = { .picture = p, .want = w, .stop = stop, .context = context };
    int64_t at_ms;

    if (!p)
        return NULL;
    p->number = w->number;
    p->err = find_moment(&r, q, now_ms, &at_ms);
    p->is_now = !p->err && at_ms == INT64_MAX;
    if (!p->err && !p->is_now && !r.stopped)
        p->err = read_picture(&r, q, at_ms, now_ms);
    if (r.stopped || r.no_memory || (!p->err && !p->is_now && !replay_picture_index(p))) {
        replay_picture_free(p);
        return NULL;
    }
    return p;
}
