/* A screen in memory, and the one place where text becomes cells. Pure: wcwidth() alone depends on the locale. */
#include "cells.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/text.h"

/* A character as it takes up cells. */
struct glyph {
    uint32_t point[CELL_POINTS];
    int width;
};

enum err cells_resize(struct cells *c, int width, int height)
{
    size_t wanted = (size_t)width * (size_t)height;

    assert(width >= 0 && height >= 0);
    if (wanted > c->size) {
        struct cell *cell = realloc(c->cell, wanted * sizeof(*cell));

        if (!cell)
            return ERR_NOMEM;
        c->cell = cell;
        c->size = wanted;
    }
    c->width = c->stride = width;
    c->height = height;
    cells_clear(c);
    return ERR_OK;
}

void cells_release(struct cells *c)
{
    free(c->cell);
    *c = (struct cells)CELLS_INIT;
}

static const struct cell blank = { { ' ' }, 1, STYLE_PLAIN };

void cells_clear(struct cells *c)
{
    int x, y;

    for (y = 0; y < c->height; y++)
        for (x = 0; x < c->width; x++)
            *cells_at(c, y, x) = blank;
    c->cursor_x = c->cursor_y = -1;
}

static int bounded(int wanted, int most)
{
    return wanted < 0 ? 0 : wanted < most ? wanted : most;
}

struct cells cells_part(const struct cells *c, int y, int x, int height, int width)
{
    struct cells part = { .stride = c->stride, .utf8 = c->utf8, .cursor_x = -1, .cursor_y = -1 };

    y = bounded(y, c->height);
    x = bounded(x, c->width);
    part.height = bounded(height, c->height - y);
    part.width = bounded(width, c->width - x);
    part.cell = part.height && part.width ? cells_at(c, y, x) : c->cell;
    return part;
}

/* --- from bytes to glyphs --------------------------------------------------------------------------------------- */

/* Programs and terminals disagree about how wide these are: skin tones join the character before or do not, and letters
 * that pair up to flags do so or not. */
static bool width_is_disputed(uint32_t point)
{
    return (point >= 0x1f3fb && point <= 0x1f3ff) || (point >= 0x1f1e6 && point <= 0x1f1ff);
}

/* The next code point as it may be shown; its bytes in *bytes. */
static uint32_t next_point(const struct cells *c, const char *text, size_t length, int *width, int *bytes)
{
    uint32_t point = 0;
    int n = text_decode(text, length, &point);

    *bytes = n > 0 ? n : 1;
    *width = 1;
    if (n == 1 && point >= 0x20 && point < 0x7f)
        return point;
    if (n == 1 && (point == '\t' || point == '\n' || point == '\r'))
        return ' ';
    if (n < 1 || !c->utf8 || !text_is_safe(point) || width_is_disputed(point))
        return '?';
    *width = wcwidth((wchar_t)point);
    if (*width >= 0)
        return point;
    *width = 1;
    return '?';
}

