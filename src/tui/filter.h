#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>

#include "base/err.h"
#include "model/snapshot.h"

/* Which sites to show. Terms, blank separated, that must all fit: "tag=x", "owner=x", "state=x", or a part of name or
 * URL. A bar parts alternatives: "state=down|slow". Case counts as nothing. */
struct filter {
    char *text;                      /* as typed; NULL or "": shows all */
};

/* Takes over the text. ERR_INVALID, with a message, for what can fit nothing (a state that there is not); the filter is
 * what it was then. */
enum err filter_set(struct filter *f, const char *text, struct errmsg *why);
void filter_release(struct filter *f);
bool filter_is_set(const struct filter *f);

bool filter_shows(const struct filter *f, const struct snapshot_row *row);

/* The same for a search: one text, in name or URL. */
bool filter_finds(const char *text, const struct snapshot_row *row);

#endif
