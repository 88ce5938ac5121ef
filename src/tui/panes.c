/* The table of panes: where each stands, which has the keys, and what a list of items does by itself. Pure. */
#include "pane.h"

#include <stdio.h>
#include <string.h>

#include "act.h"
#include "app.h"

#define PANE(id, name, ...) extern const struct pane_ops pane_##name;
#include "panes.def"
#undef PANE

const struct pane_ops pane_sites;    /* the grid draws itself */

static const struct pane_row panes[PANE_COUNT] = {
#define PANE(id, name, keys, word, label, side, under, help) { &pane_##name, keys, word, label, help, side, under },
#include "panes.def"
#undef PANE
};

static void open_by_word(struct app *a, enum pane p, const char *argument)
{
    if (!argument || !panes[p].ops->asked || panes[p].ops->asked(a, argument))
        panes_open(a, p);
}

#define PANE(id, name, ...) \
    void action_pane_##name(struct app *a, const char *argument) \
    { \
        open_by_word(a, PANE_##id, argument); \
    }
#include "panes.def"
#undef PANE

const struct pane_row *pane_row(enum pane p)
{
    return &panes[p];
}

char pane_digit(enum pane p)
{
    const char *keys = panes[p].keys;

    return keys && *keys >= '1' && *keys <= '9' ? *keys : 0;
}

/* --- places ------------------------------------------------------------------------------------------------------- */

#define SIDE_FROM 188                /* screens as wide have a column beside the grid */
#define SIDE_GRID 128                /* the grid's width there */
#define SIDE_MOST 100
#define UNDER_FROM_WIDTH 78
#define UNDER_FROM 30                /* lines that grid and panes need together */
#define UNDER_LEAST 10               /* lines the grid leaves empty that are worth a pane */
#define UNDER_MOST 26

static void put(struct pane_places *p, enum pane pane, int y, int x, int height, int width)
{
    p->at[p->n++] = (struct pane_place){ pane, y, x, height, width };
}

/* Each pane its lines, those of the table's end first to go without; the first takes what is left. */
static void plan_side(struct pane_places *p, int y, int height, int width)
{
    int x = p->grid_width, left = height, used = 0, i, last = 0;

    for (i = 0; i < PANE_COUNT; i++)
        if (panes[i].side && panes[i].side <= left) {
            left -= panes[i].side;
            last = i;
        }
    for (i = 0; i <= last; i++) {
        int lines = panes[i].side;

        if (!lines || used + lines > height)
            continue;
        lines += left;
        left = 0;
        put(p, (enum pane)i, y + used, x, lines, width - x);
        used += lines;
    }
}

/* The lines that a pane below the grid gets: what the grid does not need, and some in any case on a large screen. */
static int under_lines(int height, size_t needed, int wanted)
{
    int spare = needed < (size_t)height ? height - (int)needed : 0;

    if (height < UNDER_FROM && spare < UNDER_LEAST)
        return 0;
    if (spare < wanted)
        spare = height < UNDER_FROM ? spare : wanted;
    return spare < UNDER_MOST ? spare : UNDER_MOST;
}

static void plan_under(struct pane_places *p, int y, int height, size_t needed)
{
    int i;

    for (i = 0; i < PANE_COUNT; i++) {
        int lines = panes[i].under ? under_lines(height, needed, panes[i].under) : 0;

        if (!lines || (p->n && panes[i].side)) /* it stands beside the grid already */
            continue;
        p->grid_height = height - lines;
        put(p, (enum pane)i, y + p->grid_height, 0, lines, p->grid_width);
        return;
    }
}

void panes_plan(struct pane_places *p, int y, int height, int width, size_t needed)
{
    *p = (struct pane_places){ .grid_height = height, .grid_width = width };
    if (width >= SIDE_FROM && height >= UNDER_LEAST) {
        p->grid_width = width - SIDE_MOST > SIDE_GRID ? width - SIDE_MOST : SIDE_GRID;
        plan_side(p, y, height, width);
    }
    if (width >= UNDER_FROM_WIDTH && needed > 1) /* without a site the hint has the room */
        plan_under(p, y, height, needed);
}

static const struct pane_place *place_of(const struct app *a, enum pane pane)
{
    int i;

    for (i = 0; i < a->plan.panes.n; i++)
        if (a->plan.panes.at[i].pane == pane)
            return &a->plan.panes.at[i];
    return NULL;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

static void draw_list(struct app *a, const struct pane_ops *o, struct pane_state *s, struct cells *c, bool here)
{
    size_t n = o->count(a), rows = (size_t)c->height, i;

    s->lines = n < INT32_MAX ? (int)n : INT32_MAX;
    s->rows = c->height;
    if (s->at >= n)
        s->at = n ? n - 1 : 0;
    if (s->at < (size_t)s->top || !here)
        s->top = here ? (int)s->at : 0;
    if (here && s->at >= (size_t)s->top + rows)
        s->top = (int)(s->at - rows + 1);
    for (i = (size_t)s->top; i < n && i < (size_t)s->top + rows; i++) {
        int y = (int)(i - (size_t)s->top);
        unsigned style = here && i == s->at ? STYLE_UNDER_CURSOR : 0;

        cells_fill(c, y, 0, c->width, STYLE_PLAIN | style);
        o->item(a, c, y, i, style);
    }
    if (!n && o->nothing)
        cells_text(c, 0, 1, c->width - 1, STYLE_QUIET, o->nothing);
}

static void draw_page(struct app *a, const struct pane_ops *o, struct pane_state *s, struct cells *c)
{
    s->rows = c->height;
    s->lines = o->draw(a, c, s->top);
    if (s->top > 0 && s->top > s->lines - s->rows) { /* it became shorter */
        s->top = s->lines > s->rows ? s->lines - s->rows : 0;
        cells_clear(c);
        o->draw(a, c, s->top);
    }
}

/* It tells of now, and a moment of the past is shown. */
static bool is_mute(const struct app *a, enum pane pane)
{
    return a->snapshot->past && pane != PANE_SITES && !panes[pane].ops->of_then;
}

bool panes_has_list(const struct app *a, enum pane p)
{
    return panes[p].ops->count && !is_mute(a, p);
}

static void draw_content(struct app *a, enum pane pane, struct cells *c, bool here)
{
    const struct pane_ops *o = panes[pane].ops;

    cells_clear(c);
    if (!c->width || !c->height)
        return;
    if (is_mute(a, pane)) {
        cells_text(c, 0, 1, c->width - 1, STYLE_QUIET, "-  of then nothing is known: 0 goes back to now");
        return;
    }
    if (o->count)
        draw_list(a, o, &a->pane[pane], c, here);
    else
        draw_page(a, o, &a->pane[pane], c);
}

static void title_text(struct app *a, enum pane pane, struct strbuf *out)
{
    char digit = pane_digit(pane);

    if (digit)
        strbuf_addf(out, "%c ", digit);
    if (panes[pane].ops->title && !is_mute(a, pane))
        panes[pane].ops->title(a, out);
    else
        strbuf_adds(out, panes[pane].label);
}

/* "-- 5 Certs, next 60 days ------": a line with the title in it. */
static void draw_rule(struct app *a, const struct pane_place *p, struct cells *c, bool here)
{
    struct strbuf text = STRBUF_INIT;
    enum style style = here ? STYLE_SORTED : STYLE_HEADING;
    int x, used;

    for (x = 0; x < p->width; x++)
        cells_text(c, p->y, p->x + x, 1, STYLE_RULE, c->utf8 ? "─" : "-");
    title_text(a, p->pane, &text);
    cells_text(c, p->y, p->x + 2, 1, STYLE_RULE, " ");
    used = cells_text(c, p->y, p->x + 3, p->width - 5, style, text.text);
    cells_text(c, p->y, p->x + 3 + used, 1, STYLE_RULE, " ");
    strbuf_release(&text);
}

void panes_draw_beside(struct app *a, struct cells *c)
{
    const struct pane_places *p = &a->plan.panes;
    int i, y;

    for (i = 0; i < p->n; i++) {
        const struct pane_place *at = &p->at[i];
        int edge = at->x ? 1 : 0;
        struct cells part = cells_part(c, at->y + 1, at->x + 2 * edge, at->height - 1, at->width - 2 * edge);

        draw_content(a, at->pane, &part, at->pane == panes_here(a));
        for (y = at->y + 1; edge && y < at->y + at->height; y++)
            cells_text(c, y, at->x, 1, STYLE_RULE, c->utf8 ? "│" : "|");
        draw_rule(a, at, c, at->pane == panes_here(a));
        if (edge)
            cells_text(c, at->y, at->x, 1, STYLE_RULE, c->utf8 ? "├" : "+");
    }
}

void panes_draw_alone(struct app *a, struct cells *c)
{
    enum pane pane = panes_here(a);
    const struct plan *p = &a->plan;
    struct strbuf text = STRBUF_INIT;
    struct cells part = cells_part(c, p->y_titles + 1, 0, p->y_status - p->y_titles - 1, c->width);

    draw_content(a, pane, &part, true);
    strbuf_addc(&text, ' ');
    title_text(a, pane, &text);
    cells_fill(c, p->y_titles, 0, c->width, STYLE_TITLE);
    cells_text(c, p->y_titles, 0, c->width, STYLE_TITLE, text.text);
    strbuf_release(&text);
    c->cursor_y = p->y_titles + 1;
}

/* --- which has the keys ------------------------------------------------------------------------------------------- */

enum pane panes_here(const struct app *a)
{
    return a->here;
}

bool panes_is_alone(const struct app *a)
{
    return a->here != PANE_SITES && (a->alone || !place_of(a, a->here));
}

void panes_open(struct app *a, enum pane p)
{
    if (panes[p].ops->open && !panes[p].ops->open(a))
        return;
    if (p != a->here)
        a->pane[p].top = 0;
    a->here = p;
    a->alone = p != PANE_SITES;
}

/* The next one on the screen; of those that stand alone, the next with a digit. */
static enum pane next_pane(const struct app *a, int step)
{
    bool alone = panes_is_alone(a);
    int i = a->here;

    do
        i = (i + step + PANE_COUNT) % PANE_COUNT;
    while (i != PANE_SITES && (alone ? !pane_digit((enum pane)i) : !place_of(a, (enum pane)i)));
    return (enum pane)i;
}

static void go_to_next(struct app *a, int step)
{
    bool alone = panes_is_alone(a);

    a->here = next_pane(a, step);
    a->alone = alone && a->here != PANE_SITES;
}

void panes_move(struct app *a, enum pane p, int64_t lines)
{
    struct pane_state *s = &a->pane[p];
    bool is_list = panes_has_list(a, p);
    int64_t most, to;

    if (is_list)
        s->lines = (int)panes[p].ops->count(a);
    most = is_list ? (int64_t)s->lines - 1 : (int64_t)s->lines - s->rows;
    to = (is_list ? (int64_t)s->at : s->top) + lines;

    if (to > most)
        to = most;
    if (to < 0)
        to = 0;
    if (is_list)
        s->at = (size_t)to;
    else
        s->top = (int)to;
}

/* Moving in a list, and through a page that is longer than the screen. */
static bool take_moves(struct app *a, enum action action, bool is_list)
{
    struct pane_state *s = &a->pane[a->here];
    int page = s->rows > 1 ? s->rows - 1 : 1;

    switch (action) {
    case ACTION_UP: case ACTION_DOWN:
        if (!is_list)
            return false;            /* a page is about the site that the grid's cursor is on */
        panes_move(a, a->here, action == ACTION_UP ? -1 : 1);
        return true;
    case ACTION_PAGE_UP: case ACTION_PAGE_DOWN:
        panes_move(a, a->here, action == ACTION_PAGE_UP ? -page : page);
        return true;
    case ACTION_HALF_UP: case ACTION_HALF_DOWN:
        panes_move(a, a->here, (action == ACTION_HALF_UP ? -1 : 1) * ((page + 1) / 2));
        return true;
    case ACTION_FIRST: case ACTION_LAST:
        if (is_list)
            panes_move(a, a->here, action == ACTION_FIRST ? INT32_MIN : INT32_MAX);
        return is_list;
    default:
        return false;
    }
}

/* A list's Enter: all about the site of the item. */
bool panes_enter(struct app *a)
{
    uint32_t id;

    if (!panes_is_alone(a)) {
        a->alone = true;
        return true;
    }
    if (!panes_subject(a, &id) || !view_go_site(&a->view, a->snapshot, id))
        return a->here != PANE_DETAIL;
    panes_open(a, PANE_DETAIL);
    return true;
}

bool panes_stroke(struct app *a, uint32_t stroke)
{
    const struct pane_ops *o = panes[a->here].ops;
    enum action action = keymap_find(&a->keys, stroke);

    if (stroke == STROKE_TAB || stroke == STROKE_BACKTAB) {
        go_to_next(a, stroke == STROKE_TAB ? 1 : -1);
        return true;
    }
    if (a->here == PANE_SITES)
        return false;
    if (o->stroke && !is_mute(a, a->here) && o->stroke(a, stroke))
        return true;
    if (a->here == PANE_SITES)       /* it gave way */
        return false;
    if (action == ACTION_CLEAR) {
        a->here = PANE_SITES;
        a->alone = false;
        return true;
    }
    if (action == ACTION_PANE_DETAIL)
        return panes_enter(a);
    return take_moves(a, action, panes_has_list(a, a->here));
}

bool panes_subject(struct app *a, uint32_t *site_id)
{
    const struct pane_ops *o = panes[a->here].ops;

    return o->subject && !is_mute(a, a->here) && a->pane[a->here].at < o->count(a) && o->subject(a, a->pane[a->here].at, site_id);
}

void panes_take(struct app *a, const struct snapshot *s)
{
    int i;

    for (i = 0; i < PANE_COUNT; i++)
        if (panes[i].ops->take)
            panes[i].ops->take(a, s);
}

void panes_release(struct app *a)
{
    int i;

    for (i = 0; i < PANE_COUNT; i++)
        if (panes[i].ops->release)
            panes[i].ops->release(a);
}
