/* A bundle as JSON: one notice is the object itself, several are in its list "notices". Members are only ever added; "version"
 * goes up should one ever change. What is not known is null. Pure. */
#include "words_json.h"

#include <string.h>

#include <jansson.h>

#include "base/clock.h"

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *moment(int64_t at_ms)
{
    char text[CLOCK_RFC3339_SIZE];

    return text_or_null(at_ms ? clock_rfc3339(text, at_ms) : NULL);
}

static json_t *number_or_null(int64_t number)
{
    return number ? json_integer(number) : json_null();
}

/* "eu, money" as a list. */
static json_t *tags_of(const char *text)
{
    json_t *list = json_array();
    size_t length;

    for (text += strspn(text, ", "); *text; text += length, text += strspn(text, ", ")) {
        length = strcspn(text, ",");
        json_array_append_new(list, json_stringn(text, length));
    }
    return list;
}

/* Sets a member; false once memory has run out. */
static bool set(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

static bool add_notice(json_t *o, const struct notice *n)
{
    bool known = n->certificate_until != CERTIFICATE_UNKNOWN;

    return set(o, "event", json_string(notice_kind_name(n->kind))) && set(o, "notice_id", text_or_null(n->id)) &&
           set(o, "incident_id", number_or_null((int64_t)n->incident_id)) && set(o, "site", text_or_null(n->site)) &&
           set(o, "url", text_or_null(n->url)) && set(o, "tags", tags_of(n->tags)) &&
           set(o, "state", *n->site ? json_string(state_name(n->state)) : json_null()) && set(o, "at", moment(n->at_ms)) &&
           set(o, "since", moment(n->since_ms)) && set(o, "until", moment(n->until_ms)) &&
           set(o, "duration_ms", n->since_ms ? json_integer(n->duration_ms) : json_null()) &&
           set(o, "class", text_or_null(outcome_class(n->outcome))) && set(o, "detail", text_or_null(n->cause)) &&
           set(o, "status", number_or_null(n->status)) && set(o, "address", text_or_null(n->address)) &&
           set(o, "attempts", number_or_null(n->attempts)) && set(o, "count", number_or_null(n->count)) &&
           set(o, "certificate_until", known ? moment(n->certificate_until * MS_PER_S) : json_null()) &&
           set(o, "certificate_days_left", known ? json_integer(n->certificate_days) : json_null()) &&
           set(o, "why_now", text_or_null(n->why_now)) && set(o, "parent", text_or_null(n->parent)) &&
           set(o, "acknowledged_by", text_or_null(n->ack_by)) && set(o, "note", text_or_null(n->ack_note)) &&
           set(o, "repeat", text_or_null(n->repeat));
}

static bool add_bundle(json_t *o, const struct bundle *b)
{
    json_t *list = json_array();
    size_t i;

    if (!set(o, "event", json_string(b->reason == BUNDLE_DIGEST ? "digest" : "storm")) ||
        !set(o, "down", json_integer(b->down)) || !set(o, "up", json_integer(b->up)) ||
        !set(o, "other", json_integer(b->other)) || !set(o, "common", text_or_null(b->common.text)) ||
        !set(o, "notices", list))
        return false;
    for (i = 0; i < b->n; i++) {
        json_t *notice = json_object();

        if (json_array_append_new(list, notice) || !add_notice(notice, b->notice[i]))
            return false;
    }
    return true;
}

char *words_json(const struct letter *l, const struct bundle *b)
{
    json_t *o = json_pack("{s:i, s:s, s:s, s:s, s:s}", "version", 1, "id", l->id, "thread", *l->thread ? l->thread : l->id,
                          "owner", b->notice[0]->owner, "title", l->title);
    char *text = NULL;

    if (o && (b->n == 1 ? add_notice(o, b->notice[0]) : add_bundle(o, b)))
        text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    return text;
}
