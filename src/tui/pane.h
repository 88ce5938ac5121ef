#ifndef PANE_H
#define PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "cells.h"
#include "model/snapshot.h"

/* Panes: what stands beside or below the grid where there is room, and alone in its place when its key is pressed. Each is
 * a file pane_NAME.c and a row of panes.def. All of this is pure and one thread's. */
struct app;

enum pane {
#define PANE(id, ...) PANE_##id,
#include "panes.def"
#undef PANE
    PANE_COUNT
};

/* One kind of pane: a list of items, of which each is a line and one has the cursor, or a page that is drawn whole. Any member
 * may be NULL but `item` or `draw`. */
struct pane_ops {
    /* Its title; NULL: the label of panes.def. */
    void (*title)(struct app *a, struct strbuf *out);

    /* By its word, with what stood behind that, "" for nothing; false: it is not shown. */
    bool (*asked)(struct app *a, const char *argument);
    /* Before it is shown alone; false: it is not, and why was said. */
    bool (*open)(struct app *a);

    /* Each snapshot, for what is kept up at a cost that grows with what changed. */
    void (*take)(struct app *a, const struct snapshot *s);
    void (*release)(struct app *a);

    /* Of a list: how many items there are, and what to say when there are none. */
    size_t (*count)(struct app *a);
    const char *nothing;
    /* Draws item i on line y; style has the cursor's flag. The line is filled with it already. */
    void (*item)(struct app *a, struct cells *c, int y, size_t i, unsigned style);
    /* The site that item i is about: keys for a site act on that one. */
    bool (*subject)(struct app *a, size_t i, uint32_t *site_id);

    /* Of a page: draws it from line `top` of all its lines on, and tells how many it has. c may be as small as 1 x 1. */
    int (*draw)(struct app *a, struct cells *c, int top);

    bool of_then;                    /* it can tell of a moment of the past */

    /* A key while it has the keys; false: what it means in the grid. */
    bool (*stroke)(struct app *a, uint32_t stroke);
};

struct pane_row {
    const struct pane_ops *ops;      /* NULL: the grid */
    const char *keys, *word, *label, *help;
    int side, under;
};
const struct pane_row *pane_row(enum pane p);
/* Its digit in the status line; 0: it has none. */
char pane_digit(enum pane p);

/* Where the panes are. Lines and columns include the title's line. */
struct pane_place {
    enum pane pane;
    int y, x, height, width;
};
struct pane_places {
    struct pane_place at[PANE_COUNT];
    int n;
    int grid_height, grid_width;     /* what they left to the grid */
};

/* Divides height x width at line y, of which the grid needs `needed` lines to show every site. */
void panes_plan(struct pane_places *p, int y, int height, int width, size_t needed);

/* What app keeps of each pane. */
struct pane_state {
    int    top;
    size_t at;                       /* the item under the cursor */
    int    lines, rows;              /* there are, and fit on the screen: when it was drawn */
    void  *own;                      /* the pane's */
};

/* In place of the grid, on the lines that the grid would have. */
void panes_draw_alone(struct app *a, struct cells *c);
void panes_draw_beside(struct app *a, struct cells *c);

/* Shows p alone; PANE_SITES: the grid again. */
void panes_open(struct app *a, enum pane p);
/* The pane that has the keys; PANE_SITES: the grid has them. */
enum pane panes_here(const struct app *a);
/* It stands in the grid's place. */
bool panes_is_alone(const struct app *a);
/* A key; false: the key table says what it means. */
bool panes_stroke(struct app *a, uint32_t stroke);
/* What is shown in it now is a list, and item and cursor mean something. */
bool panes_has_list(const struct app *a, enum pane p);
/* Its cursor, or its first line, goes on by lines, and stops at the ends. */
void panes_move(struct app *a, enum pane p, int64_t lines);
/* Enter in a pane: alone, and then what its item is about; false: nothing. */
bool panes_enter(struct app *a);
void panes_take(struct app *a, const struct snapshot *s);
void panes_release(struct app *a);

/* The site that the item under a pane's cursor is about; false when the grid's cursor says it. */
bool panes_subject(struct app *a, uint32_t *site_id);

#endif
