/* The walk through an outage that does not happen, on a clock of its own. */
#include "monitor/rehearsal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm_policy.h"
#include "base/clock.h"
#include "fan_out.h"
#include "model/state.h"
#include "notify/notice_json.h"
#include "notify/words.h"
#include "schedule.h"
#include "store/outbox.h"

#define AFTER_MS (2 * MS_PER_DAY)    /* so long after the outage somebody may still be told */

struct actor {
    bool affected;                   /* it is the site, or depends on it */
    struct site_state state;
    int64_t due_ms;                  /* of the next check; INT64_MAX: none */
    enum alarm_hold hold;            /* as told last */
};

struct walk {
    const struct settings *settings;
    const struct rehearsal *play;
    struct alarms *book;
    struct outbox *outbox;
    struct actor *actor;             /* by the site's place in the settings */
    uint64_t incidents;
    int64_t now_ms;
};

/* --- the sink --------------------------------------------------------------------------------------------------------------- */

static void tell(void *context, uint32_t site, const struct notice *n, int64_t not_before_ms)
{
    struct walk *w = context;

    (void)site;
    fan_out(w->outbox, NULL, w->settings, n, not_before_ms, w->now_ms);
}

static void keep(void *context, uint32_t site, const struct alarm_memory *m)
{
    (void)context;
    (void)site;
    (void)m;
}

static void ask(void *context, uint32_t site)
{
    struct walk *w = context;

    w->actor[site].due_ms = w->now_ms + 1;
}

static void maintain(void *context, uint32_t site, bool on)
{
    struct walk *w = context;

    if (w->actor[site].affected)
        w->play->happens(w->play->context, w->now_ms, w->settings->site[site]->name, on ? "maintenance begins" : "maintenance ends");
}

/* --- the sites ----------------------------------------------------------------------------------------------------------------- */

/* Everything behind the site goes down with it. */
static void find_affected(struct walk *w)
{
    const struct settings *s = w->settings;
    bool more = true;
    size_t i, k;

    for (i = 0; i < s->nsite; i++)
        w->actor[i].affected = s->site[i] == w->play->site;
    while (more) {
        more = false;
        for (i = 0; i < s->nsite; i++)
            for (k = 0; k < s->nsite && !w->actor[i].affected; k++)
                if (w->actor[k].affected && strings_have(&s->site[i]->options->depends_on, s->site[k]->name))
                    w->actor[i].affected = more = true;
    }
}

static int64_t next_check_ms(const struct walk *w, size_t i)
{
    const struct site *site = w->settings->site[i];
    const struct options *o = site->options;
    int64_t now_ns = w->now_ms * NS_PER_MS;

    if (w->actor[i].state.verdict == STATE_CHECKING)
        return schedule_retry(o->retry_interval_ms * NS_PER_MS, o->interval_ms * NS_PER_MS, now_ns) / NS_PER_MS;
    return schedule_next(site->name, o->interval_ms * NS_PER_MS, now_ns) / NS_PER_MS;
}

static bool is_out(const struct walk *w, size_t i)
{
    return w->actor[i].affected && w->now_ms >= w->play->start_ms && w->now_ms < w->play->start_ms + w->play->lasts_ms;
}

static void check(struct walk *w, size_t i)
{
    const struct site *site = w->settings->site[i];
    struct actor *actor = &w->actor[i];
    enum state before = (enum state)actor->state.verdict, after;
    struct job job = { .id = 1, .site_id = (uint32_t)i, .attempt = 1, .site = site };
    struct result r;

    result_init(&r, &job);
    r.outcome = is_out(w, i) ? OUTCOME_REFUSED : OUTCOME_OK;
    r.checked_at_ms = w->now_ms;
    state_step(&actor->state, state_judge(&actor->state, site->options, &r, false));
    after = (enum state)actor->state.verdict;
    if (before != after && actor->affected && before != STATE_NEW)
        w->play->happens(w->play->context, w->now_ms, site->name, state_label(after, DEGRADED_NOT));
    actor->due_ms = actor->affected ? next_check_ms(w, i) : INT64_MAX;
    alarms_observe(w->book, (uint32_t)i, &actor->state, &r, after == STATE_DOWN && before != STATE_DOWN ? ++w->incidents : 0,
                   w->now_ms);
}

static void note_hold(void *context, const struct alarm_view *v)
{
    static const char *const why[HOLD_COUNT] = {
        [HOLD_PAUSED] = "nobody is told: it is paused",       [HOLD_MAINTENANCE] = "nobody is told: maintenance",
        [HOLD_MUTED] = "nobody is told: it is muted",         [HOLD_PARENT] = "nobody is told: what it depends on is down",
        [HOLD_FLAPPING] = "nobody is told: it is flapping",
    };
    struct walk *w = context;
    struct actor *actor = &w->actor[v->site];

    if (v->memory->down && actor->hold != v->hold && why[v->hold] && !v->memory->ntold)
        w->play->happens(w->play->context, w->now_ms, w->settings->site[v->site]->name, why[v->hold]);
    actor->hold = v->hold;
}

