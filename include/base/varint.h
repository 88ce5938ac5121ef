#ifndef BASE_VARINT_H
#define BASE_VARINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* Numbers in as few bytes as they need: seven bits a byte, lowest first, the high bit says that more follow (LEB128). */
#define VARINT_MOST 10

void varint_put(struct strbuf *out, uint64_t value);

/* Reads one from the length bytes at `bytes`; the bytes it took, 0 when it is cut short, too long or not in its shortest form. */
size_t varint_get(const unsigned char *bytes, size_t length, uint64_t *value);

#endif
