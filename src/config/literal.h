#ifndef CONFIG_LITERAL_H
#define CONFIG_LITERAL_H

#include "base/strbuf.h"
#include "typed.h"

/* Values as libconfig reads them. */

/* A text in quotes. UTF-8 stays as it is, control characters become escapes. */
void literal_text(struct strbuf *out, const char *text);

/* What a person typed for a setting: a list in brackets, a number, true or false, or a text. */
void literal_typed(struct strbuf *out, const struct setting *row, const struct typed *t);

#endif