/* --- what would be sent ----------------------------------------------------------------------------------------------------------- */

static enum err show_parcel(struct walk *w, const struct outbox_parcel *p)
{
    struct notice *notice = calloc(p->n, sizeof(*notice));
    const struct notice **list = calloc(p->n, sizeof(*list));
    struct letter letter = LETTER_INIT;
    struct bundle bundle;
    enum err err = notice && list ? ERR_OK : ERR_NOMEM;
    size_t i;

    for (i = 0; i < p->n && !err; i++) {
        list[i] = &notice[i];
        err = notice_from_json(&notice[i], p->notice[i]);
    }
    if (!err) {
        bundle_init(&bundle, list, p->n, p->digest ? BUNDLE_DIGEST : p->n > 1 ? BUNDLE_STORM : BUNDLE_ONE);
        err = words_letter(&letter, &bundle, &w->settings->messages);
    }
    if (!err)
        w->play->sends(w->play->context, w->now_ms, p->owner, p->channel, p->address, &letter, p->n);
    letter_release(&letter);
    free(notice);
    free(list);
    return err;
}

static enum err send_due(struct walk *w, int64_t *next_ms)
{
    struct outbox_parcel *p;
    enum err err = ERR_OK;

    while (!err && (p = outbox_next(w->outbox, w->now_ms, next_ms))) {
        err = show_parcel(w, p);
        outbox_end(w->outbox, p, OUTBOX_ARRIVED, 0, "", 0, w->now_ms);
    }
    return err;
}

/* --- the walk ------------------------------------------------------------------------------------------------------------------------ */

static void check_due(struct walk *w)
{
    size_t i;

    for (i = 0; i < w->settings->nsite; i++)
        if (w->actor[i].due_ms <= w->now_ms)
            check(w, i);
}

static int64_t next_event(const struct walk *w, int64_t outbox_ms)
{
    int64_t next_ms = alarms_next(w->book);
    size_t i;

    for (i = 0; i < w->settings->nsite; i++)
        if (w->actor[i].due_ms < next_ms)
            next_ms = w->actor[i].due_ms;
    return outbox_ms < next_ms ? outbox_ms : next_ms;
}

/* Nothing of the outage is left to be told. */
static bool is_over(const struct walk *w)
{
    struct outbox_counts c;
    size_t i;

    if (w->now_ms < w->play->start_ms + w->play->lasts_ms)
        return false;
    for (i = 0; i < w->settings->nsite; i++)
        if (w->actor[i].affected && w->actor[i].state.verdict != STATE_UP)
            return false;
    outbox_counts(w->outbox, &c);
    return !c.waiting;
}

static enum err walk(struct walk *w)
{
    int64_t end_ms = w->play->start_ms + w->play->lasts_ms + AFTER_MS, outbox_ms = INT64_MAX;
    enum err err = ERR_OK;

    while (!err && w->now_ms < end_ms && !is_over(w)) {
        int64_t next_ms;

        check_due(w);
        alarms_tick(w->book, w->now_ms);
        alarms_view(w->book, w->now_ms, note_hold, w);
        err = send_due(w, &outbox_ms);
        next_ms = next_event(w, outbox_ms);
        w->now_ms = next_ms > w->now_ms ? next_ms : w->now_ms + 1;
    }
    return err;
}

static enum err open_book(struct walk *w)
{
    const struct alarm_sink sink = { .context = w, .tell = tell, .keep = keep, .ask = ask, .maintain = maintain };
    struct alarm_rules *rules = alarm_policy(w->settings);
    enum err err = ERR_OK;
    size_t i;

    if (!rules)
        return ERR_NOMEM;
    w->book = alarms_new(rules, &sink);
    for (i = 0; w->book && i < w->settings->nsite && !err; i++)
        err = alarms_set_site(w->book, (uint32_t)i, w->settings->site[i]);
    return err || !w->book ? ERR_NOMEM : alarms_settle(w->book, w->now_ms);
}

enum err rehearse(const struct settings *s, const struct rehearsal *r, struct errmsg *why)
{
    struct walk w = { .settings = s, .play = r, .now_ms = r->start_ms - 1, .actor = calloc(s->nsite + 1, sizeof(*w.actor)) };
    enum err err = w.actor ? outbox_open(&w.outbox, NULL, w.now_ms, why) : ERR_NOMEM;
    size_t i;

    if (!err) {
        find_affected(&w);
        outbox_limit(w.outbox, s->alarms.per_hour);
        err = open_book(&w);
    }
    for (i = 0; !err && i < s->nsite; i++) {
        if (w.actor[i].affected)
            check(&w, i); /* all is well the moment before */
        else
            w.actor[i].due_ms = INT64_MAX;
    }
    if (!err)
        err = walk(&w);
    alarms_free(w.book);
    outbox_free(w.outbox);
    free(w.actor);
    return err ? err_set(why, err, "cannot rehearse: %s", err_name(err)) : ERR_OK;
}
