/* What comes with time alone: reminders, the next owner, the end of a mute, maintenance windows. */
#include "alarms.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/duration.h"

/* --- maintenance ------------------------------------------------------------------------------------------------------------ */

void alarm_maintenance(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    bool on = al->windows || a->open_for_all || (al->m && al->m->maintain_until_ms > now_ms);

    if (on == al->maintained)
        return;
    al->maintained = on;
    a->sink.maintain(a->sink.context, alarm_id(a, al), on);
    alarm_judge(a, al, now_ms);
}

static void turn_window(struct alarms *a, size_t i, bool open)
{
    const struct strings *sites = &a->rules->window[i].sites;
    size_t k;

    a->window_open[i] = open;
    if (!sites->n)
        a->open_for_all += open ? 1u : -1u;
    for (k = 0; sites->n && k < a->n; k++)
        if (a->alarm[k].site && strings_have(sites, a->alarm[k].site->name))
            a->alarm[k].windows = (uint16_t)(a->alarm[k].windows + (open ? 1 : -1));
}

void alarm_windows(struct alarms *a, bool all, int64_t now_ms)
{
    bool changed = all;
    size_t i;

    if (!all && now_ms < a->window_ms)
        return;
    for (i = 0; all && i < a->n; i++)
        a->alarm[i].windows = 0;
    if (all)
        a->open_for_all = 0;
    a->window_ms = INT64_MAX;
    for (i = 0; i < a->rules->nwindow; i++) {
        struct calendar_span span;
        bool found = calendar_span(&a->rules->window[i].when, now_ms, &span), open = found && span.from_ms <= now_ms;
        int64_t next_ms = !found ? INT64_MAX : open ? span.until_ms : span.from_ms;

        if (next_ms < a->window_ms)
            a->window_ms = next_ms;
        if (all ? open : open != a->window_open[i]) {
            turn_window(a, i, open);
            changed = true;
        }
        a->window_open[i] = open;
    }
    for (i = 0; changed && i < a->n; i++)
        if (a->alarm[i].site)
            alarm_maintenance(a, &a->alarm[i], now_ms);
    if (a->window_ms < a->next_ms)
        a->next_ms = a->window_ms;
}

/* --- reminders and the next owner ------------------------------------------------------------------------------------------ */

static int64_t reminder_wait(const struct alarm_owner *o, uint32_t reminders)
{
    int64_t most_ms = o->remind_ms > MS_PER_DAY ? o->remind_ms : MS_PER_DAY, wait_ms = o->remind_ms;

    while (reminders-- && wait_ms < most_ms)
        wait_ms *= 2;
    return wait_ms < most_ms ? wait_ms : most_ms;
}

static void remind(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    struct alarm_memory *m = al->m;
    int64_t quiet_ms;

    al->dirty = true;
    if (al->owner == OWNER_NONE || !a->rules->owner[al->owner].remind_ms) {
        m->remind_ms = 0;
        return;
    }
    quiet_ms = alarm_quiet_until(a, al, al->owner, NOTICE_REMINDER, now_ms);
    if (quiet_ms) {
        m->remind_ms = quiet_ms; /* nobody is told at breakfast how often they were not woken */
        return;
    }
    m->reminders++;
    alarm_tell_all(a, al, NOTICE_REMINDER, "", now_ms);
    m->remind_ms = now_ms + reminder_wait(&a->rules->owner[al->owner], m->reminders);
}

static bool was_told(const struct alarms *a, const struct alarm_memory *m, int owner)
{
    uint32_t i;

    for (i = 0; i < m->ntold; i++)
        if (alarm_owner_find(a, m->told[i].owner) == owner)
            return true;
    return false;
}

static void escalate(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    struct alarm_memory *m = al->m;
    char why[NOTICE_NOTE_SIZE], waited[DURATION_TEXT_SIZE];
    int from = alarm_owner_find(a, m->told[m->ntold - 1].owner), to = OWNER_NONE;
    const struct alarm_owner *o = from == OWNER_NONE ? NULL : &a->rules->owner[from];

    m->escalate_ms = 0;
    al->dirty = true;
    if (o && o->next)
        to = alarm_owner_find(a, o->next);
    if (to == OWNER_NONE || was_told(a, m, to) || m->ntold == ALARM_TOLD_MOST)
        return;
    snprintf(why, sizeof(why), "'%.*s' has not acknowledged it for %s", NOTICE_NAME_SIZE, o->name,
             duration_format(waited, o->escalate_ms));
    alarm_tell(a, al, to, NOTICE_DOWN, why, now_ms);
    if (a->rules->owner[to].next)
        m->escalate_ms = now_ms + a->rules->owner[to].escalate_ms;
}

/* --- the clock ------------------------------------------------------------------------------------------------------------------ */

static void sooner(int64_t *next_ms, int64_t at_ms)
{
    if (at_ms && at_ms < *next_ms)
        *next_ms = at_ms;
}

int64_t alarm_next(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    const struct alarm_memory *m = al->m;
    int64_t next_ms = INT64_MAX;

    sooner(&next_ms, m->mute_until_ms);
    sooner(&next_ms, m->maintain_until_ms);
    if (m->flapping && !al->paused && !al->maintained && m->mute_until_ms <= now_ms)
        sooner(&next_ms, al->settle_ms);
    if (!m->flapping && m->nchange)
        sooner(&next_ms, m->change_ms[m->nchange - 1] + a->rules->flap_ms);
    if (m->down && !m->ntold && al->gate != GATE_OPEN)
        sooner(&next_ms, al->gate_until_ms);
    if (m->down && m->ntold && (m->remind_ms || m->escalate_ms) && alarm_held(a, al, now_ms) == HOLD_NONE) {
        sooner(&next_ms, m->remind_ms);
        sooner(&next_ms, m->escalate_ms);
    }
    return next_ms;
}

/* Whose time is over ends. */
static void end_words(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    struct alarm_memory *m = al->m;

    if (m->mute_until_ms && now_ms >= m->mute_until_ms) {
        m->mute_until_ms = 0;
        al->dirty = true;
    }
    if (m->maintain_until_ms && now_ms >= m->maintain_until_ms) {
        m->maintain_until_ms = 0;
        al->dirty = true;
        alarm_maintenance(a, al, now_ms);
    }
    if (!m->flapping && m->nchange && now_ms >= m->change_ms[m->nchange - 1] + a->rules->flap_ms) {
        m->nchange = 0;
        al->dirty = true;
    }
}

static void tick_one(struct alarms *a, struct alarm *al, int64_t now_ms)
{
    struct alarm_memory *m = al->m;

    end_words(a, al, now_ms);
    if (m->flapping)
        alarm_settle(a, al, now_ms);
    alarm_judge(a, al, now_ms);
    if (m->down && m->ntold && !m->acked_ms && alarm_held(a, al, now_ms) == HOLD_NONE) {
        if (m->escalate_ms && now_ms >= m->escalate_ms)
            escalate(a, al, now_ms);
        if (m->remind_ms && now_ms >= m->remind_ms)
            remind(a, al, now_ms);
    }
    alarm_finish(a, al, now_ms);
}

void alarms_tick(struct alarms *a, int64_t now_ms)
{
    size_t i;

    if (now_ms < a->next_ms)
        return;
    a->next_ms = INT64_MAX;
    alarm_windows(a, false, now_ms);
    for (i = a->nactive; i--;)
        tick_one(a, &a->alarm[a->active[i]], now_ms);
    if (a->window_ms < a->next_ms)
        a->next_ms = a->window_ms;
}

int64_t alarms_next(const struct alarms *a)
{
    return a->next_ms;
}
