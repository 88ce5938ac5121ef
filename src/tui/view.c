/* What the person has set, and how it holds while the sites underneath change. Pure. */
#include "view.h"

#include <stdlib.h>
#include <string.h>

#include "view_cursor.h"

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
    forest_release(&v->tree);
    filter_release(&v->filter);
    free(v->search);
    free(v->tagged);
    site_unref(v->site);
    memset(v, 0, sizeof(*v));
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

size_t view_lines(const struct view *v)
{
    return forest_is_on(&v->tree) ? v->tree.nline : v->sites.n;
}

size_t view_whole(const struct view *v, const struct snapshot *s)
{
    return forest_is_on(&v->tree) ? v->tree.by[v->tree.kind].pairs + v->tree.nshown : s->counts.total;
}

struct view_line view_line(const struct view *v, size_t at)
{
    const struct forest *t = &v->tree;
    const struct forest_member *m;
    struct view_line l = { 0 };
    uint32_t inner;

    if (!forest_is_on(t))
        return (struct view_line){ .id = v->sites.id[at] };
    l.group = t->line[at].group;
    l.header = t->line[at].member == TREE_HEADER;
    if (l.header) {
        l.id = forest_group(t, l.group)->worst;
        l.folded = forest_group(t, l.group)->folded;
        return l;
    }
    m = &t->member[t->line[at].member];
    inner = forest_inner(t, at);
    l.id = m->id;
    l.depth = m->depth;
    l.below = m->below;
    l.parent = inner != GROUP_NONE;
    l.folded = l.parent && forest_group(t, inner)->folded;
    return l;
}

struct status_counts view_count_fold(const struct view *v, size_t at)
{
    const struct forest_member *m = &v->tree.member[v->tree.line[at].member];
    struct status_counts counts = { .total = m->below };
    uint32_t i;

    for (i = 1; i <= m->below; i++) {
        counts.state[v->tree.site[m[i].id].shown]++;
        counts.warning += v->tree.site[m[i].id].warns;
    }
    return counts;
}

/* Where that site is, or what hides it; SIZE_MAX: not in the list. */
static size_t line_of(const struct view *v, const struct snapshot *s, uint32_t id)
{
    size_t at = order_find(&v->sites, s, id);

    return at == SIZE_MAX || !forest_is_on(&v->tree) ? at : forest_find(&v->tree, id, v->group);
}

/* --- the cursor --------------------------------------------------------------------------------------------------- */

static void leave_site(struct view *v)
{
    site_unref(v->site);
    v->site = NULL;
    v->on_site = v->on_group = false;
}

