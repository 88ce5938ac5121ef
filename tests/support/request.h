#ifndef SUPPORT_REQUEST_H
#define SUPPORT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "support/script.h"

/* Requests as a server of ours sees them. Pure; the private part of server.c that is easier to read by itself. */

/* Pieces of a text that belongs to somebody else. */
struct piece {
    const char *text;
    size_t length;
};

struct request {
    struct piece whole;         /* header and body */
    struct piece method;
    struct piece target;        /* as written */
    struct piece path;          /* of the target: without scheme, host and query */
};

/* The length of the first request in text, header and body; 0 while more must come. */
size_t request_whole(const char *text, size_t length);

/* False for what is no request line. */
bool request_parse(struct request *r, const char *text, size_t length);

/* The value of a header line; of length 0 if there is none. */
struct piece request_header(const struct request *r, const char *name);

/* True when it carries "Authorization: Basic" with these. */
bool request_signs_in(const struct request *r, const char *user_password);

bool piece_is(struct piece p, const char *text);
bool piece_begins(struct piece p, const char *text);

/* --- paths that need no route (support/server.h) --- */

#define PATH_STEPS 4
#define PATH_TEXT 1024

/* Writes what to do for `path` into steps, with the texts they need in text. secure: over TLS. */
void path_play(struct step steps[PATH_STEPS], char text[PATH_TEXT], struct piece path, const struct request *r, bool secure);

#endif
