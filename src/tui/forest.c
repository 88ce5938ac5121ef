/* Groups on lines. What is linear in the number of sites is done when the list moved, a state changed or a fold did, by passes
 * that read and write numbers; whatever is drawn or found afterwards looks at lines. Pure. */
#include "forest.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* --- room --------------------------------------------------------------------------------------------------------- */

/* array is the address of the pointer to its memory. */
static bool has_room(void *array, size_t *size, size_t n, size_t each)
{
    size_t wanted = n + n / 4 + 64;
    void *memory;

    if (n <= *size)
        return true;
    memcpy(&memory, array, sizeof(memory));
    memory = realloc(memory, wanted * each);
    if (!memory)
        return false;
    memcpy(array, &memory, sizeof(memory));
    *size = wanted;
    return true;
}

#define HAS_ROOM(array, size, n) has_room(&(array), &(size), n, sizeof(*(array)))

static bool has_sites(struct forest *t, size_t n)
{
    size_t size = t->nsite;

    if (!HAS_ROOM(t->site, t->nsite, n))
        return false;
    if (t->nsite > size)
        memset(t->site + size, 0, (t->nsite - size) * sizeof(*t->site));
    return true;
}

/* --- states ------------------------------------------------------------------------------------------------------- */

/* Nothing is wrong in these, and when it began tells nothing; from the worst on. */
static const enum state calm[] = { STATE_NEW, STATE_UP, STATE_MAINTENANCE, STATE_PAUSED };
#define NCALM (sizeof(calm) / sizeof(calm[0]))

static bool is_calm(enum state state)
{
    size_t k;

    for (k = 0; k < NCALM && calm[k] != state; k++)
        ;
    return k < NCALM;
}

/* --- the order of groups ------------------------------------------------------------------------------------------ */

static void clear_groups(struct forest *t)
{
    const struct groups *g = &t->by[t->kind];
    uint32_t i;

    for (i = 0; i < g->n; i++) {
        g->group[i].n = g->group[i].first = 0;
        g->group[i].line = SIZE_MAX;
        g->group[i].worst = GROUP_NONE;
        g->group[i].counts = (struct status_counts){ 0 };
    }
}

/* Of two in the same state that which came into it last. */
static bool is_worse(const struct forest *t, const struct snapshot *s, uint32_t id, uint32_t than)
{
    struct order_key a, b;

    if (t->site[id].rank != t->site[than].rank)
        return t->site[id].rank < t->site[than].rank;
    if (is_calm((enum state)t->site[id].shown))
        return false;
    a = column_key(COLUMN_STATE)(&s->row[id]);
    b = column_key(COLUMN_STATE)(&s->row[than]);
    return order_compare_keys(&a, &b) < 0;
}

static void count(struct forest *t, struct group *g, const struct snapshot *s, uint32_t id)
{
    g->n++;
    g->counts.total++;
    g->counts.state[t->site[id].shown]++;
    g->counts.warning += t->site[id].warns;
    if (g->worst == GROUP_NONE || is_worse(t, s, id, g->worst))
        g->worst = id;
}

/* Counts members, and notes groups as the first sites of them come. */
static void count_all(struct forest *t, const struct snapshot *s, const struct order *list, bool backwards)
{
    const struct groups *g = &t->by[t->kind];
    size_t i;
    uint32_t k;

    t->nshown = 0;
    for (i = 0; i < list->n; i++) {
        uint32_t id = list->id[backwards ? list->n - 1 - i : i];

        for (k = 0; k < g->site[id].n; k++) {
            uint32_t group = g->of[g->site[id].first + k];

            if (!g->group[group].n)
                t->shown[t->nshown++] = group;
            count(t, &g->group[group], s, id);
        }
    }
}

static void reverse(uint32_t *of, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n / 2; i++) {
        uint32_t other = of[i];

        of[i] = of[n - 1 - i];
        of[n - 1 - i] = other;
    }
}

/* Appends the groups of that state, or with STATE_COUNT all, by name. */
static void add_by_name(struct forest *t, enum state state)
{
    const struct groups *g = &t->by[t->kind];
    uint32_t i;

    for (i = 0; i < g->nby_name; i++) {
        const struct group *group = &g->group[g->by_name[i]];

        if (group->n && (state == STATE_COUNT || t->site[group->worst].shown == state))
            t->shown[t->nshown++] = g->by_name[i];
    }
}

