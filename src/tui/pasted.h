#ifndef PASTED_H
#define PASTED_H

#include <stddef.h>

#include "base/err.h"
#include "model/snapshot.h"
#include "base/strbuf.h"

/* A list of URLs as people paste them: a line each or several, in quotes or with commas, with # comments, some
 * twice. */
struct pasted {
    char **url;                      /* good ones, normalized, each once, in the order given; none is watched already */
    size_t n;
    size_t repeated;                 /* left out: given twice or watched already */
    size_t bad;                      /* no URLs at all: their texts, blank separated, are in `left` */
    struct strbuf left;
    struct errmsg why;               /* what is wrong with the first of them */
};

/* ERR_NOMEM. Release it in any case. */
enum err pasted_read(struct pasted *p, const char *text, const struct snapshot *s);
void pasted_release(struct pasted *p);

/* How many pieces of text look like URLs to be. */
size_t pasted_count(const char *text);

#endif
