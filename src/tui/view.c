/* What the person has set, and how it holds while the sites underneath change. Pure. */
#include "view.h"

#include <stdlib.h>
#include <string.h>

static bool is_in_trouble(const void *context, const struct snapshot_row *row)
{
    enum state s = state_shown(&row->row.state);

    (void)context;
    return s == STATE_DOWN || s == STATE_CHECKING || s == STATE_DEGRADED;
}

static bool is_shown(const void *filter, const struct snapshot_row *row)
{
    return filter_shows(filter, row);
}

void view_init(struct view *v)
{
    memset(v, 0, sizeof(*v));
    v->sort = COLUMN_STATE;
    v->resting = true;
    order_init(&v->sites, column_key(COLUMN_STATE), is_shown, &v->filter);
    order_init(&v->alerts, column_key(COLUMN_STATE), is_in_trouble, NULL);
}

void view_release(struct view *v)
{
    order_release(&v->sites);
    order_release(&v->alerts);
    filter_release(&v->filter);
    free(v->search);
    free(v->tagged);
    site_unref(v->site);
    memset(v, 0, sizeof(*v));
}

/* --- the cursor --------------------------------------------------------------------------------------------------- */

static void leave_site(struct view *v)
{
    site_unref(v->site);
    v->site = NULL;
    v->on_site = false;
}

static void put_on(struct view *v, const struct snapshot *s, size_t at)
{
    const struct row *r;

    if (!v->sites.n) {
        leave_site(v);
        v->at = 0;
        return;
    }
    v->at = at < v->sites.n ? at : v->sites.n - 1;
    r = &s->row[v->sites.id[v->at]].row;
    site_ref(r->site);
    leave_site(v);
    v->site = r->site;
    v->id = r->id;
    v->generation = r->generation;
    v->on_site = true;
}

/* The row at v->id is the site that the cursor was put on, edited perhaps, and not another one under its number. */
static bool is_same_site(const struct view *v, const struct snapshot *s)
{
    const struct row *r = v->id < s->nrow ? &s->row[v->id].row : NULL;

    if (!r || !r->generation)
        return false;
    return r->generation == v->generation || !strcmp(r->site->name, v->site->name) ||
           !strcmp(r->site->url, v->site->url);
}

/* The cursor's site has a new place, or, if it went, its place has a new site. */
static void follow(struct view *v, const struct snapshot *s)
{
    size_t place = SIZE_MAX;

    if (v->on_site && is_same_site(v, s))
        place = order_find(&v->sites, s, v->id);
    put_on(v, s, place != SIZE_MAX ? place : v->at);
}

/* Scrolls by lines, without looking at the list's end: clamp() does. */
static void scroll(struct view *v, int64_t lines)
{
    int64_t top = (int64_t)v->top + lines;

    v->top = top > 0 ? (size_t)top : 0;
}

/* After the list changed: the cursor stays on its site, and on its line if it can. */
static void keep_cursor(struct view *v, const struct snapshot *s)
{
    size_t was = v->at;

    if (v->resting || v->on_line) {
        put_on(v, s, v->resting ? 0 : v->at);
        return;
    }
    follow(v, s);
    scroll(v, (int64_t)v->at - (int64_t)was);
}

/* The cursor in the window, and the window in the list. */
static void clamp(struct view *v)
{
    size_t rows = (size_t)v->nrows;
    size_t last = v->sites.n > rows ? v->sites.n - rows : 0;

    if (!rows)                       /* nothing was drawn yet */
        return;
    if (v->at < v->top)
        v->top = v->at;
    if (v->at >= v->top + rows)
        v->top = v->at - rows + 1;
    if (v->top > last)
        v->top = last;
}

/* --- tags --------------------------------------------------------------------------------------------------------- */

bool view_is_tagged(const struct view *v, const struct row *r)
{
    return r->id < v->tagged_size && r->generation && v->tagged[r->id] == r->generation;
}

