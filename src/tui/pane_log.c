/* What happened, the latest first: changes of state, as snapshots show them, and what the program had to say. Pure. */
#include "pane_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "app.h"
#include "ask.h"
#include "base/clock.h"
#include "base/duration.h"
#include "words.h"

#define EVENTS 1024                  /* kept; older ones go */
#define NAME_SIZE 48
#define NAME_WIDTH 20
#define LABEL_WIDTH 6

struct happened {
    int64_t at_ms;
    uint32_t id, generation;         /* 0: of no site */
    uint8_t style;                   /* of the label; where there is none, of the text */
    const char *label;               /* of the state it came into; NULL: none */
    char name[NAME_SIZE];
    char text[192];
};

struct last_seen {
    uint32_t generation;             /* 0: nobody there */
    uint8_t  state;
    int64_t  since_ns;
    int64_t  acked_ms, mute_until_ms, maintain_until_ms; /* of its alert; 0: not so */
};

struct book {
    struct happened *event;          /* a ring */
    size_t n, next;
    struct last_seen *site;          /* by id */
    size_t nsite;
    int64_t began_ms;
    bool   began;                    /* a snapshot was seen: before it nothing happened */
    uint64_t alerts;                 /* the list of them that was seen last */
    bool   of_one;                   /* shown are those of one site alone */
    uint32_t only;
    char   only_name[NAME_SIZE];
};

static struct book *book_of(struct app *a)
{
    struct book *b = a->pane[PANE_LOG].own;

    if (b)
        return b;
    b = calloc(1, sizeof(*b));
    if (b && !(b->event = calloc(EVENTS, sizeof(*b->event)))) {
        free(b);
        b = NULL;
    }
    a->pane[PANE_LOG].own = b;
    return b;
}

