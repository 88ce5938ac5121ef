/* Incidents and their evidence: opened, acknowledged, ended, and never changed otherwise. */
#include <string.h>

#include "store/batch.h"
#include "writing.h"

const char *incident_end_name(enum incident_end e)
{
    static const char *const names[INCIDENT_END_COUNT] = { "up", "paused", "edited", "removed" };

    return names[e];
}

static const struct evidence *copy_evidence(struct batch *b, const struct evidence *e)
{
    struct evidence *copy = e ? batch_memory_of(b, sizeof(*copy)) : NULL;

    return copy ? memcpy(copy, e, sizeof(*copy)) : NULL;
}

void batch_incident(struct batch *b, const struct incident_row *i)
{
    struct incident_row *r = batch_put(b, WRITE_INCIDENT, sizeof(*r));

    if (!r)
        return;
    *r = *i;
    r->address = batch_text(b, i->address);
    r->message = batch_text(b, i->message);
    r->evidence = copy_evidence(b, i->evidence);
}

static int write_evidence(struct writing *w, int64_t id, const struct evidence *e)
{
    return database_run(w->db, "INSERT OR IGNORE INTO evidence (incident, header, body, certificate) VALUES (?, ?, ?, ?)",
                        NUMBER(id), BLOB(e->header, e->header_bytes), BLOB(e->body, e->body_bytes),
                        BLOB(e->certificate, e->certificate_bytes));
}

int write_incident(struct writing *w, const void *row)
{
    const struct incident_row *r = row;
    int code = database_run(w->db,
                            "INSERT INTO incident (id, site, failing_ms, opened_ms, outcome, class, status, took_us,"
                            " dns_us, connect_us, tls_us, first_byte_us, body_us, certificate_until_s, address, message)"
                            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                            NUMBER(r->id), NUMBER(r->site), NUMBER(r->failing_ms), NUMBER(r->opened_ms),
                            TEXT(outcome_name(r->outcome)), TEXT(outcome_class(r->outcome)), NUMBER_OR_NULL(r->status, 0),
                            NUMBER(r->took_us), PHASE_VALUE(r->phase_us[PHASE_DNS]), PHASE_VALUE(r->phase_us[PHASE_CONNECT]),
                            PHASE_VALUE(r->phase_us[PHASE_TLS]), PHASE_VALUE(r->phase_us[PHASE_FIRST_BYTE]),
                            PHASE_VALUE(r->phase_us[PHASE_BODY]), NUMBER_OR_NULL(r->certificate_until, CERTIFICATE_UNKNOWN),
                            TEXT(r->address), TEXT(r->message));

    return code == SQLITE_DONE && r->evidence ? write_evidence(w, r->id, r->evidence) : code;
}

struct end_row {
    int64_t id, at_ms;
    enum incident_end why;
};

void batch_incident_end(struct batch *b, int64_t id, int64_t at_ms, enum incident_end why)
{
    struct end_row *r = batch_put(b, WRITE_INCIDENT_END, sizeof(*r));

    if (r)
        *r = (struct end_row){ .id = id, .at_ms = at_ms, .why = why };
}

int write_incident_end(struct writing *w, const void *row)
{
    const struct end_row *r = row;

    return database_run(w->db, "UPDATE incident SET ended_ms = max(?, opened_ms), ended_by = ? WHERE id = ? AND ended_ms IS NULL",
                        NUMBER(r->at_ms), TEXT(incident_end_name(r->why)), NUMBER(r->id));
}

struct over_row {
    uint32_t key;
    int64_t but, at_ms;
    enum incident_end why;
};

void batch_incidents_over(struct batch *b, uint32_t key, int64_t but, int64_t at_ms, enum incident_end why)
{
    struct over_row *r = batch_put(b, WRITE_INCIDENTS_OVER, sizeof(*r));

    if (r)
        *r = (struct over_row){ .key = key, .but = but, .at_ms = at_ms, .why = why };
}

int write_incidents_over(struct writing *w, const void *row)
{
    const struct over_row *r = row;

    return database_run(w->db, "UPDATE incident SET ended_ms = max(?, opened_ms), ended_by = ? WHERE site = ? AND ended_ms IS NULL"
                               " AND id <> ?", NUMBER(r->at_ms), TEXT(incident_end_name(r->why)), NUMBER(r->key), NUMBER(r->but));
}

struct ack_row {
    int64_t id, at_ms;
    const char *note;
};

void batch_incident_ack(struct batch *b, int64_t id, int64_t at_ms, const char *note)
{
    struct ack_row *r = batch_put(b, WRITE_INCIDENT_ACK, sizeof(*r));

    if (r)
        *r = (struct ack_row){ .id = id, .at_ms = at_ms, .note = batch_text(b, note) };
}

int write_incident_ack(struct writing *w, const void *row)
{
    const struct ack_row *r = row;

    return database_run(w->db, "UPDATE incident SET acked_ms = ?, note = ? WHERE id = ? AND ended_ms IS NULL", NUMBER(r->at_ms),
                        TEXT(r->note), NUMBER(r->id));
}
