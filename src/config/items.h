#ifndef CONFIG_ITEMS_H
#define CONFIG_ITEMS_H

#include "base/err.h"
#include "base/strbuf.h"
#include "model/site.h"

/* Lists as a person types them on one line: eu, money, "with, a comma". Within quotes a backslash takes the quote or
 * backslash behind it along. What items_join() writes, items_split() reads. */

/* Appends the items to list, without blanks around them; empty ones are left out unless quoted. ERR_INVALID for a quote
 * that is never closed. */
enum err items_split(struct strings *list, const char *text);
void items_join(struct strbuf *out, const struct strings *list);

#endif
