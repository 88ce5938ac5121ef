/* What a failing check met, as it was kept: status line, headers and the beginning of the body, of a stranger's making. Pure. */
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "app.h"
#include "ask.h"

/* Draws lines of bytes from y on; how many there are. */
static int draw_lines(struct cells *c, int y, enum style style, const char *text, size_t length)
{
    int n = 0;

    while (length) {
        const char *end = memchr(text, '\n', length);
        size_t all = end ? (size_t)(end - text) + 1 : length, shown = end ? all - 1 : length;
        char line[512];

        if (shown && text[shown - 1] == '\r')
            shown--;
        snprintf(line, sizeof(line), "%.*s", (int)(shown < sizeof(line) ? shown : sizeof(line) - 1), text);
        if (y + n >= 0 && y + n < c->height)
            cells_text(c, y + n, 1, c->width - 1, style, line);
        n++;
        text += all;
        length -= all;
    }
    return n;
}

static int draw(struct app *a, struct cells *c, int top)
{
    const struct evidence *e = a->incident ? a->ops->evidence(a->self, a->incident) : NULL;
    int y = -top;

    if (!e) {
        cells_text(c, 0, 1, c->width - 1, STYLE_QUIET, a->incident ? "reading the history" : "o shows what a site's last failing check met");
        return 1;
    }
    y += draw_lines(c, y, STYLE_HEADING, e->certificate, e->certificate_bytes);
    y += draw_lines(c, y, STYLE_LABEL, e->header, e->header_bytes) + 1;
    y += draw_lines(c, y, STYLE_PLAIN, e->body, e->body_bytes);
    return y + top;
}

static void title(struct app *a, struct strbuf *out)
{
    const struct snapshot_row *row = view_row(&a->view, a->snapshot);

    strbuf_adds(out, "What the last failing check met");
    if (row)
        strbuf_addf(out, ": %s", row->row.site->name);
}

static bool find_kept(struct app *a)
{
    const struct lookback *past;
    const struct row *r;
    int i;

    if (!ask_about(a))
        return false;
    r = ask_subject(a);
    view_go_site(&a->view, a->snapshot, r->id);
    past = a->ops->lookback(a->self, r->site->name, app_window_ms(a), app_until_ms(a));
    if (!past || strncmp(past->name, r->site->name, sizeof(past->name) - 1) != 0) {
        app_say(a, "the history of %s is being read", r->site->name);
        a->wants_kept = true;
        return false;
    }
    for (i = 0; i < past->noutage; i++)
        if (past->outage[i].has_evidence) {
            a->incident = past->outage[i].id;
            return true;
        }
    app_say(a, "no answer of a failing check of %s was kept", r->site->name);
    return false;
}

void action_zoom_in(struct app *a, const char *argument)
{
    (void)argument;
    if (a->zoom > 0)
        a->zoom--;
}

void action_zoom_out(struct app *a, const char *argument)
{
    (void)argument;
    if (a->zoom < APP_ZOOMS - 1)
        a->zoom++;
}

const struct pane_ops pane_answer = {
    .title = title,
    .open = find_kept,
    .draw = draw,
    .of_then = true,
};
