/* Titles and rows of the grid drawn: a row in trouble spends its numbers on the reason. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "columns_inside.h"
#include "words.h"

void columns_draw_titles(struct cells *c, int y, const struct layout *l, enum column sorted, const char *trend)
{
    int i;

    cells_fill(c, y, 0, c->width, STYLE_TITLE);
    for (i = 0; i < l->n; i++) {
        enum column k = l->at[i].column;
        unsigned style = k == sorted ? STYLE_SORTED : STYLE_TITLE;
        enum lie lie = column_rows[k].lie == LIE_RIGHT ? LIE_RIGHT : LIE_LEFT;

        cells_field(c, y, l->at[i].x, l->at[i].width, style, lie, k == COLUMN_TREND ? trend : column_rows[k].title);
    }
    if (l->more_left)
        cells_text(c, y, 0, 1, STYLE_TITLE, "<");
    if (l->more_right)
        cells_text(c, y, c->width - 1, 1, STYLE_TITLE, ">");
}

#define FAST_US 5000                 /* what is only so much slower is no news, whatever the factor */

/* How high a latency is beside the site's median: each step is a factor, and the median lies in step 1 of 7. */
static int step_of(uint32_t us, uint32_t median)
{
    static const double factors[] = { 0.8, 1.25, 1.6, 2.2, 3.5, 6 };
    int step = 0;

    while (step < 6 && median && us > factors[step] * median)
        step++;
    return step > 2 && us < median + FAST_US ? 2 : step;
}

static void draw_mark(struct cells *c, int y, int x, unsigned flags, uint8_t mark, uint32_t us, uint32_t median)
{
    static const char *const ascii[] = { "_", ".", "-", "=", "+", "*", "#" };
    static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇" };
    static const struct {
        const char *text;
        enum style style;
    } others[] = {
        [MARK_NONE] = { " ", STYLE_PLAIN },
        [MARK_MAINTENANCE] = { "m", STYLE_TREND_OTHER },
        [MARK_INCONCLUSIVE] = { "?", STYLE_TREND_OTHER },
        [MARK_FAILED] = { "X", STYLE_TREND_FAIL },
    };
    int step = step_of(us, median);

    if (mark != MARK_GOOD)
        cells_text(c, y, x, 1, others[mark].style | flags, others[mark].text);
    else
        cells_text(c, y, x, 1, (step > 3 ? STYLE_TREND_HIGH : STYLE_TREND) | flags,
                   c->utf8 ? blocks[step] : ascii[step]);
}

/* The snapshot's trend is as of the row's last change; time since then moves it to the left. A result may be of a later
 * moment than the snapshot. */
static void draw_trend(struct cells *c, int y, int x, int width, unsigned flags, const struct snapshot *s,
                       const struct snapshot_row *row)
{
    uint32_t slot = (uint32_t)(s->now_ns / NS_PER_S) / trend_slot_s(row->row.site->options->interval_ms);
    uint32_t passed = slot > row->slot ? slot - row->slot : 0;
    int i;

    for (i = 0; i < width; i++) {
        int64_t from = (int64_t)TREND_SLOTS - width + i + passed;

        if (from >= 0 && from < TREND_SLOTS)
            draw_mark(c, y, x + i, flags, row->mark[from], latency_us(row->worst[from]), row->p50_us);
    }
}

#define KNOWN_MOST 24

/* The reason gives way to what stands behind it, "[ACK sam]": that somebody knows is half the news. */
static void draw_reason(struct cells *c, int y, const struct layout *l, unsigned flags, const char *known, const struct asked *a)
{
    static const enum style styles[STATE_COUNT] = {
        STYLE_QUIET, STYLE_PLAIN, STYLE_PLAIN, STYLE_REASON_CHECK, STYLE_REASON, STYLE_REASON_OURS, STYLE_MAINT,
        STYLE_PAUSE,
    };
    char text[WORDS_REASON_SIZE], behind[KNOWN_MOST * 4] = "";
    unsigned style = styles[state_shown(&a->row->row.state)];
    int width = l->reason_width, used;

    if (known && *known)
        snprintf(behind, sizeof(behind), " [%.*s]", KNOWN_MOST, known);
    used = cells_columns(c, behind, SIZE_MAX);
    if (used > width / 2)
        used = 0;
    words_reason(text, &a->row->row, a->snapshot, width - used);
    cells_field(c, y, l->reason_x, width, style | flags, LIE_LEFT, "");
    width = cells_text(c, y, l->reason_x, width - used, style | flags, text);
    if (used)
        cells_text(c, y, l->reason_x + width, used, STYLE_PLAIN | flags, behind);
}

