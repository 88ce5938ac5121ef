#ifndef CURL_LINE_H
#define CURL_LINE_H

#include "base/strbuf.h"
#include "model/snapshot.h"

/* The command that repeats a site's last check by hand, for a POSIX shell. Secrets are ***: passwords, headers that hold
 * any. Pure. */
void curl_line(struct strbuf *out, const struct row *r);

#endif
