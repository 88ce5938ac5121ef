/* The tree as it is kept: laid out anew when the list moved, a state changed or a fold did (forest_layout.c), and looked up in. Pure. */
#include "forest.h"

#include <stdlib.h>
#include <strings.h>

#include "forest_layout.h"

static const char *const words[TREE_KINDS] = { "off", "tag", "dependency" };

const char *tree_word(enum tree_kind kind)
{
    return words[kind];
}

int tree_kind(const char *word)
{
    int i;

    if (!word)
        return TREE_OFF;
    for (i = 0; i < TREE_KINDS; i++)
        if (!strcasecmp(words[i], word))
            return i;
    return -1;
}

void forest_release(struct forest *t)
{
    int i;

    for (i = 0; i < TREE_KINDS; i++)
        groups_release(&t->by[i]);
    free(t->member);
    free(t->line);
    free(t->shown);
    free(t->site);
    *t = (struct forest){ 0 };
}

bool forest_is_on(const struct forest *t)
{
    return t->kind != TREE_OFF && !t->stale;
}

struct group *forest_group(const struct forest *t, uint32_t group)
{
    return &t->by[t->kind].group[group];
}

/* --- what changed ------------------------------------------------------------------------------------------------- */

/* Takes note of a site: whether all have to be sorted into groups anew, and whether to be counted anew. */
static void note(struct forest *t, const struct snapshot *s, uint32_t id, bool *regroup, bool *recount)
{
    const struct row *r = &s->row[id].row;
    struct forest_site *site = &t->site[id], was = *site;

    site->generation = r->generation;
    site->site = r->site;
    site->shown = (uint8_t)state_shown(&r->state);
    site->warns = site->shown == STATE_DEGRADED && r->state.degraded != DEGRADED_SLOW;
    site->rank = (uint8_t)column_key(COLUMN_STATE)(&s->row[id]).major;
    *regroup |= site->generation != was.generation || site->site != was.site;
    *recount |= site->shown != was.shown || site->rank != was.rank;
}

enum err forest_take(struct forest *t, const struct snapshot *s, const struct order *list, enum column sort)
{
    bool regroup = t->stale, recount = t->moves != list->moves;
    size_t i;

    if (t->kind == TREE_OFF)
        return ERR_OK;
    if (!forest_has_sites(t, s->nrow))
        return forest_fail(t);
    for (i = 0; i < s->nchanged; i++)
        note(t, s, s->changed[i], &regroup, &recount);
    regroup |= s->nrow > t->by[t->kind].nsite;
    if (regroup && groups_take(&t->by[t->kind], s))
        return forest_fail(t);
    return regroup || recount ? forest_lay_out(t, s, list, sort) : ERR_OK;
}

enum err forest_rebuild(struct forest *t, const struct snapshot *s, const struct order *list, enum column sort)
{
    if (t->kind == TREE_OFF)
        return ERR_OK;
    if (t->stale || s->nrow > t->by[t->kind].nsite)
        return forest_set(t, t->kind, s, list, sort);
    return forest_lay_out(t, s, list, sort);
}

enum err forest_set(struct forest *t, enum tree_kind kind, const struct snapshot *s, const struct order *list, enum column sort)
{
    bool regroup = false, recount = false;
    uint32_t id;

    t->kind = kind;
    t->by[kind].kind = kind;
    t->stale = false;
    if (kind == TREE_OFF)
        return ERR_OK;
    if (!forest_has_sites(t, s->nrow))
        return forest_fail(t);
    for (id = 0; id < s->nrow; id++)
        note(t, s, id, &regroup, &recount);
    if (groups_take(&t->by[kind], s))
        return forest_fail(t);
    return forest_lay_out(t, s, list, sort);
}

/* --- finding and folding ------------------------------------------------------------------------------------------ */

static bool has_group(const struct forest *t, uint32_t id, uint32_t group)
{
    const struct groups *g = &t->by[t->kind];
    uint32_t k;

    for (k = 0; k < g->site[id].n; k++)
        if (g->of[g->site[id].first + k] == group)
            return true;
    return false;
}

uint32_t forest_group_of(const struct forest *t, uint32_t id, uint32_t group)
{
    const struct groups *g = &t->by[t->kind];
    uint32_t k;

    if (!t->nline || id >= g->nsite || !g->site[id].n)
        return GROUP_NONE;
    if (has_group(t, id, group))
        return group;
    for (k = 0; k < g->site[id].n; k++)
        if (!g->group[g->of[g->site[id].first + k]].folded)
            return g->of[g->site[id].first + k];
    return g->of[g->site[id].first];
}

size_t forest_member_of(const struct forest *t, uint32_t id, uint32_t group)
{
    const struct group *g = forest_group(t, group);
    size_t i;

    if (t->kind == TREE_DEPENDENCY)
        return t->site[id].member < t->nmember && t->member[t->site[id].member].id == id ? t->site[id].member : SIZE_MAX;
    for (i = g->first; i < g->first + g->n; i++)
        if (t->member[i].id == id)
            return i;
    return SIZE_MAX;
}

size_t forest_find(const struct forest *t, uint32_t id, uint32_t group)
{
    size_t line, member;

    group = forest_group_of(t, id, group);
    if (group == GROUP_NONE || !forest_group(t, group)->n)
        return SIZE_MAX;
    line = forest_group(t, group)->line;
    member = forest_member_of(t, id, group);
    if (member == SIZE_MAX)
        return SIZE_MAX;
    while (line + 1 < t->nline && t->line[line + 1].group == group && t->line[line + 1].member <= member)
        line++;
    return line;
}

void forest_fold(struct forest *t, uint32_t group, bool folded)
{
    forest_group(t, group)->folded = folded;
    forest_put_lines(t);
}

void forest_fold_all(struct forest *t, bool folded)
{
    const struct groups *g = &t->by[t->kind];
    uint32_t i;

    for (i = 0; i < g->n; i++)
        g->group[i].folded = folded;
    forest_put_lines(t);
}

void forest_reveal(struct forest *t, uint32_t id, uint32_t group)
{
    const struct groups *g = &t->by[t->kind];

    group = forest_group_of(t, id, group);
    if (group == GROUP_NONE)
        return;
    g->group[group].folded = false;
    for (id = g->site[id].parent; id != GROUP_NONE; id = g->site[id].parent)
        g->group[g->site[id].heads].folded = false;
    forest_put_lines(t);
}

uint32_t forest_inner(const struct forest *t, size_t line)
{
    const struct forest_line *l = &t->line[line];

    return l->member == TREE_HEADER ? GROUP_NONE : forest_inner_group(t, l->group, &t->member[l->member]);
}

uint32_t forest_fold_around(const struct forest *t, size_t line)
{
    const struct forest_line *l = &t->line[line];
    uint32_t inner = forest_inner(t, line), at;

    if (l->member == TREE_HEADER)
        return l->group;
    if (inner != GROUP_NONE && !forest_group(t, inner)->folded)
        return inner;
    for (at = l->member; at > 0 && t->member[at].depth > 1 && t->member[at].depth >= t->member[l->member].depth; at--)
        ;
    inner = t->member[l->member].depth > 1 ? forest_inner_group(t, l->group, &t->member[at]) : GROUP_NONE;
    return inner == GROUP_NONE ? l->group : inner;
}
