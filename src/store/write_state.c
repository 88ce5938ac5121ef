/* States of sites, what each is left with, and the spans in which we watched. */
#include <string.h>

#include "store/batch.h"
#include "writing.h"

/* --- changes ------------------------------------------------------------------------------------------------------ */

struct change_row {
    uint32_t key;
    enum state state;
    int64_t at_ms;
};

void batch_change(struct batch *b, uint32_t key, int64_t at_ms, enum state state)
{
    struct change_row *r = batch_put(b, WRITE_CHANGE, sizeof(*r));

    if (r)
        *r = (struct change_row){ .key = key, .state = state, .at_ms = at_ms };
}

int write_change(struct writing *w, const void *row)
{
    const struct change_row *r = row;
    int code = database_run(w->db, "INSERT OR REPLACE INTO change (site, run, at_ms, state) VALUES (?, ?, ?, ?)", NUMBER(r->key),
                            NUMBER(w->run), NUMBER(r->at_ms), TEXT(state_name(r->state)));

    if (code == SQLITE_DONE)
        code = database_run(w->db, "UPDATE memory SET state = ?, since_ms = ? WHERE site = ?", TEXT(state_name(r->state)),
                            NUMBER(r->at_ms), NUMBER(r->key));
    return code;
}

/* --- memory ------------------------------------------------------------------------------------------------------- */

struct memory_row {
    uint32_t key;
    struct site_memory memory;
};

void batch_memory(struct batch *b, uint32_t key, const struct site_memory *m)
{
    struct memory_row *r = batch_put(b, WRITE_MEMORY, sizeof(*r));

    if (r)
        *r = (struct memory_row){ .key = key, .memory = *m };
}

static int write_state(struct writing *w, uint32_t key, const struct site_state *s)
{
    return database_run(w->db,
                        "UPDATE memory SET verdict = ?, calm = ?, degraded = ?, failures = ?, slow = ?, unsure = ?, paused = ?,"
                        " maintenance = ? WHERE site = ?",
                        TEXT(state_name(s->verdict)), TEXT(state_name(s->calm)), NUMBER(s->degraded), NUMBER(s->failures),
                        NUMBER(s->slow), NUMBER(s->unsure), NUMBER(s->paused), NUMBER(s->maintenance), NUMBER(key));
}

int write_memory(struct writing *w, const void *row)
{
    const struct memory_row *r = row;
    const struct site_memory *m = &r->memory;
    int code = write_state(w, r->key, &m->state);

    if (code != SQLITE_DONE)
        return code;
    return database_run(w->db,
                        "UPDATE memory SET state = ?, since_ms = ?, get_until_ms = ?, paused_until_ms = ?,"
                        " certificate_until_s = ?, address = ?, detail = ? WHERE site = ?",
                        TEXT(state_name(state_shown(&m->state))), NUMBER(m->since_ms), NUMBER(m->get_until_ms),
                        NUMBER(m->paused_until_ms), NUMBER_OR_NULL(m->certificate_until, CERTIFICATE_UNKNOWN),
                        TEXT(m->address), TEXT(m->detail), NUMBER(r->key));
}

int write_last(struct writing *w, const struct sample *s)
{
    return database_run(w->db,
                        "UPDATE memory SET checked_ms = ?, outcome = ?, status = ?, method = ?, attempt = ?, took_us = ?,"
                        " dns_us = ?, connect_us = ?, tls_us = ?, first_byte_us = ?, body_us = ? WHERE site = ?",
                        NUMBER(s->at_ms), NUMBER(w->outcome_id[s->outcome]), NUMBER_OR_NULL(s->status, 0), NUMBER(s->method),
                        NUMBER(s->attempt), NUMBER(s->took_us), PHASE_VALUE(s->phase_us[PHASE_DNS]),
                        PHASE_VALUE(s->phase_us[PHASE_CONNECT]), PHASE_VALUE(s->phase_us[PHASE_TLS]),
                        PHASE_VALUE(s->phase_us[PHASE_FIRST_BYTE]), PHASE_VALUE(s->phase_us[PHASE_BODY]), NUMBER(s->site));
}

/* --- observation -------------------------------------------------------------------------------------------------- */

const char *gap_name(enum gap g)
{
    static const char *const names[GAP_COUNT] = { "stopped", "asleep", "clock", "lost" };

    return names[g];
}

struct gap_row {
    int64_t from_ms, until_ms;
    enum gap why;
};

void batch_gap(struct batch *b, int64_t from_ms, int64_t until_ms, enum gap why)
{
    struct gap_row *r = batch_put(b, WRITE_GAP, sizeof(*r));

    if (r)
        *r = (struct gap_row){ .from_ms = from_ms, .until_ms = until_ms, .why = why };
}

int write_run(struct writing *w, int64_t until_ms, int64_t from_ms, const char *why)
{
    int code = SQLITE_DONE;

    if (w->run)
        code = database_run(w->db, "UPDATE run SET until_ms = ? WHERE id = ?", NUMBER(until_ms), NUMBER(w->run));
    if (code == SQLITE_DONE)
        code = database_run(w->db, "INSERT INTO run (from_ms, until_ms, why) VALUES (?, ?, ?)", NUMBER(from_ms), NUMBER(from_ms),
                            TEXT(why));
    if (code != SQLITE_DONE)
        return code;
    w->run = sqlite3_last_insert_rowid(w->db->handle);
    w->alive_ms = from_ms;
    return database_run(w->db,
                        "INSERT INTO change (site, run, at_ms, state, first) SELECT key, ?, ?, memory.state, 1"
                        " FROM site JOIN memory ON memory.site = key WHERE gone_ms IS NULL",
                        NUMBER(w->run), NUMBER(from_ms));
}

int write_gap(struct writing *w, const void *row)
{
    const struct gap_row *r = row;

    return write_run(w, r->from_ms, r->until_ms, gap_name(r->why));
}