static void put_on(struct view *v, const struct snapshot *s, size_t at)
{
    size_t n = view_lines(v);
    struct view_line line;
    const struct row *r;

    if (!n) {
        leave_site(v);
        v->at = 0;
        return;
    }
    v->at = at < n ? at : n - 1;
    line = view_line(v, v->at);
    r = &s->row[line.id].row;
    site_ref(r->site);
    leave_site(v);
    v->site = r->site;
    v->id = r->id;
    v->generation = r->generation;
    v->group = line.group;
    v->on_group = line.header;
    v->on_site = !line.header;
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

/* The cursor's site has a new place, or, if it went, its place has a new site. A group comes back under its number. */
static void follow(struct view *v, const struct snapshot *s)
{
    size_t place = SIZE_MAX;

    if (v->on_group && forest_is_on(&v->tree))
        place = forest_group(&v->tree, v->group)->line;
    else if ((v->on_site || v->on_group) && is_same_site(v, s))
        place = line_of(v, s, v->id);
    put_on(v, s, place != SIZE_MAX ? place : v->at);
}

void view_shift(struct view *v, int64_t lines)
{
    int64_t top = (int64_t)v->top + lines;

    v->top = top > 0 ? (size_t)top : 0;
}

void view_follow(struct view *v, const struct snapshot *s)
{
    size_t was = v->at;

    follow(v, s);
    view_shift(v, (int64_t)v->at - (int64_t)was);
}

void view_keep(struct view *v, const struct snapshot *s)
{
    if (v->resting || v->on_line)
        put_on(v, s, v->resting ? 0 : v->at);
    else
        view_follow(v, s);
}

void view_clamp(struct view *v)
{
    size_t rows = (size_t)v->nrows;
    size_t n = view_lines(v), last = n > rows ? n - rows : 0;

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
    enum err tree_err = forest_take(&v->tree, s, &v->sites, v->sort);

    drop_tags(v, s);
    view_keep(v, s);
    return err ? err : alert_err ? alert_err : tree_err;
}

void view_settle(struct view *v, int y_rows, int nrows)
{
    if (v->nrows && !v->resting)
        view_shift(v, y_rows - v->y_rows); /* a line came above the rows, or went */
    v->y_rows = y_rows;
    v->nrows = nrows;
    view_clamp(v);
}

void view_go(struct view *v, const struct snapshot *s, size_t at)
{
    v->resting = false;
    put_on(v, s, at);
    view_clamp(v);
}

void view_move(struct view *v, const struct snapshot *s, int64_t lines)
{
    int64_t at = (int64_t)v->at + lines;

    view_go(v, s, at > 0 ? (size_t)at : 0);
}

bool view_go_site(struct view *v, const struct snapshot *s, uint32_t id)
{
    if (order_find(&v->sites, s, id) == SIZE_MAX)
        return false;
    if (forest_is_on(&v->tree))
        forest_reveal(&v->tree, id, v->group);
    view_go(v, s, line_of(v, s, id));
    return true;
}

struct view_mark view_mark(const struct view *v)
{
    return (struct view_mark){ v->on_site, v->on_group, v->id, v->group, v->tree.kind };
}

void view_go_mark(struct view *v, const struct snapshot *s, struct view_mark mark)
{
    bool same = mark.tree == v->tree.kind; /* or the settings file changed it meanwhile: that number means nothing here */

    if (same)
        v->group = mark.group;
    if (mark.on_site || (mark.on_group && !same))
        view_go_site(v, s, mark.id);
    else if (mark.on_group && forest_is_on(&v->tree) && forest_group(&v->tree, mark.group)->n)
        view_go(v, s, forest_group(&v->tree, mark.group)->line);
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

const struct snapshot_row *view_subject(const struct view *v, const struct snapshot *s)
{
    return v->on_site || v->on_group ? &s->row[v->on_site ? v->id : view_line(v, v->at).id] : NULL;
}

/* --- order, filter, search ---------------------------------------------------------------------------------------- */

enum err view_show(struct view *v, const struct snapshot *s)
{
    enum err err = order_rebuild(&v->sites, s);
    enum err alert_err = order_rebuild(&v->alerts, s);
    enum err tree_err = forest_set(&v->tree, v->tree.kind, s, &v->sites, v->sort);
    size_t id;

    for (id = 0; id < v->tagged_size && v->ntagged; id++)
        if (v->tagged[id] && (id >= s->nrow || v->tagged[id] != s->row[id].row.generation)) {
            v->tagged[id] = 0;
            v->ntagged--;
        }
    view_keep(v, s);
    view_clamp(v);
    return err ? err : alert_err ? alert_err : tree_err;
}

static enum err rebuild(struct view *v, const struct snapshot *s)
{
    enum err err = order_rebuild(&v->sites, s);
    enum err tree_err = forest_rebuild(&v->tree, s, &v->sites, v->sort);

    view_keep(v, s);
    view_clamp(v);
    return err ? err : tree_err;
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

/* Places that a search goes through: folds hide nothing from it. */
static size_t nplace(const struct view *v)
{
    return forest_is_on(&v->tree) ? v->tree.nmember : v->sites.n;
}

static uint32_t id_at(const struct view *v, size_t place)
{
    return forest_is_on(&v->tree) ? v->tree.member[place].id : v->sites.id[place];
}

/* The place from which a search goes on: that of the cursor, or, before the sites of its group, between two. */
static size_t search_from(const struct view *v, int step)
{
    const struct group *g = view_group(v);
    size_t n = nplace(v);

    if (g)
        return step > 0 ? (g->first + n - 1) % n : g->first;
    return forest_is_on(&v->tree) ? v->tree.line[v->at].member : v->at;
}

static void go_place(struct view *v, const struct snapshot *s, size_t place)
{
    uint32_t id = id_at(v, place), i;

    if (!forest_is_on(&v->tree)) {
        view_go(v, s, place);
        return;
    }
    for (i = 0; i < v->tree.nshown; i++) {
        const struct group *g = forest_group(&v->tree, v->tree.shown[i]);

        if (place >= g->first && place < g->first + g->n)
            v->group = v->tree.shown[i];
    }
    view_go_site(v, s, id);
}

bool view_find(struct view *v, const struct snapshot *s, int step)
{
    size_t n = nplace(v), from, i;

    if (!n || !v->search)
        return false;
    from = search_from(v, step);
    for (i = 1; i <= n; i++) {
        size_t place = step > 0 ? (from + i) % n : (from + n - i) % n;

        if (filter_finds(v->search, &s->row[id_at(v, place)])) {
            go_place(v, s, place);
            return true;
        }
    }
    return false;
}
