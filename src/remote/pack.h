#ifndef PACK_H
#define PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* Values as bytes, and back: numbers as varints (base/varint.h), texts behind their length. What is read is never believed: a
 * number out of its bounds, a text too long or what is cut short makes the reader bad, and all it gives from then on is 0. */

void pack_number(struct strbuf *out, uint64_t value);
void pack_signed(struct strbuf *out, int64_t value);
void pack_text(struct strbuf *out, const char *text);

struct unpack {
    const unsigned char *at, *end;
    bool bad;
};

/* At most `most`. */
uint64_t unpack_number(struct unpack *u, uint64_t most);
int64_t unpack_signed(struct unpack *u);
/* Into text, made clean (base/text.h); bad when it is longer than size - 1. */
void unpack_text(struct unpack *u, char *text, size_t size);
/* True when all was read and none of it was bad. */
bool unpack_is_whole(const struct unpack *u);

#endif
