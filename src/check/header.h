#ifndef HEADER_H
#define HEADER_H

#include <stdbool.h>
#include <stddef.h>

/* Watches a header come in, line by line: whether it became whole, the reason phrase, and whether it names a bot wall. */
#define HEADER_LIMIT ((size_t)256 * 1024) /* bytes of all lines together */
#define REASON_SIZE 48

struct header {
    size_t bytes;
    bool   whole;                  /* the empty line came: only then does the status count */
    bool   too_large;
    char   reason[REASON_SIZE];    /* clean; "" when there is none */
    const char *wall;              /* the name of a bot wall; NULL: none */
    bool   wall_sure;
};

void header_begin(struct header *h);
/* Takes a line as libcurl hands it over, with its line end. False when the limit is passed. */
bool header_take(struct header *h, const char *line, size_t length);
/* The wall that stands behind such a status; NULL if it is no block. */
const char *header_blocked_by(const struct header *h, int status);

#endif
