/* All about the site under the cursor: sections below each other, of which those worth least go where there is no room.
 * Pure. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "detail.h"
#include "pane.h"

#define LABEL_WIDTH 9
#define CHART_MOST 10
#define CHAIN_FROM 18

/* A section of the page: how many lines it would fill at this width (0: it has nothing to say), and drawing it into as many as it got. */
struct part {
    const char *label;
    int rank;                        /* 0 is never left out, high ones first */
    bool grows;                      /* takes what is left over, up to CHART_MOST */
    int (*lines)(const struct detail *d, int width);
    void (*draw)(const struct detail *d, struct cells *c);
};

static const struct part sections[] = {
#define PART(name, label, rank, grows) { label, rank, grows, part_##name##_lines, part_##name##_draw },
#include "detail.def"
#undef PART
};
#define NSECTION ((int)(sizeof(sections) / sizeof(sections[0])))

static int total(const int lines[NSECTION])
{
    int i, n = 0;

    for (i = 0; i < NSECTION; i++)
        n += lines[i];
    return n;
}

/* The sections worth most, as they fit; of the chart its figures alone, where there is no room for more. */
static void choose_best(int lines[NSECTION], int height)
{
    int wanted[NSECTION], rank, i;

    memcpy(wanted, lines, sizeof(wanted));
    memset(lines, 0, sizeof(wanted));
    for (rank = 0; rank < NSECTION; rank++)
        for (i = 0; i < NSECTION; i++) {
            int left = height - total(lines);

            if (sections[i].rank == rank && wanted[i] && left > 0)
                lines[i] = wanted[i] <= left ? wanted[i] : sections[i].grows || !rank ? 1 : 0;
        }
}

static void grow(int lines[NSECTION], int spare)
{
    int i;

    for (i = 0; i < NSECTION && spare > 0; i++)
        if (sections[i].grows && lines[i] > 1) {
            int more = spare < CHART_MOST - lines[i] ? spare : CHART_MOST - lines[i];

            lines[i] += more;
            spare -= more;
        }
}

/* A blank line before what has several lines, where there is room for all of them. */
static bool is_apart(const int lines[NSECTION], int i)
{
    int before = i;

    while (before-- > 0)
        if (lines[before])
            return lines[i] > 1 || lines[before] > 1;
    return false;
}

static int gaps(const int lines[NSECTION])
{
    int i, n = 0;

    for (i = 0; i < NSECTION; i++)
        n += lines[i] && is_apart(lines, i);
    return n;
}

/* Draws a section on lines y to y + lines - 1, of which the first ones may lie above the screen. */
static void draw_section(const struct detail *d, struct cells *c, int y, int lines, const struct part *s)
{
    int label = c->width >= 40 ? LABEL_WIDTH : 0;
    struct cells part, whole = CELLS_INIT;
    int i;

    if (y + lines <= 0 || y >= c->height)
        return;
    if (label && y >= 0)
        cells_text(c, y, 0, label - 1, STYLE_LABEL, s->label);
    if (y >= 0) {
        part = cells_part(c, y, label, lines, c->width - label);
        s->draw(d, &part);
        return;
    }
    whole.utf8 = c->utf8;
    if (!cells_resize(&whole, c->width - label, lines)) {
        s->draw(d, &whole);
        for (i = -y; i < lines && y + i < c->height; i++)
            memcpy(cells_at(c, y + i, label), cells_at(&whole, i, 0), (size_t)whole.width * sizeof(*whole.cell));
    }
    cells_release(&whole);
}

/* looks: there is room for certificates, and so a reason to look at them. */
static bool detail_of(struct app *a, struct detail *d, bool looks)
{
    const struct snapshot_row *row = view_subject(&a->view, a->snapshot);

    *d = (struct detail){ .app = a, .snapshot = a->snapshot, .row = row };
    if (!row || (!a->snapshot->past && !a->ops->recent(a->self, row->row.id, &d->samples, d->region, &d->nregion)))
        return false;
    if (looks && !a->snapshot->past && chain_is_there(row->row.site) && state_shown(&row->row.state) != STATE_PAUSED)
        d->chain = a->ops->chain(a->self, row->row.site, row->row.certificate_until);
    d->past = a->ops->lookback(a->self, row->row.site->name, app_window_ms(a), app_until_ms(a));
    if (d->past && (!d->past->known || d->past->until_ms != app_until_ms(a) || strncmp(d->past->name, row->row.site->name, sizeof(d->past->name) - 1) != 0))
        d->past = NULL;
    return true;
}

static int draw(struct app *a, struct cells *c, int top)
{
    int lines[NSECTION], i, y = -top, wanted, width = c->width - (c->width >= 40 ? LABEL_WIDTH : 0);
    bool whole = panes_is_alone(a), apart;
    struct detail d;

    if (!detail_of(a, &d, whole || c->height >= CHAIN_FROM)) {
        cells_text(c, 0, 1, c->width, STYLE_QUIET, "there is no site here");
        return 1;
    }
    for (i = 0; i < NSECTION; i++)
        lines[i] = sections[i].lines(&d, width);
    if (!whole)
        choose_best(lines, c->height);
    apart = total(lines) + gaps(lines) <= c->height;
    grow(lines, c->height - total(lines) - (apart ? gaps(lines) : 0));
    wanted = total(lines) + (apart ? gaps(lines) : 0);
    for (i = 0; i < NSECTION; i++) {
        if (!lines[i])
            continue;
        y += apart && is_apart(lines, i);
        draw_section(&d, c, y, lines[i], &sections[i]);
        y += lines[i];
    }
    return wanted;
}

static void title(struct app *a, struct strbuf *out)
{
    const struct snapshot_row *row = view_subject(&a->view, a->snapshot);
    char url[512];

    if (!row) {
        strbuf_adds(out, "Detail");
        return;
    }
    text_mask_url(url, sizeof(url), row->row.site->url);
    strbuf_addf(out, "%s  %s", row->row.site->name, url);
}

/* Of a group Enter opens the fold, or closes it. */
static bool open_detail(struct app *a)
{
    const struct group *g = panes_here(a) == PANE_SITES ? view_group(&a->view) : NULL;

    if (g)
        view_fold(&a->view, a->snapshot, !g->folded);
    return !g;
}

const struct pane_ops pane_detail = {
    .title = title,
    .open = open_detail,
    .draw = draw,
    .of_then = true,
};
