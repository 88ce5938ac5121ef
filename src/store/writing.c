/* What the writer's hands know of the file they write into. */
#include "writing.h"

#include "model/outcome.h"

int writing_learn(struct writing *w)
{
    sqlite3_stmt *s = database_bind(w->db, "SELECT id, name FROM outcome", NULL, 0);
    int code = s ? SQLITE_ROW : sqlite3_errcode(w->db->handle), o;

    while (s && (code = sqlite3_step(s)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(s, 1);

        o = name ? outcome_parse(name) : -1;
        if (o >= 0)
            w->outcome_id[o] = sqlite3_column_int64(s, 0);
    }
    database_reset(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int write_sample(struct writing *w, const struct sample *s)
{
    return database_run(w->db,
                        "INSERT INTO sample (site, at_ms, outcome, status, method, attempt, counts, took_us, dns_us, connect_us,"
                        " tls_us, first_byte_us, body_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        NUMBER(s->site), NUMBER(s->at_ms), NUMBER(w->outcome_id[s->outcome]), NUMBER_OR_NULL(s->status, 0),
                        NUMBER(s->method), NUMBER(s->attempt), NUMBER(s->counts), NUMBER(s->took_us),
                        PHASE_VALUE(s->phase_us[PHASE_DNS]), PHASE_VALUE(s->phase_us[PHASE_CONNECT]),
                        PHASE_VALUE(s->phase_us[PHASE_TLS]), PHASE_VALUE(s->phase_us[PHASE_FIRST_BYTE]),
                        PHASE_VALUE(s->phase_us[PHASE_BODY]));
}
