#ifndef MODEL_CURL_LINE_H
#define MODEL_CURL_LINE_H

#include "base/strbuf.h"
#include "model/site.h"

/* The command that repeats a site's check by hand, asking with that method, for a POSIX shell. Secrets are ***: passwords,
 * headers that hold any. Pure. */
void curl_line(struct strbuf *out, const struct site *site, enum method method);

#endif
