/* The monitor's side of the status table: sites come, change and go. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "status_inside.h"

static enum err take_id(struct status_table *t, uint32_t *id)
{
    if (t->nfree) {
        *id = t->free_ids[--t->nfree];
        return ERR_OK;
    }
    *id = t->nslot; /* only this thread changes it */
    return status_make_block(t, *id);
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
    s = status_slot_at(t, *id);
    if (*id == t->nslot)
        t->nslot++;
    else
        status_unlink_locked(t, s);
    memset(s, 0, sizeof(*s));
    row_clear(&s->row, site);
    s->row.id = *id;
    s->row.generation = *generation = ++t->generation;
    s->row.mine = mine;
    s->row.figures = (struct figures)FIGURES_NONE;
    s->row.state.paused = site->options->paused;
    s->row.since_ns = now_ns;
    s->row.due_ns = INT64_MAX;
    status_count_locked(t, &s->row, 1);
    status_push_newest_locked(t, s, *id);
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
    s = status_slot_at(t, id);
    status_set_state_locked(t, &s->row, &from->state, from->since_ns);
    s->row.since_ns = from->since_ns;
    if (from->checked)
        row_restore(&s->row, from);
    if (from->samples)
        s->samples = *from->samples;
    status_touch_locked(t, id);
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
    s = status_slot_at(t, id);
    old = s->row.site;
    s->row.site = site;
    s->row.generation = generation = ++t->generation;
    s->row.in_flight = false;
    if (trend_slot_s(old->options->interval_ms) != trend_slot_s(site->options->interval_ms))
        samples_forget_trend(&s->samples);
    if (strcmp(old->url, site->url) != 0) {
        struct site_state state = s->row.state;

        state_step(&state, EVENT_RESET);
        status_set_state_locked(t, &s->row, &state, now_ns);
        row_clear(&s->row, site);
        memset(&s->samples, 0, sizeof(s->samples));
    }
    status_touch_locked(t, id);
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
    s = status_slot_at(t, id);
    status_count_locked(t, &s->row, UINT32_MAX);
    old = s->row.site;
    regions = s->regions;
    s->row.site = NULL;
    s->row.generation = 0;
    s->regions = NULL;
    status_touch_locked(t, id);
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
    r = &status_slot_at(t, id)->row;
    state = r->state;
    if (state.paused && !paused)
        state_step(&state, EVENT_RESET);
    state.paused = paused;
    status_set_state_locked(t, r, &state, now_ns);
    status_touch_locked(t, id);
    mutex_unlock(&t->lock);
}

void status_maintain(struct status_table *t, uint32_t id, bool maintenance)
{
    int64_t now_ns = clock_mono_ns();
    struct site_state state;
    struct row *r;

    mutex_lock(&t->lock);
    r = &status_slot_at(t, id)->row;
    state = r->state;
    state.maintenance = maintenance;
    status_set_state_locked(t, r, &state, now_ns);
    status_touch_locked(t, id);
    mutex_unlock(&t->lock);
}

void status_set_due(struct status_table *t, uint32_t id, int64_t due_ns, bool in_flight, bool late)
{
    struct row *r;

    mutex_lock(&t->lock);
    r = &status_slot_at(t, id)->row;
    r->due_ns = due_ns;
    r->in_flight = in_flight;
    r->late += late;
    status_touch_locked(t, id);
    mutex_unlock(&t->lock);
}

void status_set_figures(struct status_table *t, uint32_t id, const struct figures *figures)
{
    struct row *r;

    mutex_lock(&t->lock);
    r = &status_slot_at(t, id)->row;
    if (memcmp(&r->figures, figures, sizeof(*figures)) != 0) {
        r->figures = *figures;
        status_touch_locked(t, id);
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
