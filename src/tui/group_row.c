/* A group's line: columns as those of its sites, where they say something of a group. Pure. */
#include "group_row.h"

#include <stdio.h>
#include <string.h>

#include "words.h"

#define REASON_LEAST 24              /* columns in which something can be said of what is wrong */

/* The columns of the name, with the fold's mark before it. */
static void draw_name(struct cells *c, int y, int x, int width, const struct view *v, const struct group *g,
                      struct row_look look, unsigned flags)
{
    char text[256], count[32];
    int room;

    snprintf(count, sizeof(count), " (%zu)", g->n);
    room = width - 2 - (int)strlen(count);
    cells_text(c, y, x, 1, STYLE_KEY | flags, g->folded ? "+" : "-");
    snprintf(text, sizeof(text), "%.200s", view_group_name(v, g));
    if (room < 4) {
        cells_field(c, y, x + 2, width - 2, STYLE_HEADING | flags, LIE_CUT_MIDDLE, text);
        return;
    }
    if (cells_columns(c, text, SIZE_MAX) < room)
        room = cells_columns(c, text, SIZE_MAX);
    cells_field(c, y, x + 2, room, (look.tagged ? STYLE_CHANGED : STYLE_HEADING) | flags, LIE_CUT_MIDDLE, text);
    cells_text(c, y, x + 2 + room, (int)strlen(count), STYLE_QUIET | flags, count);
}

/* How many are in which state, up to `end`: words where all fit, letters else and on narrow screens. Where the next thing can begin. */
static int draw_counts(struct cells *c, int y, int x, int end, const struct status_counts *counts, unsigned flags)
{
    struct tally tally[TALLY_COUNT];
    char text[32];
    int i, width = 0;
    bool words;

    words_tally(tally, counts);
    for (i = 0; i < TALLY_COUNT; i++)
        if (tally[i].count)
            width += snprintf(NULL, 0, "%s %u  ", tally[i].word, (unsigned)tally[i].count);
    words = c->width >= COLUMNS_SHORT_BELOW && width - 2 <= end - x;
    for (i = 0; i < TALLY_COUNT; i++) {
        if (!tally[i].count)
            continue;
        if (words)
            snprintf(text, sizeof(text), "%s %u", tally[i].word, (unsigned)tally[i].count);
        else
            snprintf(text, sizeof(text), "%c%u", tally[i].letter, (unsigned)tally[i].count);
        if (x + (int)strlen(text) > end)
            break;
        x += cells_text(c, y, x, end - x, tally[i].style | flags, text) + (words ? 2 : 1);
    }
    return x;
}

/* Of a fold: whose trouble it hides, and what that is. */
static void draw_worst(struct cells *c, int y, int x, int end, const struct snapshot *s, const struct row *worst, unsigned flags)
{
    char reason[WORDS_REASON_SIZE];

    if (end - x < REASON_LEAST || !words_has_reason(worst) || state_shown(&worst->state) >= STATE_MAINTENANCE)
        return;
    x += cells_text(c, y, x, (end - x) / 2, STYLE_PLAIN | flags, worst->site->name);
    x += cells_text(c, y, x, end - x, STYLE_PLAIN | flags, ": ");
    words_reason(reason, worst, s, end - x);
    cells_field(c, y, x, end - x, STYLE_REASON | flags, LIE_LEFT, reason);
}

void group_row_draw(struct cells *c, int y, const struct layout *l, const struct snapshot *s, const struct view *v,
                    const struct group *g, struct row_look look)
{
    const struct row *worst = &s->row[g->worst].row;
    unsigned flags = look.under_cursor ? STYLE_UNDER_CURSOR : 0;
    int i, x = 0, end = c->width;
    char age[WORDS_SIZE];

    columns_draw_edge(c, y, look, flags);
    for (i = 0; i < l->n; i++) {
        int width = l->at[i].width;

        switch (l->at[i].column) {
        case COLUMN_STATE:
            cells_field(c, y, l->at[i].x, width, words_state_style(worst) | flags, LIE_LEFT,
                        state_label(state_shown(&worst->state), (enum degraded)worst->state.degraded));
            break;
        case COLUMN_NAME:
            draw_name(c, y, l->at[i].x, width, v, g, look, flags);
            x = l->at[i].x + width + 1;
            break;
        case COLUMN_FOR:
            if (c->width < COLUMNS_SHORT_BELOW || i < l->n - 1)
                break;               /* there the counts need its place, and elsewhere it would stand among them */
            words_age(age, worst->since_ns, s->now_ns);
            cells_field(c, y, l->at[i].x, width, STYLE_PLAIN | flags, LIE_RIGHT, age);
            end = l->at[i].x - 1;
            break;
        default:
            break;
        }
    }
    x = draw_counts(c, y, x, end, &g->counts, flags);
    if (g->folded)
        draw_worst(c, y, x + 1, end, s, worst, flags);
}

void group_row_draw_fold(struct cells *c, int y, const struct layout *l, const struct status_counts *counts, struct row_look look)
{
    unsigned flags = look.under_cursor ? STYLE_UNDER_CURSOR : 0;
    int x = l->reason_x, end = l->reason_x + l->reason_width;

    if (c->width < COLUMNS_SHORT_BELOW && l->n > 2) {
        x = l->at[2].x;              /* all behind the name */
        end = c->width;
    } else if (!l->reason_width)
        return;
    cells_field(c, y, x, end - x, STYLE_QUIET | flags, LIE_LEFT, "below:");
    draw_counts(c, y, x + 7, end, counts, flags);
}
