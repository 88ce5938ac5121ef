/* The status table: rows in blocks that never move, a list of rows by how recently they changed, and the journal, all under
 * one leaf lock. Workers publish, the monitor edits and empties the journal, everybody else copies rows out. */
#include "model/status.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/text.h"

#define BLOCK_ROWS 256u
#define BLOCKS 16384u
#define NOBODY UINT32_MAX

struct regions {
    int n;
    struct region_result region[REGIONS_MOST];
};

struct slot {
    struct row row;
    struct samples samples;
    struct regions *regions;         /* NULL: it was never checked from several */
    uint32_t newer, older;           /* neighbours in the list by revision; NOBODY at its ends */
};

struct status_table {
    struct mutex lock;               /* leaf: no I/O, wait, callback or allocation under it */
    struct slot *block[BLOCKS];      /* under lock; a block, once there, never moves */
    uint32_t nslot;                  /* under lock; slots ever used */
    uint32_t newest;                 /* under lock; head of the list by revision */
    uint32_t generation;             /* under lock; the last one given out */
    struct status_counts counts;     /* under lock; of shown states */
    struct network network;          /* under lock */
    struct health health;            /* under lock */
    struct journal_entry *journal;   /* under lock; a ring */
    size_t journal_slots;
    size_t journal_head;             /* under lock; the oldest entry */
    size_t journal_used;             /* under lock */
    _Atomic uint64_t revision;       /* written under lock; one more for each changed row */
    uint32_t *free_ids;              /* the monitor's alone: numbers to be used again */
    size_t nfree, free_size;
    void (*wake)(void *context);
    void *wake_context;
};

static struct slot *slot_at(struct status_table *t, uint32_t id)
{
    return &t->block[id / BLOCK_ROWS][id % BLOCK_ROWS];
}

struct status_table *status_new(size_t journal_slots, void (*wake)(void *context), void *context)
{
    struct status_table *t = calloc(1, sizeof(*t));

    if (!t)
        return NULL;
    t->journal = calloc(journal_slots, sizeof(*t->journal));
    if (!t->journal) {
        free(t);
        return NULL;
    }
    t->journal_slots = journal_slots;
    t->newest = NOBODY;
    t->wake = wake;
    t->wake_context = context;
    network_init(&t->network);
    mutex_init(&t->lock);
    return t;
}

void status_free(struct status_table *t)
{
    uint32_t i;

    if (!t)
        return;
    for (i = 0; i < t->nslot; i++) {
        site_unref(slot_at(t, i)->row.site);
        free(slot_at(t, i)->regions);
    }
    for (i = 0; i < BLOCKS && t->block[i]; i++)
        free(t->block[i]);
    mutex_release(&t->lock);
    free(t->journal);
    free(t->free_ids);
    free(t);
}

/* --- the list by revision ------------------------------------------------------------------------------------- */

static void unlink_locked(struct status_table *t, struct slot *s) NEEDS(t->lock)
{
    if (s->newer != NOBODY)
        slot_at(t, s->newer)->older = s->older;
    else
        t->newest = s->older;
    if (s->older != NOBODY)
        slot_at(t, s->older)->newer = s->newer;
}

static void push_newest_locked(struct status_table *t, struct slot *s, uint32_t id) NEEDS(t->lock)
{
    s->newer = NOBODY;
    s->older = t->newest;
    if (t->newest != NOBODY)
        slot_at(t, t->newest)->newer = id;
    t->newest = id;
    s->row.revision = atomic_load_explicit(&t->revision, memory_order_relaxed) + 1;
    atomic_store_explicit(&t->revision, s->row.revision, memory_order_release);
}

static void touch_locked(struct status_table *t, uint32_t id) NEEDS(t->lock)
{
    struct slot *s = slot_at(t, id);

    unlink_locked(t, s);
    push_newest_locked(t, s, id);
}

/* --- counts and shown states ---------------------------------------------------------------------------------- */

static void count_locked(struct status_table *t, const struct row *r, uint32_t by) NEEDS(t->lock)
{
    enum state shown = state_shown(&r->state);

    t->counts.total += by;
    t->counts.state[shown] += by;
    if (shown == STATE_DEGRADED && r->state.degraded != DEGRADED_SLOW)
        t->counts.warning += by;
}

/* Puts a new state in place: counts it, and starts its age anew when what is shown changed. */
static void set_state_locked(struct status_table *t, struct row *r, const struct site_state *state, int64_t now_ns)
    NEEDS(t->lock)
{
    enum state before = state_shown(&r->state);

    count_locked(t, r, UINT32_MAX); /* one less */
    r->state = *state;
    count_locked(t, r, 1);
    if (state_shown(&r->state) != before)
        r->since_ns = now_ns;
}

