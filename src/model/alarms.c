/* The book of alarms: sites come and go, results and people's words come in, and each change of what is remembered goes out.
 * Its parts are alarm_outage.c, alarm_time.c, alarm_tell.c, alarm_certificate.c and alarm_ours.c. */
#include "alarms.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/grow.h"
#include "base/text.h"

/* --- one site's memory ------------------------------------------------------------------------------------------------ */

struct alarm *alarm_at(const struct alarms *a, uint32_t id)
{
    return id < a->n && a->alarm[id].site ? &a->alarm[id] : NULL;
}

uint32_t alarm_id(const struct alarms *a, const struct alarm *al)
{
    return (uint32_t)(al - a->alarm);
}

void alarm_name_copy(char *to, size_t size, const char *from)
{
    text_clean(to, size, from, strlen(from));
}

struct alarm_memory *alarm_remember(struct alarms *a, struct alarm *al)
{
    if (al->m)
        return al->m;
    if (a->nactive == a->active_size) {
        size_t size = a->active_size ? 2 * a->active_size : 16;
        uint32_t *grown = realloc(a->active, size * sizeof(*grown));

        if (!grown)
            return NULL;
        a->active = grown;
        a->active_size = size;
    }
    al->m = calloc(1, sizeof(*al->m));
    if (!al->m)
        return NULL;
    al->m->phase = PHASE_COUNT;
    al->m->certificate_until = CERTIFICATE_UNKNOWN;
    al->place = a->nactive;
    a->active[a->nactive++] = alarm_id(a, al);
    return al->m;
}

static void forget(struct alarms *a, struct alarm *al)
{
    uint32_t last;

    if (!al->m)
        return;
    last = a->active[--a->nactive];
    a->active[al->place] = last;
    a->alarm[last].place = al->place;
    free(al->m);
    al->m = NULL;
    al->gate = GATE_OPEN;
}

void alarm_finish(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    int64_t next;

    if (!al->m)
        return;
    if (al->dirty)
        a->sink.keep(a->sink.context, alarm_id(a, al), al->m);
    al->dirty = false;
    if (alarm_memory_is_empty(al->m)) {
        forget(a, al);
        return;
    }
    next = alarm_next(a, al, now_ms);
    if (next < a->next_ms)
        a->next_ms = next;
}

/* --- making and freeing ------------------------------------------------------------------------------------------------ */

static enum err take_rules(struct alarms *a, struct alarm_rules *rules)
{
    struct collecting *collecting = calloc(rules->nowner + 1, sizeof(*collecting));
    bool *open = calloc(rules->nwindow + 1, sizeof(*open));

    if (!collecting || !open) {
        free(collecting);
        free(open);
        return ERR_NOMEM;
    }
    alarm_rules_free(a->rules);
    free(a->collecting);
    free(a->window_open);
    a->rules = rules;
    a->collecting = collecting;
    a->window_open = open;
    return ERR_OK;
}

struct alarms *alarms_new(struct alarm_rules *rules, const struct alarm_sink *sink)
{
    struct alarms *a = calloc(1, sizeof(*a));

    if (a && !take_rules(a, rules)) {
        a->sink = *sink;
        a->next_ms = INT64_MAX;
        return a;
    }
    alarm_rules_free(rules);
    free(a);
    return NULL;
}

static void drop(struct alarms *a, struct alarm *al)
{
    forget(a, al);
    site_unref(al->site);
    free(al->parent);
    *al = (struct alarm){ .site = NULL };
}

void alarms_free(struct alarms *a)
{
    size_t i;

    if (!a)
        return;
    for (i = 0; i < a->n; i++)
        if (a->alarm[i].site)
            drop(a, &a->alarm[i]);
    alarm_rules_free(a->rules);
    free(a->collecting);
    free(a->window_open);
    free(a->alarm);
    free(a->active);
    free(a);
}

void alarms_set_rules(struct alarms *a, struct alarm_rules *rules)
{
    if (take_rules(a, rules))
        alarm_rules_free(rules); /* the old ones go on */
}

/* --- the list of sites --------------------------------------------------------------------------------------------------- */

