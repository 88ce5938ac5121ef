#ifndef CONFIG_VALUE_TYPE_H
#define CONFIG_VALUE_TYPE_H

#include <stddef.h>

#include "value.h"

/* What there is to a type of value. Each is one constant; value.c has the table of them. */

/* One value on its way into its member. */
struct taking {
    const struct setting *row;
    const struct given *given;       /* of a kind the type accepts */
    const char *base_dir;
    void *member;
    struct errmsg *why;
};

#define GIVEN_BIT(kind) (1u << (kind))

struct value_type {
    const char *noun;                /* "a number" */
    unsigned accepts;                /* a bit for each given_kind */
    enum err (*take)(const struct taking *t);
    void (*format)(const struct setting *row, const void *member, struct strbuf *out);

    /* What memory a member holds: a struct strings, or some plain bytes and some char *. */
    bool is_list;
    size_t plain;                    /* bytes that hold no pointer, at its beginning */
    size_t texts_at, ntext;          /* where its char * are, at most 3 */
};

extern const struct value_type value_text, value_texts, value_strings, value_word;
extern const struct value_type value_duration, value_integer, value_size, value_boolean, value_statuses;
extern const struct value_type value_file, value_path, value_password_file, value_password_env, value_proxy;
extern const struct value_type value_quiet, value_moment;

/* --- for those who take values ---------------------------------------------------------------------------------- */

/* Puts "'owner': " before a message that does not name the setting yet. Returns err. */
enum err taking_fail(const struct taking *t, enum err err, const struct errmsg *inner);
enum err taking_nomem(const struct taking *t);

/* Frees what was there and puts text, which is given, in its place. */
void value_replace(char **member, char *text);

#endif