/* --- the monitor's side: sites come, change and go ------------------------------------------------------------- */

/* Memory for row `id`, which may be beyond the last. */
static enum err make_block(struct status_table *t, uint32_t id)
{
    uint32_t block = id / BLOCK_ROWS;
    struct slot *rows;

    if (block >= BLOCKS)
        return ERR_FULL;
    if (t->block[block])
        return ERR_OK;
    rows = calloc(BLOCK_ROWS, sizeof(*rows));
    if (!rows)
        return ERR_NOMEM;
    mutex_lock(&t->lock);
    t->block[block] = rows;
    mutex_unlock(&t->lock);
    return ERR_OK;
}

static enum err take_id(struct status_table *t, uint32_t *id)
{
    if (t->nfree) {
        *id = t->free_ids[--t->nfree];
        return ERR_OK;
    }
    *id = t->nslot; /* only this thread changes it */
    return make_block(t, *id);
}

static void row_clear(struct row *r, const struct site *site)
{
    int i;

    r->site = site;
    r->outcome = OUTCOME_OK;
    r->method = (uint8_t)site->options->method;
    r->status = 0;
    r->latency_us = 0;
    for (i = 0; i < PHASE_COUNT; i++)
        r->phase_us[i] = UINT32_MAX;
    r->checks = r->late = 0;
    r->checked_ns = r->checked_ms = 0;
    r->certificate_until = CERTIFICATE_UNKNOWN;
    r->address[0] = r->detail[0] = '\0';
}

enum err status_add(struct status_table *t, const struct site *site, bool mine, uint32_t *id, uint32_t *generation)
{
    int64_t now_ns = clock_mono_ns();
    enum err err = take_id(t, id);
    struct slot *s;

    if (err)
        return err;
    site_ref(site);

    mutex_lock(&t->lock);
    s = slot_at(t, *id);
    if (*id == t->nslot)
        t->nslot++;
    else
        unlink_locked(t, s);
    memset(s, 0, sizeof(*s));
    row_clear(&s->row, site);
    s->row.id = *id;
    s->row.generation = *generation = ++t->generation;
    s->row.mine = mine;
    s->row.figures = (struct figures)FIGURES_NONE;
    s->row.state.paused = site->options->paused;
    s->row.since_ns = now_ns;
    s->row.due_ns = INT64_MAX;
    count_locked(t, &s->row, 1);
    push_newest_locked(t, s, *id);
    mutex_unlock(&t->lock);
    return ERR_OK;
}

static void row_restore(struct row *r, const struct restored *from)
{
    r->outcome = from->outcome;
    r->method = from->method;
    r->status = from->status;
    r->latency_us = from->latency_us;
    memcpy(r->phase_us, from->phase_us, sizeof(r->phase_us));
    r->checked_ns = from->checked_ns ? from->checked_ns : -1; /* 0 would be never */
    r->checked_ms = from->checked_ms;
    r->certificate_until = from->certificate_until;
    memcpy(r->address, from->address, sizeof(r->address));
    text_clean(r->detail, sizeof(r->detail), from->detail, strlen(from->detail));
}

void status_restore(struct status_table *t, uint32_t id, const struct restored *from)
{
    struct slot *s;

    mutex_lock(&t->lock);
    s = slot_at(t, id);
    set_state_locked(t, &s->row, &from->state, from->since_ns);
    s->row.since_ns = from->since_ns;
    if (from->checked)
        row_restore(&s->row, from);
    if (from->samples)
        s->samples = *from->samples;
    touch_locked(t, id);
    mutex_unlock(&t->lock);
}

uint32_t status_replace(struct status_table *t, uint32_t id, const struct site *site)
{
    int64_t now_ns = clock_mono_ns();
    const struct site *old;
    uint32_t generation;
    struct slot *s;

    site_ref(site);
    mutex_lock(&t->lock);
    s = slot_at(t, id);
    old = s->row.site;
    s->row.site = site;
    s->row.generation = generation = ++t->generation;
    s->row.in_flight = false;
    if (trend_slot_s(old->options->interval_ms) != trend_slot_s(site->options->interval_ms))
        samples_forget_trend(&s->samples);
    if (strcmp(old->url, site->url) != 0) {
        struct site_state state = s->row.state;

        state_step(&state, EVENT_RESET);
        set_state_locked(t, &s->row, &state, now_ns);
        row_clear(&s->row, site);
        memset(&s->samples, 0, sizeof(s->samples));
    }
    touch_locked(t, id);
    mutex_unlock(&t->lock);
    site_unref(old);
    return generation;
}