enum err alarms_set_site(struct alarms *a, uint32_t id, const struct site *site)
{
    if (id >= a->n) {
        size_t n = grow_size(a->n, (size_t)id + 1);
        struct alarm *grown;

        grown = realloc(a->alarm, n * sizeof(*grown));
        if (!grown)
            return ERR_NOMEM;
        memset(grown + a->n, 0, (n - a->n) * sizeof(*grown));
        a->alarm = grown;
        a->n = n;
    }
    site_ref(site);
    if (a->alarm[id].site && strcmp(a->alarm[id].site->name, site->name) != 0)
        a->alarm[id].dirty = true; /* kept under its new name */
    site_unref(a->alarm[id].site);
    if (!a->alarm[id].site)
        a->alarm[id] = (struct alarm){ .owner = OWNER_NONE, .paused = site->options->paused };
    a->alarm[id].site = site;
    return ERR_OK;
}

enum err alarms_remember(struct alarms *a, uint32_t id, const struct alarm_memory *remembered)
{
    struct alarm *al = alarm_at(a, id);

    if (!al)
        return ERR_NOTFOUND;
    if (!alarm_remember(a, al))
        return ERR_NOMEM;
    *al->m = *remembered;
    if (al->m->flapping && al->m->nchange)
        al->settle_ms = al->m->change_ms[al->m->nchange - 1] + a->rules->flap_ms / 2;
    return ERR_OK;
}

bool alarms_remembers(const struct alarms *a, uint32_t id)
{
    const struct alarm *al = alarm_at(a, id);

    return al && al->m;
}

void alarms_keep_all(struct alarms *a)
{
    size_t i;

    for (i = 0; i < a->nactive; i++)
        a->sink.keep(a->sink.context, a->active[i], a->alarm[a->active[i]].m);
}

void alarms_remove_site(struct alarms *a, uint32_t id)
{
    struct alarm *al = alarm_at(a, id);

    if (!al)
        return;
    a->nunsure -= al->unsure;
    drop(a, al);
}

struct named {
    const char *name;
    uint32_t id;
};

static int by_name(const void *x, const void *y)
{
    return strcmp(((const struct named *)x)->name, ((const struct named *)y)->name);
}

static struct named *sort_names(const struct alarms *a, size_t *n)
{
    struct named *names = malloc((a->n + 1) * sizeof(*names));
    uint32_t id;

    for (id = 0, *n = 0; names && id < a->n; id++)
        if (a->alarm[id].site)
            names[(*n)++] = (struct named){ a->alarm[id].site->name, id };
    if (names)
        qsort(names, *n, sizeof(names[0]), by_name);
    return names;
}

static enum err find_parents(struct alarms *a, struct alarm *al, const struct named *names, size_t n)
{
    const struct strings *on = &al->site->options->depends_on;
    size_t i;

    free(al->parent);
    al->parent = NULL;
    al->nparent = 0;
    if (!on->n)
        return ERR_OK;
    al->parent = malloc(on->n * sizeof(*al->parent));
    if (!al->parent)
        return ERR_NOMEM;
    for (i = 0; i < on->n && al->nparent < UINT16_MAX; i++) {
        struct named key = { on->item[i], 0 }, *found = bsearch(&key, names, n, sizeof(key), by_name);

        if (!found || found->id == alarm_id(a, al))
            continue;
        al->parent[al->nparent++] = found->id;
        a->alarm[found->id].is_parent = true;
    }
    return ERR_OK;
}

enum err alarms_settle(struct alarms *a, int64_t now_ms)
{
    size_t n, i;
    struct named *names = sort_names(a, &n);
    enum err err = names ? ERR_OK : ERR_NOMEM;

    for (i = 0; i < n && !err; i++)
        a->alarm[names[i].id].is_parent = false;
    for (i = 0; i < n && !err; i++) {
        struct alarm *al = &a->alarm[names[i].id];

        al->owner = al->site->options->owner ? alarm_owner_find(a, al->site->options->owner) : OWNER_NONE;
        err = find_parents(a, al, names, n);
    }
    free(names);
    a->next_ms = INT64_MAX;
    alarm_windows(a, true, now_ms);
    for (i = a->nactive; i--;)
        alarm_finish(a, &a->alarm[a->active[i]], now_ms);
    return err;
}