/* Those in trouble came worst and newest first; of the others nothing tells but names. */
static void calm_by_name(struct forest *t)
{
    uint32_t n = t->nshown, i;
    size_t k;

    t->nshown = 0;
    for (i = 0; i < n; i++)
        if (!is_calm((enum state)t->site[forest_group(t, t->shown[i])->worst].shown))
            t->shown[t->nshown++] = t->shown[i];
    for (k = 0; k < NCALM; k++)
        add_by_name(t, calm[k]);
}

static void drop_rest(struct forest *t)
{
    uint32_t i, n = 0;

    for (i = 0; i < t->nshown; i++)
        if (t->shown[i] != GROUP_REST)
            t->shown[n++] = t->shown[i];
    t->nshown = n;
}

static void sort_groups(struct forest *t, const struct snapshot *s, const struct order *list, enum column sort)
{
    bool turned = list->inverted && (sort == COLUMN_STATE || sort == COLUMN_NAME);

    clear_groups(t);
    count_all(t, s, list, turned);
    drop_rest(t);
    if (sort == COLUMN_STATE)
        calm_by_name(t);
    if (sort == COLUMN_NAME) {
        t->nshown = 0;
        add_by_name(t, STATE_COUNT);
    }
    if (turned)
        reverse(t->shown, t->nshown);
    if (forest_group(t, GROUP_REST)->n)
        t->shown[t->nshown++] = GROUP_REST;
}

/* --- members ------------------------------------------------------------------------------------------------------ */

static void give_places(struct forest *t)
{
    size_t at = 0;
    uint32_t i;

    for (i = 0; i < t->nshown; i++) {
        struct group *g = forest_group(t, t->shown[i]);

        g->first = at;
        at += g->n;
        g->n = 0;                    /* counts anew while they are put there */
    }
    t->nmember = at;
}

static void put(struct forest *t, uint32_t group, uint32_t id, uint32_t depth)
{
    struct group *g = forest_group(t, group);

    t->member[g->first + g->n++] = (struct forest_member){ id, 0, depth };
}

static void put_by_tag(struct forest *t, const struct order *list)
{
    const struct groups *g = &t->by[t->kind];
    uint32_t k;
    size_t i;

    for (i = 0; i < list->n; i++) {
        const struct group_site *site = &g->site[list->id[i]];

        for (k = 0; k < site->n; k++)
            put(t, g->of[site->first + k], list->id[i], 1);
    }
}

/* What it hangs below, if that is in the list; else it stands right below the header. */
static uint32_t parent_in(const struct forest *t, const struct order *list, uint32_t id)
{
    uint32_t parent = t->by[t->kind].site[id].parent;

    return parent != GROUP_NONE && list->place[parent].placed ? parent : GROUP_NONE;
}

/* Children of each in the list's order: from its end, each before those that are there. */
static void link_children(struct forest *t, const struct order *list)
{
    size_t i;

    for (i = 0; i < list->n; i++)
        t->site[list->id[i]].child = GROUP_NONE;
    for (i = list->n; i-- > 0;) {
        uint32_t id = list->id[i], parent = parent_in(t, list, id);

        if (parent == GROUP_NONE)
            continue;
        t->site[id].next = t->site[parent].child;
        t->site[parent].child = id;
    }
}

/* Puts a site and all that hangs below it. */
static void put_branch(struct forest *t, const struct order *list, uint32_t group, uint32_t top)
{
    struct group *g = forest_group(t, group);
    uint32_t id = top, depth = 1, parent;

    for (;;) {
        t->site[id].member = (uint32_t)(g->first + g->n);
        put(t, group, id, depth);
        if (t->site[id].child != GROUP_NONE) {
            id = t->site[id].child;
            depth++;
            continue;
        }
        while (id != top && t->site[id].next == GROUP_NONE) {
            parent = parent_in(t, list, id);
            t->member[t->site[parent].member].below = (uint32_t)(g->first + g->n) - t->site[parent].member - 1;
            id = parent;
            depth--;
        }
        if (id == top)
            return;
        id = t->site[id].next;
    }
}

