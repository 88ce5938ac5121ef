/* Who is told of a site, and what they were sent of the outage that goes on, or of the last one: from the messages, the
 * alarm, and the settings. Pure. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "detail.h"
#include "model/alarm.h"
#include "notify/notifier.h"
#include "words.h"

#define TOLD_MOST 24
#define TOLD_SIZE 224
#define SOON_MS (2 * MS_PER_MIN)     /* waits as long are for others to go with it */

/* What is told: pieces in a row, a line broken only between them. */
struct told {
    struct {
        char text[TOLD_SIZE];
        enum style style;
    } at[TOLD_MOST];
    int n;
};

static void tell(struct told *t, enum style style, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void tell(struct told *t, enum style style, const char *format, ...)
{
    va_list args;

    if (t->n == TOLD_MOST)
        return;
    va_start(args, format);
    vsnprintf(t->at[t->n].text, TOLD_SIZE, format, args);
    va_end(args);
    t->at[t->n++].style = style;
}

/* --- what was sent ------------------------------------------------------------------------------------------------ */

/* "12:02", "23 Nov 12:02". */
static const char *clock_words(char text[32], int64_t at_ms, int64_t now_ms)
{
    struct tm tm;

    if (!detail_local_time(&tm, at_ms) || !strftime(text, 32, now_ms - at_ms < MS_PER_DAY / 2 && at_ms - now_ms < MS_PER_DAY / 2
                                                              ? "%H:%M" : "%d %b %H:%M", &tm))
        text[0] = '\0';
    return text;
}

static const struct owner *owner_of(const struct detail *d, const char *name)
{
    const struct settings *s = d->app->ops->settings(d->app->self);

    return name && s ? settings_owner(s, name) : NULL;
}

static bool is_quiet(const struct detail *d, const char *name)
{
    const struct owner *o = owner_of(d, name);

    return o && o->quiet.from_min != o->quiet.until_min;
}

static void tell_waiting(struct told *t, const struct detail *d, const struct outbox_item *m, const struct alert *alert)
{
    int64_t now_ms = d->snapshot->now_ms, wait_ms = m->next_ms - now_ms;
    char when[32], next[WORDS_SIZE] = "now";

    if (wait_ms > 0)
        words_until(next, wait_ms * NS_PER_MS, 0);
    if (m->tries)
        tell(t, STYLE_WARN, "%s %s waits (try %u, next %s)%s%s", m->owner, m->channel, m->tries + 1, next, m->error[0] ? ": " : "",
             m->error);
    else if (wait_ms <= SOON_MS)
        tell(t, STYLE_WARN, wait_ms > 0 ? "%s %s goes out in %s" : "%s %s goes out %s", m->owner, m->channel, next);
    else if ((alert && alert->mute_until_ms == m->next_ms) || is_quiet(d, m->owner))
        tell(t, STYLE_QUIET, "%s %s off until %s (%s)", m->owner, m->channel, clock_words(when, m->next_ms, now_ms),
             alert && alert->mute_until_ms == m->next_ms ? "muted" : "quiet hours");
    else
        tell(t, STYLE_QUIET, "%s %s goes out at %s", m->owner, m->channel, clock_words(when, m->next_ms, now_ms));
}

static void tell_message(struct told *t, const struct detail *d, const struct outbox_item *m, const struct alert *alert)
{
    char when[32];

    clock_words(when, m->ended_ms, d->snapshot->now_ms);
    switch (m->state) {
    case OUTBOX_SENT:
        tell(t, STYLE_GOOD, "%s %s sent %s ok", m->owner, m->channel, when);
        break;
    case OUTBOX_DEAD:
        tell(t, STYLE_FAULT, "%s %s failed %s: %s", m->owner, m->channel, when, m->error);
        break;
    case OUTBOX_DROPPED:
        tell(t, STYLE_QUIET, "%s %s dropped %s", m->owner, m->channel, when);
        break;
    case OUTBOX_SENDING:
        tell(t, STYLE_HEALTH, "%s %s is being sent", m->owner, m->channel);
        break;
    default:
        tell_waiting(t, d, m, alert);
    }
}

static bool same_way(const struct outbox_item *a, const struct outbox_item *b)
{
    return !strcmp(a->owner, b->owner) && !strcmp(a->channel, b->channel) && !strcmp(a->address, b->address);
}

/* It is the last one of its outage to that address. */
static bool is_last(const struct post *p, const struct outbox_item *m)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        if (p->item[i].id > m->id && p->item[i].incident_id == m->incident_id && same_way(&p->item[i], m) &&
            !strcmp(p->item[i].site, m->site))
            return false;
    return true;
}

/* The outage that messages are told of: the one that goes on, else the last one there are messages of. */
static uint64_t incident_of(const struct detail *d, const struct alert *alert)
{
    const struct post *p = d->app->post;
    uint64_t last = 0;
    size_t i;

    if (alert && alert->incident_id)
        return alert->incident_id;
    for (i = 0; p && i < p->n; i++)
        if (!strcmp(p->item[i].site, detail_row(d)->site->name) && p->item[i].incident_id > last)
            last = p->item[i].incident_id;
    return last;
}

