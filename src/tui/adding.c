/* A list of URLs with what each answered, and the difference they would make to the file. Pure. */
#include "adding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "keys.h"
#include "words.h"

enum err adding_new(struct adding **out, char **url, size_t n, char *diff)
{
    struct adding *a = calloc(1, sizeof(*a));
    size_t i;

    if (a) {
        a->url = calloc(n, sizeof(*a->url));
        a->tried = calloc(n, sizeof(*a->tried));
    }
    if (!a || !a->url || !a->tried) {
        adding_free(a);
        return ERR_NOMEM;
    }
    for (i = 0; i < n; i++) {
        a->url[i] = url[i];
        url[i] = NULL;
    }
    a->n = n;
    a->diff = diff;
    *out = a;
    return ERR_OK;
}

void adding_free(struct adding *a)
{
    size_t i;

    if (!a)
        return;
    for (i = 0; i < a->n; i++)
        free(a->url[i]);
    free(a->url);
    free(a->tried);
    free(a->diff);
    free(a);
}

size_t adding_settled(const struct adding *a)
{
    size_t i, n = 0;

    for (i = 0; i < a->n; i++)
        n += a->tried[i].settled;
    return n;
}

static bool is_well(const struct tried *t)
{
    return t->settled && (t->state == STATE_UP || t->state == STATE_DEGRADED);
}

size_t adding_well(const struct adding *a)
{
    size_t i, n = 0;

    for (i = 0; i < a->n; i++)
        n += is_well(&a->tried[i]);
    return n;
}

enum adding_event adding_stroke(struct adding *a, uint32_t stroke, int height)
{
    int page = height > 6 ? height - 6 : 1;

    switch (stroke) {
    case STROKE_ENTER: case STROKE_CTRL('J'):
        return ADDING_ALL;
    case 'g':
        return adding_well(a) ? ADDING_WELL : ADDING_GOES_ON;
    case STROKE_ESC: case STROKE_CTRL('C'): case 'q':
        return ADDING_CANCEL;
    case STROKE_DOWN: case 'j':
        a->top++;
        break;
    case STROKE_UP: case 'k':
        a->top--;
        break;
    case STROKE_PAGE_DOWN: case STROKE_SPACE:
        a->top += page;
        break;
    case STROKE_PAGE_UP:
        a->top -= page;
        break;
    default:
        break;
    }
    return ADDING_GOES_ON;
}

static void draw_tried(struct cells *c, int y, const struct adding *a, size_t i)
{
    const struct tried *t = &a->tried[i];
    int half = c->width >= 60 ? c->width * 11 / 20 : c->width - 7;
    char url[512];

    cells_text(c, y, 1, 5, t->settled ? words_shown_style(t->state) : STYLE_QUIET,
               t->settled ? state_label(t->state, t->degraded) : "...");
    text_mask_url(url, sizeof(url), a->url[i]);
    cells_field(c, y, 7, half - 8, STYLE_PLAIN, LIE_LEFT, url);
    if (t->settled && half < c->width - 7)
        cells_text(c, y, half, c->width - half, is_well(t) ? STYLE_QUIET : STYLE_REASON, t->text);
}

/* Lines of the difference from y on; how many there are. */
static int draw_diff(struct cells *c, int y, const char *diff)
{
    int n = 0;

    for (; diff && *diff; n++) {
        size_t length = strcspn(diff, "\n");
        char line[512];

        snprintf(line, sizeof(line), "%.*s", (int)(length < sizeof(line) ? length : sizeof(line) - 1), diff);
        if (y + n >= 1 && y + n < c->height - 1)
            cells_text(c, y + n, 1, c->width - 1, *diff == '+' ? STYLE_UP : *diff == '-' ? STYLE_REASON : STYLE_QUIET, line);
        diff += length + (diff[length] == '\n');
    }
    return n;
}

static void draw_head_and_foot(const struct adding *a, struct cells *c, bool more)
{
    size_t settled = adding_settled(a), well = adding_well(a);
    char text[160];

    cells_fill(c, 0, 0, c->width, STYLE_TITLE);
    snprintf(text, sizeof(text), " Add %zu sites: %zu of %zu tried, %zu well", a->n, settled, a->n, well);
    cells_text(c, 0, 0, c->width, STYLE_TITLE, text);
    if (c->height < 3)
        return;
    if (well && well < a->n)
        snprintf(text, sizeof(text), "Enter adds all %zu   g the %zu that answered well   Esc none%s", a->n, well, more ? "   PgDn more" : "");
    else
        snprintf(text, sizeof(text), "Enter adds all %zu   Esc none%s", a->n, more ? "   PgDn more" : "");
    cells_fill(c, c->height - 1, 0, c->width, STYLE_PLAIN);
    cells_text(c, c->height - 1, 0, c->width, STYLE_LABEL, text);
}

void adding_draw(struct adding *a, struct cells *c)
{
    int rows = c->height - 2, all = (int)a->n, y;
    struct cells nowhere = { .width = c->width, .stride = c->width };
    size_t i;

    if (a->diff)
        all += 2 + draw_diff(&nowhere, 0, a->diff);
    if (a->top > all - rows)
        a->top = all - rows;
    if (a->top < 0)
        a->top = 0;
    cells_clear(c);
    for (i = 0; i < a->n; i++) {
        y = 1 + (int)i - a->top;
        if (y >= 1 && y < c->height - 1)
            draw_tried(c, y, a, i);
    }
    y = 2 + (int)a->n - a->top;
    if (a->diff && y >= 1 && y < c->height - 1)
        cells_text(c, y, 1, c->width - 1, STYLE_HEADING, "The settings file:");
    draw_diff(c, y + 1, a->diff);
    draw_head_and_foot(a, c, a->top + rows < all);
}
