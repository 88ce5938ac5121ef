/* Which sites form which groups. Gone through whole when a site came, went or was edited, which is seldom; what happens to the
 * sites meanwhile changes nothing here. Pure. */
#include "groups.h"

#include <stdlib.h>
#include <string.h>

#include "order.h"

void groups_release(struct groups *g)
{
    uint32_t i;

    for (i = 0; i < g->n; i++)
        free(g->group[i].name);
    free(g->group);
    free(g->slot);
    free(g->by_name);
    free(g->site);
    free(g->of);
    *g = (struct groups){ .kind = g->kind };
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static uint32_t hash(const char *name)
{
    uint32_t h = 2166136261u;        /* FNV-1a */

    while (*name)
        h = (h ^ (unsigned char)*name++) * 16777619u;
    return h;
}

/* The slot that has the name, or the free one where it would be. */
static uint32_t *slot_of(const struct groups *g, const char *name)
{
    uint32_t i = hash(name) & (g->nslot - 1);

    while (g->slot[i] != GROUP_NONE && strcmp(g->group[g->slot[i]].name, name) != 0)
        i = (i + 1) & (g->nslot - 1);
    return &g->slot[i];
}

uint32_t groups_find(const struct groups *g, const char *name)
{
    return g->nslot ? *slot_of(g, name) : GROUP_NONE;
}

static enum err grow_table(struct groups *g)
{
    uint32_t size = g->size ? 2 * g->size : 32, nslot = 4 * size, i;
    struct group *group = realloc(g->group, size * sizeof(*group));
    uint32_t *slot = group ? malloc(nslot * sizeof(*slot)) : NULL;

    if (group)
        g->group = group;
    if (!slot)
        return ERR_NOMEM;
    free(g->slot);
    g->slot = slot;
    g->nslot = nslot;
    g->size = size;
    memset(slot, 0xff, nslot * sizeof(*slot));
    if (!g->n)
        g->group[g->n++] = (struct group){ .head = GROUP_NONE };
    for (i = 1; i < g->n; i++)
        *slot_of(g, g->group[i].name) = i;
    return ERR_OK;
}

/* The group of that name, made when there is none. */
static enum err have(struct groups *g, const char *name, uint32_t *out)
{
    uint32_t *slot = slot_of(g, name);
    char *copy;

    if (*slot == GROUP_NONE) {
        if (g->n == g->size && grow_table(g))
            return ERR_NOMEM;
        copy = strdup(name);
        if (!copy)
            return ERR_NOMEM;
        slot = slot_of(g, name);
        g->group[g->n] = (struct group){ .name = copy, .head = GROUP_NONE, .worst = GROUP_NONE };
        *slot = g->n++;
    }
    *out = *slot;
    return ERR_OK;
}

static int compare_groups(const void *a, const void *b, void *groups)
{
    const struct group *group = ((struct groups *)groups)->group;

    return order_compare_names(group[*(const uint32_t *)a].name, group[*(const uint32_t *)b].name);
}

static enum err sort_names(struct groups *g)
{
    uint32_t *by_name = realloc(g->by_name, g->n * sizeof(*by_name)), i;

    if (!by_name)
        return ERR_NOMEM;
    g->by_name = by_name;
    for (i = 1; i < g->n; i++)
        by_name[i - 1] = i;
    if (g->n > 2)
        qsort_r(by_name, g->n - 1, sizeof(*by_name), compare_groups, g);
    g->nby_name = g->n - 1;
    return ERR_OK;
}

/* --- who belongs where -------------------------------------------------------------------------------------------- */

static const struct options *options_of(const struct snapshot *s, uint32_t id)
{
    return s->row[id].row.generation ? s->row[id].row.site->options : NULL;
}

static enum err add_of(struct groups *g, uint32_t group)
{
    if (g->nof == g->of_size) {
        size_t size = g->of_size ? 2 * g->of_size : 64;
        uint32_t *of = realloc(g->of, size * sizeof(*of));

        if (!of)
            return ERR_NOMEM;
        g->of = of;
        g->of_size = size;
    }
    g->of[g->nof++] = group;
    return ERR_OK;
}

static enum err reserve(struct groups *g, const struct snapshot *s)
{
    if (!g->n && grow_table(g))
        return ERR_NOMEM;
    if (s->nrow > g->site_size) {
        size_t size = s->nrow + s->nrow / 2 + 64;
        struct group_site *site = realloc(g->site, size * sizeof(*site));

        if (!site)
            return ERR_NOMEM;
        g->site = site;
        g->site_size = (uint32_t)size;
    }
    g->nsite = (uint32_t)s->nrow;
    g->nof = g->pairs = 0;
    return ERR_OK;
}

/* The groups of these tags go into of[], each once: `worst` remembers for whom it was taken last. */
static enum err take_tags(struct groups *g, const struct strings *tags, uint32_t id)
{
    uint32_t group;
    size_t i;

    for (i = 0; i < tags->n; i++) {
        if (have(g, tags->item[i], &group))
            return ERR_NOMEM;
        if (g->group[group].worst == id)
            continue;
        g->group[group].worst = id;
        if (add_of(g, group))
            return ERR_NOMEM;
    }
    return tags->n ? ERR_OK : add_of(g, GROUP_REST);
}

static enum err take_by_tag(struct groups *g, const struct snapshot *s)
{
    const struct options *last = NULL;
    uint32_t id, first = 0;

    for (id = 0; id < g->n; id++)
        g->group[id].worst = GROUP_NONE;
    for (id = 0; id < g->nsite; id++) {
        const struct options *o = options_of(s, id);

        g->site[id] = (struct group_site){ 0, 0, GROUP_NONE, GROUP_NONE };
        if (!o)
            continue;
        if (o != last) {             /* sites with equal options share them, and so their tags */
            first = (uint32_t)g->nof;
            last = o;
            if (take_tags(g, &o->tags, id))
                return ERR_NOMEM;
        }
        g->site[id].first = first;
        g->site[id].n = (uint32_t)g->nof - first;
        g->pairs += g->site[id].n;
    }
    return ERR_OK;
}

/* --- who hangs below whom ----------------------------------------------------------------------------------------- */

/* Everybody who is depended on gets a group, with the site as its head if that is there. */
static enum err find_heads(struct groups *g, const struct snapshot *s)
{
    const struct options *last = NULL;
    uint32_t id, group;
    size_t i;

    for (id = 0; id < g->nsite; id++) {
        const struct options *o = options_of(s, id);

        for (i = 0; o && o != last && i < o->depends_on.n; i++)
            if (have(g, o->depends_on.item[i], &group))
                return ERR_NOMEM;
        last = o;
    }
    for (group = 0; group < g->n; group++)
        g->group[group].head = GROUP_NONE;
    for (id = 0; id < g->nsite && g->n > 1; id++)
        if (s->row[id].row.generation && (group = groups_find(g, s->row[id].row.site->name)) != GROUP_NONE)
            g->group[group].head = id;
    return ERR_OK;
}

static uint32_t parent_of(const struct groups *g, const struct strings *on, uint32_t id)
{
    size_t i;

    for (i = 0; i < on->n; i++) {
        uint32_t head = g->group[groups_find(g, on->item[i])].head;

        if (head != GROUP_NONE && head != id)
            return head;
    }
    return GROUP_NONE;
}

/* Climbs from id to where a top is known or found, cutting a ring; `first` holds whose climb passed last, `n` the top. */
static uint32_t top_of(struct groups *g, uint32_t id)
{
    uint32_t at = id, top, next;

    while (g->site[at].n == GROUP_NONE && g->site[at].parent != GROUP_NONE) {
        if (g->site[at].first == id) {
            g->site[at].parent = GROUP_NONE;
            break;
        }
        g->site[at].first = id;
        at = g->site[at].parent;
    }
    top = g->site[at].n == GROUP_NONE ? at : g->site[at].n;
    for (at = id; at != GROUP_NONE && g->site[at].n == GROUP_NONE; at = next) {
        next = g->site[at].parent;
        g->site[at].n = top;
    }
    return top;
}

/* Only now is it known who has children. */
static void keep_heads(struct groups *g, const struct snapshot *s)
{
    uint32_t id, i;

    for (id = 0; id < g->nsite; id++) {
        uint32_t parent = g->site[id].parent;

        if (parent != GROUP_NONE && g->site[parent].heads == GROUP_NONE)
            g->site[parent].heads = groups_find(g, s->row[parent].row.site->name);
    }
    for (i = 1; i < g->n; i++)
        if (g->group[i].head != GROUP_NONE && g->site[g->group[i].head].heads == GROUP_NONE)
            g->group[i].head = GROUP_NONE;
}

static enum err take_by_dependency(struct groups *g, const struct snapshot *s)
{
    uint32_t id;

    if (find_heads(g, s))
        return ERR_NOMEM;
    for (id = 0; id < g->nsite; id++) {
        const struct options *o = options_of(s, id);

        g->site[id] = (struct group_site){ GROUP_NONE, GROUP_NONE, o ? parent_of(g, &o->depends_on, id) : GROUP_NONE, GROUP_NONE };
    }
    for (id = 0; id < g->nsite; id++)
        if (options_of(s, id))
            top_of(g, id);
    keep_heads(g, s);
    for (id = 0; id < g->nsite; id++) {
        uint32_t heads = options_of(s, id) ? g->site[g->site[id].n].heads : GROUP_NONE;

        if (add_of(g, heads == GROUP_NONE ? GROUP_REST : heads))
            return ERR_NOMEM;
    }
    for (id = 0; id < g->nsite; id++) {
        g->site[id].first = id;
        g->site[id].n = 1;
    }
    g->pairs = g->nsite;
    return ERR_OK;
}

enum err groups_take(struct groups *g, const struct snapshot *s)
{
    enum err err = reserve(g, s);

    if (!err)
        err = g->kind == TREE_TAG ? take_by_tag(g, s) : take_by_dependency(g, s);
    if (!err && g->nby_name != g->n - 1)
        err = sort_names(g);
    return err;
}
