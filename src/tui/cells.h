#ifndef CELLS_H
#define CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "style.h"

/* A screen in memory, which pure code draws into and a terminal is brought up to. The functions below are the one place
 * where text is drawn: what may not be shown (base/text.h) never gets into a cell, whoever wrote it. */
#define CELL_POINTS 3

struct cell {
    uint32_t point[CELL_POINTS];     /* a character and what combines with it; 0: no more */
    uint8_t  width;                  /* columns: 1 or 2; 0: the right half of the one before */
    uint8_t  style;                  /* enum style, and its flags */
};

struct cells {
    struct cell *cell;               /* height rows of width cells */
    size_t size;                     /* cells there is memory for; 0: another's, of which this is a part */
    int  width, height;
    int  stride;                     /* cells from one row to the next */
    int  cursor_x, cursor_y;         /* the terminal's own cursor; x < 0: hidden, or, where it can not be, at the
                                      * start of line y, which is what the person looks at; y < 0: the last one */
    bool utf8;                       /* false: ASCII alone, all else is a '?' */
};

#define CELLS_INIT { 0 }

/* Empty cells of the new size. ERR_NOMEM leaves what there was. */
enum err cells_resize(struct cells *c, int width, int height);
void cells_release(struct cells *c);
void cells_clear(struct cells *c);

/* A part of the screen that is drawn into like one of its own; what sticks out of c is cut off. It has no memory and no
 * cursor of its own, and is good as long as c keeps its size. */
struct cells cells_part(const struct cells *c, int y, int x, int height, int width);

/* How text that does not fill its field lies in it, and how text that does not fit is cut. A '~' stands for what is
 * missing. */
enum lie { LIE_LEFT, LIE_RIGHT, LIE_CUT_MIDDLE };

/* Fills the field of `width` columns at x: text, and blanks around it. Everything outside the screen is cut off. */
void cells_field(struct cells *c, int y, int x, int width, unsigned style, enum lie lie, const char *text);

/* Writes text up to its end or to max columns, without blanks behind; the columns used. */
int cells_text(struct cells *c, int y, int x, int max, unsigned style, const char *text);

void cells_fill(struct cells *c, int y, int x, int width, unsigned style);

/* Columns that the first `bytes` bytes of text take, or all of it (SIZE_MAX). */
int cells_columns(const struct cells *c, const char *text, size_t bytes);

/* The screen as lines of text, without blanks at their ends. */
void cells_to_text(const struct cells *c, struct strbuf *out);

static inline struct cell *cells_at(const struct cells *c, int y, int x)
{
    return &c->cell[(size_t)y * (size_t)c->stride + (size_t)x];
}

#endif
