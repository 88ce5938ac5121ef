/* Incidents of the history as JSON. Reads the database on a connection of its own, so on the server's thread alone. */
#include "incidents.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/query.h"

static json_t *time_or_null(int64_t wall_ms)
{
    char stamp[CLOCK_RFC3339_SIZE];

    return wall_ms ? json_string(clock_rfc3339(stamp, wall_ms)) : json_null();
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *json_incident(const struct stored_incident *i)
{
    const struct incident_row *r = &i->row;
    json_t *o = json_object();

    json_object_set_new(o, "id", json_integer(r->id));
    json_object_set_new(o, "site", json_string(i->name));
    json_object_set_new(o, "open", json_boolean(!i->ended_ms));
    json_object_set_new(o, "failing_at", time_or_null(r->failing_ms));
    json_object_set_new(o, "opened_at", time_or_null(r->opened_ms));
    json_object_set_new(o, "ended_at", time_or_null(i->ended_ms));
    json_object_set_new(o, "end", i->ended_ms ? json_string(incident_end_name(i->end)) : json_null());
    json_object_set_new(o, "duration_ms", i->ended_ms ? json_integer(i->ended_ms - r->failing_ms) : json_null());
    json_object_set_new(o, "error", text_or_null(outcome_class(r->outcome)));
    json_object_set_new(o, "status", r->status ? json_integer(r->status) : json_null());
    json_object_set_new(o, "message", text_or_null(r->message));
    json_object_set_new(o, "address", text_or_null(r->address));
    json_object_set_new(o, "acknowledged_at", time_or_null(i->acked_ms));
    json_object_set_new(o, "note", text_or_null(i->note));
    return o;
}

struct writing {
    struct strbuf *out;
    const char *before;
};

static bool write_incident(void *context, const struct stored_incident *i)
{
    struct writing *w = context;
    json_t *o = json_incident(i);
    char *text = json_dumps(o, JSON_COMPACT);

    json_decref(o);
    strbuf_adds(w->out, w->before);
    if (text)
        strbuf_adds(w->out, text);
    w->out->failed |= !text;
    w->before = ",\n";
    free(text);
    return !w->out->failed && w->out->length < INCIDENTS_BYTES_MOST;
}

enum err incidents_json(struct strbuf *out, const char *database, int64_t from_ms, int64_t until_ms, struct errmsg *why)
{
    struct writing writing = { out, "\n" };
    struct query *query;
    enum err err = query_open(&query, database, why);

    if (err)
        return err;
    strbuf_adds(out, "{\"incidents\":[");
    err = query_incidents(query, 0, from_ms, until_ms, write_incident, &writing, why);
    strbuf_adds(out, "]}\n");
    query_close(query);
    return err;
}
