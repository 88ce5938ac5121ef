#ifndef CONFIG_PATCH_H
#define CONFIG_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "source.h"

/* Bytes to be put into and taken out of a text, all in offsets of the text as it is. */
struct splice {
    uint32_t at, remove;
    char *text;                      /* to put in; may be "" */
};

/* Begin with PATCH_INIT. Memory that ran out is remembered in failed. */
struct patch {
    struct splice *splice;           /* ascending, without overlap; at one place, in the order to be put in */
    size_t n, capacity;
    bool failed;
};

#define PATCH_INIT { NULL, 0, 0, false }

void patch_release(struct patch *p);

/* Wants text at a place, in place of so many bytes; behind what is wanted at the same place already. */
void patch_add(struct patch *p, uint32_t at, uint32_t remove, const char *text);

/* Carries the patch out on `text`, the main file of the source. ERR_INVALID when a place is not in that file. */
enum err patch_apply(struct patch *p, const struct source *s, struct strbuf *text, struct errmsg *why);

#endif
