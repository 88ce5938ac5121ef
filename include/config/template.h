#ifndef CONFIG_TEMPLATE_H
#define CONFIG_TEMPLATE_H

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

/* Texts with names in braces, "[{state}] {site}", from a list that is fixed; "{{" and "}}" are braces. */

enum message_field {
#define FIELD(id, name, help) MESSAGE_##id,
#include "config/message_fields.def"
#undef FIELD
    MESSAGE_FIELDS
};

enum command_field {
#define FIELD(id, name, help) COMMAND_##id,
#include "config/command_fields.def"
#undef FIELD
    COMMAND_FIELDS
};

enum template_kind { TEMPLATE_MESSAGE, TEMPLATE_COMMAND };

/* ERR_INVALID for an unknown name, a brace that is never closed, or one never opened. */
enum err template_check(enum template_kind kind, const char *text, struct errmsg *why);

/* What a field stands for: borrowed, NULL as good as "". It is put in as it is, and not looked at for braces. */
typedef const char *template_value_fn(void *context, int field);

/* Appends the text with its fields filled in. text was checked. */
void template_fill(struct strbuf *out, enum template_kind kind, const char *text, template_value_fn *value,
                   void *context);

#endif
