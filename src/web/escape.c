/* Escapes for the formats of this room. Pure. */
#include "escape.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

void escape_label(char *dst, size_t size, const char *text)
{
    size_t used = 0, length = strlen(text);
    uint32_t point;
    int n;

    for (; (n = text_decode(text, length, &point)) > 0; text += n, length -= (size_t)n) {
        bool special = point == '\\' || point == '"' || point == '\n';

        if (used + (size_t)n + special >= size)
            break;
        if (special)
            dst[used++] = '\\';
        if (point == '\n')
            dst[used++] = 'n';
        else
            memcpy(dst + used, text, (size_t)n), used += (size_t)n;
    }
    dst[used] = '\0';
}

void escape_html(struct strbuf *out, const char *text)
{
    for (; *text; text++) {
        size_t plain = strcspn(text, "<>&\"'");

        strbuf_add(out, text, plain);
        text += plain;
        if (!*text)
            break;
        strbuf_addf(out, "&#%d;", *text);
    }
}

void escape_segment(struct strbuf *out, const char *text)
{
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr("-._~", *text))
            strbuf_addc(out, *text);
        else
            strbuf_addf(out, "%%%02X", (unsigned char)*text);
}
