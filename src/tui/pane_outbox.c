/* Outbox: messages on their way to owners, what came to nothing, and what arrived. Pure. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "app.h"
#include "ask.h"
#include "base/clock.h"
#include "base/duration.h"
#include "pane.h"

#define SHORT_BELOW 60               /* narrower panes tell what, to whom, and what is wrong with it, in turn */

static size_t count(struct app *a)
{
    const struct post *p = a->post;

    return p ? p->n : 0;
}

static void title(struct app *a, struct strbuf *out)
{
    const struct post *p = a->post;

    strbuf_adds(out, "Outbox");
    if (!p)
        return;
    strbuf_addf(out, ": %u waiting", p->counts.waiting);
    if (p->counts.dead)
        strbuf_addf(out, ", %u dead", p->counts.dead);
    if (!p->counts.saved)
        strbuf_adds(out, ", in memory alone");
    strbuf_adds(out, "   r send now  d drop");
}

static void clock_text(char text[16], int64_t at_ms)
{
    time_t at = (time_t)(at_ms / MS_PER_S);
    struct tm tm;

    if (!localtime_r(&at, &tm) || !strftime(text, 16, "%H:%M:%S", &tm))
        text[0] = '\0';
}

/* "in 41s", "12:40:12", by what becomes of it. */
static void when_of(char text[DURATION_TEXT_SIZE + 8], const struct outbox_item *m, int64_t now_ms)
{
    char length[DURATION_TEXT_SIZE];

    if (m->ended_ms)
        clock_text(text, m->ended_ms);
    else if (m->next_ms > now_ms)
        snprintf(text, DURATION_TEXT_SIZE + 8, "in %s", duration_glance(length, m->next_ms - now_ms));
    else
        snprintf(text, DURATION_TEXT_SIZE + 8, "now");
}

static void item(struct app *a, struct cells *c, int y, size_t i, unsigned flags)
{
    static const enum style styles[OUTBOX_STATES] = {
        [OUTBOX_WAITING] = STYLE_WARN, [OUTBOX_SENDING] = STYLE_HEALTH, [OUTBOX_SENT] = STYLE_GOOD, [OUTBOX_DEAD] = STYLE_FAULT,
        [OUTBOX_DROPPED] = STYLE_QUIET,
    };
    const struct post *p = a->post;
    const struct outbox_item *m = &p->item[i];
    char text[600], when[DURATION_TEXT_SIZE + 8];
    int x = 1;

    cells_field(c, y, x, 8, styles[m->state] | flags, LIE_LEFT, outbox_state_name(m->state));
    x += 9;
    when_of(when, m, a->snapshot->now_ms);
    cells_field(c, y, x, 8, STYLE_PLAIN | flags, LIE_RIGHT, when);
    x += 9;
    if (c->width < SHORT_BELOW) {
        snprintf(text, sizeof(text), "%s %s: %s", m->owner, m->channel, m->error[0] && m->state != OUTBOX_SENT ? m->error : m->subject);
        cells_text(c, y, x, c->width - x, STYLE_PLAIN | flags, text);
        return;
    }
    snprintf(text, sizeof(text), "try %u", m->tries);
    cells_field(c, y, x, 7, STYLE_QUIET | flags, LIE_LEFT, m->tries ? text : "");
    x += 8;
    snprintf(text, sizeof(text), "%s %s", m->owner, m->channel);
    cells_field(c, y, x, 18, STYLE_PLAIN | flags, LIE_CUT_MIDDLE, text);
    x += 19;
    snprintf(text, sizeof(text), "%s%s%s", m->subject, m->error[0] ? ": " : "", m->error);
    cells_text(c, y, x, c->width - x, STYLE_PLAIN | flags, text);
}

static void act_on(struct app *a, uint64_t id, bool drop)
{
    enum err err = a->ops->message(a->self, id, drop);

    if (err == ERR_BUSY)
        app_say_fault(a, "it is being sent this moment");
    else if (err == ERR_UNAVAILABLE)
        app_say_fault(a, "this screen only looks, or its monitor is gone");
    else if (err)
        app_say_fault(a, "it is not on its way any more");
    else
        app_say(a, drop ? "dropped" : "it is sent now, and what is before it on its way there");
}

static void drop_asked(struct app *a)
{
    act_on(a, a->asked_message, true);
}

static bool stroke(struct app *a, uint32_t key)
{
    const struct post *p = a->post;
    size_t at = a->pane[PANE_OUTBOX].at;

    if ((key != 'r' && key != 'd') || !p || at >= p->n)
        return false;
    if (p->item[at].ended_ms && p->item[at].state != OUTBOX_DEAD) {
        app_say(a, "it is over: %s", outbox_state_name(p->item[at].state));
        return true;
    }
    a->asked_message = p->item[at].id;
    if (key == 'r')
        act_on(a, a->asked_message, false);
    else
        ask_question(a, drop_asked, "drop %.60s to %.60s, so that it is never sent? y/N", p->item[at].subject, p->item[at].owner);
    return true;
}

const struct pane_ops pane_outbox = {
    .title = title,
    .count = count,
    .nothing = "nothing is on its way to an owner",
    .item = item,
    .stroke = stroke,
};