static void put_by_dependency(struct forest *t, const struct order *list)
{
    const struct groups *g = &t->by[t->kind];
    size_t i;

    link_children(t, list);
    for (i = 0; i < list->n; i++)
        if (parent_in(t, list, list->id[i]) == GROUP_NONE)
            put_branch(t, list, g->of[g->site[list->id[i]].first], list->id[i]);
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

/* The group within this one of which that member is the head. */
static uint32_t inner_group(const struct forest *t, uint32_t group, const struct forest_member *m)
{
    uint32_t inner = m->below ? t->by[t->kind].site[m->id].heads : GROUP_NONE;

    return inner == group ? GROUP_NONE : inner;
}

static bool is_folded(const struct forest *t, uint32_t group, const struct forest_member *m)
{
    uint32_t inner = inner_group(t, group, m);

    return inner != GROUP_NONE && forest_group(t, inner)->folded;
}

static void put_lines(struct forest *t)
{
    uint32_t i;

    t->nline = 0;
    for (i = 0; i < t->nshown; i++) {
        struct group *g = forest_group(t, t->shown[i]);
        size_t at = g->first, end = g->folded ? at : at + g->n;

        g->line = t->nline;
        t->line[t->nline++] = (struct forest_line){ t->shown[i], TREE_HEADER };
        while (at < end) {
            const struct forest_member *m = &t->member[at];

            t->line[t->nline++] = (struct forest_line){ t->shown[i], (uint32_t)at };
            at += is_folded(t, t->shown[i], m) ? m->below + 1 : 1;
        }
    }
}

static enum err fail(struct forest *t)
{
    t->stale = true;
    t->nline = t->nmember = t->nshown = 0;
    return ERR_NOMEM;
}

static enum err lay_out(struct forest *t, const struct snapshot *s, const struct order *list, enum column sort)
{
    const struct groups *g = &t->by[t->kind];

    t->moves = list->moves;
    if (!HAS_ROOM(t->member, t->member_size, g->pairs) || !HAS_ROOM(t->line, t->line_size, g->pairs + g->n) ||
        !HAS_ROOM(t->shown, t->shown_size, g->n))
        return fail(t);
    t->stale = false;
    sort_groups(t, s, list, sort);
    give_places(t);
    if (t->kind == TREE_TAG)
        put_by_tag(t, list);
    else
        put_by_dependency(t, list);
    put_lines(t);
    return ERR_OK;
}

/* Takes note of a site: whether all have to be sorted into groups anew, and whether to be counted anew. */
static void note(struct forest *t, const struct snapshot *s, uint32_t id, bool *regroup, bool *recount)
{
    const struct row *r = &s->row[id].row;
    struct forest_site *site = &t->site[id], was = *site;

    site->generation = r->generation;
    site->shown = (uint8_t)state_shown(&r->state);
    site->warns = site->shown == STATE_DEGRADED && r->state.degraded != DEGRADED_SLOW;
    site->rank = (uint8_t)column_key(COLUMN_STATE)(&s->row[id]).major;
    *regroup |= site->generation != was.generation;
    *recount |= site->shown != was.shown || site->rank != was.rank;
}

enum err forest_take(struct forest *t, const struct snapshot *s, const struct order *list, enum column sort)
{
    bool regroup = t->stale, recount = t->moves != list->moves;
    size_t i;

    if (t->kind == TREE_OFF)
        return ERR_OK;
    if (!has_sites(t, s->nrow))
        return fail(t);
    for (i = 0; i < s->nchanged; i++)
        note(t, s, s->changed[i], &regroup, &recount);
    regroup |= s->nrow > t->by[t->kind].nsite;
    if (regroup && groups_take(&t->by[t->kind], s))
        return fail(t);
    return regroup || recount ? lay_out(t, s, list, sort) : ERR_OK;
}

enum err forest_rebuild(struct forest *t, const struct snapshot *s, const struct order *list, enum column sort)
{
    if (t->kind == TREE_OFF)
        return ERR_OK;
    if (t->stale || s->nrow > t->by[t->kind].nsite)
        return forest_set(t, t->kind, s, list, sort);
    return lay_out(t, s, list, sort);
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
    if (!has_sites(t, s->nrow))
        return fail(t);
    for (id = 0; id < s->nrow; id++)
        note(t, s, id, &regroup, &recount);
    if (groups_take(&t->by[kind], s))
        return fail(t);
    return lay_out(t, s, list, sort);
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
    put_lines(t);
}

void forest_fold_all(struct forest *t, bool folded)
{
    const struct groups *g = &t->by[t->kind];
    uint32_t i;

    for (i = 0; i < g->n; i++)
        g->group[i].folded = folded;
    put_lines(t);
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
    put_lines(t);
}

uint32_t forest_inner(const struct forest *t, size_t line)
{
    const struct forest_line *l = &t->line[line];

    return l->member == TREE_HEADER ? GROUP_NONE : inner_group(t, l->group, &t->member[l->member]);
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
    inner = t->member[l->member].depth > 1 ? inner_group(t, l->group, &t->member[at]) : GROUP_NONE;
    return inner == GROUP_NONE ? l->group : inner;
}