static void release(struct app *a)
{
    struct book *b = a->pane[PANE_LOG].own;

    if (b) {
        free(b->event);
        free(b->site);
    }
    free(b);
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static struct happened *add(struct book *b, int64_t at_ms, unsigned style)
{
    struct happened *e = &b->event[b->next];

    b->next = (b->next + 1) % EVENTS;
    b->n += b->n < EVENTS;
    *e = (struct happened){ .at_ms = at_ms, .style = (uint8_t)style };
    return e;
}

static struct happened *event_at(const struct book *b, size_t newest_first)
{
    return &b->event[(b->next + 2 * EVENTS - 1 - newest_first) % EVENTS];
}

void log_say(struct app *a, bool fault, const char *text)
{
    struct book *b = book_of(a);
    struct happened *e;

    if (!b)
        return;
    e = add(b, a->live->now_ms, fault ? STYLE_FAULT : STYLE_QUIET);
    snprintf(e->text, sizeof(e->text), "%s", text);
}

static bool make_room(struct book *b, size_t n)
{
    size_t size = n + n / 2 + 64;
    struct last_seen *more;

    if (n <= b->nsite)
        return true;
    more = realloc(b->site, size * sizeof(*more));
    if (!more)
        return false;
    memset(more + b->nsite, 0, (size - b->nsite) * sizeof(*more));
    b->site = more;
    b->nsite = size;
    return true;
}

/* What there is to say of the state it came into. */
static void change_text(char *text, size_t size, const struct row *r, const struct snapshot *s, const struct last_seen *was)
{
    enum state now = state_shown(&r->state);
    char reason[WORDS_REASON_SIZE], took[DURATION_TEXT_SIZE];

    if (words_has_reason(r))
        snprintf(text, size, "%s", words_reason(reason, r, s, 100));
    else if (was->state == STATE_DOWN)
        snprintf(text, size, "again, after %s", duration_glance(took, (r->since_ns - was->since_ns) / NS_PER_MS));
    else if (now == STATE_DEGRADED && r->state.degraded == DEGRADED_SLOW)
        snprintf(text, size, "%s", duration_measured(took, r->latency_us * NS_PER_US));
    else if (now == STATE_DEGRADED)
        snprintf(text, size, "its certificate ends in %d days", certificate_days(r->certificate_until, s->now_ms));
    else if (was->state == STATE_CHECKING)
        snprintf(text, size, "it was nothing");
}

static void note(struct book *b, const struct row *r, const struct snapshot *s, const struct last_seen *was)
{
    struct happened *e = add(b, s->now_ms - (s->now_ns - r->since_ns) / NS_PER_MS, words_state_style(r));

    e->id = r->id;
    e->generation = r->generation;
    e->label = state_label(state_shown(&r->state), (enum degraded)r->state.degraded);
    snprintf(e->name, sizeof(e->name), "%s", r->site->name);
    if (was->generation)
        change_text(e->text, sizeof(e->text), r, s, was);
    else
        snprintf(e->text, sizeof(e->text), "is watched from now on");
}

/* What a person did to the alert of a site. */
static void note_word(struct book *b, const struct alert *alert, int64_t at_ms, const char *label, const char *text)
{
    struct happened *e = add(b, at_ms, STYLE_GOOD);

    e->id = alert->site_id;
    e->generation = alert->generation;
    e->label = label;
    snprintf(e->name, sizeof(e->name), "%.*s", NAME_SIZE - 1, alert->site);
    snprintf(e->text, sizeof(e->text), "%.*s", (int)sizeof(e->text) - 1, text);
}

static void note_until(struct book *b, const struct alert *alert, int64_t now_ms, const char *label, int64_t until_ms)
{
    char text[64], left[DURATION_TEXT_SIZE];

    if (until_ms > now_ms)
        snprintf(text, sizeof(text), "for %s", duration_glance(left, until_ms - now_ms));
    else
        snprintf(text, sizeof(text), "no longer");
    note_word(b, alert, now_ms, label, text);
}

/* That a time is over by itself is no news. */
static bool is_other(int64_t before_ms, int64_t until_ms, int64_t now_ms)
{
    return before_ms != until_ms && (before_ms > now_ms || until_ms > now_ms);
}

static void take_alert(struct book *b, const struct alert *alert, struct last_seen *was, int64_t now_ms)
{
    char text[NOTICE_NAME_SIZE + NOTICE_NOTE_SIZE + 8];

    snprintf(text, sizeof(text), "by %s%s%s", alert->ack_by, *alert->ack_note ? ": " : "", alert->ack_note);
    if (b->began && alert->acked_ms && alert->acked_ms != was->acked_ms)
        note_word(b, alert, alert->acked_ms, "ACK", text);
    if (b->began && is_other(was->mute_until_ms, alert->mute_until_ms, now_ms))
        note_until(b, alert, now_ms, "MUTE", alert->mute_until_ms);
    if (b->began && is_other(was->maintain_until_ms, alert->maintain_until_ms, now_ms))
        note_until(b, alert, now_ms, "MAINT", alert->maintain_until_ms);
    was->acked_ms = alert->acked_ms;
    was->mute_until_ms = alert->mute_until_ms;
    was->maintain_until_ms = alert->maintain_until_ms;
}

static void take_alerts(struct app *a, struct book *b, int64_t now_ms)
{
    size_t i;

    if (b->alerts == a->alerts.revision)
        return;
    b->alerts = a->alerts.revision;
    for (i = 0; i < a->alerts.n; i++) {
        const struct alert *alert = &a->alerts.alert[i];
        struct last_seen *was = alert->site_id < b->nsite ? &b->site[alert->site_id] : NULL;

        if (was && was->generation == alert->generation)
            take_alert(b, alert, was, now_ms);
    }
}

/* That a new site is fine is no news. */
static bool is_news(const struct row *r, const struct last_seen *was)
{
    enum state now = state_shown(&r->state);

    if (!was->generation)
        return true;
    return was->state != now && !(was->state == STATE_NEW && now == STATE_UP);
}

static void tell_past(struct happened *e, const struct past_event *p)
{
    *e = (struct happened){ .at_ms = p->at_ms, .style = (uint8_t)words_shown_style((enum state)p->state) };
    e->generation = UINT32_MAX;      /* of a site, but which one it is now nobody knows: no key acts on it */
    e->id = UINT32_MAX;
    e->label = state_label((enum state)p->state, DEGRADED_NOT);
    snprintf(e->name, sizeof(e->name), "%s", p->name);
    snprintf(e->text, sizeof(e->text), "%s", p->text);
}

/* What happened before comes before what has happened since. */
static void join_past(struct book *b, const struct past_log *past)
{
    struct happened *since = malloc(EVENTS * sizeof(*since));
    size_t n = b->n, i;

    if (!since)
        return;
    for (i = 0; i < n; i++)
        since[i] = *event_at(b, n - 1 - i);
    b->n = b->next = 0;
    for (i = 0; i < past->n; i++)
        tell_past(add(b, 0, 0), &past->event[i]);
    if (past->n)
        snprintf(add(b, b->began_ms, STYLE_HEADING)->text, sizeof(b->event->text), "this screen was opened; above is what has happened since");
    for (i = 0; i < n; i++)
        *add(b, 0, 0) = since[i];
    free(since);
}

static void take_past(struct app *a, struct book *b)
{
    struct past_log *past = a->ops->past_log(a->self);

    if (past)
        join_past(b, past);
    free(past);
}

static void take(struct app *a, const struct snapshot *s)
{
    struct book *b = book_of(a);
    size_t i = s->nchanged;

    if (!b || !make_room(b, s->nrow))
        return;
    if (!b->began)
        b->began_ms = s->now_ms;
    take_past(a, b);
    while (i-- > 0) {                /* the latest change comes first in the list */
        const struct row *r = &s->row[s->changed[i]].row;
        struct last_seen *was = &b->site[s->changed[i]];

        if (b->began && r->generation && is_news(r, was))
            note(b, r, s, was);
        was->generation = r->generation;
        was->state = (uint8_t)(r->generation ? state_shown(&r->state) : 0);
        was->since_ns = r->since_ns;
    }
    take_alerts(a, b, s->now_ms);
    b->began = true;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* In replay, what had happened by then; NULL: nothing. */
static const struct past_log *log_of_then(const struct app *a)
{
    return a->replay.shown ? a->replay.picture->log : NULL;
}

/* Event i of all there are, the latest first: in the book, or, in replay, made from what the history has. */
static const struct happened *event_of(const struct app *a, const struct book *b, size_t i, struct happened *made)
{
    const struct past_log *then = log_of_then(a);

    if (!a->replay.shown)
        return event_at(b, i);
    tell_past(made, &then->event[then->n - 1 - i]);
    return made;
}

static size_t events(const struct app *a, const struct book *b)
{
    const struct past_log *then = log_of_then(a);

    return a->replay.shown ? then ? then->n : 0 : b->n;
}

/* An edited site is another generation under its number: its name tells, too. */
static bool is_shown(const struct book *b, const struct happened *e)
{
    return !b->of_one || (e->generation && (e->id == b->only || e->id == UINT32_MAX) && !strcmp(e->name, b->only_name));
}

static size_t count(struct app *a)
{
    struct book *b = book_of(a);
    struct happened made;
    size_t i, n = 0;

    for (i = 0; b && i < events(a, b); i++)
        n += is_shown(b, event_of(a, b, i, &made));
    return n;
}

/* It is in the book, or in *made. */
static const struct happened *shown_at(const struct app *a, const struct book *b, size_t i, struct happened *made)
{
    size_t at = 0;

    while (!is_shown(b, event_of(a, b, at, made)) || i-- > 0)
        at++;
    return event_of(a, b, at, made);
}

static void item(struct app *a, struct cells *c, int y, size_t i, unsigned flags)
{
    const struct book *b = book_of(a);
    struct happened made;
    const struct happened *e = shown_at(a, b, i, &made);
    bool wide = c->width >= 60;
    char when[32];
    int x = wide ? 14 : 7;

    words_moment(when, e->at_ms, a->snapshot->now_ms, wide);
    cells_text(c, y, 1, x - 2, STYLE_QUIET | flags, when);
    if (e->generation && !b->of_one) {
        int width = wide ? NAME_WIDTH : 12;

        cells_field(c, y, x, width, STYLE_PLAIN | flags, LIE_CUT_MIDDLE, e->name);
        x += width + 1;
    }
    if (e->label) {
        cells_text(c, y, x, c->width - x, e->style | flags, e->label);
        x += LABEL_WIDTH;
    }
    cells_text(c, y, x, c->width - x, (e->label ? STYLE_PLAIN : e->style) | flags, e->text);
}

static bool subject(struct app *a, size_t i, uint32_t *site_id)
{
    struct happened made;
    const struct happened *e = shown_at(a, book_of(a), i, &made);

    *site_id = e->id;
    return e->generation && e->id < a->snapshot->nrow && a->snapshot->row[e->id].row.generation == e->generation;
}

static void title(struct app *a, struct strbuf *out)
{
    const struct book *b = book_of(a);

    strbuf_adds(out, "Log");
    if (b && b->of_one)
        strbuf_addf(out, " of %s, %c tells of all", b->only_name, pane_digit(PANE_LOG));
}

static bool stroke(struct app *a, uint32_t key)
{
    struct book *b = book_of(a);
    enum action action = keymap_find(&a->keys, key);

    if (b && b->of_one && (action == ACTION_PANE_LOG || action == ACTION_CLEAR)) {
        b->of_one = false;
        a->pane[PANE_LOG].at = 0;
        return true;
    }
    return false;
}

void action_log_of_site(struct app *a, const char *argument)
{
    struct book *b = book_of(a);
    const struct row *r;

    (void)argument;
    if (!b || !ask_about(a))
        return;
    r = ask_subject(a);
    b->of_one = true;
    b->only = r->id;
    snprintf(b->only_name, sizeof(b->only_name), "%s", r->site->name);
    a->pane[PANE_LOG].at = 0;
    panes_open(a, PANE_LOG);
}

const struct pane_ops pane_log = {
    .title = title,
    .take = take,
    .release = release,
    .count = count,
    .nothing = "nothing has happened since this screen was opened",
    .item = item,
    .subject = subject,
    .stroke = stroke,
    .of_then = true,
};
