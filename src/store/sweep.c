/* Deletion of what is too old. The writer's thread, one bounded transaction at a time. */
#include "sweep.h"

#define SITES_A_STEP 50
#define ROWS_A_STEP "2000"               /* of one table: an hour's worth of a crowd of sites, no pause for anybody */
#define PAGES_A_STEP "PRAGMA incremental_vacuum(500)"

void sweep_begin(struct sweep *s, int64_t samples_before_ms, int64_t rest_before_ms)
{
    *s = (struct sweep){ .samples_before_ms = samples_before_ms, .rest_before_ms = rest_before_ms, .under_way = true };
}

/* The next site there is history of; 0: none is left. */
static uint32_t next_site(struct database *d, uint32_t after)
{
    sqlite3_stmt *s = database_select(d, "SELECT min(key) FROM site WHERE key > ?", NUMBER(after));
    uint32_t key = s && sqlite3_step(s) == SQLITE_ROW ? (uint32_t)sqlite3_column_int64(s, 0) : 0;

    database_reset(s);
    return key;
}

/* The last change before the end is kept: it tells the state from then on. */
static int sweep_site(struct sweep *s, struct database *d, uint32_t site)
{
    int code = database_run(d, "DELETE FROM block WHERE site = ? AND from_ms < ? AND until_ms < ?", NUMBER(site),
                            NUMBER(s->samples_before_ms), NUMBER(s->samples_before_ms));

    if (code == SQLITE_DONE)
        code = database_run(d, "DELETE FROM hour WHERE site = ? AND hour_ms < ?", NUMBER(site), NUMBER(s->rest_before_ms));
    if (code == SQLITE_DONE)
        code = database_run(d, "DELETE FROM change WHERE site = ?1 AND at_ms < (SELECT max(at_ms) FROM change AS last WHERE"
                               " last.site = ?1 AND last.at_ms < ?2 AND last.run = change.run)",
                            NUMBER(site), NUMBER(s->rest_before_ms));
    return code;
}

/* What belongs to no site alone, and sites that left long ago. */
static int sweep_rest(struct sweep *s, struct database *d)
{
    static const char *const ends[] = {
        "DELETE FROM evidence WHERE incident IN (SELECT id FROM incident WHERE ended_ms < ? LIMIT " ROWS_A_STEP ")",
        "DELETE FROM incident WHERE id IN (SELECT id FROM incident WHERE ended_ms < ? LIMIT " ROWS_A_STEP ")",
        "DELETE FROM change WHERE run IN (SELECT id FROM run WHERE until_ms < ?)",
        "DELETE FROM run WHERE until_ms < ?",
        "DELETE FROM memory WHERE site IN (SELECT key FROM site WHERE gone_ms < ?)",
        "DELETE FROM site WHERE gone_ms < ?",
    };
    int code = SQLITE_DONE;
    size_t i;

    for (i = 0; i < sizeof(ends) / sizeof(ends[0]) && code == SQLITE_DONE; i++)
        code = database_run(d, ends[i], NUMBER(s->rest_before_ms));
    return code;
}

static int sweep_some(struct sweep *s, struct database *d)
{
    int code = SQLITE_DONE, n;

    for (n = 0; n < SITES_A_STEP && code == SQLITE_DONE; n++) {
        s->site = next_site(d, s->site);
        if (!s->site) {
            s->under_way = false;
            return sweep_rest(s, d);
        }
        code = sweep_site(s, d, s->site);
    }
    return code;
}

enum err sweep_step(struct sweep *s, struct keeper *k, struct errmsg *why)
{
    struct sweep before = *s;
    enum err err;

    if (database_exec(&k->db, "BEGIN IMMEDIATE") == SQLITE_OK && sweep_some(s, &k->db) == SQLITE_DONE &&
        database_exec(&k->db, "COMMIT") == SQLITE_OK) {
        /* pages that were freed are used again; only when many are left over is the file made smaller */
        if (!s->under_way && database_number(&k->db, "SELECT freelist_count * 10 > page_count FROM pragma_freelist_count,"
                                                     " pragma_page_count", 0))
            database_exec(&k->db, PAGES_A_STEP);
        return ERR_OK;
    }
    err = keeper_failed(k, "sweep", why);
    if (k->open)
        database_exec(&k->db, "ROLLBACK");
    *s = before;
    return err;
}
