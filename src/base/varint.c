/* Numbers in as few bytes as they need. Pure. */
#include "base/varint.h"

void varint_put(struct strbuf *out, uint64_t value)
{
    char bytes[VARINT_MOST];
    size_t n = 0;

    for (; value > 127; value >>= 7)
        bytes[n++] = (char)(value | 128);
    bytes[n++] = (char)value;
    strbuf_add(out, bytes, n);
}

size_t varint_get(const unsigned char *bytes, size_t length, uint64_t *value)
{
    uint64_t v = 0;
    size_t n;

    for (n = 0; n < length && n < VARINT_MOST; n++) {
        uint64_t bits = bytes[n] & 127u;

        if (n == VARINT_MOST - 1 && bits > 1)
            return 0; /* more than 64 bits */
        v |= bits << (7 * n);
        if (bytes[n] & 128)
            continue;
        if (n && !bits)
            return 0;
        *value = v;
        return n + 1;
    }
    return 0;
}