/* --- what comes in ------------------------------------------------------------------------------------------------------- */

static void observe_slow(struct alarms *a, struct alarm *al, const struct site_state *s, int64_t now_ms)
{
    bool slow = s->verdict == STATE_DEGRADED && s->degraded == DEGRADED_SLOW;
    struct notice n;

    if (al->m && al->m->degraded_ms && !slow) {
        if (s->verdict == STATE_UP && al->owner != OWNER_NONE && a->rules->owner[al->owner].degraded) {
            alarm_notice(a, al, al->owner, NOTICE_FINE, now_ms, &n);
            n.since_ms = al->m->degraded_ms;
            n.until_ms = now_ms;
            alarm_tell_single(a, al, al->owner, &n, now_ms);
        }
        if (s->verdict != STATE_CHECKING) {
            al->m->degraded_ms = 0;
            al->dirty = true;
        }
    } else if (slow && (!al->m || !al->m->degraded_ms) && al->owner != OWNER_NONE && a->rules->owner[al->owner].degraded &&
               alarm_held(a, al, now_ms) == HOLD_NONE && alarm_remember(a, al)) {
        al->m->degraded_ms = now_ms;
        al->dirty = true;
        alarm_notice(a, al, al->owner, NOTICE_DEGRADED, now_ms, &n);
        n.since_ms = now_ms;
        alarm_tell_single(a, al, al->owner, &n, now_ms);
    }
}

static void observe_verdict(struct alarms *a, struct alarm *al, const struct site_state *s, const struct result *r,
                            uint64_t incident_id, int64_t now_ms)
{
    bool good = s->verdict == STATE_UP || s->verdict == STATE_DEGRADED;

    if (good)
        al->failing_ms = 0;
    else if (!al->failing_ms)
        al->failing_ms = r->checked_at_ms;
    if (good || s->verdict == STATE_DOWN)
        al->judged_ms = r->checked_at_ms;
    if (al->m && al->m->down && incident_id && incident_id != al->m->incident_id) {
        al->m->incident_id = incident_id; /* history began another one while checks were stopped */
        al->dirty = true;
    }
    if (s->verdict == STATE_DOWN && (!al->m || !al->m->down))
        alarm_is_down(a, al, r, s->failures, incident_id, now_ms);
    else if (good && al->m && al->m->down)
        alarm_is_up(a, al, now_ms);
    observe_slow(a, al, s, now_ms);
    alarm_certificate(a, al, r, now_ms);
    alarm_judge(a, al, now_ms);
}

void alarms_observe(struct alarms *a, uint32_t id, const struct site_state *s, const struct result *r, uint64_t incident_id,
                    int64_t now_ms)
{
    struct alarm *al = alarm_at(a, id);

    if (!al || al->paused || r->outcome == OUTCOME_CANCELLED)
        return;
    alarm_ours(a, al, s->unsure, r->outcome, now_ms);
    if (s->unsure)
        return;
    observe_verdict(a, al, s, r, incident_id, now_ms);
    alarm_finish(a, al, now_ms);
    if (al->is_parent)
        alarm_judge_children(a, now_ms);
}

void alarms_pause(struct alarms *a, uint32_t id, bool paused, int64_t now_ms)
{
    struct alarm *al = alarm_at(a, id);

    if (!al || al->paused == paused)
        return;
    al->paused = paused;
    al->failing_ms = 0;
    if (paused && al->unsure)
        alarm_ours(a, al, false, OUTCOME_OK, now_ms);
    alarm_finish(a, al, now_ms);
}

uint64_t alarms_incident(const struct alarms *a, uint32_t id)
{
    const struct alarm *al = alarm_at(a, id);

    return al && al->m && al->m->down ? al->m->incident_id : 0;
}

enum err alarms_ack(struct alarms *a, uint32_t id, const char *by, const char *note, int64_t now_ms)
{
    struct alarm *al = alarm_at(a, id);

