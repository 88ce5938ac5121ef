/* Outages: what is told when one begins and ends, what holds the telling, and who flaps. */
#include "alarms.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

/* --- what holds it --------------------------------------------------------------------------------------------------------- */

static bool is_down(const struct alarm *al)
{
    return al->site && al->m && al->m->down && !al->paused;
}

#define STEPS_MOST 64             /* from a site to what it depends on in the end */

/* The nearest of those it depends on, in some steps, that is down; NULL. A ring ends where it began. */
static const struct alarm *find_down(struct alarms *a, const struct alarm *al, int steps)
{
    uint16_t i;

    for (i = 0; i < al->nparent; i++) {
        const struct alarm *parent = &a->alarm[al->parent[i]];

        if (parent->stamp != a->stamps && is_down(parent))
            return parent;
    }
    for (i = 0; i < al->nparent; i++) {
        struct alarm *parent = &a->alarm[al->parent[i]];
        const struct alarm *down;

        if (!parent->site || parent->stamp == a->stamps || !steps)
            continue;
        parent->stamp = a->stamps;
        down = find_down(a, parent, steps - 1);
        if (down)
            return down;
    }
    return NULL;
}

static const struct alarm *parent_down(struct alarms *a, struct alarm *al)
{
    if (!al->nparent)
        return NULL;
    a->stamps++;
    al->stamp = a->stamps;
    return find_down(a, al, STEPS_MOST);
}

enum alarm_hold alarm_held(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    if (al->paused)
        return HOLD_PAUSED;
    if (al->maintained)
        return HOLD_MAINTENANCE;
    if (al->m && al->m->mute_until_ms > now_ms)
        return HOLD_MUTED;
    if (al->m && al->m->flapping)
        return HOLD_FLAPPING;
    if (a->offline)
        return HOLD_OFFLINE;
    return parent_down(a, al) ? HOLD_PARENT : HOLD_NONE;
}

static void note_held(struct alarms *a, struct alarm *al, enum alarm_hold hold)
{
    static const char *const why[HOLD_COUNT] = {
        [HOLD_PAUSED] = "it is checked again",
        [HOLD_MAINTENANCE] = "maintenance is over",
        [HOLD_MUTED] = "the mute is over",
        [HOLD_OFFLINE] = "our own network is back",
    };
    struct alarm_memory *m = al->m;
    char text[NOTICE_NOTE_SIZE] = "";

    al->asked_again = false;
    if (hold == HOLD_PARENT) {
        alarm_name_copy(m->parent, sizeof(m->parent), parent_down(a, al)->site->name);
        snprintf(text, sizeof(text), "'%.*s' is back", NOTICE_NAME_SIZE, m->parent);
    } else if (why[hold]) {
        snprintf(text, sizeof(text), "%s", why[hold]);
    }
    if (!strcmp(m->held, text))
        return;
    memcpy(m->held, text, sizeof(m->held));
    al->dirty = true;
}

/* --- whose check it waits for -------------------------------------------------------------------------------------------------- */

static void close_gate(struct alarm *al, enum gate gate, int64_t now_ms)
{
    al->gate = gate;
    al->gate_ms = now_ms;
    al->gate_until_ms = now_ms + ALARM_WAIT_MS;
}

/* What it depends on was not asked since it fails: is that the reason? */
static void ask_parents(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    bool asked = false;
    uint16_t i;

    for (i = 0; i < al->nparent; i++) {
        const struct alarm *parent = &a->alarm[al->parent[i]];

        if (!parent->site || parent->paused || is_down(parent) || parent->judged_ms >= al->m->since_ms)
            continue;
        a->sink.ask(a->sink.context, al->parent[i]);
        asked = true;
    }
    if (asked)
        close_gate(al, GATE_PARENT, now_ms);
}

static bool parents_told(const struct alarms *a, const struct alarm *al)
{
    uint16_t i;

    for (i = 0; i < al->nparent; i++) {
        const struct alarm *parent = &a->alarm[al->parent[i]];

        if (parent->site && !parent->paused && parent->judged_ms < al->m->since_ms)
            return false;
    }
    return true;
}

