/* The main screen: rows of sites between the header's lines and the footer's. Pure. */
#include "grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "group_row.h"
#include "header.h"
#include "keys.h"
#include "words.h"

/* The least heights at which a line is worth a row of the grid. */
#define HEALTH_FROM 12
#define ALERT_FROM 10
#define KEYS_FROM 12
#define GRID_LEAST_WIDTH 20
#define GRID_LEAST_HEIGHT 5

void grid_plan(struct plan *p, int width, int height, bool alert, bool replay, size_t nline)
{
    int y = 1, bottom = height;

    *p = (struct plan){ .width = width, .height = height, .y_replay = -1, .y_health = -1, .y_alert = -1, .y_keys = -1 };
    p->y_talk = height - 1;
    p->one_line = width < GRID_LEAST_WIDTH || height < GRID_LEAST_HEIGHT;
    p->narrow = width < COLUMNS_SHORT_BELOW;
    if (replay)
        p->y_replay = y++;
    else if (!p->narrow && width < HEADER_ONE_LINE && height >= HEALTH_FROM)
        p->y_health = y++;
    if (!p->narrow && alert && height >= ALERT_FROM)
        p->y_alert = y++;
    if (!p->narrow && height >= KEYS_FROM)
        p->y_keys = --bottom;
    p->y_status = --bottom;
    p->y_titles = y;
    p->y_rows = y + 1;
    panes_plan(&p->panes, y, bottom > y ? bottom - y : 0, width, nline + 1);
    p->nrows = p->panes.grid_height > 1 ? p->panes.grid_height - 1 : 0;
}

/* --- the footer --------------------------------------------------------------------------------------------------- */

/* Neighbours in the table that share a label are one item: "nN Again". */
struct item {
    char keys[24];
    const char *label;
    int rank;
};

static bool is_command_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t footer_items(const struct keymap *keys, bool past, struct item item[ACTION_COUNT])
{
    size_t n = 0;
    int a;

    for (a = 1; a < ACTION_COUNT; a++) {
        const struct key *k = keys_row((enum action)a);
        const char *first;
        size_t length = keymap_first(keys, (enum action)a, &first);

        if (!k->rank || !length || (past && replay_stops((enum action)a)))
            continue;
        if (n && !strcmp(item[n - 1].label, k->label)) {
            strncat(item[n - 1].keys, first, length);
            continue;
        }
        item[n] = (struct item){ .label = k->label, .rank = k->rank };
        snprintf(item[n++].keys, sizeof(item->keys), "%.*s", (int)length, first);
    }
    return n;
}

/* A letter is set off from its label where there is room: "a Add", but "/Find". */
static int item_blank(const struct item *i, bool loose)
{
    return loose && is_command_character(i->keys[0]) ? 1 : 0;
}

static int items_width(const struct item *item, size_t n, int worst, bool loose)
{
    int width = 0;
    size_t i;

    for (i = 0; i < n; i++)
        if (item[i].rank <= worst)
            width += (int)(strlen(item[i].keys) + strlen(item[i].label)) + item_blank(&item[i], loose) +
                     (width ? loose ? 2 : 1 : 0);
    return width;
}

static void draw_keys(const struct keymap *keys, bool past, struct cells *c, int y)
{
    struct item item[ACTION_COUNT];
    size_t n = footer_items(keys, past, item), i;
    bool loose = items_width(item, n, 9, true) <= c->width; /* if that costs nobody below rank 10 a place */
    int worst = ACTION_COUNT, x = 0;

    while (worst > 1 && items_width(item, n, worst, loose) > c->width)
        worst--;
    cells_fill(c, y, 0, c->width, STYLE_PLAIN);
    for (i = 0; i < n; i++) {
        if (item[i].rank > worst)
            continue;
        x += x ? loose ? 2 : 1 : 0;
        x += cells_text(c, y, x, c->width - x, STYLE_KEY, item[i].keys) + item_blank(&item[i], loose);
        x += cells_text(c, y, x, c->width - x, STYLE_LABEL, item[i].label);
    }
}

/* --- the status line ---------------------------------------------------------------------------------------------- */

const char *grid_sort_name(const struct view *v, char text[32])
{
    snprintf(text, 32, "%s%s", column_title(v->sort), v->sites.inverted ? ", inverted" : "");
    return text;
}

