/* Hours and raw samples: what is stored of them, and what the table of the last samples adds. */
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "base/clock.h"

/* What is held already is not read again. */
static enum err read_recent(struct query *q, uint32_t key, int64_t from_ms, int64_t until_ms, struct recent *r, struct errmsg *why)
{
    if (!q->holding || !key)
        return recent_read(r, &q->db, &q->outcomes, &key, key != 0, from_ms, until_ms, why);
    return recent_copy(r, &q->held, key, from_ms, until_ms) ? err_set(why, ERR_NOMEM, "cannot read history: out of memory") : ERR_OK;
}

/* --- hours -------------------------------------------------------------------------------------------------------- */

struct telling {
    struct query *q;
    struct recent recent;
    struct rollup *rollup;
    struct packed_hour packed;
    query_hourly_fn *visit;
    void *context;
    bool enough;
};

/* Adds the hour's recent samples to the rollup. */
static void take_recent(struct telling *t, uint32_t site, int64_t hour_ms)
{
    for (; recent_is_at(&t->recent, site, hour_ms); t->recent.next++)
        hours_add(t->rollup, &t->recent.sample[t->recent.next]);
}

static enum err tell_rollup(struct telling *t, uint32_t site, int64_t hour_ms, struct errmsg *why)
{
    struct hourly h = { .site = site, .hour_ms = hour_ms, .checks = t->rollup->checks, .good = t->rollup->good,
                        .failed = t->rollup->failed, .inconclusive = t->rollup->inconclusive };
    int i;

    if (!packed_make(&t->packed, t->rollup))
        return err_set(why, ERR_NOMEM, "cannot read history: out of memory");
    for (i = 0; i < ROLLUP_COUNT; i++)
        h.took[i] = (struct packed){ t->packed.bytes[i].text, t->packed.bytes[i].length };
    t->enough = !t->visit(t->context, &h);
    return ERR_OK;
}

/* An hour that is not stored, or of which more has come since: from blocks, if there are any, and recent samples. */
static enum err tell_fresh(struct telling *t, uint32_t site, int64_t hour_ms, struct errmsg *why)
{
    int code;

    rollup_reset(t->rollup);
    code = hours_of_blocks(t->rollup, &t->q->db, &t->q->outcomes, site, hour_ms);
    if (code != SQLITE_DONE)
        return query_ended(t->q, code, why);
    take_recent(t, site, hour_ms);
    return t->rollup->checks ? tell_rollup(t, site, hour_ms, why) : ERR_OK;
}

static struct hourly stored_hour(sqlite3_stmt *s)
{
    struct hourly h = { .site = (uint32_t)sqlite3_column_int64(s, 0), .hour_ms = sqlite3_column_int64(s, 1),
                        .checks = (uint32_t)sqlite3_column_int64(s, 2), .good = (uint32_t)sqlite3_column_int64(s, 3),
                        .failed = (uint32_t)sqlite3_column_int64(s, 4), .inconclusive = (uint32_t)sqlite3_column_int64(s, 5) };
    int i;

    for (i = 0; i < ROLLUP_COUNT; i++) {
        h.took[i].bytes = sqlite3_column_blob(s, 6 + i);
        h.took[i].length = (size_t)sqlite3_column_bytes(s, 6 + i);
    }
    return h;
}

/* Hours with blocks or recent samples that are not stored come from where the stored ones leave room for them: before this one. */
static enum err tell_before(struct telling *t, uint32_t site, int64_t hour_ms, struct errmsg *why)
{
    enum err err = ERR_OK;

    while (!err && !t->enough && recent_is_before(&t->recent, site, hour_ms)) {
        const struct sample *s = &t->recent.sample[t->recent.next];

        err = tell_fresh(t, s->site, hour_of(s->at_ms), why);
    }
    return err;
}

static enum err tell_hours(struct telling *t, sqlite3_stmt *s, struct errmsg *why)
{
    int code = s ? SQLITE_ROW : SQLITE_ERROR;
    enum err err = ERR_OK;

    while (s && !err && !t->enough && (code = sqlite3_step(s)) == SQLITE_ROW) {
        struct hourly h = stored_hour(s);

        err = tell_before(t, h.site, h.hour_ms, why);
        if (err || t->enough)
            break;
        if (recent_is_at(&t->recent, h.site, h.hour_ms) || !h.checks)
            err = tell_fresh(t, h.site, h.hour_ms, why);
        else
            t->enough = !t->visit(t->context, &h);
    }
    if (!err)
        err = query_ended(t->q, code, why);
    if (!err && !t->enough)
        err = tell_before(t, UINT32_MAX, INT64_MAX, why);
    return err;
}

/* The first hour that begins at or after a moment. */
static int64_t hour_from(int64_t at_ms)
{
    return at_ms > INT64_MAX - MS_PER_H ? at_ms : hour_of(at_ms + MS_PER_H - 1);
}

enum err query_hours(struct query *q, uint32_t key, int64_t from_ms, int64_t until_ms, query_hourly_fn *visit, void *context,
                     struct errmsg *why)
{
    struct telling t = { .q = q, .visit = visit, .context = context };
    enum err err = query_begin(q, why);
    sqlite3_stmt *s;

