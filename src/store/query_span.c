/* Time in states: changes within runs of observation become spans that fill a window. */
#include <stdlib.h>

#include "asking.h"
#include "store/moment.h"

/* A run as far as it counts: a later one that begins earlier takes over, for the clock was put back then. */
struct run {
    int64_t id, from_ms, until_ms;
};

struct runs {
    struct run *run;
    size_t n, size;
};

static bool add_run(struct runs *r, const struct run *run)
{
    size_t i;

    if (r->n == r->size) {
        size_t size = r->size ? 2 * r->size : 64;
        struct run *more = realloc(r->run, size * sizeof(*more));

        if (!more)
            return false;
        r->run = more;
        r->size = size;
    }
    for (i = r->n; i > 0 && r->run[i - 1].until_ms > run->from_ms; i--)
        r->run[i - 1].until_ms = run->from_ms;
    r->run[r->n++] = *run;
    return true;
}

static enum err read_runs(struct query *q, struct runs *r, int64_t from_ms, struct errmsg *why)
{
    sqlite3_stmt *s = database_select(&q->db, "SELECT id, from_ms, until_ms FROM run WHERE id >= (SELECT min(id) FROM run WHERE"
                                              " until_ms > ?) ORDER BY id", NUMBER(from_ms));
    int code = s ? SQLITE_ROW : SQLITE_ERROR;
    enum err err = ERR_OK;

    while (s && !err && (code = sqlite3_step(s)) == SQLITE_ROW) {
        struct run run = { sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 2) };

        if (!add_run(r, &run))
            err = err_set(why, ERR_NOMEM, "cannot read history: out of memory");
    }
    if (!err)
        err = query_ended(q, code, why);
    database_reset(s);
    return err;
}

/* Spans on their way out: neighbours of one state become one. */
struct joining {
    struct state_span span;              /* not told yet; from_ms == until_ms: none */
    int64_t from_ms, until_ms;           /* the window */
    query_span_fn *visit;
    void *context;
    bool enough;
};

static void tell(struct joining *j)
{
    if (!j->enough && j->span.from_ms < j->span.until_ms)
        j->enough = !j->visit(j->context, &j->span);
    j->span.from_ms = j->span.until_ms;
}

/* From where the last span ended to until_ms the state is this; moments outside of the window are cut to it. */
static void join(struct joining *j, int64_t until_ms, int state)
{
    if (until_ms > j->until_ms)
        until_ms = j->until_ms;
    if (until_ms <= j->span.until_ms)
        return;
    if (j->span.state != state)
        tell(j);
    j->span.state = state;
    j->span.until_ms = until_ms;
}

/* One run of one site: changes come in order, the first of them at or before the window's beginning or the run's. */
static enum err join_run(struct query *q, struct joining *j, const struct run *run, struct errmsg *why)
{
    int64_t from = run->from_ms > j->from_ms ? run->from_ms : j->from_ms;
    sqlite3_stmt *s = database_select(&q->db,
                                      "SELECT at_ms, state FROM change WHERE site = ?1 AND run = ?2 AND at_ms < ?4 AND at_ms >="
                                      " ifnull((SELECT max(at_ms) FROM change WHERE site = ?1 AND run = ?2 AND at_ms <= ?3), 0)"
                                      " ORDER BY at_ms",
                                      NUMBER(j->span.site), NUMBER(run->id), NUMBER(from), NUMBER(run->until_ms));
    int code = s ? SQLITE_ROW : SQLITE_ERROR, state = SPAN_NOT_OBSERVED;
    enum err err;

    join(j, run->from_ms, SPAN_NOT_OBSERVED);
    while (s && !j->enough && (code = sqlite3_step(s)) == SQLITE_ROW) {
        join(j, sqlite3_column_int64(s, 0), state);
        state = state_column(s, 1);
    }
    join(j, run->until_ms, state);
    err = query_ended(q, code, why);
    database_reset(s);
    return err;
}

static enum err join_site(struct query *q, struct joining *j, const struct runs *r, struct errmsg *why)
{
    enum err err = ERR_OK;
    size_t i;

    j->span.state = SPAN_NOT_OBSERVED;
    j->span.from_ms = j->span.until_ms = j->from_ms;
    for (i = 0; i < r->n && !err && !j->enough; i++)
        if (r->run[i].from_ms < r->run[i].until_ms && r->run[i].from_ms < j->until_ms && r->run[i].until_ms > j->from_ms)
            err = join_run(q, j, &r->run[i], why);
    join(j, j->until_ms, SPAN_NOT_OBSERVED);
    tell(j);
    return err;
}

static enum err join_all(struct query *q, struct joining *j, const struct runs *r, struct errmsg *why)
{
    sqlite3_stmt *s = database_bind(&q->db, "SELECT key FROM site ORDER BY key", NULL, 0);
    int code = s ? SQLITE_ROW : SQLITE_ERROR;
    enum err err = ERR_OK;

    while (s && !err && !j->enough && (code = sqlite3_step(s)) == SQLITE_ROW) {
        j->span.site = (uint32_t)sqlite3_column_int64(s, 0);
        err = join_site(q, j, r, why);
    }
    if (!err)
        err = query_ended(q, code, why);
    database_reset(s);
    return err;
}

enum err query_spans(struct query *q, uint32_t key, int64_t from_ms, int64_t until_ms, query_span_fn *visit, void *context,
                     struct errmsg *why)
{
    struct joining j = { .span.site = key, .from_ms = from_ms, .until_ms = until_ms, .visit = visit, .context = context };
    struct runs runs = { 0 };
    enum err err = query_begin(q, why);

    if (err)
        return err;
    err = read_runs(q, &runs, from_ms, why);
    if (!err)
        err = key ? join_site(q, &j, &runs, why) : join_all(q, &j, &runs, why);
    query_end(q);
    free(runs.run);
    return err;
}

static void tell_gaps(const struct runs *r, int64_t from_ms, int64_t until_ms, query_gap_fn *visit, void *context)
{
    bool more = true;
    size_t i;

    for (i = 0; i < r->n && more; i++) {
        if (r->run[i].until_ms <= from_ms || r->run[i].from_ms >= r->run[i].until_ms)
            continue;
        if (r->run[i].from_ms >= until_ms)
            break;
        if (r->run[i].from_ms > from_ms)
            more = visit(context, from_ms, r->run[i].from_ms);
        from_ms = r->run[i].until_ms;
    }
    if (more && from_ms < until_ms)
        visit(context, from_ms, until_ms);
}

enum err query_gaps(struct query *q, int64_t from_ms, int64_t until_ms, query_gap_fn *visit, void *context, struct errmsg *why)
{
    struct runs runs = { 0 };
    enum err err = read_runs(q, &runs, from_ms, why);

    if (!err)
        tell_gaps(&runs, from_ms, until_ms, visit, context);
    free(runs.run);
    return err;
}
