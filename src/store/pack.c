/* Samples into blocks, blocks into hours. The writer's thread, one bounded transaction at a time. */
#include "pack.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum err packer_init(struct packer *p)
{
    memset(p, 0, sizeof(*p));
    p->data = (struct strbuf)STRBUF_INIT;
    packed_init(&p->packed);
    p->row = malloc(PACK_MOST * sizeof(*p->row));
    p->rollup = malloc(sizeof(*p->rollup));
    return p->row && p->rollup ? ERR_OK : ERR_NOMEM;
}

void packer_release(struct packer *p)
{
    free(p->row);
    free(p->rollup);
    if (p->data.text)
        strbuf_release(&p->data);
    if (p->packed.bytes[0].text)
        packed_release(&p->packed);
    outcomes_release(&p->outcomes);
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static int by_site_and_time(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if (x->sample.site != y->sample.site)
        return x->sample.site < y->sample.site ? -1 : 1;
    if (x->sample.at_ms != y->sample.at_ms)
        return x->sample.at_ms < y->sample.at_ms ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* The oldest rows, as far as they are wanted: *last is the number of the last of them. */
static int take_rows(struct packer *p, struct database *d, int64_t upto_id, size_t *n)
{
    sqlite3_stmt *s = database_select(d, "SELECT id, " SAMPLE_COLUMNS " FROM sample WHERE id <= ? ORDER BY id LIMIT ?",
                                      NUMBER(upto_id), NUMBER(PACK_MOST));
    int code = s ? SQLITE_ROW : sqlite3_errcode(d->handle);

    *n = 0;
    while (s && *n < PACK_MOST && (code = sqlite3_step(s)) == SQLITE_ROW) {
        p->row[*n].id = sqlite3_column_int64(s, 0);
        sample_columns(s, 1, &p->row[*n].sample, &p->row[*n].outcome);
        ++*n;
    }
    database_reset(s);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_DONE : code;
}

/* Rows from one on that go into one block: of the same site and hour. */
static size_t group_length(const struct row *row, size_t n)
{
    size_t i = 1;

    while (i < n && row[i].sample.site == row[0].sample.site && hour_of(row[i].sample.at_ms) == hour_of(row[0].sample.at_ms))
        i++;
    return i;
}

static int write_block(struct packer *p, struct database *d, const struct row *row, size_t n)
{
    struct block_writer writer;
    size_t i;

    strbuf_reset(&p->data);
    block_begin(&writer, &p->data, row[0].sample.at_ms);
    for (i = 0; i < n; i++)
        block_add(&writer, &row[i].sample, row[i].outcome);
    if (p->data.failed)
        return SQLITE_NOMEM;
    return database_run(d, "INSERT OR REPLACE INTO block (site, from_ms, id, until_ms, n, data) VALUES (?, ?, ?, ?, ?, ?)",
                        NUMBER(row[0].sample.site), NUMBER(row[0].sample.at_ms), NUMBER(row[0].id),
                        NUMBER(row[n - 1].sample.at_ms), NUMBER(n), BLOB(p->data.text, p->data.length));
}

/* --- hours -------------------------------------------------------------------------------------------------------- */

#define PACKED(p, which) BLOB((p)->packed.bytes[which].text, (p)->packed.bytes[which].length)

static int write_hour(struct packer *p, struct database *d, uint32_t site, int64_t hour_ms)
{
    int code;

    rollup_reset(p->rollup);
    code = hours_of_blocks(p->rollup, d, &p->outcomes, site, hour_ms);
    if (code != SQLITE_DONE)
        return code;
    if (!packed_make(&p->packed, p->rollup))
        return SQLITE_NOMEM;
    return database_run(d,
                        "INSERT OR REPLACE INTO hour (site, hour_ms, checks, good, failed, inconclusive, dns, connect, tls,"
                        " first_byte, body, whole) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        NUMBER(site), NUMBER(hour_ms), NUMBER(p->rollup->checks), NUMBER(p->rollup->good),
                        NUMBER(p->rollup->failed), NUMBER(p->rollup->inconclusive), PACKED(p, PHASE_DNS),
                        PACKED(p, PHASE_CONNECT), PACKED(p, PHASE_TLS), PACKED(p, PHASE_FIRST_BYTE), PACKED(p, PHASE_BODY),
                        PACKED(p, ROLLUP_WHOLE));
}

/* Blocks of all rows; then the hours they lie in, as far as those are over and no row of them is left behind. */
static int write_groups(struct packer *p, struct database *d, size_t n, int64_t hour_now)
{
    int code = SQLITE_DONE;
    size_t at, length;

    for (at = 0; at < n && code == SQLITE_DONE; at += length) {
        int64_t hour = hour_of(p->row[at].sample.at_ms);

        length = group_length(p->row + at, n - at);
        code = write_block(p, d, p->row + at, length);
        if (code == SQLITE_DONE && hour < hour_now)
            code = write_hour(p, d, p->row[at].sample.site, hour);
    }
    return code;
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

/* The number of the last row to be moved now; 0: none. */
static int64_t wanted_upto(struct database *d, int64_t hour_now)
{
    int64_t least = database_number(d, "SELECT min(id) FROM sample", 0), most = database_number(d, "SELECT max(id) FROM sample", 0);
    int64_t upto = 0;
    sqlite3_stmt *s;

    if (!most)
        return 0;
    if (most - least >= 2 * (int64_t)PACK_MOST)
        return least + PACK_MOST - 1;
    /* rows come nearly in the order of time: up to the last of an hour that is over */
    s = database_select(d, "SELECT at_ms < ? FROM sample WHERE id = ?", NUMBER(hour_now), NUMBER(least));
    if (s && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int(s, 0))
        upto = most;
    database_reset(s);
    return upto;
}

static int64_t last_before(struct database *d, int64_t upto, int64_t hour_now)
{
    sqlite3_stmt *s = database_select(d, "SELECT max(id) FROM sample WHERE id <= ? AND at_ms < ?", NUMBER(upto), NUMBER(hour_now));
    int64_t id = s && sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;

    database_reset(s);
    return id;
}

static int move(struct packer *p, struct database *d, int64_t upto, int64_t hour_now, size_t *n)
{
    int code = take_rows(p, d, upto, n);

    if (code != SQLITE_DONE || !*n)
        return code;
    upto = p->row[*n - 1].id;
    qsort(p->row, *n, sizeof(*p->row), by_site_and_time);
    code = write_groups(p, d, *n, hour_now);
    if (code == SQLITE_DONE)
        code = database_run(d, "DELETE FROM sample WHERE id <= ?", NUMBER(upto));
    return code;
}

enum err pack_step(struct packer *p, struct keeper *k, int64_t now_ms, bool *more, struct errmsg *why)
{
    struct database *d = &k->db;
    int64_t hour_now = hour_of(now_ms), upto = wanted_upto(d, hour_now);
    bool too_many = upto && upto < database_number(d, "SELECT max(id) FROM sample", 0);
    size_t n = 0;
    enum err err;

    *more = false;
    if (upto && !too_many)
        upto = last_before(d, upto, hour_now);
    if (!upto)
        return ERR_OK;
    outcomes_release(&p->outcomes);
    if (outcomes_learn(&p->outcomes, d) == SQLITE_OK && database_exec(d, "BEGIN IMMEDIATE") == SQLITE_OK &&
        move(p, d, upto, hour_now, &n) == SQLITE_DONE && database_exec(d, "COMMIT") == SQLITE_OK) {
        *more = n == PACK_MOST || too_many;
        return ERR_OK;
    }
    err = keeper_failed(k, "pack", why);
    if (k->open)
        database_exec(d, "ROLLBACK");
    return err;
}
