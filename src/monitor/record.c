/* What the monitor does, said to history: results, states, incidents and time. The monitor's thread. */
#include "record_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/grow.h"
#include "base/log.h"
#include "check/evidence.h"

/* --- open and close ----------------------------------------------------------------------------------------------- */

enum err record_open(struct record **out, struct history *h, struct status_table *table, struct errmsg *why)
{
    struct record *r = calloc(1, sizeof(*r));
    enum err err = ERR_OK;

    if (!r)
        return err_set(why, ERR_NOMEM, "cannot start the monitor: out of memory");
    r->history = h;
    r->table = table;
    r->start_ms = clock_wall_ms();
    r->start_ns = clock_mono_ns();
    r->observed = (struct observed){ r->start_ns, clock_boot_ns(), r->start_ms };
    if (h)
        history_health(h, &r->health);
    r->joined = r->health.present;
    r->said_again = r->health.say_again;
    if (r->joined)
        err = record_read(r, why);
    else
        r->last_incident = r->start_ms; /* numbers nobody else's are likely to be */
    if (err) {
        record_close(r);
        return err;
    }
    if (h) {
        evidence_keep(true);
        history_alive(h, r->start_ms);
    }
    *out = r;
    return ERR_OK;
}

void record_close(struct record *r)
{
    size_t i;

    if (!r)
        return;
    record_commit(r);
    if (r->history) {
        history_alive(r->history, clock_wall_ms());
        evidence_keep(false);
    }
    for (i = 0; i < r->nsite; i++)
        record_forget_failing(&r->site[i]);
    known_forget_all(r);
    owners_release(&r->owners);
    free(r->site);
    free(r);
}

struct recorded *record_place(struct record *r, uint32_t id)
{
    size_t size = grow_size(r->nsite, (size_t)id + 1);
    struct recorded *site;

    if (id >= r->nsite) {
        site = realloc(r->site, size * sizeof(*site));
        if (!site)
            return NULL;
        memset(site + r->nsite, 0, (size - r->nsite) * sizeof(*site));
        r->site = site;
        r->nsite = size;
    }
    return &r->site[id];
}

struct recorded *record_of(struct record *r, uint32_t id)
{
    return id < r->nsite && r->site[id].key ? &r->site[id] : NULL;
}

uint32_t record_key(struct record *r, uint32_t id)
{
    const struct recorded *s = record_of(r, id);

    return s ? s->key : 0;
}

int64_t record_incident(struct record *r, uint32_t id)
{
    return id < r->nsite ? r->site[id].incident : 0;
}

bool record_has_joined(const struct record *r)
{
    return r->joined;
}

int64_t record_start_ms(const struct record *r)
{
    return r->start_ms;
}

void record_forget_failing(struct recorded *s)
{
    if (s->failing)
        free(s->failing->evidence);
    free(s->failing);
    s->failing = NULL;
}

/* --- batches ------------------------------------------------------------------------------------------------------ */

struct batch *record_batch(struct record *r)
{
    if (!r->batch && r->history)
        r->batch = batch_new();
    return r->batch;
}

void record_commit(struct record *r)
{
    if (r->batch && batch_failed(r->batch))
        log_line(LEVEL_ERROR, "memory ran out: something is missing in history");
    if (r->batch)
        history_commit(r->history, r->batch);
    r->batch = NULL;
}

/* --- states ------------------------------------------------------------------------------------------------------- */

/* The slow answers of late are learned from samples again, and beyond a confirmed failure their number says nothing. */
static bool same_state(const struct site_state *a, const struct site_state *b)
{
    struct site_state x = *a, y = *b;

    x.slow = y.slow = 0;
    if (x.verdict == STATE_DOWN && y.verdict == STATE_DOWN)
        x.failures = y.failures = 0;
    return x.verdict == y.verdict && x.calm == y.calm && x.degraded == y.degraded && x.failures == y.failures &&
           x.unsure == y.unsure && x.paused == y.paused && x.maintenance == y.maintenance;
}

static int64_t wall_of(const struct record *r, int64_t mono_ns)
{
    return r->observed.wall_ms + (mono_ns - r->observed.mono_ns) / NS_PER_MS;
}

