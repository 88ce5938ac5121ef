/* The mouse: a click selects, a click on what is selected opens it, titles sort, names of panes open them; the wheel scrolls what
 * it is over. Questions and prompts are answered by keys alone. Pure. */
#include "act.h"

#include "help.h"

#define WHEEL_LINES 3

/* --- panes -------------------------------------------------------------------------------------------------------- */

static bool is_within(const struct pane_place *p, struct mouse m)
{
    return m.y >= p->y && m.y < p->y + p->height && m.x >= p->x && m.x < p->x + p->width;
}

/* The pane there, and the first line of what is in it; PANE_SITES: none but the grid. */
static enum pane pane_at(const struct app *a, struct mouse m, int *y)
{
    int i;

    *y = a->plan.y_titles + 1;
    if (panes_is_alone(a))
        return m.y > a->plan.y_titles && m.y < a->plan.y_status ? panes_here(a) : PANE_SITES;
    for (i = 0; i < a->plan.panes.n; i++)
        if (is_within(&a->plan.panes.at[i], m)) {
            *y = a->plan.panes.at[i].y + 1;
            return a->plan.panes.at[i].pane;
        }
    return PANE_SITES;
}

static void click_pane(struct app *a, enum pane p, int line)
{
    struct pane_state *s = &a->pane[p];
    bool was_here = panes_here(a) == p;
    size_t item = line >= 0 ? (size_t)(s->top + line) : SIZE_MAX, was_at = s->at;

    a->here = p;
    if (!panes_has_list(a, p) || item >= pane_row(p)->ops->count(a))
        return;
    s->at = item;
    if (was_here && item == was_at)
        panes_enter(a);
}

/* --- the grid ----------------------------------------------------------------------------------------------------- */

static struct layout layout_of(const struct app *a)
{
    struct layout l;

    layout_plan(&l, &a->columns, a->plan.panes.grid_width, a->view.column_scroll);
    return l;
}

static void click_title(struct app *a, int x)
{
    struct layout l = layout_of(a);
    int i;

    for (i = 0; i < l.n; i++)
        if (x >= l.at[i].x && x < l.at[i].x + l.at[i].width && column_key(l.at[i].column)) {
            if (l.at[i].column == a->view.sort)
                act(a, ACTION_INVERT, NULL);
            else
                act(a, ACTION_SORT, column_title(l.at[i].column));
        }
}

/* On the mark before a name: what it says is folded or unfolded at once. */
static bool is_on_mark(const struct app *a, const struct view_line *line, int x)
{
    struct layout l = layout_of(a);
    int i;

    if (!line->header && !line->parent)
        return false;
    for (i = 0; i < l.n && l.at[i].column != COLUMN_NAME; i++)
        ;
    return i < l.n && x == l.at[i].x + (line->header ? 0 : column_indent(line->depth < INT16_MAX ? (int)line->depth : INT16_MAX, l.at[i].width) - 2);
}

static void click_row(struct app *a, size_t at, int x)
{
    bool again = at == a->view.at && panes_here(a) == PANE_SITES;
    struct view_line line;

    if (at >= view_lines(&a->view))
        return;
    line = view_line(&a->view, at);
    a->here = PANE_SITES;
    view_go(&a->view, a->snapshot, at);
    if (is_on_mark(a, &line, x))
        view_fold(&a->view, a->snapshot, !line.folded);
    else if (again)
        act(a, ACTION_PANE_DETAIL, NULL);
}

/* --- what is where ------------------------------------------------------------------------------------------------ */

static void click(struct app *a, struct mouse m)
{
    const struct plan *p = &a->plan;
    int y;
    enum pane pane = pane_at(a, m, &y);

    if (m.y == p->y_status) {
        pane = grid_pane_at(a->x_panes, m.x);
        if (pane != PANE_COUNT)
            panes_open(a, pane);
    } else if (pane != PANE_SITES)
        click_pane(a, pane, m.y - y);
    else if (m.y == p->y_alert)
        act(a, ACTION_PROBLEM, NULL);
    else if (m.y == p->y_titles && !panes_is_alone(a))
        click_title(a, m.x);
    else if (m.y >= p->y_rows && m.y < p->y_rows + p->nrows && !panes_is_alone(a))
        click_row(a, a->view.top + (size_t)(m.y - p->y_rows), m.x);
}

static void wheel(struct app *a, struct mouse m)
{
    int lines = m.kind == MOUSE_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES, y;
    enum pane pane = pane_at(a, m, &y);

    if (pane == PANE_SITES)
        view_scroll(&a->view, a->snapshot, lines);
    else {
        if (panes_has_list(a, pane)) /* a list shows its cursor's surroundings while it has the keys */
            a->here = pane;
        panes_move(a, pane, lines);
    }
}

void app_mouse(struct app *a, struct mouse m)
{
    int lines = m.kind == MOUSE_CLICK ? 0 : a->mode == MODE_SETUP ? 1 : WHEEL_LINES;

    if (a->plan.one_line || m.y < 0 || m.y >= a->plan.height || m.x < 0 || m.x >= a->plan.width)
        return;
    a->message[0] = '\0';
    switch (a->mode) {
    case MODE_GRID:
        if (m.kind == MOUSE_CLICK)
            click(a, m);
        else
            wheel(a, m);
        break;
    case MODE_HELP: case MODE_ADDING: case MODE_SETUP:
        while (lines-- > 0)
            app_stroke(a, m.kind == MOUSE_WHEEL_UP ? STROKE_UP : STROKE_DOWN, false);
        break;
    case MODE_PROMPT: case MODE_QUESTION: case MODE_FORM:
        break;
    }
}

void action_mouse(struct app *a, const char *argument)
{
    (void)argument;
    if (a->no_mouse) {
        app_say(a, "the mouse was left to the terminal when this was started, with -M");
        return;
    }
    a->mouse = !a->mouse;
    app_say(a, a->mouse ? "clicks and the wheel are taken: with Shift they are the terminal's" : "the mouse is the terminal's");
}