    if (err)
        return err;
    from_ms = hour_from(from_ms);
    until_ms = hour_from(until_ms);
    packed_init(&t.packed);
    t.rollup = malloc(sizeof(*t.rollup));
    err = t.rollup ? read_recent(q, key, from_ms, until_ms, &t.recent, why)
                   : err_set(why, ERR_NOMEM, "cannot read history: out of memory");
    if (!err) {
        /* hours that have blocks but are still running, as hours without anything in them */
        s = key ? database_select(&q->db,
                                  "SELECT site, hour_ms, checks, good, failed, inconclusive, dns, connect, tls, first_byte, body, whole"
                                  " FROM hour WHERE site = ?1 AND hour_ms >= ?2 AND hour_ms < ?3 UNION ALL"
                                  " SELECT DISTINCT site, from_ms - from_ms % 3600000, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL"
                                  " FROM block WHERE site = ?1 AND from_ms >= max(?2, ifnull((SELECT max(hour_ms) + 3600000 FROM hour"
                                  " WHERE site = ?1), 0)) AND from_ms < ?3 ORDER BY 1, 2",
                                  NUMBER(key), NUMBER(from_ms), NUMBER(until_ms))
                : database_select(&q->db,
                                  "SELECT site, hour_ms, checks, good, failed, inconclusive, dns, connect, tls, first_byte, body, whole"
                                  " FROM site CROSS JOIN hour ON hour.site = site.key WHERE hour_ms >= ?1 AND hour_ms < ?2 UNION ALL"
                                  " SELECT DISTINCT site, from_ms - from_ms % 3600000, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL"
                                  " FROM site CROSS JOIN block ON block.site = site.key WHERE from_ms >= max(?1, ifnull((SELECT"
                                  " max(hour_ms) + 3600000 FROM hour WHERE hour.site = site.key), 0)) AND from_ms < ?2 ORDER BY 1, 2",
                                  NUMBER(from_ms), NUMBER(until_ms));
        err = tell_hours(&t, s, why);
        database_reset(s);
    }
    query_end(q);
    packed_release(&t.packed);
    free(t.rollup);
    recent_release(&t.recent);
    return err;
}

/* --- raw samples -------------------------------------------------------------------------------------------------- */

struct giving {
    struct query *q;
    struct recent recent;
    int64_t from_ms, until_ms;
    query_sample_fn *visit;
    void *context;
    bool enough;
};

/* Recent samples that come before a moment of a site. */
static void give_recent(struct giving *g, uint32_t site, int64_t at_ms)
{
    for (; g->recent.next < g->recent.n && !g->enough; g->recent.next++) {
        const struct sample *s = &g->recent.sample[g->recent.next];

        if (s->site > site || (s->site == site && s->at_ms >= at_ms))
            break;
        g->enough = !g->visit(g->context, s);
    }
}

static void give_block(struct giving *g, sqlite3_stmt *s)
{
    struct sample sample = { .site = (uint32_t)sqlite3_column_int64(s, 0) };
    struct block_reader reader;
    uint32_t outcome;
    bool bad;

    block_open(&reader, sqlite3_column_blob(s, 2), (size_t)sqlite3_column_bytes(s, 2), sqlite3_column_int64(s, 1));
    while (!g->enough && block_next(&reader, &sample, &outcome, &bad)) {
        if (sample.at_ms < g->from_ms || sample.at_ms >= g->until_ms)
            continue;
        give_recent(g, sample.site, sample.at_ms);
        sample.outcome = (uint8_t)outcomes_of(&g->q->outcomes, outcome);
        g->enough = g->enough || !g->visit(g->context, &sample);
    }
}

enum err query_samples(struct query *q, uint32_t key, int64_t from_ms, int64_t until_ms, query_sample_fn *visit, void *context,
                       struct errmsg *why)
{
    struct giving g = { .q = q, .from_ms = from_ms, .until_ms = until_ms, .visit = visit, .context = context };
    enum err err = query_begin(q, why);
    int code = SQLITE_ERROR;
    sqlite3_stmt *s;

    if (err)
        return err;
    err = read_recent(q, key, from_ms, until_ms, &g.recent, why);
    if (!err) {
        /* a block lies within one hour */
        s = key ? database_select(&q->db, "SELECT site, from_ms, data FROM block WHERE site = ?1 AND from_ms > ?2 - 3600000 AND"
                                          " until_ms >= ?2 AND from_ms < ?3 ORDER BY from_ms", NUMBER(key), NUMBER(from_ms), NUMBER(until_ms))
                : database_select(&q->db, "SELECT block.site, from_ms, data FROM site CROSS JOIN block ON block.site = site.key"
                                          " WHERE from_ms > ?1 - 3600000 AND until_ms >= ?1 AND from_ms < ?2 ORDER BY block.site, from_ms",
                                  NUMBER(from_ms), NUMBER(until_ms));
        while (s && !g.enough && (code = sqlite3_step(s)) == SQLITE_ROW)
            give_block(&g, s);
        err = query_ended(q, code, why);
        database_reset(s);
    }
    if (!err)
        give_recent(&g, UINT32_MAX, INT64_MAX);
    query_end(q);
    recent_release(&g.recent);
    return err;
}
