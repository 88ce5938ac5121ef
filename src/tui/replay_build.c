/* A moment of the past as a snapshot. Times in it are nanoseconds since 1970. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "replay.h"

#define GONE_GENERATION UINT32_MAX   /* of sites that are in the list no longer */

static void put_state(struct site_state *to, int shown, const struct options *o)
{
    *to = (struct site_state){ .verdict = STATE_UP };
    switch (shown) {
    case STATE_PAUSED:
        to->paused = true;
        break;
    case STATE_MAINTENANCE:
        to->maintenance = true;
        break;
    case STATE_INCONCLUSIVE:
        to->unsure = true;
        break;
    default:
        to->verdict = shown < VERDICT_COUNT ? (uint8_t)shown : STATE_NEW;
    }
    if (shown == STATE_DEGRADED)     /* which of the two was not kept */
        to->degraded = o->slow_above_ms ? DEGRADED_SLOW : DEGRADED_CERTIFICATE;
    if (shown == STATE_CHECKING)
        to->failures = 1;
}

static void put_row(const struct snapshot *s, struct snapshot_row *row, const struct replay_site *from, int64_t unseen_ms)
{
    struct row *r = &row->row;
    int i;

    put_state(&r->state, s->unobserved ? STATE_NEW : from->state, r->site->options);
    r->since_ns = (s->unobserved ? unseen_ms : from->since_ms) * NS_PER_MS;
    r->checked_ns = s->now_ns;
    r->due_ns = INT64_MAX;
    r->certificate_until = CERTIFICATE_UNKNOWN;
    r->figures = (struct figures)FIGURES_NONE;
    for (i = 0; i < PHASE_COUNT; i++)
        r->phase_us[i] = UINT32_MAX;
    row->slot = (uint32_t)(s->now_ns / NS_PER_S) / trend_slot_s(r->site->options->interval_ms);
}

/* --- the list -------------------------------------------------------------------------------------------------------- */

static const struct site *site_of(const struct replay_site *from)
{
    const struct options *shared;
    const struct site *site;
    struct options o;

    options_init(&o);
    if (from->interval_ms > 0)
        o.interval_ms = from->interval_ms;
    if (from->owner[0])
        o.owner = strdup(from->owner);
    if (from->tag[0])
        strings_add(&o.tags, from->tag);
    shared = options_share(&o);
    site = shared ? site_new(from->name, from->url, shared) : NULL;
    options_unref(shared);
    return site;
}

static void count_row(struct status_counts *c, const struct row *r)
{
    enum state shown = state_shown(&r->state);

    c->state[shown]++;
    c->warning += shown == STATE_DEGRADED && r->state.degraded != DEGRADED_SLOW;
}

static void take_live(struct snapshot *out, uint32_t *id, const struct replay_picture *p, const struct snapshot *live)
{
    uint32_t i;

    for (i = 0; i < p->nsite; i++)
        id[i] = UINT32_MAX;
    for (i = 0; i < live->nrow; i++) {
        const struct row *now = &live->row[i].row;
        const struct replay_site *from = now->generation ? replay_picture_find(p, now->site->name) : NULL;
        struct row *r = &out->row[i].row;

        if (!from || id[from - p->site] != UINT32_MAX)
            continue;
        id[from - p->site] = i;
        r->id = i;
        r->generation = now->generation;
        r->mine = now->mine;
        r->site = site_ref(now->site);
    }
}

/* Those that are gone, and, of a list that changed this moment, those that are not known here yet. */
static enum err take_others(struct snapshot *out, uint32_t *id, const struct replay_picture *p)
{
    uint32_t i;

    for (i = 0; i < p->nsite; i++) {
        struct row *r = &out->row[out->nrow].row;

        if (id[i] != UINT32_MAX)
            continue;
        r->site = site_of(&p->site[i]);
        if (!r->site)
            return ERR_NOMEM;
        id[i] = r->id = (uint32_t)out->nrow++;
        r->generation = GONE_GENERATION;
    }
    return ERR_OK;
}

/* --- incidents ------------------------------------------------------------------------------------------------------- */

static const char *behind(const char *text, const char *start)
{
    size_t length = strlen(start);

    return strncmp(text, start, length) ? NULL : text + length;
}

/* What the row of a site had as its detail: the message (result_message()) without the sentence that the outcome stands for. */
static void detail_of(char detail[ROW_DETAIL_SIZE], const struct replay_incident *i)
{
    const char *class = outcome_class(i->outcome), *rest;
    char start[64];

    if (i->outcome == OUTCOME_STATUS)
        snprintf(start, sizeof(start), "HTTP %d ", i->status);
    else
        snprintf(start, sizeof(start), "%.61s: ", outcome_sentence(i->outcome));
    rest = class && !strcmp(class, "timeout") ? NULL : behind(i->message, start);
    snprintf(detail, ROW_DETAIL_SIZE, "%s", rest ? rest : "");
}

