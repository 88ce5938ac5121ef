/* Reading: the connection, and the list of sites. One thread at a time. */
#include "store/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "schema.h"

enum err query_open(struct query **out, const char *path, struct errmsg *why)
{
    struct query *q = calloc(1, sizeof(*q));
    enum err err;

    if (!q)
        return err_set(why, ERR_NOMEM, "cannot read history '%s': out of memory", path);
    err = database_open(&q->db, path, DATABASE_READS, NULL, why);
    if (err) {
        free(q);
        return err;
    }
    err = schema_check(&q->db, why);
    if (!err && outcomes_learn(&q->outcomes, &q->db) != SQLITE_OK)
        err = database_failed(&q->db, "read", why);
    if (err) {
        query_close(q);
        return err;
    }
    *out = q;
    return ERR_OK;
}

void query_close(struct query *q)
{
    if (!q)
        return;
    recent_release(&q->held);
    outcomes_release(&q->outcomes);
    database_close(&q->db);
    free(q);
}

enum err query_begin(struct query *q, struct errmsg *why)
{
    return q->holding || database_exec(&q->db, "BEGIN") == SQLITE_OK ? ERR_OK : database_failed(&q->db, "read", why);
}

void query_end(struct query *q)
{
    if (!q->holding)
        database_exec(&q->db, "COMMIT");
}

enum err query_ended(struct query *q, int code, struct errmsg *why)
{
    return code == SQLITE_DONE || code == SQLITE_ROW ? ERR_OK : database_failed(&q->db, "read", why);
}

const char *text_column(sqlite3_stmt *s, int at)
{
    const char *text = (const char *)sqlite3_column_text(s, at);

    return text ? text : "";
}

int state_column(sqlite3_stmt *s, int at)
{
    const char *name = text_column(s, at);
    int state;

    for (state = 0; state < STATE_COUNT; state++)
        if (!strcmp(state_name((enum state)state), name))
            break;
    return state;
}

/* --- sites -------------------------------------------------------------------------------------------------------- */

static uint8_t verdict_column(sqlite3_stmt *s, int at)
{
    int state = state_column(s, at);

    return (uint8_t)(state < VERDICT_COUNT ? state : STATE_NEW);
}

static void read_state(sqlite3_stmt *s, int at, struct site_state *state)
{
    *state = (struct site_state){
        .verdict = verdict_column(s, at),
        .calm = verdict_column(s, at + 1),
        .degraded = (uint8_t)sqlite3_column_int(s, at + 2),
        .failures = (uint8_t)sqlite3_column_int(s, at + 3),
        .slow = (uint8_t)sqlite3_column_int(s, at + 4),
        .unsure = sqlite3_column_int(s, at + 5) != 0,
        .paused = sqlite3_column_int(s, at + 6) != 0,
        .maintenance = sqlite3_column_int(s, at + 7) != 0,
    };
    if (state->degraded > DEGRADED_CERTIFICATE)
        state->degraded = DEGRADED_NOT;
}

static int64_t number_or(sqlite3_stmt *s, int at, int64_t none)
{
    return sqlite3_column_type(s, at) == SQLITE_NULL ? none : sqlite3_column_int64(s, at);
}

static void read_site(struct query *q, sqlite3_stmt *s, struct stored_site *to)
{
    struct site_memory *m = &to->memory;
    int i;

    memset(to, 0, sizeof(*to));
    to->key = to->last.site = (uint32_t)sqlite3_column_int64(s, 0);
    to->name = text_column(s, 1);
    to->url = text_column(s, 2);
    to->owner = text_column(s, 3);
    to->tags = text_column(s, 4);
    to->interval_ms = sqlite3_column_int64(s, 5);
    to->added_ms = sqlite3_column_int64(s, 6);
    to->gone_ms = sqlite3_column_int64(s, 7);
    read_state(s, 8, &m->state);
    m->since_ms = sqlite3_column_int64(s, 16);
    m->get_until_ms = sqlite3_column_int64(s, 17);
    m->paused_until_ms = sqlite3_column_int64(s, 18);
    m->certificate_until = number_or(s, 19, CERTIFICATE_UNKNOWN);
    snprintf(m->address, sizeof(m->address), "%s", text_column(s, 20));
    snprintf(m->detail, sizeof(m->detail), "%s", text_column(s, 21));
    to->checked = sqlite3_column_type(s, 22) != SQLITE_NULL;
    to->last.at_ms = sqlite3_column_int64(s, 22);
    to->last.outcome = (uint8_t)outcomes_of(&q->outcomes, sqlite3_column_int64(s, 23));
    to->last.status = (uint16_t)sqlite3_column_int(s, 24);
    to->last.method = (uint8_t)sqlite3_column_int(s, 25);
    to->last.attempt = (uint8_t)sqlite3_column_int(s, 26);
    to->last.took_us = (uint32_t)sqlite3_column_int64(s, 27);
    to->last.counts = !outcome_is_local((enum outcome)to->last.outcome);
    for (i = 0; i < PHASE_COUNT; i++)
        to->last.phase_us[i] = phase_column(s, 28 + i);
}

enum err query_sites(struct query *q, bool gone, query_site_fn *visit, void *context, struct errmsg *why)
{
    sqlite3_stmt *s = database_select(&q->db,
                                      "SELECT key, name, url, owner, tags, interval_ms, added_ms, gone_ms, verdict, calm, degraded,"
                                      " failures, slow, unsure, paused, maintenance, since_ms, get_until_ms, paused_until_ms,"
                                      " certificate_until_s, address, detail, checked_ms, outcome, status, method,"
                                      " attempt, took_us, dns_us, connect_us, tls_us, first_byte_us, body_us"
                                      " FROM site JOIN memory ON memory.site = site.key WHERE gone_ms IS NULL OR ? ORDER BY key",
                                      NUMBER(gone));
    int code = s ? SQLITE_ROW : SQLITE_ERROR;
    struct stored_site site;
    enum err err;

    while (s && (code = sqlite3_step(s)) == SQLITE_ROW) {
        read_site(q, s, &site);
        if (!visit(context, &site))
            break;
    }
    err = query_ended(q, code, why);
    database_reset(s);
    return err;
}

enum err query_key(struct query *q, const char *name, uint32_t *key, struct errmsg *why)
{
    sqlite3_stmt *s = database_select(&q->db, "SELECT key FROM site WHERE name = ? ORDER BY gone_ms IS NULL DESC, gone_ms DESC, key"
                                              " DESC LIMIT 1", TEXT(name));
    int code = s ? sqlite3_step(s) : SQLITE_ERROR;
    enum err err;

    *key = code == SQLITE_ROW ? (uint32_t)sqlite3_column_int64(s, 0) : 0;
    err = query_ended(q, code, why);
    database_reset(s);
    return err;
}