static void span_text(char *text, size_t size, const struct grid *g, const struct plan *p)
{
    size_t lines = view_lines(g->view), n = g->view->sites.n, first = g->view->top, last = first + (size_t)p->nrows;
    uint32_t total = g->snapshot->counts.total;

    if (last > lines)
        last = lines;
    if (p->narrow)
        snprintf(text, size, "%zu-%zu/%zu", lines ? first + 1 : 0, last, lines);
    else if (forest_is_on(&g->view->tree))
        snprintf(text, size, n < total ? "%zu-%zu of %zu, %zu hidden" : "%zu-%zu of %zu", lines ? first + 1 : 0, last, lines,
                 total - n);
    else if (n < total)
        snprintf(text, size, "%zu-%zu of %zu, %zu hidden", n ? first + 1 : 0, last, n, total - n);
    else
        snprintf(text, size, "%zu-%zu of %zu", n ? first + 1 : 0, last, n);
}

/* What there is to say of the site under the cursor that its row may not have had room for. */
static void cursor_text(char *text, size_t size, const struct grid *g, bool narrow)
{
    const struct snapshot_row *row = view_row(g->view, g->snapshot);
    char code[WORDS_SIZE], reason[WORDS_REASON_SIZE];

    text[0] = '\0';
    if (!row)
        return;
    if (narrow && words_has_reason(&row->row)) {
        words_code(code, &row->row);
        words_reason(reason, &row->row, g->snapshot, 0);
        if (strcmp(code, "-") == 0)
            snprintf(text, size, "%s", reason);
        else
            snprintf(text, size, "%s: %s", code, reason);
    } else
        text_mask_url(text, size, row->row.site->url);
}

/* Draws " name: value" and returns the columns used. */
static int draw_setting(struct cells *c, int y, int x, int end, const char *name, const char *value, enum style style)
{
    int start = x;

    if (end - x < (int)strlen(name) + 6)
        return 0;
    x += cells_text(c, y, x, end - x, STYLE_STATUS, name);
    x += cells_text(c, y, x, end - x, style, value);
    return x - start + 2;
}

static void draw_status_narrow(const struct grid *g, const struct plan *p, struct cells *c)
{
    int x, end = p->width - 2, y = p->y_status;
    char text[512];

    span_text(text, sizeof(text), g, p);
    x = cells_text(c, y, 0, end, STYLE_STATUS, text) + 1;
    if (g->file_trouble[0] || g->snapshot->health.trouble[0])
        cells_text(c, y, x, end - x, STYLE_FAULT, g->file_trouble[0] ? g->file_trouble : g->snapshot->health.trouble);
    else if (filter_is_set(&g->view->filter)) {
        snprintf(text, sizeof(text), "filter %s", g->view->filter.text);
        cells_text(c, y, x, end - x, STYLE_FILTER, text);
    } else {
        cursor_text(text, sizeof(text), g, true);
        cells_text(c, y, x, end - x, STYLE_STATUS, text);
    }
    cells_text(c, y, p->width - 1, 1, STYLE_KEY, "?");
}

/* "1Sites": the columns of a pane's name and its digit; 0: it has none. */
static int name_width(enum pane p)
{
    return pane_digit(p) ? (int)strlen(pane_row(p)->label) + 1 : 0;
}

enum pane grid_pane_at(int x_panes, int x)
{
    int p;

    for (p = 0; p < PANE_COUNT; p++) {
        int width = name_width((enum pane)p);

        if (x >= x_panes && x < x_panes + width)
            return (enum pane)p;
        x_panes += width ? width + 1 : 0;
    }
    return PANE_COUNT;
}

/* "1Sites 2Alerts": the panes with a digit, at the right end; where they begin. */
static int draw_panes(const struct grid *g, struct cells *c, int y, int from)
{
    int width = -1, begin, x, p;

    for (p = 0; p < PANE_COUNT; p++)
        width += name_width((enum pane)p) ? name_width((enum pane)p) + 1 : 0;
    if (from + width > c->width)
        return c->width;
    begin = x = c->width - width;
    for (p = 0; p < PANE_COUNT; p++) {
        char digit[2] = { pane_digit((enum pane)p) };
        bool here = (enum pane)p == (g->alone ? g->here : PANE_SITES);

        if (!digit[0])
            continue;
        x += cells_text(c, y, x, 1, STYLE_KEY, digit);
        x += cells_text(c, y, x, c->width - x, here ? STYLE_SORTED : STYLE_LABEL, pane_row((enum pane)p)->label) + 1;
    }
    return begin;
}

