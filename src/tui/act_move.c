/* Moving, finding, sorting: actions that change nothing but the view. Pure. */
#include "act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "style.h"

/* --- moving ------------------------------------------------------------------------------------------------------- */

static int page(const struct app *a)
{
    return a->plan.nrows > 1 ? a->plan.nrows - 1 : 1; /* one line of the page before stays */
}

#define MOVE(name, lines) \
    void action_##name(struct app *a, const char *argument) \
    { \
        (void)argument; \
        view_move(&a->view, a->snapshot, lines); \
    }
MOVE(up, -1)
MOVE(down, 1)
MOVE(page_up, -page(a))
MOVE(page_down, page(a))
MOVE(half_up, -(page(a) + 1) / 2)
MOVE(half_down, (page(a) + 1) / 2)
#undef MOVE

void action_first(struct app *a, const char *argument)
{
    (void)argument;
    view_rest(&a->view, a->snapshot);
}

void action_last(struct app *a, const char *argument)
{
    (void)argument;
    view_go(&a->view, a->snapshot, SIZE_MAX);
}

void action_columns_left(struct app *a, const char *argument)
{
    (void)argument;
    if (a->view.column_scroll > 0)
        a->view.column_scroll--;
}

void action_columns_right(struct app *a, const char *argument)
{
    (void)argument;
    if (a->view.column_scroll < layout_last_scroll(a->plan.panes.grid_width))
        a->view.column_scroll++;
}

/* The next in the list of alerts behind the site under the cursor, if that is one of them; else the first. */
static size_t next_alert(const struct app *a)
{
    const struct order *alerts = &a->view.alerts;
    size_t here = a->view.on_site ? order_find(alerts, a->snapshot, a->view.id) : SIZE_MAX;

    return here == SIZE_MAX ? 0 : (here + 1) % alerts->n;
}

void action_problem(struct app *a, const char *argument)
{
    const struct order *alerts = &a->view.alerts;
    size_t at, i;
    uint32_t id;

    (void)argument;
    if (!alerts->n) {
        app_say(a, "no site is in trouble");
        return;
    }
    at = next_alert(a);
    for (i = 0; i + 1 < alerts->n && alert_list_is_quiet(app_alerts(a), alerts->id[at], a->snapshot->now_ms); i++)
        at = (at + 1) % alerts->n;
    id = alerts->id[at];
    if (!view_go_site(&a->view, a->snapshot, id)) {
        view_set_filter(&a->view, a->snapshot, "", NULL);
        view_go_site(&a->view, a->snapshot, id);
        app_say(a, "%s was hidden by the filter, which is off now", a->snapshot->row[id].row.site->name);
    }
}

void action_follow(struct app *a, const char *argument)
{
    (void)argument;
    a->view.on_line = !a->view.on_line;
    app_say(a, a->view.on_line ? "the cursor stays on its line: F turns that off" : "the cursor follows its site");
}

/* --- search ------------------------------------------------------------------------------------------------------- */

static void remember(struct app *a, const char *text)
{
    free(a->text_before);
    a->text_before = strdup(text ? text : "");
    a->mark_before = view_mark(&a->view);
}

static void go_back(struct app *a)
{
    view_go_mark(&a->view, a->snapshot, a->mark_before);
}

static void find_step(struct app *a, int step)
{
    if (!a->view.search)
        app_say(a, "nothing was searched for: / does");
    else if (!view_find(&a->view, a->snapshot, step))
        app_say(a, "no site has '%s' in its name or URL", a->view.search);
}

/* While one types, the cursor goes to the first match from where it was on. */
static void find_changed(struct app *a, const char *text)
{
    const struct snapshot_row *row;

    view_set_search(&a->view, text);
    go_back(a);
    row = view_row(&a->view, a->snapshot);
    if (!*text || (row && filter_finds(text, row)))
        return;
    if (!view_find(&a->view, a->snapshot, 1))
        err_set(&a->why, ERR_NOTFOUND, "no site has that in its name or URL");
}

static bool find_done(struct app *a, const char *text)
{
    if (!*text)
        view_set_search(&a->view, a->text_before); /* as in vi: the last one again */
    if (!*text && a->view.search)
        find_step(a, 1);
    return true;
}

static void find_cancelled(struct app *a)
{
    view_set_search(&a->view, a->text_before);
    go_back(a);
}

void action_find(struct app *a, const char *argument)
{
    static const struct asking asking = { false, find_changed, find_done, find_cancelled, NULL, HISTORY_FIND };

    remember(a, a->view.search);
    if (argument && *argument) {
        view_set_search(&a->view, argument);
        find_step(a, 1);
        return;
    }
    ask(a, &asking, "", "/");
}

