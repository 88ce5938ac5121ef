#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <curl/curl.h>
#include <stdint.h>

#include "base/strbuf.h"

/* The earliest end of the chain a handle met, in seconds since 1970; CERTIFICATE_UNKNOWN if it shows none. */
int64_t certificate_until(CURL *easy);

/* "Dec 23 06:26:23 2026 GMT" (OpenSSL) or "2026-12-23 06:26:23 GMT" (GnuTLS); CERTIFICATE_UNKNOWN for anything else. */
int64_t certificate_parse_date(const char *text);

/* The site's own certificate, the first of the chain, as lines: whom it names, who issued it, from when to when it holds. Nothing
 * when there was none to be seen. */
void certificate_describe(CURL *easy, struct strbuf *out);

#endif
