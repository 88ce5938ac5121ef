#ifndef CONFIG_MESSY_H
#define CONFIG_MESSY_H

#include "base/strbuf.h"
#include "support/random.h"

/* Files as people write them, and worse: good settings in every order and on every number of lines, comments wherever
 * the language has room for one, with braces and quotes in them, separators of all kinds or none, LF or CRLF, with and
 * without a byte order mark and a last newline. */
void messy_file(struct random *r, struct strbuf *out);

#endif
