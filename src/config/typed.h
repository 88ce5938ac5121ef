#ifndef CONFIG_TYPED_H
#define CONFIG_TYPED_H

#include "config/schema.h"
#include "value.h"

/* The text a person typed for a setting, as a value of the setting's type: "yes" is true, "eu, money" a list. */
struct typed {
    struct given given;
    struct strings list;             /* what given borrows */
    char *text;
};

/* ERR_INVALID says what is wrong; *t is to be released either way. A *** that stands for a secret is refused. */
enum err typed_read(struct typed *t, const struct setting *row, const char *text, struct errmsg *why);
void typed_release(struct typed *t);

#endif
