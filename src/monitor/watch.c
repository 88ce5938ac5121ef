/* The sites being watched. The monitor's thread owns them. */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "check/kind.h"

void watch_list_release(struct watch_list *l)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        site_unref(l->watch[i].site);
    free(l->watch);
    heap_release(&l->due);
}

/* --- names -------------------------------------------------------------------------------------------------------- */

/* Open addressing over numbers; 0 is an empty place, id + 1 a taken one. */
struct watch_names {
    size_t mask;
    uint32_t place[];
};

static size_t hash(const char *name)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return (size_t)(h ^ h >> 29);
}

struct watch_names *watch_names_new(const struct watch_list *l)
{
    struct watch_names *names;
    size_t size = 16, i;

    while (size < 2 * l->n)
        size *= 2;
    names = calloc(1, sizeof(*names) + size * sizeof(names->place[0]));
    if (!names)
        return NULL;
    names->mask = size - 1;
    for (i = 0; i < l->n; i++) {
        size_t at;

        if (!l->watch[i].site)
            continue;
        for (at = hash(l->watch[i].site->name) & names->mask; names->place[at]; at = (at + 1) & names->mask)
            ;
        names->place[at] = (uint32_t)i + 1;
    }
    return names;
}

bool watch_names_find(const struct watch_names *names, const struct watch_list *l, const char *name, uint32_t *id)
{
    size_t at;

    for (at = hash(name) & names->mask; names->place[at]; at = (at + 1) & names->mask)
        if (!strcmp(l->watch[names->place[at] - 1].site->name, name)) {
            *id = names->place[at] - 1;
            return true;
        }
    return false;
}

void watch_names_free(struct watch_names *names)
{
    free(names);
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static enum err make_room(struct watch_list *l)
{
    size_t size = grow_size(l->size, 64);
    struct watch *watch;

    if (l->n < l->size)
        return ERR_OK;
    watch = realloc(l->watch, size * sizeof(*watch));
    if (!watch)
        return ERR_NOMEM;
    memset(watch + l->size, 0, (size - l->size) * sizeof(*watch));
    l->watch = watch;
    l->size = size;
    return ERR_OK;
}

bool watch_reports(const struct site *site)
{
    const struct check_kind *kind = check_kind_of(site->url, NULL);

    return kind && kind->reports;
}

enum err watch_add(struct watch_list *l, const struct site *site, bool mine, uint32_t *id)
{
    uint32_t generation;
    struct watch *w;
    enum err err = make_room(l); /* a new number is at most one beyond those used */

    if (!err)
        err = status_add(l->table, site, mine, id, &generation);
    if (err)
        return err;
    if (*id >= l->n)
        l->n = *id + 1;
    w = &l->watch[*id];
    memset(w, 0, sizeof(*w));
    w->site = site_ref(site);
    w->generation = generation;
    w->seen = l->reload;
    w->attempt = 1;
    w->mine = mine;
    w->paused = site->options->paused;
    w->reports = watch_reports(site);
    return ERR_OK;
}

void watch_remove(struct watch_list *l, uint32_t id)
{
    struct watch *w = &l->watch[id];

    heap_remove(&l->due, id);
    status_remove(l->table, id);
    site_unref(w->site);
    memset(w, 0, sizeof(*w));
}

void watch_set_due(struct watch_list *l, uint32_t id, int64_t due_ns, bool in_flight, bool late)
{
    if (due_ns == INT64_MAX)
        heap_remove(&l->due, id);
    else if (heap_set(&l->due, id, due_ns) != ERR_OK)
        due_ns = INT64_MAX; /* without memory for its place it is not planned; the next reload tries again */
    status_set_due(l->table, id, due_ns, in_flight, late);
}

struct host {
    const char *text;
    size_t length;
};

size_t watch_count_hosts(const struct watch_list *l)
{
    struct host hosts[NETWORK_HOSTS];
    size_t n = 0, i, j;

    for (i = 0; i < l->n && n < NETWORK_HOSTS; i++) {
        struct host h;

        if (!l->watch[i].site || l->watch[i].paused)
            continue;
        h.length = site_host(l->watch[i].site->url, &h.text);
        if (!h.length)
            continue; /* asks nobody on the network */
        for (j = 0; j < n; j++)
            if (hosts[j].length == h.length && !memcmp(hosts[j].text, h.text, h.length))
                break;
        if (j == n)
            hosts[n++] = h;
    }
    return n;
}