void status_remove(struct status_table *t, uint32_t id)
{
    struct regions *regions;
    const struct site *old;
    struct slot *s;

    if (t->nfree == t->free_size) {
        size_t size = t->free_size ? 2 * t->free_size : 64;
        uint32_t *ids = realloc(t->free_ids, size * sizeof(*ids));

        if (ids) {
            t->free_ids = ids;
            t->free_size = size;
        }
    }
    mutex_lock(&t->lock);
    s = slot_at(t, id);
    count_locked(t, &s->row, UINT32_MAX);
    old = s->row.site;
    regions = s->regions;
    s->row.site = NULL;
    s->row.generation = 0;
    s->regions = NULL;
    touch_locked(t, id);
    mutex_unlock(&t->lock);
    site_unref(old);
    free(regions);
    if (t->nfree < t->free_size)
        t->free_ids[t->nfree++] = id; /* without memory the number is lost, which hurts nobody */
}

void status_pause(struct status_table *t, uint32_t id, bool paused)
{
    int64_t now_ns = clock_mono_ns();
    struct site_state state;
    struct row *r;

    mutex_lock(&t->lock);
    r = &slot_at(t, id)->row;
    state = r->state;
    if (state.paused && !paused)
        state_step(&state, EVENT_RESET);
    state.paused = paused;
    set_state_locked(t, r, &state, now_ns);
    touch_locked(t, id);
    mutex_unlock(&t->lock);
}

void status_maintain(struct status_table *t, uint32_t id, bool maintenance)
{
    int64_t now_ns = clock_mono_ns();
    struct site_state state;
    struct row *r;

    mutex_lock(&t->lock);
    r = &slot_at(t, id)->row;
    state = r->state;
    state.maintenance = maintenance;
    set_state_locked(t, r, &state, now_ns);
    touch_locked(t, id);
    mutex_unlock(&t->lock);
}

void status_set_due(struct status_table *t, uint32_t id, int64_t due_ns, bool in_flight, bool late)
{
    struct row *r;

    mutex_lock(&t->lock);
    r = &slot_at(t, id)->row;
    r->due_ns = due_ns;
    r->in_flight = in_flight;
    r->late += late;
    touch_locked(t, id);
    mutex_unlock(&t->lock);
}

void status_set_figures(struct status_table *t, uint32_t id, const struct figures *figures)
{
    struct row *r;

    mutex_lock(&t->lock);
    r = &slot_at(t, id)->row;
    if (memcmp(&r->figures, figures, sizeof(*figures)) != 0) {
        r->figures = *figures;
        touch_locked(t, id);
    }
    mutex_unlock(&t->lock);
}

void status_set_hosts(struct status_table *t, size_t distinct_hosts, bool anchored)
{
    mutex_lock(&t->lock);
    t->network.hosts = distinct_hosts;
    t->network.anchored = anchored;
    mutex_unlock(&t->lock);
}

void status_set_health(struct status_table *t, const struct health *health)
{
    mutex_lock(&t->lock);
    t->health = *health;
    t->health.offline = t->network.offline;
    mutex_unlock(&t->lock);
}

/* --- publishing ----------------------------------------------------------------------------------------------- */

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
        struct row *r = &slot_at(t, id)->row;
        struct site_state state = r->state;

        if (!r->generation || state.verdict != STATE_CHECKING || !outcome_is_network(r->outcome))
            continue;
        state.verdict = state.calm;
        state.failures = 0;
        state.unsure = true;
        set_state_locked(t, r, &state, now_ns);
        touch_locked(t, id);
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
    return r->site_id < t->nslot && r->generation && slot_at(t, r->site_id)->row.generation == r->generation;
}