/* What was set for the rows; the columns it takes. */
static int draw_settings(const struct grid *g, const struct plan *p, struct cells *c)
{
    bool filtered = filter_is_set(&g->view->filter);
    char text[512], sort[32];
    int x, y = p->y_status;

    span_text(text, sizeof(text), g, p);
    x = cells_text(c, y, 0, c->width, STYLE_STATUS, text) + 2;
    if (g->view->tree.kind)
        x += draw_setting(c, y, x, c->width, "tree: ", tree_word(g->view->tree.kind), STYLE_STATUS);
    x += draw_setting(c, y, x, c->width, "sort: ", grid_sort_name(g->view, sort), STYLE_STATUS);
    if (filtered || !g->view->tree.kind)
        x += draw_setting(c, y, x, c->width, "filter: ", filtered ? g->view->filter.text : "none",
                          filtered ? STYLE_FILTER : STYLE_STATUS);
    snprintf(text, sizeof(text), "%zu", g->view->ntagged);
    if (g->view->ntagged)
        x += draw_setting(c, y, x, c->width, "tagged: ", text, STYLE_CHANGED);
    if (g->view->search)
        x += draw_setting(c, y, x, c->width, "search: ", g->view->search, STYLE_MATCH);
    return x;
}

static int draw_status(const struct grid *g, const struct plan *p, struct cells *c)
{
    char text[512];
    int x = 0, y = p->y_status, panes, end;

    cells_fill(c, y, 0, c->width, STYLE_STATUS);
    if (p->narrow) {
        draw_status_narrow(g, p, c);
        return p->width;
    }
    if (!g->alone)
        x = draw_settings(g, p, c);
    else if (g->here == PANE_DETAIL && g->view->on_site && !forest_is_on(&g->view->tree)) {
        snprintf(text, sizeof(text), "site %zu of %zu", g->view->at + 1, g->view->sites.n);
        x = cells_text(c, y, 0, c->width, STYLE_STATUS, text) + 2;
    }
    if (g->file_trouble[0]) {
        cells_field(c, y, x, c->width - x, STYLE_FAULT, LIE_RIGHT, g->file_trouble);
        return p->width;
    }
    panes = draw_panes(g, c, y, x);
    end = panes < c->width ? panes - 2 : panes;
    cursor_text(text, sizeof(text), g, false);
    if (end - x >= 20 && !p->panes.n && !g->alone)
        cells_field(c, y, x, end - x, STYLE_QUIET, LIE_RIGHT, text);
    return panes;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* The span of the trend's cells, "TREND 14m"; of all sites in the rows, since each has a slot of its own. */
static void trend_title(char *text, size_t size, const struct grid *g, const struct layout *l, size_t first, size_t n)
{
    char from[DURATION_TEXT_SIZE], to[DURATION_TEXT_SIZE];
    uint32_t least = UINT32_MAX, most = 0;
    size_t i;

    for (i = first; i < first + n && i < view_lines(g->view); i++) {
        struct view_line line = view_line(g->view, i);
        uint32_t s = trend_slot_s(g->snapshot->row[line.id].row.site->options->interval_ms);

        if (line.header)
            continue;
        least = s < least ? s : least;
        most = s > most ? s : most;
    }
    if (!most)
        snprintf(text, size, "TREND");
    else if (least == most)
        snprintf(text, size, "TREND %s", duration_format(from, (int64_t)l->trend_width * most * MS_PER_S));
    else
        snprintf(text, size, "TREND %s-%s", duration_glance(from, (int64_t)l->trend_width * least * MS_PER_S),
                 duration_glance(to, (int64_t)l->trend_width * most * MS_PER_S));
}

static void draw_row(const struct grid *g, const struct layout *l, struct cells *c, int y, size_t at, bool cursor)
{
    struct view_line line = view_line(g->view, at);
    const struct snapshot_row *row = &g->snapshot->row[line.id];
    struct row_look look = {
        .under_cursor = cursor,
        .depth = line.depth,
        .mark = line.parent ? line.folded ? '+' : '-' : 0,
        .hidden = line.folded ? line.below : 0,
    };
    const struct alert *alert = NULL;
    char known[ALERT_MARK_SIZE];

    if (line.header) {
        const struct group *group = forest_group(&g->view->tree, line.group);

        look.tagged = view_group_is_tagged(g->view, g->snapshot, group);
        group_row_draw(c, y, l, g->snapshot, g->view, group, look);
        return;
    }
    look.found = g->view->search && filter_finds(g->view->search, row);
    look.tagged = view_is_tagged(g->view, &row->row);
    if (g->alerts && words_has_reason(&row->row))
        alert = alert_list_find(g->alerts, row->row.id);
    if (alert)
        look.known = alert_mark(known, alert, g->snapshot->now_ms);
    columns_draw_row(c, y, l, g->snapshot, row, look);
    if (line.folded && !words_has_reason(&row->row)) {
        struct status_counts below = view_count_fold(g->view, at);

        group_row_draw_fold(c, y, l, &below, look);
    }
}

/* A list of lines in the middle of where the rows would be. */
static void draw_hint(const struct grid *g, const struct plan *p, struct cells *c)
{
    bool filtered = g->snapshot->counts.total > 0;
    const char *const hint[2][3] = {
        { "No site fits the filter.", "Esc clears it.", "" },
        { "No sites yet.", g->has_file ? "Press a to add or paste URLs." :
                           "There is no settings file to write to:",
          g->has_file ? "They are written to the settings file." : "start with -c FILE, or with URLs to watch." },
    };
    int i, y = p->y_rows + (p->nrows > 4 ? p->nrows / 2 - 2 : 0);

    for (i = 0; i < 3 && y + i < p->y_rows + p->nrows; i++) {
        const char *text = hint[filtered ? 0 : 1][i];
        int x = (c->width - (int)strlen(text)) / 2;

        cells_text(c, y + i, x > 0 ? x : 0, c->width, i ? STYLE_PLAIN : STYLE_HEADING, text);
    }
}

static void draw_rows(const struct grid *g, const struct plan *p, struct cells *c)
{
    struct cells part = cells_part(c, 0, 0, c->height, p->panes.grid_width);
    struct layout l;
    char trend[64];
    int i;

    layout_plan(&l, g->columns, p->panes.grid_width, g->view->column_scroll);
    trend_title(trend, sizeof(trend), g, &l, g->view->top, (size_t)p->nrows);
    columns_draw_titles(&part, p->y_titles, &l, g->view->sort, trend);
    for (i = 0; i < p->nrows; i++) {
        size_t at = g->view->top + (size_t)i;

        if (at < view_lines(g->view))
            draw_row(g, &l, &part, p->y_rows + i, at, at == g->view->at);
        if (at == g->view->at)
            c->cursor_y = p->y_rows + i;
    }
    if (!view_lines(g->view))
        draw_hint(g, p, &part);
}

static void draw_one_line(const struct grid *g, struct cells *c)
{
    struct strbuf text = STRBUF_INIT;
    int x = g->replay.on ? cells_text(c, 0, 0, c->width, STYLE_QUESTION, "REPLAY") + 1 : 0;

    header_one_line(&text, g->snapshot, &g->view->alerts, c->width - x);
    cells_text(c, 0, x, c->width - x, g->snapshot->counts.state[STATE_DOWN] ? STYLE_DOWN : STYLE_PLAIN, text.text);
    strbuf_release(&text);
}

int grid_draw(const struct grid *g, const struct plan *p, struct cells *c)
{
    int x_panes;

    cells_clear(c);
    if (p->one_line) {
        draw_one_line(g, c);
        return p->width;
    }
    if (p->narrow)
        header_draw_letters(c, 0, g->snapshot, g->frozen);
    else
        header_draw_counts(c, 0, g->snapshot, g->outbox, g->host, g->frozen);
    if (p->y_replay >= 0)
        header_draw_replay(c, p->y_replay, &g->replay);
    if (p->y_health >= 0)
        header_draw_health(c, p->y_health, g->snapshot, g->outbox);
    if (p->y_alert >= 0)
        header_draw_alert(c, p->y_alert, g->snapshot, &g->view->alerts, g->alerts);
    if (!g->alone)
        draw_rows(g, p, c);
    x_panes = draw_status(g, p, c);
    if (p->y_keys >= 0)
        draw_keys(g->keys, g->replay.on, c, p->y_keys);
    return x_panes;
}

/* --- on the way out ----------------------------------------------------------------------------------------------- */

void grid_print(const struct grid *g, int width, bool utf8, struct strbuf *out)
{
    struct cells c = { .utf8 = utf8 };
    struct layout l;
    char trend[64];
    size_t i;

    if (width < COLUMNS_SHORT_BELOW)
        width = COLUMNS_SHORT_BELOW;
    if (cells_resize(&c, width, 1))
        return;
    header_draw_counts(&c, 0, g->snapshot, NULL, g->host, false);
    cells_to_text(&c, out);
    if (g->replay.on) {
        header_draw_replay(&c, 0, &g->replay);
        cells_to_text(&c, out);
    }
    layout_plan(&l, g->columns, width, 0);
    trend_title(trend, sizeof(trend), g, &l, 0, view_lines(g->view));
    columns_draw_titles(&c, 0, &l, g->view->sort, trend);
    cells_to_text(&c, out);
    for (i = 0; i < view_lines(g->view); i++) {
        draw_row(g, &l, &c, 0, i, false);
        cells_to_text(&c, out);
    }
    cells_release(&c);
}
