/* Sites in order, placed one by one. The keys that sites were placed by are kept, so the list stays sorted by them
 * while the rows change underneath, and a binary search in it is always right. */
#include "order.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void order_init(struct order *o, order_key_fn *key, order_visible_fn *visible, const void *context)
{
    *o = (struct order){ .key = key, .visible = visible, .context = context };
}

void order_release(struct order *o)
{
    free(o->id);
    free(o->place);
    *o = (struct order){ 0 };
}

/* --- comparing -------------------------------------------------------------------------------------------------- */

/* Compares two runs of digits as numbers and steps over them. */
static int compare_numbers(const char **a, const char **b)
{
    const char *x = *a + strspn(*a, "0"), *y = *b + strspn(*b, "0");
    size_t nx = strspn(x, "0123456789"), ny = strspn(y, "0123456789");

    *a = x + nx;
    *b = y + ny;
    if (nx != ny)
        return nx < ny ? -1 : 1;
    return strncmp(x, y, nx);
}

int order_compare_names(const char *a, const char *b)
{
    const char *x = a, *y = b;

    while (*x && *y) {
        int c;

        if (isdigit((unsigned char)*x) && isdigit((unsigned char)*y))
            c = compare_numbers(&x, &y);
        else
            c = tolower((unsigned char)*x++) - tolower((unsigned char)*y++);
        if (c)
            return c;
    }
    if (*x || *y)
        return *x ? 1 : -1;
    return strcmp(a, b);
}

int order_compare_keys(const struct order_key *a, const struct order_key *b)
{
    if (a->major != b->major)
        return a->major < b->major ? -1 : 1;
    return a->minor < b->minor ? -1 : a->minor > b->minor;
}

struct sorting {
    const struct order *order;
    const struct snapshot *snapshot;
};

static int compare_ids(const struct sorting *by, uint32_t a, uint32_t b)
{
    const struct order_key *x = &by->order->place[a].key, *y = &by->order->place[b].key;
    int c = order_compare_keys(x, y);

    if (!c)
        c = order_compare_names(by->snapshot->row[a].row.site->name, by->snapshot->row[b].row.site->name);
    if (c && by->order->inverted && x->major != ORDER_UNKNOWN && y->major != ORDER_UNKNOWN)
        return -c;
    return c ? c : (a > b) - (a < b);
}

static int compare_for_sort(const void *a, const void *b, void *by)
{
    return compare_ids(by, *(const uint32_t *)a, *(const uint32_t *)b);
}

static void sort(struct sorting *by, uint32_t *id, size_t n)
{
    if (n > 1)
        qsort_r(id, n, sizeof(*id), compare_for_sort, by);
}

/* --- placing ---------------------------------------------------------------------------------------------------- */

/* One place for each id of the snapshot, and room for all of them in the list and, behind it, for those that move. */
static enum err grow(struct order *o, const struct snapshot *s)
{
    if (o->nplace < s->nrow) {
        size_t n = s->nrow + s->nrow / 2 + 64;
        struct order_place *place = realloc(o->place, n * sizeof(*place));

        if (!place)
            return ERR_NOMEM;
        memset(place + o->nplace, 0, (n - o->nplace) * sizeof(*place));
        o->place = place;
        o->nplace = n;
    }
    if (o->id_size < 2 * o->nplace) {
        uint32_t *id = realloc(o->id, 2 * o->nplace * sizeof(*id));

        if (!id)
            return ERR_NOMEM;
        o->id = id;
        o->id_size = 2 * o->nplace;
    }
    return ERR_OK;
}

static enum err reserve(struct order *o, const struct snapshot *s)
{
    enum err err = grow(o, s);

    if (err) {                       /* the list may hold sites that are gone: nobody may look at it */
        o->stale = true;
        o->n = 0;
        o->moves++;
    }
    return err;
}

/* Notes the key by which it will be placed; false when it is not to be seen. */
static bool judge(struct order *o, const struct snapshot_row *row, struct order_key *key)
{
    if (!row->row.generation || !o->visible(o->context, row))
        return false;
    *key = o->key(row);
    return true;
}

/* The first index in the first n of the list whose site comes after id. */
static size_t place_for(const struct sorting *by, size_t n, uint32_t id)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_ids(by, by->order->id[middle], id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Takes those that move out of the list. */
static void take_out(struct order *o)
{
    size_t i, kept = 0;

    for (i = 0; i < o->n; i++) {
        struct order_place *p = &o->place[o->id[i]];

        if (p->moving)
            p->placed = false;
        else
            o->id[kept++] = o->id[i];
    }
    o->n = kept;
}

/* Merges the sorted ids in: from the end, so that each part of the list moves once. */
static void put_in(const struct sorting *by, struct order *o, const uint32_t *id, size_t n)
{
    size_t end = o->n;               /* what lies before it has not moved yet */

    o->n += n;
    while (n) {
        size_t at = place_for(by, end, id[n - 1]);

        memmove(o->id + at + n, o->id + at, (end - at) * sizeof(*o->id));
        o->id[at + n - 1] = id[n - 1];
        o->place[id[n - 1]].placed = true;
        end = at;
        n--;
    }
}

enum err order_update(struct order *o, const struct snapshot *s)
{
    struct sorting by = { o, s };
    bool out = false;
    uint32_t *moved;
    size_t n = 0, i;

    if (o->stale)
        return order_rebuild(o, s);
    if (!s->nchanged)
        return ERR_OK;
    if (reserve(o, s))
        return ERR_NOMEM;
    moved = o->id + o->nplace;       /* the second half of the list's memory */
    for (i = 0; i < s->nchanged; i++) {
        uint32_t id = s->changed[i];
        struct order_place *p = &o->place[id];
        struct order_key key = { 0, 0 };
        bool visible = judge(o, &s->row[id], &key);

        if (p->moving)
            continue;
        if (p->placed && visible && p->generation == s->row[id].row.generation && !order_compare_keys(&key, &p->key))
            continue;
        out |= p->placed;
        p->moving = p->placed || visible;
        p->key = key;
        p->generation = s->row[id].row.generation;
        if (visible)
            moved[n++] = id;
    }
    if (out || n)
        o->moves++;
    if (out)
        take_out(o);
    sort(&by, moved, n);
    put_in(&by, o, moved, n);
    for (i = 0; i < s->nchanged; i++)
        o->place[s->changed[i]].moving = false;
    return ERR_OK;
}

enum err order_rebuild(struct order *o, const struct snapshot *s)
{
    struct sorting by = { o, s };
    uint32_t id;

    if (reserve(o, s))
        return ERR_NOMEM;
    o->stale = false;
    o->n = 0;
    o->moves++;
    for (id = 0; id < s->nrow; id++) {
        struct order_place *p = &o->place[id];

        p->generation = s->row[id].row.generation;
        p->placed = judge(o, &s->row[id], &p->key);
        if (p->placed)
            o->id[o->n++] = id;
    }
    for (; id < o->nplace; id++)
        o->place[id].placed = false; /* of another snapshot, which had more */
    sort(&by, o->id, o->n);
    return ERR_OK;
}

size_t order_find(const struct order *o, const struct snapshot *s, uint32_t id)
{
    struct sorting by = { o, s };

    if (o->stale || id >= o->nplace || !o->place[id].placed)
        return SIZE_MAX;
    return place_for(&by, o->n, id);
}