static int64_t forever_or_wall(const struct record *r, int64_t mono_ns)
{
    return mono_ns == 0 || mono_ns == INT64_MAX ? mono_ns : wall_of(r, mono_ns);
}

static void remember(struct record *r, struct recorded *s, const char *address, const char *detail)
{
    struct site_memory m = { .state = s->state, .since_ms = s->since_ms, .get_until_ms = forever_or_wall(r, s->get_until_ns),
                             .paused_until_ms = s->paused_until_ms, .certificate_until = s->certificate_until };

    strncpy(m.address, address, sizeof(m.address) - 1);
    strncpy(m.detail, detail, sizeof(m.detail) - 1);
    batch_memory(record_batch(r), s->key, &m);
}

static void note_shown(struct record *r, struct recorded *s, const struct site_state *state, int64_t at_ms)
{
    enum state shown = state_shown(state);

    s->state = *state;
    if (s->shown == shown)
        return;
    s->shown = (uint8_t)shown;
    s->since_ms = at_ms;
    batch_change(record_batch(r), s->key, at_ms, shown);
}

void record_say_state(struct record *r, struct recorded *s, const struct row *row)
{
    s->shown = STATE_COUNT;
    note_shown(r, s, &row->state, clock_wall_ms());
    s->since_ms = wall_of(r, row->since_ns);
    remember(r, s, row->address, row->detail);
}

static void look(struct record *r, uint32_t id, bool always)
{
    struct recorded *s = record_of(r, id);
    struct row row;

    if (!s || status_row(r->table, id, &row, NULL) != ERR_OK)
        return;
    if (row.state.paused || row.state.verdict == STATE_NEW)
        record_end_incident(r, s, clock_wall_ms(), row.state.paused ? INCIDENT_PAUSED : INCIDENT_EDITED);
    if (always || s->shown == STATE_COUNT || !same_state(&s->state, &row.state)) {
        note_shown(r, s, &row.state, clock_wall_ms());
        remember(r, s, row.address, row.detail);
    }
    site_unref(row.site);
}

void record_look(struct record *r, uint32_t id)
{
    look(r, id, false);
}

void record_look_all(struct record *r)
{
    uint32_t id;

    for (id = 0; id < r->nsite; id++)
        look(r, id, false);
}

void record_paused(struct record *r, uint32_t id, int64_t until_ns)
{
    if (id >= r->nsite || !r->site[id].listed)
        return;
    r->site[id].paused_until_ms = forever_or_wall(r, until_ns);
    look(r, id, true);
}

/* --- incidents ---------------------------------------------------------------------------------------------------- */

static uint32_t whole_us(int64_t ns)
{
    int64_t us = ns / NS_PER_US;

    return us < 0 ? 0 : us >= UINT32_MAX ? UINT32_MAX - 1 : (uint32_t)us;
}

static void take_phases(uint32_t us[PHASE_COUNT], const struct result *result)
{
    int i;

    for (i = 0; i < PHASE_COUNT; i++)
        us[i] = result->phase_ns[i] < 0 ? UINT32_MAX : whole_us(result->phase_ns[i]);
}

/* Keeps how it began. Without memory the incident is told with what is known when it is opened. */
static void note_failing(struct recorded *s, const struct result *result)
{
    struct failing *f = calloc(1, sizeof(*f));

    if (!f)
        return;
    result_message(f->message, result);
    memcpy(f->address, result->address, sizeof(f->address));
    f->evidence = evidence_take(result->job_id);
    f->row = (struct incident_row){ .failing_ms = result->checked_at_ms, .outcome = result->outcome,
                                    .status = result->status, .took_us = whole_us(result->took_ns),
                                    .certificate_until = result->certificate_until };
    take_phases(f->row.phase_us, result);
    s->failing = f;
}

static void open_incident(struct record *r, struct recorded *s, int64_t at_ms)
{
    struct failing *f = s->failing;

    s->incident = ++r->last_incident;
    if (!f)
        return;
    f->row.id = s->incident;
    f->row.site = s->key;
    f->row.opened_ms = at_ms;
    f->row.message = f->message;
    f->row.address = f->address;
    f->row.evidence = f->evidence;
    if (s->key)
        batch_incident(record_batch(r), &f->row);
    record_forget_failing(s);
}