enum err view_tag(struct view *v, const struct row *r, bool tagged)
{
    if (r->id >= v->tagged_size) {
        size_t size = (size_t)r->id + r->id / 2 + 64;
        uint32_t *more = realloc(v->tagged, size * sizeof(*more));

        if (!more)
            return ERR_NOMEM;
        memset(more + v->tagged_size, 0, (size - v->tagged_size) * sizeof(*more));
        v->tagged = more;
        v->tagged_size = size;
    }
    v->ntagged -= v->tagged[r->id] != 0;
    v->ntagged += tagged;
    v->tagged[r->id] = tagged ? r->generation : 0;
    return ERR_OK;
}

void view_untag_all(struct view *v)
{
    if (v->ntagged)
        memset(v->tagged, 0, v->tagged_size * sizeof(*v->tagged));
    v->ntagged = 0;
}

/* What is not the site any more that was tagged. */
static void drop_tags(struct view *v, const struct snapshot *s)
{
    size_t i;

    for (i = 0; i < s->nchanged && v->ntagged; i++) {
        uint32_t id = s->changed[i];

        if (id < v->tagged_size && v->tagged[id] && v->tagged[id] != s->row[id].row.generation) {
            v->tagged[id] = 0;
            v->ntagged--;
        }
    }
}

enum err view_take(struct view *v, const struct snapshot *s)
{
    enum err err = order_update(&v->sites, s);
    enum err alert_err = order_update(&v->alerts, s);

    drop_tags(v, s);
    keep_cursor(v, s);
    return err ? err : alert_err;
}

void view_settle(struct view *v, int y_rows, int nrows)
{
    if (v->nrows && !v->resting)
        scroll(v, y_rows - v->y_rows); /* a line came above the rows, or went */
    v->y_rows = y_rows;
    v->nrows = nrows;
    clamp(v);
}

void view_go(struct view *v, const struct snapshot *s, size_t at)
{
    v->resting = false;
    put_on(v, s, at);
    clamp(v);
}

void view_move(struct view *v, const struct snapshot *s, int64_t lines)
{
    int64_t at = (int64_t)v->at + lines;

    view_go(v, s, at > 0 ? (size_t)at : 0);
}

bool view_go_site(struct view *v, const struct snapshot *s, uint32_t id)
{
    size_t at = order_find(&v->sites, s, id);

    if (at == SIZE_MAX)
        return false;
    view_go(v, s, at);
    return true;
}

void view_rest(struct view *v, const struct snapshot *s)
{
    view_go(v, s, 0);
    v->resting = true;
}

void view_hold(struct view *v)
{
    v->resting = false;
}

const struct snapshot_row *view_row(const struct view *v, const struct snapshot *s)
{
    return v->on_site ? &s->row[v->id] : NULL;
}

/* --- order, filter, search ---------------------------------------------------------------------------------------- */

static enum err rebuild(struct view *v, const struct snapshot *s)
{
    enum err err = order_rebuild(&v->sites, s);

    keep_cursor(v, s);
    clamp(v);
    return err;
}

enum err view_set_sort(struct view *v, const struct snapshot *s, enum column sort, bool inverted)
{
    v->sort = sort;
    v->sites.key = column_key(sort);
    v->sites.inverted = inverted;
    return rebuild(v, s);
}

enum err view_set_filter(struct view *v, const struct snapshot *s, const char *text, struct errmsg *why)
{
    enum err err = filter_set(&v->filter, text, why);

    return err ? err : rebuild(v, s);
}

enum err view_set_search(struct view *v, const char *text)
{
    char *copy = NULL;

    if (text && *text) {
        copy = strdup(text);
        if (!copy)
            return ERR_NOMEM;
    }
    free(v->search);
    v->search = copy;
    return ERR_OK;
}

size_t view_find(const struct view *v, const struct snapshot *s, size_t from, int step)
{
    size_t n = v->sites.n, i;

    for (i = 1; i <= n && v->search; i++) {
        size_t at = step > 0 ? (from + i) % n : (from + n * 2 - i) % n;

        if (from == SIZE_MAX)
            at = i - 1;
        if (filter_finds(v->search, &s->row[v->sites.id[at]]))
            return at;
    }
    return SIZE_MAX;
}
