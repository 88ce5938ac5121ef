#ifndef COLUMNS_H
#define COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "cells.h"
#include "model/snapshot.h"
#include "order.h"

/* What the grid can show of a site, and which of it a screen of some width does show. */
enum column {
#define COLUMN(id, ...) COLUMN_##id,
#include "columns.def"
#undef COLUMN
    COLUMN_COUNT
};

const char *column_title(enum column c);
/* By its title, in any case; COLUMN_COUNT for another word. */
enum column column_find(const char *title);
/* NULL: it does not sort. */
order_key_fn *column_key(enum column c);

/* What a person chose: n columns in their order; n 0: those that fit, in the table's. STATE and NAME are always first. */
struct column_choice {
    enum column column[COLUMN_COUNT];
    int n;
};
/* Reads titles in any case; ERR_INVALID names one that there is not. None: all that fit. */
enum err column_choice_read(struct column_choice *c, const char *const *title, size_t n, struct errmsg *why);

/* Which columns, and where. */
struct layout {
    struct {
        enum column column;
        int x, width;
    } at[COLUMN_COUNT];
    int n;
    bool more_left, more_right;      /* columns are hidden there */
    int reason_x, reason_width;      /* where a site in trouble tells its reason; 0 wide: nowhere */
    int trend_width;                 /* 0: there is no trend */
};

#define COLUMNS_SHORT_BELOW 60       /* narrower screens show STATE NAME CODE FOR LAST */

/* scroll 0: the columns chosen, or worth most; above: STATE, NAME, and all others from the scroll-th on. */
void layout_plan(struct layout *l, const struct column_choice *choice, int width, int scroll);
/* The largest scroll that makes sense. */
int layout_last_scroll(int width);

/* How far a name stands to the right at some depth of a tree, in a column of that width. */
int column_indent(int depth, int width);

/* Draws the titles; `trend` is what to say of the trend's span. */
void columns_draw_titles(struct cells *c, int y, const struct layout *l, enum column sorted, const char *trend);

struct row_look {
    bool under_cursor;
    bool found;                      /* it fits what was searched for */
    bool tagged;
    uint32_t depth;                  /* in a tree: how far the name stands to the right; 0 else */
    char mark;                       /* '+' '-' before the name: what hangs below it is folded, or not; 0: nothing does */
    uint32_t hidden;                 /* so many are in the fold */
    const char *known;               /* "ACK sam": stands behind its reason; NULL or "": nothing does */
};
/* The columns at the beginning of every row: whether it has the cursor, or a tag. */
void columns_draw_edge(struct cells *c, int y, struct row_look look, unsigned flags);
void columns_draw_row(struct cells *c, int y, const struct layout *l, const struct snapshot *s,
                      const struct snapshot_row *row, struct row_look look);

#endif