    if (!al)
        return ERR_NOTFOUND;
    if (!al->m || !al->m->down)
        return ERR_INVALID;
    al->m->acked_ms = now_ms;
    al->m->remind_ms = al->m->escalate_ms = 0;
    alarm_name_copy(al->m->ack_by, sizeof(al->m->ack_by), by);
    alarm_name_copy(al->m->ack_note, sizeof(al->m->ack_note), note);
    al->dirty = true;
    alarm_finish(a, al, now_ms);
    return ERR_OK;
}

enum err alarms_mute(struct alarms *a, uint32_t id, int64_t until_ms, int64_t now_ms)
{
    struct alarm *al = alarm_at(a, id);

    if (!al)
        return ERR_NOTFOUND;
    if (!alarm_remember(a, al))
        return ERR_NOMEM;
    al->m->mute_until_ms = until_ms > now_ms ? until_ms : 0;
    al->dirty = true;
    alarm_judge(a, al, now_ms);
    alarm_finish(a, al, now_ms);
    return ERR_OK;
}

enum err alarms_maintain(struct alarms *a, uint32_t id, int64_t until_ms, int64_t now_ms)
{
    struct alarm *al = alarm_at(a, id);

    if (!al)
        return ERR_NOTFOUND;
    if (!alarm_remember(a, al))
        return ERR_NOMEM;
    al->m->maintain_until_ms = until_ms > now_ms ? until_ms : 0;
    al->dirty = true;
    alarm_maintenance(a, al, now_ms);
    alarm_finish(a, al, now_ms);
    return ERR_OK;
}

/* --- looking ---------------------------------------------------------------------------------------------------------------- */

size_t alarms_view(const struct alarms *a, int64_t now_ms, void (*visit)(void *context, const struct alarm_view *v), void *context)
{
    struct alarms *self = (struct alarms *)a; /* visits are stamped while ancestors are looked for */
    size_t i, n = 0;

    for (i = 0; i < a->nactive; i++) {
        struct alarm *al = &a->alarm[a->active[i]];
        const struct alarm_memory *m = al->m;

        if (!m->down && !m->flapping && m->mute_until_ms <= now_ms && m->maintain_until_ms <= now_ms)
            continue;
        if (visit)
            visit(context, &(struct alarm_view){ .site = a->active[i], .memory = m, .hold = alarm_held(self, al, now_ms),
                                                 .maintained = al->maintained });
        n++;
    }
    return n;
}

static void shift(int64_t *at_ms, int64_t by_ms)
{
    if (*at_ms)
        *at_ms += by_ms;
}

static void shift_memory(struct alarm_memory *m, int64_t by_ms)
{
    int64_t *times[] = { &m->since_ms, &m->confirmed_ms, &m->remind_ms, &m->escalate_ms, &m->acked_ms, &m->mute_until_ms,
                         &m->maintain_until_ms, &m->degraded_ms };
    uint32_t i;

    for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        shift(times[i], by_ms);
    for (i = 0; i < m->nchange; i++)
        shift(&m->change_ms[i], by_ms);
    for (i = 0; i < m->ntold; i++)
        shift(&m->told[i].not_before_ms, by_ms);
}

void alarms_shift(struct alarms *a, int64_t by_ms)
{
    size_t i;

    for (i = 0; i < a->n; i++) {
        struct alarm *al = &a->alarm[i];
        int64_t *times[] = { &al->gate_ms, &al->gate_until_ms, &al->settle_ms, &al->failing_ms, &al->judged_ms };
        size_t k;

        for (k = 0; k < sizeof(times) / sizeof(times[0]); k++)
            shift(times[k], by_ms);
        if (al->m)
            shift_memory(al->m, by_ms);
    }
    for (i = 0; i < a->rules->nowner; i++) {
        shift(&a->collecting[i].hold_until_ms, by_ms);
        shift(&a->collecting[i].calm_until_ms, by_ms);
    }
    shift(&a->span_ms, by_ms);
    if (a->next_ms != INT64_MAX)
        a->next_ms += by_ms;
    a->window_ms = 0; /* windows go by what clocks show */
    a->next_ms = 0;
}
