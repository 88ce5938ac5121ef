/* Messages to owners and what the rules remember, as they are written. */
#include "write_message.h"

#include "store/batch.h"

static const char *const state_names[OUTBOX_STATES] = { "waiting", "sending", "sent", "dead", "dropped" };

const char *outbox_state_name(enum outbox_state s)
{
    return state_names[s];
}

struct message_row {
    uint64_t id;
    int64_t created_ms;
    struct outbox_message m;
};

void batch_message(struct batch *b, uint64_t id, const struct outbox_message *m, int64_t now_ms)
{
    struct message_row *r = batch_put(b, WRITE_MESSAGE, sizeof(*r));

    if (!r)
        return;
    r->id = id;
    r->created_ms = now_ms;
    r->m = *m;
    r->m.owner = batch_text(b, m->owner);
    r->m.channel = batch_text(b, m->channel);
    r->m.address = batch_text(b, m->address);
    r->m.site = batch_text(b, m->site);
    r->m.subject = batch_text(b, m->subject);
    r->m.notice_id = batch_text(b, m->notice_id);
    r->m.notice = batch_text(b, m->notice);
}

int write_message(struct writing *w, const void *row)
{
    const struct message_row *r = row;

    return database_run(w->db,
                        "INSERT INTO outbox (id, incident, site, owner, channel, address, notice_id, subject, notice, created_ms,"
                        " not_before_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                        NUMBER(r->id), NUMBER_OR_NULL(r->m.incident_id, 0), TEXT(r->m.site), TEXT(r->m.owner), TEXT(r->m.channel),
                        TEXT(r->m.address), TEXT(r->m.notice_id), TEXT(r->m.subject), TEXT(r->m.notice), NUMBER(r->created_ms),
                        NUMBER(r->m.not_before_ms));
}

struct try_row {
    uint64_t id, parcel;
    uint32_t tries;
    int64_t first_ms, next_ms;
    const char *error;
};

void batch_message_try(struct batch *b, const struct message_try *t)
{
    struct try_row *r = batch_put(b, WRITE_MESSAGE_TRY, sizeof(*r));

    if (r)
        *r = (struct try_row){ .id = t->id, .parcel = t->parcel, .tries = t->tries, .first_ms = t->first_ms,
                               .next_ms = t->next_ms, .error = batch_text(b, t->error) };
}

int write_message_try(struct writing *w, const void *row)
{
    const struct try_row *r = row;

    return database_run(w->db,
                        "UPDATE outbox SET state = 'waiting', parcel = ?, tries = ?, first_ms = ?, next_ms = ?, ended_ms = NULL,"
                        " error = coalesce(?, error) WHERE id = ?",
                        NUMBER_OR_NULL(r->parcel, 0), NUMBER(r->tries), NUMBER_OR_NULL(r->first_ms, 0),
                        NUMBER_OR_NULL(r->next_ms, 0), TEXT(r->error), NUMBER(r->id));
}

struct end_row {
    uint64_t id;
    enum outbox_state state;
    int64_t at_ms;
    const char *error;
};

void batch_message_end(struct batch *b, uint64_t id, enum outbox_state state, int64_t at_ms, const char *error)
{
    struct end_row *r = batch_put(b, WRITE_MESSAGE_END, sizeof(*r));

    if (r)
        *r = (struct end_row){ .id = id, .state = state, .at_ms = at_ms, .error = batch_text(b, error) };
}

int write_message_end(struct writing *w, const void *row)
{
    const struct end_row *r = row;

    return database_run(w->db, "UPDATE outbox SET state = ?, ended_ms = ?, next_ms = NULL, error = coalesce(?, error) WHERE id = ?",
                        TEXT(state_names[r->state]), NUMBER(r->at_ms), TEXT(r->error), NUMBER(r->id));
}

void batch_message_sweep(struct batch *b, int64_t before_ms)
{
    int64_t *r = batch_put(b, WRITE_MESSAGE_SWEEP, sizeof(*r));

    if (r)
        *r = before_ms;
}

int write_message_sweep(struct writing *w, const void *row)
{
    const int64_t *before_ms = row;

    return database_run(w->db, "DELETE FROM outbox WHERE ended_ms < ?", NUMBER(*before_ms));
}

struct alarm_row {
    const char *site, *memory;
};

void batch_alarm(struct batch *b, const char *site, const char *memory)
{
    struct alarm_row *r = batch_put(b, WRITE_ALARM, sizeof(*r));

    if (r)
        *r = (struct alarm_row){ .site = batch_text(b, site), .memory = batch_text(b, memory) };
}

int write_alarm(struct writing *w, const void *row)
{
    const struct alarm_row *r = row;

    if (!r->site)
        return database_exec(w->db, "DELETE FROM alarm");
    if (!r->memory)
        return database_run(w->db, "DELETE FROM alarm WHERE site = ?", TEXT(r->site));
    return database_run(w->db, "INSERT INTO alarm (site, memory) VALUES (?, ?) ON CONFLICT (site) DO UPDATE SET"
                               " memory = excluded.memory", TEXT(r->site), TEXT(r->memory));
}
