#ifndef INCIDENTS_H
#define INCIDENTS_H

#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

/* Longer answers end early. */
#define INCIDENTS_BYTES_MOST (8u << 20)

/* {"incidents":[...]}: those that touch [from_ms, until_ms), wall clock, the oldest first, from the database at that path. */
enum err incidents_json(struct strbuf *out, const char *database, int64_t from_ms, int64_t until_ms, struct errmsg *why);

#endif
