/* Columns with a mark each, moved up and down, and three lines of looks below. Pure. */
#include "setup.h"

#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "style.h"

enum { LINE_SCHEME = COLUMN_COUNT, LINE_BELL, LINE_MESSAGE, LINE_TREE, LINE_MOUSE, LINE_COUNT };

void setup_init(struct setup *s, const struct column_choice *choice, struct setup_looks looks)
{
    int n = 0, i, k;

    *s = (struct setup){ .as_fits = !choice->n, .looks = looks, .at = 2 };
    for (i = 0; i < choice->n; i++) {
        s->column[n++] = choice->column[i];
        s->shown[choice->column[i]] = true;
    }
    for (i = 0; i < COLUMN_COUNT; i++) {
        for (k = 0; k < n && (int)s->column[k] != i; k++)
            ;
        if (k == n)
            s->column[n++] = (enum column)i;
    }
    for (i = 0; i < COLUMN_COUNT && s->as_fits; i++)
        s->shown[i] = true;
}

/* STATE and NAME stay where they are. */
static bool is_fixed(const struct setup *s, int line)
{
    return line < COLUMN_COUNT && (s->column[line] == COLUMN_STATE || s->column[line] == COLUMN_NAME);
}

static void shift(struct setup *s, int step)
{
    int to = s->at + step;
    enum column moved;

    if (s->at >= COLUMN_COUNT || to < 0 || to >= COLUMN_COUNT || is_fixed(s, s->at) || is_fixed(s, to))
        return;
    moved = s->column[s->at];
    s->column[s->at] = s->column[to];
    s->column[to] = moved;
    s->at = to;
    s->as_fits = false;
}

static void change(struct setup *s)
{
    struct setup_looks *l = &s->looks;

    if (s->at == LINE_SCHEME)
        l->scheme = (l->scheme + 1) % STYLE_SCHEMES;
    else if (s->at == LINE_BELL)
        l->bell = !l->bell;
    else if (s->at == LINE_MESSAGE)
        l->message = !l->message;
    else if (s->at == LINE_TREE)
        l->tree = (l->tree + 1) % TREE_KINDS;
    else if (s->at == LINE_MOUSE)
        l->mouse = !l->mouse;
    else if (!is_fixed(s, s->at)) {
        s->shown[s->column[s->at]] = !s->shown[s->column[s->at]];
        s->as_fits = false;
    }
}

enum setup_event setup_stroke(struct setup *s, uint32_t stroke)
{
    static const struct column_choice none;

    switch (stroke) {
    case STROKE_ENTER: case STROKE_CTRL('J'):
        return SETUP_SAVE;
    case STROKE_ESC: case STROKE_CTRL('C'): case 'q':
        return SETUP_CANCEL;
    case STROKE_UP: case 'k': case STROKE_BACKTAB:
        s->at = (s->at + LINE_COUNT - 1) % LINE_COUNT;
        break;
    case STROKE_DOWN: case 'j': case STROKE_TAB:
        s->at = (s->at + 1) % LINE_COUNT;
        break;
    case STROKE_SPACE:
        change(s);
        break;
    case '-': case 'K': case STROKE_LEFT:
        shift(s, -1);
        break;
    case '+': case 'J': case STROKE_RIGHT:
        shift(s, 1);
        break;
    case '0':
        setup_init(s, &none, s->looks);
        break;
    default:
        break;
    }
    return SETUP_GOES_ON;
}

const char *setup_titles(const struct setup *s, char text[SETUP_TITLES_SIZE])
{
    size_t used = 0;
    int i;

    text[0] = '\0';
    for (i = 0; i < COLUMN_COUNT && !s->as_fits; i++)
        if (s->shown[s->column[i]])
            used += (size_t)snprintf(text + used, SETUP_TITLES_SIZE - used, "%s%s", used ? ", " : "", column_title(s->column[i]));
    return text;
}

static void line_text(char *text, size_t size, const struct setup *s, int line)
{
    static const char *const trees[TREE_KINDS] = { "is plain", "is a tree by tag", "is a tree by dependency" };
    const struct setup_looks *l = &s->looks;

    if (line == LINE_SCHEME)
        snprintf(text, size, "colours  %s", style_scheme_name(l->scheme));
    else if (line == LINE_BELL)
        snprintf(text, size, "bell     %s", l->bell ? "rings when a site goes down" : "is silent");
    else if (line == LINE_MESSAGE)
        snprintf(text, size, "tmux     %s", l->message ? "shows a message when a site goes down" : "shows no messages");
    else if (line == LINE_TREE)
        snprintf(text, size, "list     %s", trees[l->tree]);
    else if (line == LINE_MOUSE)
        snprintf(text, size, "mouse    %s", l->mouse ? "clicks and scrolls here" : "is the terminal's own");
    else
        snprintf(text, size, "[%c] %s", is_fixed(s, line) ? '*' : s->shown[s->column[line]] ? 'x' : ' ', column_title(s->column[line]));
}

void setup_draw(struct setup *s, struct cells *c)
{
    int rows = c->height - 2, i;
    char text[96];

    cells_clear(c);
    cells_fill(c, 0, 0, c->width, STYLE_TITLE);
    cells_text(c, 0, 0, c->width, STYLE_TITLE, s->as_fits ? " The screen: the columns that fit" : " The screen: columns of your own");
    if (rows < 1)
        return;
    if (s->at < s->top)
        s->top = s->at;
    if (s->at >= s->top + rows)
        s->top = s->at - rows + 1;
    for (i = s->top; i < LINE_COUNT && i < s->top + rows; i++) {
        unsigned style = i == s->at ? STYLE_UNDER_CURSOR : 0;

        line_text(text, sizeof(text), s, i);
        cells_fill(c, 1 + i - s->top, 0, c->width < 60 ? c->width : 60, STYLE_PLAIN | style);
        cells_text(c, 1 + i - s->top, 1, c->width - 1, (i < COLUMN_COUNT && !s->shown[s->column[i]] ? STYLE_QUIET : STYLE_PLAIN) | style, text);
    }
    cells_text(c, c->height - 1, 0, c->width, STYLE_LABEL,
               c->width >= 60 ? "Space changes   - + move   0 those that fit   Enter saves   Esc leaves" : "Space  - +  0  Enter saves  Esc");
}
