/* Structs as JSON objects, by a table of their members. Pure. */
#include "fields.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

static json_t *pack_one(const struct field *f, const void *member)
{
    switch (f->type) {
    case FIELD_TEXT:
        return *(const char *)member ? json_string(member) : NULL;
    case FIELD_BOOL:
        return *(const bool *)member ? json_true() : NULL;
    case FIELD_INT:
        return *(const int *)member ? json_integer(*(const int *)member) : NULL;
    case FIELD_U32:
        return *(const uint32_t *)member ? json_integer(*(const uint32_t *)member) : NULL;
    case FIELD_I64:
    case FIELD_U64:
        return *(const int64_t *)member ? json_integer(*(const int64_t *)member) : NULL;
    case FIELD_WORD:
        return json_string(f->word(*(const int *)member));
    }
    return NULL;
}

json_t *fields_pack(const struct field *f, size_t n, const void *from)
{
    json_t *object = json_object();
    size_t i;

    for (i = 0; object && i < n; i++) {
        json_t *value = pack_one(&f[i], (const char *)from + f[i].at);

        if (value && json_object_set_new(object, f[i].name, value)) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static void unpack_one(const struct field *f, const json_t *value, void *member)
{
    json_int_t number = json_integer_value(value);
    int word;

    switch (f->type) {
    case FIELD_TEXT:
        if (json_is_string(value))
            text_clean(member, f->size, json_string_value(value), json_string_length(value));
        break;
    case FIELD_BOOL:
        *(bool *)member = json_is_true(value);
        break;
    case FIELD_INT:
        if (number >= INT32_MIN && number <= INT32_MAX)
            *(int *)member = (int)number;
        break;
    case FIELD_U32:
        if (number >= 0 && number <= UINT32_MAX)
            *(uint32_t *)member = (uint32_t)number;
        break;
    case FIELD_I64:
    case FIELD_U64:
        *(int64_t *)member = number;
        break;
    case FIELD_WORD:
        word = json_is_string(value) ? f->parse(json_string_value(value)) : -1;
        if (word >= 0)
            *(int *)member = word;
        break;
    }
}

void fields_unpack(const struct field *f, size_t n, const json_t *object, void *into)
{
    size_t i;

    for (i = 0; i < n; i++) {
        const json_t *value = json_object_get(object, f[i].name);

        if (value)
            unpack_one(&f[i], value, (char *)into + f[i].at);
    }
}
