/* Notices and the memory of rules as JSON. Pure. */
#include "notify/notice_json.h"

#include <string.h>

#include "fields.h"

/* Enums are kept by name. All of them are int-sized here. */
_Static_assert(sizeof(enum notice_kind) == sizeof(int) && sizeof(enum state) == sizeof(int) && sizeof(enum outcome) == sizeof(int) &&
               sizeof(enum phase) == sizeof(int), "enums are read and written as int");

static const char *kind_word(int k)
{
    return notice_kind_name((enum notice_kind)k);
}

static const char *outcome_word(int o)
{
    return outcome_name((enum outcome)o);
}

static const char *state_word(int s)
{
    return state_name((enum state)s);
}

static int state_parse(const char *word)
{
    int s;

    for (s = 0; s < STATE_COUNT; s++)
        if (!strcmp(state_word(s), word))
            return s;
    return -1;
}

static const char *phase_word(int p)
{
    return p == PHASE_COUNT ? "" : phase_name((enum phase)p);
}

static int phase_parse(const char *word)
{
    int p;

    for (p = 0; p < PHASE_COUNT; p++)
        if (!strcmp(phase_word(p), word))
            return p;
    return PHASE_COUNT;
}

#define N(member, type) FIELD_OF(notice, member, FIELD_##type)
static const struct field notice_fields[] = {
    WORD_OF(notice, kind, kind_word, notice_kind_parse), N(id, TEXT), N(incident_id, U64), N(is_first, BOOL), N(thread, TEXT),
    N(owner, TEXT), N(site, TEXT), N(url, TEXT), N(tags, TEXT), WORD_OF(notice, state, state_word, state_parse),
    WORD_OF(notice, outcome, outcome_word, outcome_parse), N(status, INT), WORD_OF(notice, phase, phase_word, phase_parse),
    N(cause, TEXT), N(address, TEXT), N(attempts, U32), N(at_ms, I64), N(since_ms, I64), N(until_ms, I64), N(duration_ms, I64),
    N(count, U32), N(certificate_until, I64), N(certificate_days, INT), N(why_now, TEXT), N(parent, TEXT), N(ack_by, TEXT),
    N(ack_note, TEXT), N(repeat, TEXT),
};

#define M(member, type) FIELD_OF(alarm_memory, member, FIELD_##type)
static const struct field memory_fields[] = {
    M(incident_id, U64), M(down, BOOL), M(since_ms, I64), M(confirmed_ms, I64),
    WORD_OF(alarm_memory, outcome, outcome_word, outcome_parse), M(status, INT),
    WORD_OF(alarm_memory, phase, phase_word, phase_parse), M(attempts, U32), M(certificate_until, I64), M(cause, TEXT),
    M(address, TEXT), M(notices, U32), M(reminders, U32), M(remind_ms, I64), M(escalate_ms, I64), M(held, TEXT), M(parent, TEXT),
    M(acked_ms, I64), M(ack_by, TEXT), M(ack_note, TEXT), M(mute_until_ms, I64), M(maintain_until_ms, I64), M(degraded_ms, I64),
    M(flapping, BOOL),
};

#define T(member, type) FIELD_OF(alarm_told, member, FIELD_##type)
static const struct field told_fields[] = { T(owner, TEXT), T(thread, TEXT), T(not_before_ms, I64) };

#define C(member, type) FIELD_OF(alarm_certificate, member, FIELD_##type)
static const struct field certificate_fields[] = { C(until_s, I64), C(step, INT) };

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Takes the object. */
static enum err dump(char **out, json_t *object)
{
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

    json_decref(object);
    if (!text)
        return ERR_NOMEM;
    *out = text;
    return ERR_OK;
}

enum err notice_to_json(char **out, const struct notice *n)
{
    return dump(out, fields_pack(notice_fields, LENGTH(notice_fields), n));
}

static json_t *load(const char *text)
{
    json_t *object = json_loads(text, 0, NULL);

    if (json_is_object(object))
        return object;
    json_decref(object);
    return NULL;
}

enum err notice_from_json(struct notice *out, const char *text)
{
    json_t *object = load(text);

    if (!object || !json_is_string(json_object_get(object, "kind"))) {
        json_decref(object);
        return ERR_INVALID;
    }
    notice_init(out, NOTICE_TEST);
    fields_unpack(notice_fields, LENGTH(notice_fields), object, out);
    json_decref(object);
    return ERR_OK;
}

/* An array of n structs under that name. */
static void set_list(json_t *object, const char *name, const struct field *f, size_t nfield, const void *first, size_t size, size_t n)
{
    json_t *list = n ? json_array() : NULL;
    size_t i;

    for (i = 0; i < n; i++)
        json_array_append_new(list, fields_pack(f, nfield, (const char *)first + i * size));
    if (list)
        json_object_set_new(object, name, list);
}

/* How many were there, at most `most`. */
static size_t get_list(const json_t *object, const char *name, const struct field *f, size_t nfield, void *first, size_t size,
                       size_t most)
{
    const json_t *list = json_object_get(object, name);
    size_t n = json_array_size(list), i;

    for (i = 0; i < n && i < most; i++)
        fields_unpack(f, nfield, json_array_get(list, i), (char *)first + i * size);
    return n < most ? n : most;
}

static size_t count_certificates(const struct alarm_memory *m)
{
    size_t n = 0;

    while (n < ALARM_CERTIFICATES_MOST && m->certificate[n].until_s)
        n++;
    return n;
}

enum err alarm_memory_to_json(char **out, const struct alarm_memory *m)
{
    json_t *object = fields_pack(memory_fields, LENGTH(memory_fields), m), *changes = m->nchange ? json_array() : NULL;
    uint32_t i;

    for (i = 0; i < m->nchange; i++)
        json_array_append_new(changes, json_integer(m->change_ms[i]));
    if (changes)
        json_object_set_new(object, "change_ms", changes);
    set_list(object, "told", told_fields, LENGTH(told_fields), m->told, sizeof(m->told[0]), m->ntold);
    set_list(object, "certificate", certificate_fields, LENGTH(certificate_fields), m->certificate, sizeof(m->certificate[0]),
             count_certificates(m));
    return dump(out, object);
}

enum err alarm_memory_from_json(struct alarm_memory *out, const char *text)
{
    json_t *object = load(text);
    const json_t *changes;
    size_t i;

    if (!object)
        return ERR_INVALID;
    memset(out, 0, sizeof(*out));
    out->phase = PHASE_COUNT;
    out->certificate_until = CERTIFICATE_UNKNOWN;
    fields_unpack(memory_fields, LENGTH(memory_fields), object, out);
    out->ntold = (uint32_t)get_list(object, "told", told_fields, LENGTH(told_fields), out->told, sizeof(out->told[0]),
                                    ALARM_TOLD_MOST);
    get_list(object, "certificate", certificate_fields, LENGTH(certificate_fields), out->certificate, sizeof(out->certificate[0]),
             ALARM_CERTIFICATES_MOST);
    changes = json_object_get(object, "change_ms");
    for (i = 0; i < json_array_size(changes) && i < ALARM_CHANGES_MOST; i++)
        out->change_ms[out->nchange++] = json_integer_value(json_array_get(changes, i));
    json_decref(object);
    return ERR_OK;
}