static void step_locked(struct status_table *t, struct journal_entry *e, const struct result *r, int64_t now_ns)
    NEEDS(t->lock)
{
    struct slot *s = slot_at(t, r->site_id);
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
    set_state_locked(t, &s->row, &state, now_ns);
    sample_locked(t, s, r, event, now_ns);
    touch_locked(t, r->site_id);

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
    struct slot *s = slot_at(t, r->site_id);

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

/* --- copies for everybody ------------------------------------------------------------------------------------- */

uint64_t status_revision(struct status_table *t)
{
    return atomic_load_explicit(&t->revision, memory_order_acquire);
}

void status_counts(struct status_table *t, struct status_counts *out)
{
    mutex_lock(&t->lock);
    *out = t->counts;
    mutex_unlock(&t->lock);
}

void status_health(struct status_table *t, struct health *out)
{
    mutex_lock(&t->lock);
    *out = t->health;
    out->offline = t->network.offline;
    mutex_unlock(&t->lock);
}

int status_regions(struct status_table *t, uint32_t id, struct region_result out[REGIONS_MOST])
{
    const struct regions *r;
    int n = 0;

    mutex_lock(&t->lock);
    r = id < t->nslot ? slot_at(t, id)->regions : NULL;
    if (r) {
        n = r->n;
        memcpy(out, r->region, sizeof(r->region));
    }
    mutex_unlock(&t->lock);
    return n;
}

enum err status_row(struct status_table *t, uint32_t id, struct row *out, struct samples *samples)
{
    enum err err = ERR_NOTFOUND;

    mutex_lock(&t->lock);
    if (id < t->nslot && slot_at(t, id)->row.generation) {
        const struct slot *s = slot_at(t, id);

        *out = s->row;
        site_ref(out->site);
        if (samples)
            *samples = s->samples;
        err = ERR_OK;
    }
    mutex_unlock(&t->lock);
    return err;
}

size_t status_changes(struct status_table *t, struct changes *c, struct row_change *out, size_t max)
{
    size_t n = 0;
    uint32_t id;

    mutex_lock(&t->lock);
    if (!c->below) {
        c->upto = atomic_load_explicit(&t->revision, memory_order_relaxed);
        c->below = c->upto + 1;
        c->next = t->newest;
    }
    id = c->next;
    if (id != NOBODY && slot_at(t, id)->row.revision >= c->below)
        id = t->newest; /* that row changed meanwhile and is at the head now: search */
    while (id != NOBODY && slot_at(t, id)->row.revision >= c->below)
        id = slot_at(t, id)->older;
    while (id != NOBODY && slot_at(t, id)->row.revision > c->since && n < max) {
        const struct slot *s = slot_at(t, id);

        out[n].row = s->row;
        out[n].samples = s->samples;
        if (s->row.site)
            site_ref(s->row.site);
        n++;
        c->below = s->row.revision;
        id = s->older;
    }
    c->next = id;
    mutex_unlock(&t->lock);
    return n;
}

/* --- a mirror of another table -------------------------------------------------------------------------------------- */

/* Every block up to that of `id`. */
static enum err make_blocks(struct status_table *t, uint32_t id)
{
    uint32_t at;

    for (at = t->nslot - t->nslot % BLOCK_ROWS; at <= id; at += BLOCK_ROWS) {
        enum err err = make_block(t, at);

        if (err)
            return err;
    }
    return ERR_OK;
}

enum err status_mirror(struct status_table *t, const struct row_change *c, const struct region_result *region, int nregion)
{
    uint32_t id = c->row.id;
    enum err err = id < BLOCKS * BLOCK_ROWS ? make_blocks(t, id) : ERR_FULL;
    struct regions *spare = nregion ? calloc(1, sizeof(*spare)) : NULL;
    const struct site *old;
    struct slot *s;

    if (err || (nregion && !spare)) {
        free(spare);
        return err ? err : ERR_NOMEM;
    }
    mutex_lock(&t->lock);
    s = slot_at(t, id);
    if (t->nslot <= id)
        t->nslot = id + 1;
    if (s->row.revision) /* else it never was in the list */
        unlink_locked(t, s);
    if (s->row.generation)
        count_locked(t, &s->row, UINT32_MAX);
    old = s->row.site;
    s->row = c->row;
    s->samples = c->samples;
    if (c->row.generation)
        count_locked(t, &s->row, 1);
    push_newest_locked(t, s, id);
    if (!s->regions && spare) {
        s->regions = spare;
        spare = NULL;
    }
    if (s->regions)
        s->regions->n = nregion;
    if (s->regions && nregion)
        memcpy(s->regions->region, region, (size_t)nregion * sizeof(*region));
    mutex_unlock(&t->lock);
    site_unref(old);
    free(spare);
    return ERR_OK;
}

void status_mirror_health(struct status_table *t, const struct health *health)
{
    mutex_lock(&t->lock);
    t->network.offline = health->offline;
    t->health = *health;
    mutex_unlock(&t->lock);
}

uint32_t status_slots(struct status_table *t)
{
    uint32_t n;

    mutex_lock(&t->lock);
    n = t->nslot;
    mutex_unlock(&t->lock);
    return n;
}
