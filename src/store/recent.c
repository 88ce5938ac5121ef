/* The samples that came last: the table that has no index, read once and sorted. One thread at a time. */
#include "recent.h"

#include <stdlib.h>

static int by_site_and_time(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;

    if (x->site != y->site)
        return x->site < y->site ? -1 : 1;
    return x->at_ms < y->at_ms ? -1 : x->at_ms > y->at_ms;
}

static int by_key(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static bool add(struct recent *r, const struct sample *s)
{
    if (r->n == r->size) {
        size_t size = r->size ? 2 * r->size : 1024;
        struct sample *more = realloc(r->sample, size * sizeof(*more));

        if (!more)
            return false;
        r->sample = more;
        r->size = size;
    }
    r->sample[r->n++] = *s;
    return true;
}

enum err recent_read(struct recent *r, struct database *d, const struct outcomes *o, const uint32_t *key, size_t nkey,
                     int64_t from_ms, int64_t until_ms, struct errmsg *why)
{
    sqlite3_stmt *s = database_select(d, "SELECT " SAMPLE_COLUMNS " FROM sample WHERE (?1 = 0 OR site = ?1) AND at_ms >= ?2 AND"
                                         " at_ms < ?3 ORDER BY id", NUMBER(nkey == 1 ? key[0] : 0), NUMBER(from_ms), NUMBER(until_ms));
    int code = s ? SQLITE_ROW : SQLITE_ERROR;
    struct sample sample = { 0 };
    enum err err = ERR_OK;
    uint32_t outcome;

    while (s && !err && (code = sqlite3_step(s)) == SQLITE_ROW) {
        uint32_t site = (uint32_t)sqlite3_column_int64(s, 0);

        if (nkey > 1 && !bsearch(&site, key, nkey, sizeof(*key), by_key))
            continue;
        sample_columns(s, 0, &sample, &outcome);
        sample.outcome = (uint8_t)outcomes_of(o, outcome);
        if (!add(r, &sample))
            err = err_set(why, ERR_NOMEM, "cannot read history: out of memory");
    }
    if (!err && code != SQLITE_DONE)
        err = database_failed(d, "read", why);
    database_reset(s);
    if (r->n)
        qsort(r->sample, r->n, sizeof(*r->sample), by_site_and_time);
    return err;
}

enum err recent_copy(struct recent *r, const struct recent *from, uint32_t key, int64_t from_ms, int64_t until_ms)
{
    size_t low = 0, high = from->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (from->sample[middle].site < key || (from->sample[middle].site == key && from->sample[middle].at_ms < from_ms))
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < from->n && from->sample[low].site == key && from->sample[low].at_ms < until_ms; low++)
        if (!add(r, &from->sample[low]))
            return ERR_NOMEM;
    return ERR_OK;
}

void recent_release(struct recent *r)
{
    free(r->sample);
    *r = (struct recent){ 0 };
}

const struct sample *recent_next(const struct recent *r)
{
    return r->next < r->n ? &r->sample[r->next] : NULL;
}

bool recent_is_before(const struct recent *r, uint32_t site, int64_t hour_ms)
{
    const struct sample *s = recent_next(r);

    return s && (s->site < site || (s->site == site && hour_of(s->at_ms) < hour_ms));
}

bool recent_is_at(const struct recent *r, uint32_t site, int64_t hour_ms)
{
    const struct sample *s = recent_next(r);

    return s && s->site == site && hour_of(s->at_ms) == hour_ms;
}
