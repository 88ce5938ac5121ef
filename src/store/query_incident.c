/* Incidents, their evidence, and what happened. */
#include <string.h>

#include "asking.h"

#define COLUMNS "incident.id, site, failing_ms, opened_ms, ended_ms, ended_by, acked_ms, note, outcome, status, took_us, dns_us," \
                " connect_us, tls_us, first_byte_us, body_us, certificate_until_s, address, message, site.name," \
                " EXISTS (SELECT 1 FROM evidence WHERE incident = incident.id)"

static enum incident_end end_column(sqlite3_stmt *s, int at)
{
    int e;

    for (e = 0; e < INCIDENT_END_COUNT; e++)
        if (!strcmp(incident_end_name((enum incident_end)e), text_column(s, at)))
            return (enum incident_end)e;
    return INCIDENT_UP;
}

static void read_incident(sqlite3_stmt *s, struct stored_incident *to)
{
    struct incident_row *r = &to->row;
    int outcome = outcome_parse(text_column(s, 8)), i;

    memset(to, 0, sizeof(*to));
    r->id = sqlite3_column_int64(s, 0);
    r->site = (uint32_t)sqlite3_column_int64(s, 1);
    r->failing_ms = sqlite3_column_int64(s, 2);
    r->opened_ms = sqlite3_column_int64(s, 3);
    to->ended_ms = sqlite3_column_int64(s, 4);
    to->end = end_column(s, 5);
    to->acked_ms = sqlite3_column_int64(s, 6);
    to->note = text_column(s, 7);
    r->outcome = outcome < 0 ? OUTCOME_PROTOCOL : (enum outcome)outcome;
    r->status = sqlite3_column_int(s, 9);
    r->took_us = (uint32_t)sqlite3_column_int64(s, 10);
    for (i = 0; i < PHASE_COUNT; i++)
        r->phase_us[i] = phase_column(s, 11 + i);
    r->certificate_until = sqlite3_column_type(s, 16) == SQLITE_NULL ? CERTIFICATE_UNKNOWN : sqlite3_column_int64(s, 16);
    r->address = text_column(s, 17);
    r->message = text_column(s, 18);
    to->name = text_column(s, 19);
    to->has_evidence = sqlite3_column_int(s, 20) != 0;
}

enum err query_incidents(struct query *q, uint32_t key, int64_t from_ms, int64_t until_ms, query_incident_fn *visit,
                         void *context, struct errmsg *why)
{
    sqlite3_stmt *s = database_select(&q->db, "SELECT " COLUMNS " FROM incident JOIN site ON site.key = incident.site"
                                              " WHERE (?1 = 0 OR site = ?1) AND opened_ms < ?3 AND (ended_ms IS NULL OR ended_ms >= ?2)"
                                              " ORDER BY opened_ms, incident.id", NUMBER(key), NUMBER(from_ms), NUMBER(until_ms));
    int code = s ? SQLITE_ROW : SQLITE_ERROR;
    struct stored_incident incident;
    enum err err;

    while (s && (code = sqlite3_step(s)) == SQLITE_ROW) {
        read_incident(s, &incident);
        if (!visit(context, &incident))
            break;
    }
    err = query_ended(q, code, why);
    database_reset(s);
    return err;
}

static uint16_t copy_blob(sqlite3_stmt *s, int at, char *to, size_t most)
{
    size_t n = (size_t)sqlite3_column_bytes(s, at);

    if (n > most)
        n = most;
    if (n)
        memcpy(to, sqlite3_column_blob(s, at), n);
    return (uint16_t)n;
}

enum err query_evidence(struct query *q, int64_t incident, struct evidence *out, struct errmsg *why)
{
    sqlite3_stmt *s = database_select(&q->db, "SELECT header, body, certificate FROM evidence WHERE incident = ?", NUMBER(incident));
    int code = s ? sqlite3_step(s) : SQLITE_ERROR;
    enum err err = query_ended(q, code, why);

    if (!err && code != SQLITE_ROW)
        err = err_set(why, ERR_NOTFOUND, "there is no evidence of incident %lld", (long long)incident);
    if (!err) {
        out->header_bytes = copy_blob(s, 0, out->header, sizeof(out->header));
        out->body_bytes = copy_blob(s, 1, out->body, sizeof(out->body));
        out->certificate_bytes = copy_blob(s, 2, out->certificate, sizeof(out->certificate));
    }
    database_reset(s);
    return err;
}

enum err query_last_incident(struct query *q, int64_t *id, struct errmsg *why)
{
    *id = database_number(&q->db, "SELECT ifnull(max(id), 0) FROM incident", -1);
    return *id < 0 ? database_failed(&q->db, "read", why) : ERR_OK;
}

enum err query_changes(struct query *q, uint32_t key, int64_t before_ms, size_t most, query_change_fn *visit, void *context,
                       struct errmsg *why)
{
    sqlite3_stmt *s = database_select(&q->db, "SELECT site, name, at_ms, state FROM change JOIN site ON site.key = change.site"
                                              " WHERE first = 0 AND (?1 = 0 OR site = ?1) AND at_ms < ?2 ORDER BY at_ms DESC LIMIT ?3",
                                      NUMBER(key), NUMBER(before_ms), NUMBER(most));
    int code = s ? SQLITE_ROW : SQLITE_ERROR;
    enum err err;

    while (s && (code = sqlite3_step(s)) == SQLITE_ROW) {
        struct stored_change c = { .site = (uint32_t)sqlite3_column_int64(s, 0), .name = text_column(s, 1),
                                   .at_ms = sqlite3_column_int64(s, 2), .state = state_column(s, 3) };

        if (!visit(context, &c))
            break;
    }
    err = query_ended(q, code, why);
    database_reset(s);
    return err;
}
