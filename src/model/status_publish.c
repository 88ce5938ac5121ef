/* The workers' side of the status table: a result steps the state of its row, and is an entry of the journal. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "status_inside.h"

static uint64_t host_hash(const char *url)
{
    const char *host;
    size_t length = site_host(url, &host), i;
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

    for (i = 0; i < length; i++)
        h = (h ^ (unsigned char)host[i]) * UINT64_C(1099511628211);
    return h;
}

/* We are offline from now on: what failed below HTTP and was not confirmed is nobody's fault but ours. */
static void forgive_locked(struct status_table *t, int64_t now_ns) NEEDS(t->lock)
{
    uint32_t id;

    for (id = 0; id < t->nslot; id++) {
        struct row *r = &status_slot_at(t, id)->row;
        struct site_state state = r->state;

        if (!r->generation || state.verdict != STATE_CHECKING || !outcome_is_network(r->outcome))
            continue;
        state.verdict = state.calm;
        state.failures = 0;
        state.unsure = true;
        status_set_state_locked(t, r, &state, now_ns);
        status_touch_locked(t, id);
    }
}

bool status_set_anchors(struct status_table *t, bool answered, int64_t now_ns)
{
    bool before, changed;

    mutex_lock(&t->lock);
    before = t->network.offline;
    network_anchors(&t->network, answered, now_ns);
    changed = t->network.offline != before;
    if (changed && t->network.offline)
        forgive_locked(t, now_ns);
    mutex_unlock(&t->lock);
    return changed;
}

static void sample_locked(struct status_table *t, struct slot *s, const struct result *r, enum event event, int64_t now_ns)
    NEEDS(t->lock)
{
    uint32_t slot = (uint32_t)(now_ns / NS_PER_S) / trend_slot_s(s->row.site->options->interval_ms);
    enum mark mark = event == EVENT_INCONCLUSIVE ? MARK_INCONCLUSIVE : result_good(r) ? MARK_GOOD : MARK_FAILED;

    (void)t;
    samples_add(&s->samples, mark, s->row.latency_us, slot);
    if (mark == MARK_GOOD)
        samples_add_phases(&s->samples, s->row.phase_us);
    if (s->row.state.maintenance)
        samples_add(&s->samples, MARK_MAINTENANCE, 0, slot);
}

static uint32_t whole_us(int64_t ns)
{
    int64_t us = ns / NS_PER_US + (ns % NS_PER_US >= NS_PER_US / 2);

    return us < 0 ? 0 : us >= UINT32_MAX ? UINT32_MAX - 1 : (uint32_t)us;
}

void row_take_result(struct row *row, const struct result *r, int64_t now_ns)
{
    int i;

    row->outcome = (uint8_t)r->outcome;
    row->method = (uint8_t)r->method;
    row->status = r->status;
    row->latency_us = whole_us(r->took_ns);
    for (i = 0; i < PHASE_COUNT; i++)
        row->phase_us[i] = r->phase_ns[i] < 0 ? UINT32_MAX : whole_us(r->phase_ns[i]);
    row->checks++;
    row->checked_ns = now_ns;
    row->checked_ms = r->checked_at_ms;
    if (r->certificate_until != CERTIFICATE_UNKNOWN)
        row->certificate_until = r->certificate_until;
    memcpy(row->address, r->address, sizeof(row->address));
    text_clean(row->detail, sizeof(row->detail), r->detail, strlen(r->detail));
}

/* True when the result's row is still the one its job was made for. */
static bool is_expected_locked(struct status_table *t, const struct result *r) NEEDS(t->lock)
{
    return r->site_id < t->nslot && r->generation && status_slot_at(t, r->site_id)->row.generation == r->generation;
}

static void step_locked(struct status_table *t, struct journal_entry *e, const struct result *r, int64_t now_ns)
    NEEDS(t->lock)
{
    struct slot *s = status_slot_at(t, r->site_id);
    const struct options *o = s->row.site->options;
    struct site_state state = s->row.state;
    bool was_offline = t->network.offline;
    const char *host;
    bool asks_network = site_host(s->row.site->url, &host) > 0;
    enum network_view view = !asks_network ? NETWORK_FINE : network_note(&t->network, outcome_is_network(r->outcome) ? host_hash(s->row.site->url) : 0,
                                          r->outcome, state.verdict == STATE_DOWN, now_ns, o->timeout_ms * NS_PER_MS);
    bool ours = view == NETWORK_OFFLINE && outcome_is_network(r->outcome);
    enum event event = ours ? EVENT_INCONCLUSIVE : state_judge(&state, o, r, view == NETWORK_SUSPECT);

    e->before = state_shown(&s->row.state);
    state_step(&state, event);
    row_take_result(&s->row, r, now_ns);
    s->row.in_flight = false;
    status_set_state_locked(t, &s->row, &state, now_ns);
    sample_locked(t, s, r, event, now_ns);
    status_touch_locked(t, r->site_id);

    e->suspect = view == NETWORK_SUSPECT;
    e->went_offline = !was_offline && t->network.offline;
    e->came_online = was_offline && !t->network.offline;
    if (e->went_offline)
        forgive_locked(t, now_ns); /* this row too */
    e->state = s->row.state;
    e->after = state_shown(&e->state);
    e->retry = e->state.verdict == STATE_CHECKING && !ours;
}

/* Keeps what the regions found in the memory the row has for it, or in *spare. */
static void keep_regions_locked(struct status_table *t, const struct result *r, struct regions **spare) NEEDS(t->lock)
{
    struct slot *s = status_slot_at(t, r->site_id);

    if (!s->regions) {
        s->regions = *spare;
        *spare = NULL;
    }
    if (!s->regions)
        return; /* out of memory: they are not shown */
    s->regions->n = r->nregion;
    memcpy(s->regions->region, r->region, sizeof(r->region));
}

void status_publish(struct status_table *t, const struct result *r, int64_t now_ns)
{
    struct regions *spare = r->nregion ? malloc(sizeof(*spare)) : NULL;
    struct journal_entry *e;
    bool first;

    mutex_lock(&t->lock);
    assert(t->journal_used < t->journal_slots);
    first = t->journal_used == 0;
    e = &t->journal[(t->journal_head + t->journal_used++) % t->journal_slots];
    memset(e, 0, sizeof(*e));
    e->result = *r;
    e->dropped = r->outcome == OUTCOME_CANCELLED || !is_expected_locked(t, r);
    if (!e->dropped)
        step_locked(t, e, r, now_ns);
    if (!e->dropped && r->nregion)
        keep_regions_locked(t, r, &spare);
    mutex_unlock(&t->lock);
    free(spare);
    if (first && t->wake)
        t->wake(t->wake_context);
}

size_t status_take_journal(struct status_table *t, struct journal_entry *out, size_t max)
{
    size_t n = 0;

    mutex_lock(&t->lock);
    for (; t->journal_used && n < max; n++) {
        out[n] = t->journal[t->journal_head];
        t->journal_head = (t->journal_head + 1) % t->journal_slots;
        t->journal_used--;
    }
    mutex_unlock(&t->lock);
    return n;
}
