/* Alerts: who is down, since when and why, who was told, and who has taken it on; and what is muted or under maintenance by a
 * person's word. Pure. */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/clock.h"
#include "base/duration.h"
#include "pane.h"

#define SHORT_BELOW 60               /* narrower panes tell who and since when, and who has taken it on */
#define AGE_WIDTH 5
#define OWNERS_FROM 100              /* columns from which owners are shown */

static size_t count(struct app *a)
{
    return app_alerts(a)->n;
}

static void title(struct app *a, struct strbuf *out)
{
    size_t i, unacked = 0;

    for (i = 0; i < app_alerts(a)->n; i++)
        unacked += app_alerts(a)->alert[i].down && !app_alerts(a)->alert[i].acked_ms;
    strbuf_adds(out, "Alerts");
    if (app_alerts(a)->n)
        strbuf_addf(out, ": %zu, %zu not acknowledged", app_alerts(a)->n, unacked);
}

static const char *held_words(const struct alert *alert)
{
    static const char *const words[HOLD_COUNT] = {
        [HOLD_PAUSED] = "not told: paused",
        [HOLD_MAINTENANCE] = "not told: maintenance",
        [HOLD_MUTED] = "not told: muted",
        [HOLD_PARENT] = "not told: what it depends on is down",
        [HOLD_OFFLINE] = "not told yet: we are offline",
    };

    return alert->down && !alert->told && words[alert->hold] ? words[alert->hold] : "";
}

static void what_of(char *text, size_t size, const struct alert *alert)
{
    const char *held = held_words(alert);

    if (*held)
        snprintf(text, size, "%s: %s", held, alert->cause);
    else if (alert->acked_ms && alert->ack_note[0])
        snprintf(text, size, "%s (%s)", alert->cause, alert->ack_note);
    else
        snprintf(text, size, "%s", alert->down ? alert->cause : "");
}

static void item(struct app *a, struct cells *c, int y, size_t i, unsigned flags)
{
    const struct alert *alert = &app_alerts(a)->alert[i];
    int64_t now_ms = a->snapshot->now_ms, age_ms = alert->since_ms ? now_ms - alert->since_ms : 0;
    char age[DURATION_TEXT_SIZE], mark[ALERT_MARK_SIZE], what[512];
    int name = c->width < SHORT_BELOW ? 14 : 20, marked = c->width < SHORT_BELOW ? 12 : 14, x = 1, end = c->width;

    cells_field(c, y, x, 5, (alert->down ? STYLE_DOWN : STYLE_QUIET) | flags, LIE_LEFT, alert->down ? "DOWN" : "");
    x += 6;
    cells_field(c, y, x, name, STYLE_PLAIN | flags, LIE_CUT_MIDDLE, alert->site);
    x += name + 1;
    if (alert->down)
        cells_field(c, y, x, AGE_WIDTH, STYLE_PLAIN | flags, LIE_RIGHT, duration_glance(age, age_ms > 0 ? age_ms : 0));
    x += AGE_WIDTH + 1;
    cells_field(c, y, x, marked, STYLE_QUIET | flags, LIE_LEFT, alert_mark(mark, alert, now_ms));
    x += marked + 1;
    if (c->width >= OWNERS_FROM) {
        end = c->width - 22;
        cells_field(c, y, end + 1, 21, STYLE_QUIET | flags, LIE_LEFT, alert->owners);
    }
    what_of(what, sizeof(what), alert);
    cells_text(c, y, x, end - x, STYLE_PLAIN | flags, what);
}

static bool subject(struct app *a, size_t i, uint32_t *site_id)
{
    *site_id = app_alerts(a)->alert[i].site_id;
    return true;
}

const struct pane_ops pane_alerts = {
    .title = title,
    .count = count,
    .nothing = "nobody is down, muted or under maintenance by hand",
    .item = item,
    .subject = subject,
    .of_then = true,
};
