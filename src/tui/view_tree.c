/* What the person sees of a tree: the group under the cursor, folds, and going from group to group. Pure. */
#include "view.h"

#include "view_cursor.h"

const struct group *view_group(const struct view *v)
{
    return v->on_group ? forest_group(&v->tree, v->group) : NULL;
}

const char *view_group_name(const struct view *v, const struct group *g)
{
    return g->name ? g->name : v->tree.kind == TREE_TAG ? "no tag" : "no dependency";
}

bool view_group_is_tagged(const struct view *v, const struct snapshot *s, const struct group *g)
{
    size_t i;

    if (v->ntagged < g->n)           /* which spares most screens the count */
        return false;
    for (i = 0; i < g->n; i++)
        if (!view_is_tagged(v, &s->row[v->tree.member[g->first + i].id].row))
            return false;
    return true;
}

const struct snapshot_row *view_group_row(const struct view *v, const struct snapshot *s, size_t i)
{
    const struct group *g = view_group(v);

    return g && i < g->n ? &s->row[v->tree.member[g->first + i].id] : NULL;
}

/* --- the tree ----------------------------------------------------------------------------------------------------- */

enum err view_set_tree(struct view *v, const struct snapshot *s, enum tree_kind kind)
{
    enum err err;

    if (v->on_group)                 /* its number means nothing in another tree */
        v->on_site = !(v->on_group = false);
    err = forest_set(&v->tree, kind, s, &v->sites, v->sort);
    view_keep(v, s);
    view_clamp(v);
    return err;
}

/* Folds came or went: the cursor stays on its site, or goes to what hides it, whatever F says. */
static void settle_folds(struct view *v, const struct snapshot *s)
{
    view_hold(v);
    view_follow(v, s);
    view_clamp(v);
}

bool view_fold(struct view *v, const struct snapshot *s, bool folded)
{
    uint32_t group;

    if (!forest_is_on(&v->tree) || !view_lines(v))
        return false;
    group = folded ? forest_fold_around(&v->tree, v->at) : v->on_group ? v->group : forest_inner(&v->tree, v->at);
    if (group == GROUP_NONE)
        return false;
    forest_fold(&v->tree, group, folded);
    settle_folds(v, s);
    return true;
}

void view_fold_all(struct view *v, const struct snapshot *s, bool folded)
{
    forest_fold_all(&v->tree, folded);
    settle_folds(v, s);
}

/* Whether a group begins on that line. */
static bool begins_group(const struct view *v, const struct snapshot *s, size_t at)
{
    if (forest_is_on(&v->tree))
        return v->tree.line[at].member == TREE_HEADER;
    return !at || state_shown(&s->row[v->sites.id[at]].row.state) != state_shown(&s->row[v->sites.id[at - 1]].row.state);
}

void view_go_group(struct view *v, const struct snapshot *s, int step)
{
    size_t n = view_lines(v), at = v->at;

    if (!n)
        return;
    do
        at += (size_t)step;
    while (at < n && !begins_group(v, s, at));
    view_go(v, s, at < n ? at : step < 0 ? 0 : v->at);
}

void view_scroll(struct view *v, const struct snapshot *s, int64_t lines)
{
    size_t n = view_lines(v), rows = (size_t)v->nrows, last = n > rows ? n - rows : 0, at = v->at, was = v->top;

    view_shift(v, lines);
    v->top = v->top < last ? v->top : last;
    if (v->top == was)
        return;
    if (at < v->top)
        at = v->top;
    if (rows && at >= v->top + rows)
        at = v->top + rows - 1;
    view_go(v, s, at);
}
