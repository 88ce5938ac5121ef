#ifndef FIELDS_H
#define FIELDS_H

#include <jansson.h>
#include <stddef.h>

/* Structs as JSON objects, by a table of their members. */

enum field_type { FIELD_TEXT, FIELD_BOOL, FIELD_INT, FIELD_U32, FIELD_I64, FIELD_U64, FIELD_WORD };

struct field {
    const char *name;
    enum field_type type;
    size_t at, size;                 /* of the member; its size for texts */
    const char *(*word)(int value);  /* FIELD_WORD: an enum */
    int (*parse)(const char *word);  /* -1: none */
};

#define FIELD_OF(struct_name, member, type_)                                                                                 \
    { .name = #member, .type = type_, .at = offsetof(struct struct_name, member),                                                \
      .size = sizeof(((struct struct_name *)0)->member) }
#define WORD_OF(struct_name, member, word_, parse_)                                                                              \
    { .name = #member, .type = FIELD_WORD, .at = offsetof(struct struct_name, member), .word = word_, .parse = parse_ }

/* A new object without what is zero, "" or false; NULL when memory ran out. */
json_t *fields_pack(const struct field *f, size_t n, const void *from);
/* Takes what is there and fits; what is not stays as it is. */
void fields_unpack(const struct field *f, size_t n, const json_t *object, void *into);

#endif