void record_repeat_incident(struct record *r, struct recorded *s, const struct row *row)
{
    struct incident_row i = { .id = s->incident, .site = s->key, .failing_ms = s->since_ms, .opened_ms = s->since_ms,
                              .outcome = (enum outcome)row->outcome, .status = row->status, .took_us = row->latency_us,
                              .certificate_until = row->certificate_until, .address = row->address, .message = row->detail };

    memcpy(i.phase_us, row->phase_us, sizeof(i.phase_us));
    if (i.outcome == OUTCOME_OK || !*row->detail)
        i.message = outcome_sentence(i.outcome == OUTCOME_OK ? OUTCOME_PROTOCOL : i.outcome);
    if (i.outcome == OUTCOME_OK)
        i.outcome = OUTCOME_PROTOCOL; /* it is on its way up: the last result is not how it failed */
    batch_incident(record_batch(r), &i);
}

void record_end_incident(struct record *r, struct recorded *s, int64_t at_ms, enum incident_end why)
{
    record_forget_failing(s);
    if (s->incident && s->key)
        batch_incident_end(record_batch(r), s->incident, at_ms, why);
    s->incident = 0;
}

static void follow_incident(struct record *r, struct recorded *s, const struct journal_entry *e, int64_t at_ms)
{
    bool good = result_good(&e->result);

    if (good)
        record_end_incident(r, s, at_ms, INCIDENT_UP);
    else if (!s->incident && !s->failing && !outcome_is_local(e->result.outcome))
        note_failing(s, &e->result);
    if (!good && e->state.verdict == STATE_DOWN && !s->incident)
        open_incident(r, s, at_ms);
    if (!s->incident && e->state.verdict != STATE_CHECKING)
        record_forget_failing(s); /* it was ours after all */
}

/* --- results ------------------------------------------------------------------------------------------------------ */

static void give_sample(struct record *r, const struct recorded *s, const struct journal_entry *e)
{
    const struct result *result = &e->result;
    struct sample sample = { .site = s->key, .status = (uint16_t)result->status, .outcome = (uint8_t)result->outcome,
                             .method = (uint8_t)result->method, .attempt = (uint8_t)result->attempt, .counts = !e->state.unsure,
                             .at_ms = result->checked_at_ms, .took_us = whole_us(result->took_ns) };

    take_phases(sample.phase_us, result);
    history_sample(r->history, &sample);
}

int64_t record_result(struct record *r, uint32_t id, const struct journal_entry *e, const struct method_memory *m)
{
    struct recorded *s = record_place(r, id);
    int64_t at_ms = e->result.checked_at_ms + e->result.took_ns / NS_PER_MS;
    bool tell;

    if (!s)
        return 0;
    follow_incident(r, s, e, at_ms);
    if (!s->key)
        return s->incident;
    give_sample(r, s, e);
    tell = !same_state(&s->state, &e->state) || m->get_until_ns != s->get_until_ns ||
           (e->result.certificate_until != CERTIFICATE_UNKNOWN && e->result.certificate_until != s->certificate_until);
    s->get_until_ns = m->get_until_ns;
    if (e->result.certificate_until != CERTIFICATE_UNKNOWN)
        s->certificate_until = e->result.certificate_until;
    note_shown(r, s, &e->state, at_ms);
    if (tell)
        remember(r, s, e->result.address, e->result.detail);
    return s->incident;
}

/* --- time --------------------------------------------------------------------------------------------------------- */

static void note_gap(struct record *r, const struct unobserved *u)
{
    log_line(LEVEL_WARNING, "%lld s were not observed (%s)", (long long)((u->until_ms - u->from_ms) / MS_PER_S), gap_name(u->why));
    batch_gap(record_batch(r), u->from_ms, u->until_ms, u->why);
    record_commit(r);
}

enum record_news record_tick(struct record *r, int64_t mono_ns, int64_t boot_ns, int64_t wall_ms)
{
    struct unobserved u;
    bool gap = observed_look(&r->observed, mono_ns, boot_ns, wall_ms, &u);

    if (!r->history)
        return RECORD_NOTHING;
    if (gap && r->joined)
        note_gap(r, &u);
    history_alive(r->history, wall_ms);
    history_health(r->history, &r->health);
    return record_catch_up(r);
}

const struct history_health *record_health(const struct record *r)
{
    return &r->health;
}