static bool is_plain(char byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

/* Takes one glyph from the text: a character with all that combines with it. False at the end. */
static bool next_glyph(const struct cells *c, const char **text, size_t *length, struct glyph *g)
{
    int bytes, width, n = 1;
    uint32_t point;

    if (!*length)
        return false;
    *g = (struct glyph){ 0 };
    if (is_plain(**text) && (*length == 1 || is_plain((*text)[1]))) { /* nearly all there is to draw */
        g->point[0] = (unsigned char)*(*text)++;
        g->width = 1;
        --*length;
        return true;
    }
    g->point[0] = next_point(c, *text, *length, &g->width, &bytes);
    if (!g->width) {                 /* nothing before it to combine with */
        g->point[1] = g->point[0];
        g->point[0] = ' ';
        g->width = 1;
        n = 2;
    }
    for (;;) {
        *text += bytes;
        *length -= (size_t)bytes;
        if (!*length)
            return true;
        point = next_point(c, *text, *length, &width, &bytes);
        if (width)
            return true;
        if (n < CELL_POINTS)
            g->point[n++] = point;
    }
}

int cells_columns(const struct cells *c, const char *text, size_t bytes)
{
    size_t length = strnlen(text, bytes);
    struct glyph g;
    int columns = 0;

    while (columns < INT16_MAX && next_glyph(c, &text, &length, &g))
        columns += g.width;
    return columns;
}

/* --- from glyphs to cells --------------------------------------------------------------------------------------- */

/* A cell is about to be overwritten: what is left of a wide character of which it was a half becomes a blank. */
static void break_wide(struct cells *c, int y, int x)
{
    struct cell *cell = cells_at(c, y, x);

    if (cell->width == 0 && x > 0) {
        cell[-1].point[0] = ' ';
        cell[-1].point[1] = cell[-1].point[2] = 0;
        cell[-1].width = 1;
    } else if (cell->width == 2 && x + 1 < c->width) {
        cell[1].point[0] = ' ';
        cell[1].width = 1;
    }
}

static void put(struct cells *c, int y, int x, const struct glyph *g, unsigned style)
{
    struct cell *cell;
    int i;

    if (y < 0 || y >= c->height || x < 0 || x >= c->width)
        return;
    for (i = 0; i < g->width && x + i < c->width; i++)
        break_wide(c, y, x + i);
    cell = cells_at(c, y, x);
    if (x + g->width > c->width) {   /* half of it would stick out */
        *cell = blank;
        cell->style = (uint8_t)style;
        return;
    }
    memcpy(cell->point, g->point, sizeof(cell->point));
    cell->width = (uint8_t)g->width;
    cell->style = (uint8_t)style;
    if (g->width == 2) {
        cell[1] = (struct cell){ { 0 }, 0, (uint8_t)style };
    }
}

/* Draws glyphs while they fit into max columns; the columns used. */
static int put_text(struct cells *c, int y, int x, int max, unsigned style, const char *text, size_t length)
{
    struct glyph g;
    int used = 0;

    while (next_glyph(c, &text, &length, &g) && used + g.width <= max) {
        put(c, y, x + used, &g, style);
        used += g.width;
    }
    return used;
}

/* The last part of text that takes at most max columns. */
static const char *tail_of(const struct cells *c, const char *text, int columns, int max, int *used)
{
    size_t length = strlen(text);
    struct glyph g;

    while (columns > max && next_glyph(c, &text, &length, &g))
        columns -= g.width;
    *used = columns;
    return text;
}

static int put_cut(struct cells *c, int y, int x, int width, unsigned style, enum lie lie, const char *text,
                   int columns)
{
    static const struct glyph mark = { { '~' }, 1 };
    int behind = lie == LIE_CUT_MIDDLE ? (width - 1) / 2 : 0;
    const char *tail = behind ? tail_of(c, text, columns, behind, &behind) : "";
    int used = put_text(c, y, x, width - 1 - behind, style, text, strlen(text));

    put(c, y, x + used, &mark, style);
    return used + 1 + put_text(c, y, x + used + 1, behind, style, tail, strlen(tail));
}

void cells_fill(struct cells *c, int y, int x, int width, unsigned style)
{
    static const struct glyph space = { { ' ' }, 1 };
    int end = x + width < c->width ? x + width : c->width;

    for (; x < end; x++)
        put(c, y, x, &space, style);
}

int cells_text(struct cells *c, int y, int x, int max, unsigned style, const char *text)
{
    int columns = cells_columns(c, text, SIZE_MAX);

    if (max < 1)
        return 0;
    if (columns > max)
        return put_cut(c, y, x, max, style, LIE_LEFT, text, columns);
    return put_text(c, y, x, max, style, text, strlen(text));
}

void cells_field(struct cells *c, int y, int x, int width, unsigned style, enum lie lie, const char *text)
{
    int columns = cells_columns(c, text, SIZE_MAX);

    if (width < 1)
        return;
    cells_fill(c, y, x, width, style);
    if (columns > width)
        put_cut(c, y, x, width, style, lie, text, columns);
    else
        put_text(c, y, lie == LIE_RIGHT ? x + width - columns : x, columns, style, text, strlen(text));
}

/* --- and back to text ------------------------------------------------------------------------------------------- */

static void cell_to_text(const struct cell *cell, struct strbuf *out)
{
    char bytes[4];
    int i;

    for (i = 0; i < CELL_POINTS && cell->point[i]; i++)
        strbuf_add(out, bytes, (size_t)text_encode(cell->point[i], bytes));
}

static bool is_blank(const struct cell *cell)
{
    return cell->width == 1 && cell->point[0] == ' ' && !cell->point[1];
}

void cells_to_text(const struct cells *c, struct strbuf *out)
{
    int x, y, end;

    for (y = 0; y < c->height; y++) {
        end = c->width;
        while (end > 0 && is_blank(cells_at(c, y, end - 1)))
            end--;
        for (x = 0; x < end; x++)
            cell_to_text(cells_at(c, y, x), out);
        strbuf_addc(out, '\n');
    }
}
