/* One moment of the past, and the moments next to it. Of the runs that hold a moment the last one begun counts: the clock was put
 * back then. */
#include "store/moment.h"

#include "asking.h"

#define NEVER INT64_MAX

struct run_then {
    int64_t id;                          /* 0: none had begun yet */
    int64_t from_ms;
    int64_t until_ms;                    /* as far as it counts */
    int64_t next_ms;                     /* a later one begins; NEVER */
};

/* The run that counts at a moment, or was the last one before. */
static enum err read_run(struct query *q, int64_t at_ms, int64_t now_ms, struct run_then *r, struct errmsg *why)
{
    sqlite3_stmt *s = database_select(&q->db,
                                      "SELECT id, from_ms, until_ms, (SELECT min(from_ms) FROM run AS later WHERE later.id > run.id AND"
                                      " later.from_ms > ?1) FROM run WHERE from_ms <= ?1 ORDER BY id DESC LIMIT 1", NUMBER(at_ms));
    int code = s ? sqlite3_step(s) : SQLITE_ERROR;
    enum err err = query_ended(q, code, why);

    *r = (struct run_then){ .next_ms = NEVER };
    if (code == SQLITE_ROW) {
        r->id = sqlite3_column_int64(s, 0);
        r->from_ms = sqlite3_column_int64(s, 1);
        r->until_ms = sqlite3_column_int64(s, 2);
        if (sqlite3_column_type(s, 3) != SQLITE_NULL)
            r->next_ms = sqlite3_column_int64(s, 3);
        if (r->until_ms > r->next_ms || (r->next_ms == NEVER && r->until_ms > now_ms - MOMENT_FRESH_MS))
            r->until_ms = r->next_ms;
    }
    database_reset(s);
    return err;
}

static int64_t first_moment(struct query *q)
{
    return database_number(&q->db, "SELECT ifnull(min(from_ms), 9223372036854775807) FROM run", NEVER);
}

/* --- which sites, in which states --------------------------------------------------------------------------------- */

static void read_site(sqlite3_stmt *s, struct site_then *to)
{
    *to = (struct site_then){
        .key = (uint32_t)sqlite3_column_int64(s, 0),
        .name = text_column(s, 1),
        .url = text_column(s, 2),
        .owner = text_column(s, 3),
        .tag = text_column(s, 4),
        .interval_ms = sqlite3_column_int64(s, 5),
        .gone = sqlite3_column_int(s, 6) != 0,
        .state = state_column(s, 7),
        .since_ms = sqlite3_column_int64(s, 8),
    };
}

/* A run begins with the states of all sites; since when a site was in its state then, an earlier run knows. */
static enum err tell_sites(struct query *q, int64_t at_ms, int64_t run, query_then_fn *visit, void *context, struct errmsg *why)
{
    sqlite3_stmt *s = database_select(&q->db,
                                      "SELECT key, name, url, owner, json_extract(tags, '$[0]'), interval_ms, gone_ms IS NOT NULL, change.state,"
                                      " ifnull((SELECT CASE WHEN c.state = change.state AND c.at_ms <= change.at_ms THEN c.at_ms END"
                                      "  FROM change AS c WHERE change.first AND c.site = key AND c.run < ?1 AND NOT c.first"
                                      "  ORDER BY c.run DESC, c.at_ms DESC LIMIT 1), change.at_ms)"
                                      " FROM site CROSS JOIN change ON change.site = key AND change.run = ?1 AND change.at_ms ="
                                      " (SELECT max(at_ms) FROM change AS c WHERE c.site = key AND c.run = ?1 AND c.at_ms <= ?2)"
                                      " WHERE change.state <> 'gone' ORDER BY key", NUMBER(run), NUMBER(at_ms));
    int code = s ? SQLITE_ROW : SQLITE_ERROR;
    struct site_then site;
    enum err err;

    while (s && (code = sqlite3_step(s)) == SQLITE_ROW) {
        read_site(s, &site);
        if (!visit(context, &site))
            break;
    }
    err = query_ended(q, code, why);
    database_reset(s);
    return err;
}

enum err query_then(struct query *q, int64_t at_ms, int64_t now_ms, struct instant *out, query_then_fn *visit, void *context,
                    struct errmsg *why)
{
    enum err err = query_begin(q, why);
    struct run_then run;

