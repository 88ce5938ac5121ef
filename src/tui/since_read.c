/* What happened since somebody looked last. The reader's thread. */
#include "since_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

void since_free(struct since *s)
{
    if (s)
        free(s->item);
    free(s);
}

struct since_item *since_add(struct since *s, enum since_kind kind, const char *name, int64_t at_ms)
{
    struct since_item *i;

    s->count[kind]++;
    if (s->n == s->size) {
        size_t size = s->size ? 2 * s->size : 32;
        struct since_item *more = size <= 2 * SINCE_ITEMS_MOST ? realloc(s->item, size * sizeof(*more)) : NULL;

        if (!more)
            return NULL;
        s->item = more;
        s->size = size;
    }
    i = &s->item[s->n++];
    *i = (struct since_item){ .kind = kind, .at_ms = at_ms };
    snprintf(i->name, sizeof(i->name), "%s", name);
    return i;
}

/* --- outages -------------------------------------------------------------------------------------------------------- */

/* All outages of a site are one item. */
static struct since_item *item_of(struct since *s, const struct stored_incident *i)
{
    size_t k;

    for (k = s->n; k-- > 0;)
        if (s->item[k].key == i->row.site && s->item[k].n)
            return &s->item[k];
    return NULL;
}

static void add_outage(struct since *s, const struct stored_incident *i)
{
    bool over = i->ended_ms && i->ended_ms <= s->until_ms;
    struct since_item *item = item_of(s, i);

    if (!item) {
        item = since_add(s, SINCE_OUTAGE, i->name, i->row.opened_ms);
        if (!item)
            return;
        item->key = i->row.site;
    } else
        s->count[SINCE_OUTAGE]++;
    if (!over && item->kind != SINCE_DOWN) {
        item->kind = SINCE_DOWN;
        s->count[SINCE_DOWN]++;
    }
    item->n++;
    item->at_ms = i->row.opened_ms;
    item->for_ms += (over ? i->ended_ms : s->until_ms) - i->row.opened_ms;
    snprintf(item->text, sizeof(item->text), "%s", i->row.message);
}

static bool take_incident(void *context, const struct stored_incident *i)
{
    struct since *s = context;

    if (i->row.opened_ms >= s->from_ms)
        add_outage(s, i);
    else if (i->ended_ms > s->from_ms && i->ended_ms <= s->until_ms && i->end == INCIDENT_UP) {
        struct since_item *item = since_add(s, SINCE_AGAIN, i->name, i->ended_ms);

        if (item)
            item->for_ms = i->ended_ms - i->row.opened_ms;
    }
    return true;
}

/* --- the list, and who watched -------------------------------------------------------------------------------------- */

static bool take_site(void *context, const struct stored_site *site)
{
    struct since *s = context;

    if (site->gone_ms >= s->from_ms && site->gone_ms < s->until_ms)
        since_add(s, SINCE_REMOVED, site->name, site->gone_ms);
    else if (!site->gone_ms && site->added_ms >= s->from_ms && site->added_ms < s->until_ms)
        since_add(s, SINCE_ADDED, site->name, site->added_ms);
    return true;
}

static bool take_gap(void *context, int64_t from_ms, int64_t until_ms)
{
    struct since *s = context;
    struct since_item *item;

    if (until_ms - from_ms < SINCE_GAP_LEAST_MS)
        return true;
    item = since_add(s, SINCE_GAP, "", from_ms);
    if (item)
        item->for_ms = until_ms - from_ms;
    s->to_the_end = s->until_ms - until_ms < MS_PER_MIN;
    return true;
}

/* --- all of it ------------------------------------------------------------------------------------------------------ */

static int by_worth(const void *a, const void *b)
{
    const struct since_item *x = a, *y = b;
    bool x_down = x->kind == SINCE_DOWN, y_down = y->kind == SINCE_DOWN;

    if (x_down != y_down)
        return x_down ? -1 : 1;
    if (x->at_ms != y->at_ms)
        return x->at_ms > y->at_ms ? -1 : 1;
    return strcmp(x->name, y->name);
}

void since_sort(struct since *s)
{
    if (s->n)
        qsort(s->item, s->n, sizeof(*s->item), by_worth);
}

enum err since_read(struct since **out, struct query *q, int64_t from_ms, int64_t until_ms, struct errmsg *why)
{
    struct since *s = calloc(1, sizeof(*s));
    enum err err;

    if (!s)
        return ERR_NOMEM;
    s->from_ms = from_ms;
    s->until_ms = until_ms;
    err = query_incidents(q, 0, from_ms, until_ms, take_incident, s, why);
    if (!err)
        err = query_sites(q, true, take_site, s, why);
    if (!err)
        err = query_gaps(q, from_ms, until_ms, take_gap, s, why);
    if (err) {
        since_free(s);
        return err;
    }
    since_sort(s);
    *out = s;
    return ERR_OK;
}
