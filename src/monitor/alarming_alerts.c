/* The list of alerts: made by the monitor's thread when something of it changed, copied by anybody. */
#include <stdlib.h>
#include <string.h>

#include "alarming_inside.h"
#include "base/clock.h"

#define PUBLISH_EVERY_NS (NS_PER_S / 5)

struct gathering {
    struct alarming *al;
    struct alert *alert;
    size_t n;
    alarming_generation_fn *generation;
    void *context;
};

static void add_owners(struct alert *alert, const struct alarm_memory *m)
{
    size_t at = 0;
    uint32_t i;

    for (i = 0; i < m->ntold && at < sizeof(alert->owners); i++)
        at += (size_t)snprintf(alert->owners + at, sizeof(alert->owners) - at, "%s%s", i ? ", " : "", m->told[i].owner);
}

static void gather(void *context, const struct alarm_view *v)
{
    struct gathering *g = context;
    const struct alarm_memory *m = v->memory;
    struct alert *alert = &g->alert[g->n];

    if (g->n == ALERTS_MOST || v->site >= g->al->nsite || !g->al->site[v->site])
        return;
    g->n++;
    *alert = (struct alert){
        .site_id = v->site,
        .generation = g->generation(g->context, v->site),
        .incident_id = m->down ? m->incident_id : 0,
        .down = m->down,
        .flapping = m->flapping,
        .told = m->ntold > 0,
        .hold = v->hold,
        .since_ms = m->since_ms,
        .acked_ms = m->acked_ms,
        .mute_until_ms = m->mute_until_ms,
        .maintain_until_ms = m->maintain_until_ms,
        .reminders = m->reminders,
    };
    if (m->down && m->ntold && !m->acked_ms && v->hold == HOLD_NONE) {
        alert->remind_ms = m->remind_ms;
        alert->escalate_ms = m->escalate_ms;
    }
    text_clean(alert->site, sizeof(alert->site), g->al->site[v->site]->name, strlen(g->al->site[v->site]->name));
    if (m->down) {
        memcpy(alert->cause, m->cause, sizeof(alert->cause));
        memcpy(alert->address, m->address, sizeof(alert->address));
    }
    memcpy(alert->ack_by, m->ack_by, sizeof(alert->ack_by));
    memcpy(alert->ack_note, m->ack_note, sizeof(alert->ack_note));
    add_owners(alert, m);
}

static int longest_first(const void *a, const void *b)
{
    const struct alert *x = a, *y = b;

    if (x->down != y->down)
        return x->down ? -1 : 1;
    if (x->since_ms != y->since_ms)
        return x->since_ms < y->since_ms ? -1 : 1;
    return strcmp(x->site, y->site);
}

void alarming_publish(struct alarming *al, alarming_generation_fn *generation, void *context)
{
    struct gathering g = { .al = al, .generation = generation, .context = context };
    struct alert *old;
    size_t n;

    if (!al->changed || clock_mono_ns() < al->publish_ns)
        return;
    al->publish_ns = clock_mono_ns() + PUBLISH_EVERY_NS;
    n = alarms_view(al->book, clock_wall_ms(), NULL, NULL);
    g.alert = calloc((n < ALERTS_MOST ? n : ALERTS_MOST) + 1, sizeof(*g.alert));
    if (!g.alert)
        return;
    alarms_view(al->book, clock_wall_ms(), gather, &g);
    qsort(g.alert, g.n, sizeof(g.alert[0]), longest_first);
    al->changed = false;
    mutex_lock(&al->lock);
    old = al->alert;
    al->alert = g.alert;
    al->nalert = g.n;
    al->revision++;
    mutex_unlock(&al->lock);
    free(old);
}

size_t alarming_alerts(struct alarming *al, struct alert *out, size_t most, uint64_t *revision)
{
    size_t n;

    mutex_lock(&al->lock);
    n = al->nalert < most ? al->nalert : most;
    if (n)
        memcpy(out, al->alert, n * sizeof(*out));
    *revision = al->revision;
    mutex_unlock(&al->lock);
    return n;
}

uint64_t alarming_revision(struct alarming *al)
{
    uint64_t revision;

    mutex_lock(&al->lock);
    revision = al->revision;
    mutex_unlock(&al->lock);
    return revision;
}