#define NAME_READABLE 8              /* columns that a name keeps however deep it stands */

int column_indent(int depth, int width)
{
    int most = width > NAME_READABLE ? (width - NAME_READABLE) & ~1 : 0;

    return depth < most / 2 ? 2 * depth : most;
}

/* Steps of two columns for each depth, and the mark in the last of them. */
static void draw_name(struct cells *c, int y, int x, int width, unsigned style, struct row_look look, struct said *said)
{
    int indent = column_indent(look.depth < INT16_MAX ? (int)look.depth : INT16_MAX, width);
    char mark[2] = { look.mark };
    size_t length = strlen(said->text);

    if (look.hidden)
        snprintf(said->text + length, COLUMN_TEXT_SIZE - length, " (%u)", (unsigned)look.hidden);
    if (indent >= 2)
        cells_text(c, y, x + indent - 2, 1, STYLE_KEY | (style & ~STYLE_KIND), mark);
    cells_field(c, y, x + indent, width - indent, style, column_rows[COLUMN_NAME].lie, said->text);
}

static void draw_column(struct cells *c, int y, const struct layout *l, int i, unsigned flags, struct row_look look,
                        const struct snapshot *s, const struct snapshot_row *row)
{
    enum column k = l->at[i].column;
    struct asked a = { s, row, l->at[i].width };
    struct said said = { .style = STYLE_PLAIN };

    if (k == COLUMN_TREND) {
        draw_trend(c, y, l->at[i].x, l->at[i].width, flags, s, row);
        return;
    }
    column_texts[k](&said, &a);
    if (said.text[0] == '-' && !said.text[1])
        said.style = STYLE_QUIET;
    if (k == COLUMN_NAME && look.found)
        said.style = STYLE_MATCH;
    else if (k == COLUMN_NAME && look.tagged)
        said.style = STYLE_CHANGED;
    if (k == COLUMN_NAME)
        draw_name(c, y, l->at[i].x, l->at[i].width, said.style | flags, look, &said);
    else
        cells_field(c, y, l->at[i].x, l->at[i].width, said.style | flags, column_rows[k].lie, said.text);
}

void columns_draw_edge(struct cells *c, int y, struct row_look look, unsigned flags)
{
    cells_fill(c, y, 0, c->width, STYLE_PLAIN | flags);
    if (look.under_cursor || look.tagged)
        cells_text(c, y, 0, 1, (look.tagged ? STYLE_CHANGED : STYLE_PLAIN) | flags, look.tagged ? "*" : ">");
}

void columns_draw_row(struct cells *c, int y, const struct layout *l, const struct snapshot *s,
                      const struct snapshot_row *row, struct row_look look)
{
    bool reason = l->reason_width && words_has_reason(&row->row);
    unsigned flags = words_is_old(&row->row, s->now_ns) ? STYLE_OLD : 0;
    struct asked a = { s, row, 0 };
    int i;

    flags |= look.under_cursor ? STYLE_UNDER_CURSOR : 0;
    columns_draw_edge(c, y, look, flags);
    for (i = 0; i < l->n; i++) {
        int end = l->at[i].x + l->at[i].width;

        if (reason && l->at[i].x >= l->reason_x && end <= l->reason_x + l->reason_width)
            continue;
        draw_column(c, y, l, i, flags, look, s, row);
    }
    if (reason)
        draw_reason(c, y, l, flags, look.known, &a);
}
