/* Values as bytes, and back. Pure; any thread. */
#include "pack.h"

#include <string.h>

#include "base/text.h"
#include "base/varint.h"

void pack_number(struct strbuf *out, uint64_t value)
{
    varint_put(out, value);
}

/* Small numbers of either sign in few bytes: 0, -1, 1, -2, ... */
void pack_signed(struct strbuf *out, int64_t value)
{
    varint_put(out, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

void pack_text(struct strbuf *out, const char *text)
{
    size_t length = strlen(text);

    varint_put(out, length);
    strbuf_add(out, text, length);
}

uint64_t unpack_number(struct unpack *u, uint64_t most)
{
    uint64_t value = 0;
    size_t used = u->bad ? 0 : varint_get(u->at, (size_t)(u->end - u->at), &value);

    if (!used || value > most) {
        u->bad = true;
        return 0;
    }
    u->at += used;
    return value;
}

int64_t unpack_signed(struct unpack *u)
{
    uint64_t value = unpack_number(u, UINT64_MAX);

    return (int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0));
}

void unpack_text(struct unpack *u, char *text, size_t size)
{
    size_t length = (size_t)unpack_number(u, size - 1);

    text[0] = '\0';
    if (u->bad || (size_t)(u->end - u->at) < length) {
        u->bad = true;
        return;
    }
    text_clean(text, size, (const char *)u->at, length);
    u->at += length;
}

bool unpack_is_whole(const struct unpack *u)
{
    return !u->bad && u->at == u->end;
}