void action_find_next(struct app *a, const char *argument)
{
    (void)argument;
    find_step(a, 1);
}

void action_find_previous(struct app *a, const char *argument)
{
    (void)argument;
    find_step(a, -1);
}

/* --- filter ------------------------------------------------------------------------------------------------------- */

static void filter_changed(struct app *a, const char *text)
{
    view_set_filter(&a->view, a->snapshot, text, &a->why);
}

static bool filter_done(struct app *a, const char *text)
{
    return view_set_filter(&a->view, a->snapshot, text, &a->why) == ERR_OK;
}

static void filter_cancelled(struct app *a)
{
    view_set_filter(&a->view, a->snapshot, a->text_before ? a->text_before : "", NULL);
    go_back(a);
}

void action_filter(struct app *a, const char *argument)
{
    static const struct asking asking = { false, filter_changed, filter_done, filter_cancelled, NULL, HISTORY_FILTER };
    struct errmsg why;

    remember(a, a->view.filter.text);
    if (!argument || !*argument)
        ask(a, &asking, a->view.filter.text ? a->view.filter.text : "", "Filter (text tag= state= owner=): ");
    else if (view_set_filter(&a->view, a->snapshot, argument, &why))
        app_say_fault(a, "%s", why.text);
}

void action_clear(struct app *a, const char *argument)
{
    (void)argument;
    if (a->replay.on) {
        replay_leave(a);
        return;
    }
    if (filter_is_set(&a->view.filter))
        view_set_filter(&a->view, a->snapshot, "", NULL);
    view_set_search(&a->view, NULL);
    a->view.column_scroll = 0;
}

/* --- sort --------------------------------------------------------------------------------------------------------- */

static void sort_by(struct app *a, enum column c, bool inverted)
{
    char name[32];

    view_set_sort(&a->view, a->snapshot, c, inverted);
    if (a->plan.narrow || a->plan.one_line)
        app_say(a, "sorted by %s", grid_sort_name(&a->view, name));
}

/* The sorting column `step` columns away among those on the screen. */
static void sort_step(struct app *a, int step)
{
    struct layout l;
    int i, here = 0;

    layout_plan(&l, &a->columns, a->plan.panes.grid_width, a->view.column_scroll);
    for (i = 0; i < l.n; i++)
        if (l.at[i].column == a->view.sort)
            here = i;
    for (i = 1; i <= l.n; i++) {
        enum column c = l.at[(here + i * step + l.n * l.n) % l.n].column;

        if (column_key(c)) {
            sort_by(a, c, false);
            return;
        }
    }
}

static void say_columns(struct app *a, const char *word)
{
    char text[256] = "";
    size_t used = 0;
    int c;

    for (c = 0; c < COLUMN_COUNT; c++)
        if (column_key((enum column)c))
            used += (size_t)snprintf(text + used, sizeof(text) - used, " %s", column_title((enum column)c));
    app_say_fault(a, "cannot sort by '%s': there are%s", word, text);
}

void action_sort(struct app *a, const char *argument)
{
    enum column c;

    if (!argument || !*argument) {
        sort_step(a, 1);
        return;
    }
    c = column_find(argument);
    if (c == COLUMN_COUNT || !column_key(c))
        say_columns(a, argument);
    else
        sort_by(a, c, false);
}

void action_sort_back(struct app *a, const char *argument)
{
    (void)argument;
    sort_step(a, -1);
}

void action_invert(struct app *a, const char *argument)
{
    (void)argument;
    sort_by(a, a->view.sort, !a->view.sites.inverted);
}

/* --- the screen itself -------------------------------------------------------------------------------------------- */

void action_help(struct app *a, const char *argument)
{
    (void)argument;
    a->help_top = 0;
    a->mode = MODE_HELP;
}

void action_redraw(struct app *a, const char *argument)
{
    (void)argument;
    a->redraw = true;
}

void action_freeze(struct app *a, const char *argument)
{
    (void)argument;
    a->frozen = !a->frozen;
}

void action_suspend(struct app *a, const char *argument)
{
    (void)argument;
    a->stop = a->elsewhere;
    if (!a->elsewhere)
        app_say(a, "the checks run in this process: stopping it would stop them. In tmux, detach instead");
}

void action_scheme(struct app *a, const char *argument)
{
    int scheme = argument && *argument ? style_scheme(argument) : -1;

    if (scheme < 0) {
        app_say_fault(a, "colours are one of: %s", style_schemes());
        return;
    }
    a->scheme = scheme;
    a->redraw = true;
}