static bool gate_is_open(const struct alarms *a, struct alarm *al, int64_t now_ms)
{
    if (al->gate != GATE_OPEN &&
        (now_ms >= al->gate_until_ms || (al->gate == GATE_PARENT ? parents_told(a, al) : al->judged_ms >= al->gate_ms)))
        al->gate = GATE_OPEN;
    return al->gate == GATE_OPEN;
}

/* --- an outage --------------------------------------------------------------------------------------------------------------- */

static void plan_after_telling(const struct alarms *a, struct alarm *al, int64_t now_ms)
{
    const struct alarm_owner *o = &a->rules->owner[al->owner];
    struct alarm_memory *m = al->m;

    if (m->acked_ms)
        return;
    m->reminders = 0;
    m->remind_ms = o->remind_ms ? m->told[0].not_before_ms + o->remind_ms : 0;
    m->escalate_ms = o->next ? now_ms + o->escalate_ms : 0;
}

void alarm_judge(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    struct alarm_memory *m = al->m;
    enum alarm_hold hold;

    if (!m || !m->down || m->ntold)
        return;
    hold = alarm_held(a, al, now_ms);
    if (hold != HOLD_NONE) {
        al->gate = GATE_OPEN;
        note_held(a, al, hold);
        return;
    }
    if (!gate_is_open(a, al, now_ms))
        return;
    if (m->held[0] && !al->asked_again) {
        al->asked_again = true; /* what held it is over: is it still down? */
        close_gate(al, GATE_SELF, now_ms);
        a->sink.ask(a->sink.context, alarm_id(a, al));
        return;
    }
    if (al->owner == OWNER_NONE)
        return;
    alarm_tell(a, al, al->owner, m->parent[0] ? NOTICE_PARENT_BACK : NOTICE_DOWN, m->held, now_ms);
    plan_after_telling(a, al, now_ms);
}

void alarm_judge_children(struct alarms *a, int64_t now_ms)
{
    size_t i;

    for (i = a->nactive; i--;) {
        struct alarm *al = &a->alarm[a->active[i]];

        if (!al->nparent || !al->m->down)
            continue;
        alarm_judge(a, al, now_ms);
        alarm_finish(a, al, now_ms);
    }
}

static enum phase phase_of(enum outcome o)
{
    switch (o) {
    case OUTCOME_DNS:
    case OUTCOME_DNS_FAILED:
    case OUTCOME_DNS_TIMEOUT:
    case OUTCOME_PROXY_DNS:
        return PHASE_DNS;
    case OUTCOME_REFUSED:
    case OUTCOME_UNREACHABLE:
    case OUTCOME_NO_NETWORK:
    case OUTCOME_CONNECT:
    case OUTCOME_CONNECT_TIMEOUT:
        return PHASE_CONNECT;
    case OUTCOME_TLS_TIMEOUT:
    case OUTCOME_TLS_EXPIRED:
    case OUTCOME_TLS_NOT_YET:
    case OUTCOME_TLS_SELF_SIGNED:
    case OUTCOME_TLS_UNTRUSTED:
    case OUTCOME_TLS_HOST:
    case OUTCOME_TLS_CERTIFICATE:
    case OUTCOME_TLS:
        return PHASE_TLS;
    case OUTCOME_BODY_TIMEOUT:
    case OUTCOME_CUT:
    case OUTCOME_BODY_MISSING:
    case OUTCOME_BODY_NO_MATCH:
    case OUTCOME_BODY_REJECTED:
        return PHASE_BODY;
    default:
        return outcome_has_answer(o) || o == OUTCOME_WAIT_TIMEOUT || o == OUTCOME_EMPTY ? PHASE_FIRST_BYTE : PHASE_COUNT;
    }
}

static void clear_outage(struct alarm_memory *m)
{
    m->incident_id = 0;
    m->down = false;
    m->since_ms = m->confirmed_ms = m->remind_ms = m->escalate_ms = m->acked_ms = 0;
    m->ntold = m->notices = m->reminders = 0;
    m->held[0] = m->parent[0] = m->ack_by[0] = m->ack_note[0] = '\0';
}

static void keep_evidence(struct alarm_memory *m, const struct result *r, uint32_t attempts)
{
    m->outcome = r->outcome;
    m->status = r->status;
    m->phase = phase_of(r->outcome);
    m->attempts = attempts;
    m->certificate_until = r->certificate_until;
    result_message(m->cause, r);
    memcpy(m->address, r->address, sizeof(m->address));
}

