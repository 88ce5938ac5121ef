#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "base/err.h"
#include "base/strbuf.h"
#include "config/schema.h"

/* Values of settings: taken from the file or the keyboard, checked, kept in a member of some struct. What a row of a
 * table says of its offset holds for whatever struct the table is for. */

/* A value as it came. Text and list are borrowed. */
struct given {
    enum given_kind {
        GIVEN_TEXT, GIVEN_NUMBER, GIVEN_HEX, GIVEN_FLOAT, GIVEN_BOOLEAN, GIVEN_TEXTS,
        GIVEN_MIXTURE,               /* a list of something else */
        GIVEN_GROUP
    } kind;
    const char *text;
    int64_t number;                  /* GIVEN_BOOLEAN: 0 or 1 */
    const struct strings *texts;
};

/* Puts a value into its member of object. ERR_INVALID names the setting and says what is wrong; object is unchanged
 * then. */
enum err value_take(const struct setting *row, const struct given *g, const char *base_dir, void *object,
                    struct errmsg *why);

/* Appends what a person would type. */
void value_format(const struct setting *row, const void *object, struct strbuf *out);

/* Gives dst's member the value of src's: never half of it. */
enum err value_copy(const struct setting *row, void *dst, const void *src);

/* Frees what the members of a table's struct hold. */
void value_release_all(const struct setting *rows, size_t n, void *object);

#endif