static void tell_messages(struct told *t, const struct detail *d, const struct alert *alert)
{
    uint64_t incident = incident_of(d, alert);
    const struct post *p = d->app->post;
    size_t i;

    for (i = 0; p && i < p->n; i++)
        if (!strcmp(p->item[i].site, detail_row(d)->site->name) && p->item[i].incident_id == incident && is_last(p, &p->item[i]))
            tell_message(t, d, &p->item[i], alert);
}

/* --- and what was not ----------------------------------------------------------------------------------------------- */

static const char *held_words(const struct detail *d, const struct alert *alert, char until[32])
{
    static const char *const words[HOLD_COUNT] = {
        [HOLD_PAUSED] = "it is paused",
        [HOLD_PARENT] = "what it depends on is down",
        [HOLD_FLAPPING] = "it goes up and down",
        [HOLD_OFFLINE] = "we are offline",
    };
    char when[32];

    if (alert->hold == HOLD_MUTED)
        snprintf(until, 32, "muted until %.12s", clock_words(when, alert->mute_until_ms, d->snapshot->now_ms));
    else if (alert->hold == HOLD_MAINTENANCE && alert->maintain_until_ms)
        snprintf(until, 32, "maintenance until %.12s", clock_words(when, alert->maintain_until_ms, d->snapshot->now_ms));
    else
        snprintf(until, 32, "%s", alert->hold == HOLD_MAINTENANCE ? "maintenance" : words[alert->hold] ? words[alert->hold] : "");
    return until;
}

/* "ops (email, sms)" */
static void tell_owner(struct told *t, const struct owner *o, const char *what)
{
    const struct notifier_ops *const *table;
    char channels[96] = "";
    size_t n, i, used = 0;

    table = notifier_table(&n);
    for (i = 0; i < n && used < sizeof(channels); i++)
        if (notifier_addresses(table[i], o))
            used += (size_t)snprintf(channels + used, sizeof(channels) - used, "%s%s", used ? ", " : "", table[i]->name);
    tell(t, STYLE_PLAIN, "%s (%s)%s", o->name, *channels ? channels : "no address", what);
}

static void tell_plans(struct told *t, const struct detail *d, const struct alert *alert)
{
    const struct owner *o = owner_of(d, detail_row(d)->site->options->owner);
    int64_t now_ms = d->snapshot->now_ms;
    char left[DURATION_TEXT_SIZE], until[32];

    if (alert->acked_ms)
        tell(t, STYLE_GOOD, "acknowledged by %s %s%s%s", alert->ack_by, clock_words(until, alert->acked_ms, now_ms),
             *alert->ack_note ? ": " : "", alert->ack_note);
    else if (alert->down && alert->hold != HOLD_NONE)
        tell(t, STYLE_QUIET, "off (%s)", held_words(d, alert, until));
    else if (!alert->down && alert->mute_until_ms > now_ms)
        tell(t, STYLE_QUIET, "muted until %s", clock_words(until, alert->mute_until_ms, now_ms));
    if (alert->remind_ms > now_ms)
        tell(t, STYLE_PLAIN, "reminder in %s", duration_glance(left, alert->remind_ms - now_ms));
    if (alert->escalate_ms > now_ms && o && o->escalate)
        tell(t, STYLE_PLAIN, "%s in %s unless acknowledged", o->escalate, duration_glance(left, alert->escalate_ms - now_ms));
}

static void tell_all(struct told *t, const struct detail *d)
{
    const struct alert *alert = alert_list_find(&d->app->alerts, detail_row(d)->id);
    const struct owner *o = owner_of(d, detail_row(d)->site->options->owner);

    *t = (struct told){ .n = 0 };
    if (d->snapshot->past)
        return;                          /* what is on its way now says nothing of then */
    tell_messages(t, d, alert);
    if (!t->n && o)
        tell_owner(t, o, alert && alert->down ? " not told" : "");
    if (alert)
        tell_plans(t, d, alert);
}

/* --- drawing ---------------------------------------------------------------------------------------------------------- */

static int place(struct cells *c, const struct told *t)
{
    int y = 0, x = 0, i;

    for (i = 0; i < t->n; i++) {
        int columns = cells_columns(c, t->at[i].text, SIZE_MAX), before = x ? 3 : 0;

        if (x && x + before + columns > c->width) {
            x = before = 0;
            y++;
        }
        if (y < c->height) {
            x += before ? cells_text(c, y, x, c->width - x, STYLE_RULE, " | ") : 0;
            cells_text(c, y, x, c->width - x, t->at[i].style, t->at[i].text);
        } else
            x += before;
        x += columns;
    }
    return t->n ? y + 1 : 0;
}

int part_owners_lines(const struct detail *d, int width)
{
    struct cells nowhere = { .width = width > 0 ? width : 1, .utf8 = true };
    struct told t;

    if (d->snapshot->past)           /* that is known of now alone */
        return 0;
    tell_all(&t, d);
    return place(&nowhere, &t);
}

void part_owners_draw(const struct detail *d, struct cells *c)
{
    struct told t;

    tell_all(&t, d);
    place(c, &t);
}