/* --- flapping ------------------------------------------------------------------------------------------------------------------ */

static void forget_old_changes(struct alarm_memory *m, int64_t before_ms)
{
    uint32_t old = 0;

    while (old < m->nchange && m->change_ms[old] < before_ms)
        old++;
    m->nchange -= old;
    memmove(m->change_ms, m->change_ms + old, m->nchange * sizeof(m->change_ms[0]));
}

/* Notes a change; true when it makes the site flap, or while it does. What happens under maintenance or behind something that is
 * down is no flapping of its own. */
static bool note_change(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    const struct alarm_rules *rules = a->rules;
    enum alarm_hold hold = alarm_held(a, al, now_ms);
    struct alarm_memory *m = al->m;

    if (!rules->flaps || (hold != HOLD_NONE && hold != HOLD_FLAPPING))
        return m->flapping;
    if (!m->flapping)
        forget_old_changes(m, now_ms - rules->flap_ms);
    else if (m->nchange == ALARM_CHANGES_MOST)
        forget_old_changes(m, m->change_ms[0] + 1);
    if (m->nchange < ALARM_CHANGES_MOST)
        m->change_ms[m->nchange++] = now_ms;
    al->settle_ms = now_ms + rules->flap_ms / 2;
    al->dirty = true;
    return m->flapping || m->nchange >= (uint32_t)rules->flaps;
}

/* Says so once: to who knows of the outage, and to the site's owner. */
static void begin_flapping(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    char owner[NOTICE_NAME_SIZE];
    uint32_t i;

    al->m->flapping = true;
    al->m->remind_ms = al->m->escalate_ms = 0;
    alarm_tell_all(a, al, NOTICE_FLAPPING, "", now_ms);
    if (al->owner == OWNER_NONE)
        return;
    alarm_name_copy(owner, sizeof(owner), a->rules->owner[al->owner].name);
    for (i = 0; i < al->m->ntold; i++)
        if (!strcmp(al->m->told[i].owner, owner))
            return;
    alarm_tell(a, al, al->owner, NOTICE_FLAPPING, "", now_ms);
}

void alarm_settle(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    struct alarm_memory *m = al->m;

    if (now_ms < al->settle_ms || al->paused || al->maintained || m->mute_until_ms > now_ms)
        return;
    m->flapping = false;
    m->nchange = 0;
    al->dirty = true;
    alarm_tell_all(a, al, NOTICE_SETTLED, "", now_ms);
    if (!m->down)
        clear_outage(m);
    else if (m->ntold && al->owner != OWNER_NONE)
        plan_after_telling(a, al, now_ms);
}

/* --- down and up -------------------------------------------------------------------------------------------------------------------- */

void alarm_is_down(struct alarms *a, struct alarm *al, const struct result *r, uint32_t failures, uint64_t incident_id,
                   int64_t now_ms)
{
    struct alarm_memory *m = alarm_remember(a, al);
    bool flaps;

    if (!m)
        return;
    m->down = true;
    m->notices = 0;
    m->incident_id = incident_id;
    m->since_ms = al->failing_ms;
    m->confirmed_ms = now_ms;
    m->acked_ms = 0;
    m->ack_by[0] = m->ack_note[0] = m->held[0] = m->parent[0] = '\0';
    keep_evidence(m, r, failures);
    al->dirty = true;
    al->gate = GATE_OPEN;
    flaps = note_change(a, al, now_ms);
    if (flaps && !m->flapping)
        begin_flapping(a, al, now_ms);
    else if (!flaps && al->nparent && !parent_down(a, al))
        ask_parents(a, al, now_ms);
}

void alarm_is_up(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    struct alarm_memory *m = al->m;
    bool flaps = note_change(a, al, now_ms);

    m->down = false;
    al->dirty = true;
    al->gate = GATE_OPEN;
    if (flaps && !m->flapping) {
        begin_flapping(a, al, now_ms);
    } else if (!flaps) {
        alarm_tell_all(a, al, NOTICE_UP, "", now_ms);
        clear_outage(m);
    }
}
