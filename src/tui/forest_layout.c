/* Groups on lines. All of it is passes over numbers, linear in the sites of the list: the list is in order already, and what goes
 * through it once keeps that order. Pure. */
#include "forest_layout.h"

#include <stdlib.h>
#include <string.h>

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

bool forest_has_sites(struct forest *t, size_t n)
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

uint32_t forest_inner_group(const struct forest *t, uint32_t group, const struct forest_member *m)
{
    uint32_t inner = m->below ? t->by[t->kind].site[m->id].heads : GROUP_NONE;

    return inner == group ? GROUP_NONE : inner;
}

static bool is_folded(const struct forest *t, uint32_t group, const struct forest_member *m)
{
    uint32_t inner = forest_inner_group(t, group, m);

    return inner != GROUP_NONE && forest_group(t, inner)->folded;
}

void forest_put_lines(struct forest *t)
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

enum err forest_fail(struct forest *t)
{
    t->stale = true;
    t->nline = t->nmember = t->nshown = 0;
    return ERR_NOMEM;
}

enum err forest_lay_out(struct forest *t, const struct snapshot *s, const struct order *list, enum column sort)
{
    const struct groups *g = &t->by[t->kind];

    t->moves = list->moves;
    if (!HAS_ROOM(t->member, t->member_size, g->pairs) || !HAS_ROOM(t->line, t->line_size, g->pairs + g->n) ||
        !HAS_ROOM(t->shown, t->shown_size, g->n))
        return forest_fail(t);
    t->stale = false;
    sort_groups(t, s, list, sort);
    give_places(t);
    if (t->kind == TREE_TAG)
        put_by_tag(t, list);
    else
        put_by_dependency(t, list);
    forest_put_lines(t);
    return ERR_OK;
}
