/* The help page: the key table as it is in force, and what the screen's words and marks mean. Pure. */
#include "help.h"

#include <stdio.h>
#include <string.h>

#include "keys.h"

#define KEYS_WIDTH 14
#define COLUMN_LEAST 66              /* narrower columns are not worth having two */
#define LINES_MOST 128

struct line {
    enum { LINE_BLANK, LINE_HEADING, LINE_KEY } kind;
    const char *left;
    const char *right;
    const char *word;
};

static const char *const headings[SECTION_COUNT] = { "Moving", "Finding", "Sites", "Panes", "Screen" };

/* What is no key of the grid: typing, states, marks. */
static const struct line more[] = {
    { LINE_BLANK, NULL, NULL, NULL },
    { LINE_HEADING, "Typing", NULL, NULL },
    { LINE_KEY, "Enter Esc", "done; leave it", NULL },
    { LINE_KEY, "Ctrl-U Ctrl-W", "empty the line; drop a word", NULL },
    { LINE_KEY, "Ctrl-A Ctrl-E", "to its start; to its end", NULL },
    { LINE_KEY, "Tab", "in Add: all settings of the new site", NULL },
    { LINE_BLANK, NULL, NULL, NULL },
    { LINE_HEADING, "States", NULL, NULL },
    { LINE_KEY, "DOWN", "failing, and every retry failed", NULL },
    { LINE_KEY, "CHECK", "failing, being asked again", NULL },
    { LINE_KEY, "SLOW WARN", "up, but slow; its certificate ends soon", NULL },
    { LINE_KEY, "?", "the fault is ours: nobody is blamed for it", NULL },
    { LINE_KEY, "NEW UP", "not checked yet; all is well", NULL },
    { LINE_KEY, "MAINT PAUSE", "checked, alarms held; not checked", NULL },
    { LINE_BLANK, NULL, NULL, NULL },
    { LINE_HEADING, "Marks", NULL, NULL },
    { LINE_KEY, "_ . - = + * #", "latency, rising: this site's median is about a '.'", NULL },
    { LINE_KEY, "X ? m", "failed; our own fault; maintenance", NULL },
    { LINE_KEY, "old", "no result for more than two intervals", NULL },
    { LINE_KEY, "CODE", "HTTP status; DNS TCP TLS TMO RDIR PROT BODY BLKD ?", NULL },
};

static int build(struct line line[LINES_MOST], const struct keymap *keys)
{
    size_t i;
    int n = 0, s, a;

    for (s = 0; s < SECTION_COUNT; s++) {
        if (s)
            line[n++] = more[0];
        line[n++] = (struct line){ LINE_HEADING, headings[s], NULL, NULL };
        for (a = 1; a < ACTION_COUNT; a++) {
            const struct key *k = keys_row((enum action)a);

            if ((int)k->section == s)
                line[n++] = (struct line){ LINE_KEY, keymap_keys(keys, (enum action)a), k->help, k->word };
        }
    }
    for (i = 0; i < sizeof(more) / sizeof(more[0]); i++)
        line[n++] = more[i];
    return n;
}

static void draw_line(struct cells *c, int y, int x, int width, const struct line *l)
{
    char text[256], word[32];

    if (l->kind == LINE_HEADING)
        cells_text(c, y, x, width, STYLE_HEADING, l->left);
    if (l->kind != LINE_KEY)
        return;
    snprintf(word, sizeof(word), ":%s", l->word ? l->word : "");
    cells_text(c, y, x, KEYS_WIDTH - 1, STYLE_KEY, l->left && *l->left ? l->left : word);
    snprintf(text, sizeof(text), "%s%s%s", l->right, l->left && *l->left && l->word ? "  " : "",
             l->left && *l->left && l->word ? word : "");
    cells_text(c, y, x + KEYS_WIDTH, width - KEYS_WIDTH, STYLE_PLAIN, text);
}

void help_draw(struct cells *c, const struct keymap *keys, int *top)
{
    struct line line[LINES_MOST];
    int n = build(line, keys), rows = c->height > 3 ? c->height - 2 : 1, columns = 1, i;
    int width, each;

    while (columns * rows < n && (columns + 1) * COLUMN_LEAST <= c->width)
        columns++;
    width = c->width / columns;
    each = (n + columns - 1) / columns;
    if (*top > each - rows)
        *top = each - rows;
    if (*top < 0)
        *top = 0;

    cells_clear(c);
    for (i = 0; i < n; i++) {
        int y = i % each - *top;

        if (y >= 0 && y < rows)
            draw_line(c, 1 + y, i / each * width + 1, width - 2, &line[i]);
    }
    cells_fill(c, 0, 0, c->width, STYLE_TITLE);
    cells_text(c, 0, 0, c->width, STYLE_TITLE, " uptimesquirrel: keys, states and marks");
    cells_text(c, c->height - 1, 0, c->width, STYLE_LABEL,
               each > rows ? "Space PgUp PgDn scroll   q leaves" : "q leaves");
}

bool help_stroke(int *top, uint32_t stroke, int height)
{
    int page = height > 3 ? height - 3 : 1;

    switch (stroke) {
    case STROKE_DOWN: case 'j':
        *top += 1;
        return true;
    case STROKE_UP: case 'k':
        *top -= 1;
        return true;
    case STROKE_PAGE_DOWN: case STROKE_SPACE: case STROKE_CTRL('F'): case STROKE_CTRL('D'):
        *top += page;
        return true;
    case STROKE_PAGE_UP: case STROKE_CTRL('U'):
        *top -= page;
        return true;
    case STROKE_HOME: case 'g':
        *top = 0;
        return true;
    case STROKE_END: case 'G':
        *top = LINES_MOST;
        return true;
    default:
        return false;
    }
}