    if (err)
        return err;
    err = read_run(q, at_ms, now_ms, &run, why);
    *out = (struct instant){ .at_ms = at_ms, .first_ms = first_moment(q), .observed = run.id && at_ms < run.until_ms,
                            .unseen_from_ms = run.until_ms, .unseen_until_ms = run.next_ms };
    if (!err && run.id)
        err = tell_sites(q, at_ms, run.id, visit, context, why);
    query_end(q);
    return err;
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

/* The nearest change of that run that counts, from one moment to another, both included, in the direction of the step; NEVER: none. */
static enum err find_change(struct query *q, int64_t run, int64_t from_ms, int64_t until_ms, int step, query_change_fn *counts,
                            void *context, int64_t *out, struct errmsg *why)
{
    static const char forward[] = "SELECT site, name, at_ms, state FROM change JOIN site ON site.key = change.site WHERE first = 0 AND"
                                  " run = ?1 AND at_ms BETWEEN ?2 AND ?3 ORDER BY at_ms";
    static const char back[] = "SELECT site, name, at_ms, state FROM change JOIN site ON site.key = change.site WHERE first = 0 AND"
                               " run = ?1 AND at_ms BETWEEN ?2 AND ?3 ORDER BY at_ms DESC";
    sqlite3_stmt *s = database_select(&q->db, step < 0 ? back : forward, NUMBER(run), NUMBER(from_ms), NUMBER(until_ms));
    int code = s ? SQLITE_ROW : SQLITE_ERROR;
    enum err err;

    *out = NEVER;
    while (s && *out == NEVER && (code = sqlite3_step(s)) == SQLITE_ROW) {
        struct stored_change c = { .site = (uint32_t)sqlite3_column_int64(s, 0), .name = text_column(s, 1),
                                   .at_ms = sqlite3_column_int64(s, 2), .state = state_column(s, 3) };

        if (counts(context, &c))
            *out = c.at_ms;
    }
    err = query_ended(q, code, why);
    database_reset(s);
    return err;
}

static enum err turn_back(struct query *q, const struct run_then *r, int64_t at_ms, int64_t most_ms, query_change_fn *counts,
                          void *context, int64_t *out, struct errmsg *why)
{
    int64_t end = at_ms - most_ms > r->from_ms ? at_ms - most_ms : r->from_ms;
    enum err err;

    if (at_ms >= r->until_ms || at_ms == r->from_ms) { /* the last moment that was seen; or the last before this run */
        *out = (at_ms >= r->until_ms ? r->until_ms : at_ms) - 1;
        return ERR_OK;
    }
    err = find_change(q, r->id, end, at_ms - 1, -1, counts, context, out, why);
    if (*out == NEVER)
        *out = end;
    return err;
}

static enum err turn_on(struct query *q, const struct run_then *r, int64_t at_ms, int64_t most_ms, query_change_fn *counts,
                        void *context, int64_t *out, struct errmsg *why)
{
    int64_t end = at_ms > r->until_ms - most_ms ? r->until_ms : at_ms + most_ms;
    enum err err;

    if (at_ms >= r->until_ms) {
        *out = r->next_ms;
        return ERR_OK;
    }
    err = find_change(q, r->id, at_ms + 1, end, 1, counts, context, out, why);
    if (*out == NEVER)
        *out = end;
    return err;
}

enum err query_turn(struct query *q, int64_t at_ms, int64_t now_ms, int step, int64_t most_ms, query_change_fn *counts, void *context,
                    int64_t *out, struct errmsg *why)
{
    enum err err = query_begin(q, why);
    struct run_then run;

    if (err)
        return err;
    err = read_run(q, at_ms, now_ms, &run, why);
    if (!err && !run.id)
        *out = step < 0 ? at_ms - 1 : first_moment(q);
    else if (!err)
        err = (step < 0 ? turn_back : turn_on)(q, &run, at_ms, most_ms, counts, context, out, why);
    query_end(q);
    return err;
}

/* --- many questions about some sites ------------------------------------------------------------------------------ */

enum err query_hold(struct query *q, const uint32_t *key, size_t n, int64_t from_ms, int64_t until_ms, struct errmsg *why)
{
    enum err err = query_begin(q, why);

    if (err)
        return err;
    q->holding = true;
    if (n)
        err = recent_read(&q->held, &q->db, &q->outcomes, key, n, from_ms, until_ms, why);
    if (err)
        query_let_go(q);
    return err;
}

void query_let_go(struct query *q)
{
    q->holding = false;
    recent_release(&q->held);
    query_end(q);
}