static void put_incident(struct row *r, const struct replay_incident *i)
{
    if (state_shown(&r->state) != STATE_DOWN)
        return;
    r->outcome = (uint8_t)i->outcome;
    r->status = i->status;
    r->latency_us = i->took_us;
    memcpy(r->phase_us, i->phase_us, sizeof(r->phase_us));
    r->certificate_until = i->certificate_until;
    r->checks = 1;
    detail_of(r->detail, i);
}

static int by_key(const void *a, const void *b)
{
    const struct replay_site *x = a, *y = b;

    return x->key < y->key ? -1 : x->key > y->key;
}

static void put_incidents(struct snapshot *out, const uint32_t *id, const struct replay_picture *p)
{
    size_t i;

    for (i = 0; i < p->nincident; i++) {
        struct replay_site wanted = { .key = p->incident[i].key };
        const struct replay_site *site = p->nsite ? bsearch(&wanted, p->site, p->nsite, sizeof(wanted), by_key) : NULL;

        if (site)
            put_incident(&out->row[id[site - p->site]].row, &p->incident[i]);
    }
}

enum err replay_build(struct snapshot *out, uint32_t *id, const struct replay_picture *p, const struct snapshot *live)
{
    struct snapshot s = SNAPSHOT_INIT;
    enum err err;
    uint32_t i;

    s.size = live->nrow + p->nsite + 1;
    s.row = calloc(s.size, sizeof(*s.row));
    if (!s.row)
        return ERR_NOMEM;
    s.nrow = live->nrow;
    s.past = true;
    s.unobserved = !p->instant.observed;
    s.now_ms = p->instant.at_ms;
    s.now_ns = p->instant.at_ms * NS_PER_MS;
    take_live(&s, id, p, live);
    err = take_others(&s, id, p);
    if (err) {
        snapshot_release(&s);
        return err;
    }
    for (i = 0; i < p->nsite; i++)
        put_row(&s, &s.row[id[i]], &p->site[i], p->instant.unseen_from_ms);
    if (!s.unobserved) {
        put_incidents(&s, id, p);
        for (i = 0; i < p->nsite; i++)
            count_row(&s.counts, &s.row[id[i]].row);
    }
    s.counts.total = (uint32_t)p->nsite;
    *out = s;
    return ERR_OK;
}

/* --- figures --------------------------------------------------------------------------------------------------------- */

/* As the state machine has it: three of the last five. */
static bool was_slow(const struct row *r, const struct replay_figures *f)
{
    int64_t above_ms = r->site->options->slow_above_ms;
    int i, slow = 0;

    for (i = 0; i < 5; i++)
        slow += above_ms && f->recent_us[i] > above_ms * 1000;
    return slow >= 3;
}

static void put_last(struct row *r, const struct sample *last)
{
    if (r->outcome != last->outcome || r->status != last->status)
        r->detail[0] = '\0';         /* the incident began otherwise */
    r->outcome = last->outcome;
    r->status = last->status;
    r->method = last->method;
    r->latency_us = last->took_us;
    memcpy(r->phase_us, last->phase_us, sizeof(r->phase_us));
    r->checked_ms = last->at_ms;
    r->checked_ns = last->at_ms * NS_PER_MS;
    r->checks = 1;
    if (state_shown(&r->state) == STATE_CHECKING)
        r->state.failures = last->attempt;
}

bool replay_fill(struct snapshot *s, uint32_t id, const struct replay_figures *f)
{
    struct snapshot_row *row = &s->row[id];
    struct row *r = &row->row;
    uint8_t degraded = r->state.degraded;

    r->figures = f->figures;
    row->p50_us = f->figures.p50_us;
    row->p95_us = f->figures.p95_us;
    row->p99_us = f->figures.p99_us;
    memcpy(row->mark, f->mark, sizeof(row->mark));
    memcpy(row->worst, f->worst, sizeof(row->worst));
    if (f->last.at_ms && !s->unobserved && r->state.verdict != STATE_NEW)
        put_last(r, &f->last);
    if (!s->unobserved && state_shown(&r->state) == STATE_DEGRADED)
        r->state.degraded = was_slow(r, f) ? DEGRADED_SLOW : DEGRADED_CERTIFICATE;
    if (r->state.degraded == degraded)
        return false;
    s->counts.warning += r->state.degraded == DEGRADED_SLOW ? UINT32_MAX : 1;
    return true;
}
