/* A binary heap of ids by due time, with the place of each id remembered. One thread. */
#include "heap.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

void heap_release(struct heap *h)
{
    free(h->item);
    free(h->place);
    *h = (struct heap)HEAP_INIT;
}

static void put(struct heap *h, size_t at, struct heap_item item)
{
    h->item[at] = item;
    h->place[item.id] = (uint32_t)at + 1;
}

static void rise(struct heap *h, size_t at, struct heap_item item)
{
    while (at && h->item[(at - 1) / 2].due_ns > item.due_ns) {
        put(h, at, h->item[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(h, at, item);
}

static void sink(struct heap *h, size_t at, struct heap_item item)
{
    size_t child;

    while ((child = 2 * at + 1) < h->n) {
        if (child + 1 < h->n && h->item[child + 1].due_ns < h->item[child].due_ns)
            child++;
        if (h->item[child].due_ns >= item.due_ns)
            break;
        put(h, at, h->item[child]);
        at = child;
    }
    put(h, at, item);
}

static enum err make_room(struct heap *h, uint32_t id)
{
    if (h->n == h->size) {
        size_t size = grow_size(h->size, 64);
        struct heap_item *item = realloc(h->item, size * sizeof(*item));

        if (!item)
            return ERR_NOMEM;
        h->item = item;
        h->size = size;
    }
    if (id >= h->nplace) {
        size_t nplace = grow_size(h->nplace, (size_t)id + 1);
        uint32_t *place;

        place = realloc(h->place, nplace * sizeof(*place));
        if (!place)
            return ERR_NOMEM;
        memset(place + h->nplace, 0, (nplace - h->nplace) * sizeof(*place));
        h->place = place;
        h->nplace = nplace;
    }
    return ERR_OK;
}

enum err heap_set(struct heap *h, uint32_t id, int64_t due_ns)
{
    struct heap_item item = { due_ns, id };
    size_t at;

    if (make_room(h, id))
        return ERR_NOMEM;
    if (!h->place[id]) {
        rise(h, h->n++, item);
        return ERR_OK;
    }
    at = h->place[id] - 1;
    if (due_ns < h->item[at].due_ns)
        rise(h, at, item);
    else
        sink(h, at, item);
    return ERR_OK;
}

void heap_remove(struct heap *h, uint32_t id)
{
    struct heap_item last;
    size_t at;

    if (id >= h->nplace || !h->place[id])
        return;
    at = h->place[id] - 1;
    h->place[id] = 0;
    last = h->item[--h->n];
    if (at == h->n)
        return;
    if (at && h->item[(at - 1) / 2].due_ns > last.due_ns)
        rise(h, at, last);
    else
        sink(h, at, last);
}

int64_t heap_due(const struct heap *h, uint32_t id)
{
    return id < h->nplace && h->place[id] ? h->item[h->place[id] - 1].due_ns : INT64_MAX;
}

bool heap_first(const struct heap *h, uint32_t *id, int64_t *due_ns)
{
    if (!h->n)
        return false;
    *id = h->item[0].id;
    *due_ns = h->item[0].due_ns;
    return true;
}
