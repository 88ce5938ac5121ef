#ifndef CONFIG_NAMING_H
#define CONFIG_NAMING_H

#include <stddef.h>

#include "base/err.h"
#include "textmap.h"

/* Names for sites that were given none: the host, with port and path added while that is taken. Begin with
 * NAMING_INIT. */
struct naming {
    struct textmap taken;            /* names borrowed, each with a number of the caller's */
    const struct textmap *also;      /* more names that are taken; may be NULL */
    struct textmap numbers;          /* private: what is behind "example.org" next, so that nobody counts twice */
};

#define NAMING_INIT { TEXTMAP_INIT, NULL, TEXTMAP_INIT }

void naming_release(struct naming *n);

/* A free name for a normalized URL, the caller's; at most 128 bytes. It is not taken yet: textmap_add() it. */
enum err naming_generate(struct naming *n, char **out, const char *url);

#endif
