/* What a failing check met, with what must stay secret blotted out. Pure; any thread. */
#include "model/evidence.h"

#include <string.h>
#include <strings.h>

#define SECRET_LEAST 4

static void blot(char *text, size_t length, const char *secret, size_t secret_length)
{
    char *at = text, *found;

    while ((found = memmem(at, length - (size_t)(at - text), secret, secret_length))) {
        memset(found, '*', secret_length);
        at = found + secret_length;
    }
}

void evidence_blot(struct evidence *e, const char *secret, size_t length)
{
    if (length < SECRET_LEAST)
        return;
    blot(e->header, e->header_bytes, secret, length);
    blot(e->body, e->body_bytes, secret, length);
}

/* "Set-Cookie: id=***": from behind the first '=' to the first ';' or the line's end. */
static void hide_cookie(char *line, char *end)
{
    char *equals = memchr(line, '=', (size_t)(end - line)), *stop;

    if (!equals)
        return;
    stop = memchr(equals, ';', (size_t)(end - equals));
    memset(equals + 1, '*', (size_t)((stop ? stop : end) - equals - 1));
}

void evidence_hide_cookies(struct evidence *e)
{
    static const char name[] = "set-cookie:";
    char *line = e->header, *all = e->header + e->header_bytes;

    while (line < all) {
        char *end = memchr(line, '\n', (size_t)(all - line));
        char *stop = end ? end : all;

        if ((size_t)(stop - line) >= sizeof(name) - 1 && !strncasecmp(line, name, sizeof(name) - 1))
            hide_cookie(line, stop > line && stop[-1] == '\r' ? stop - 1 : stop);
        line = stop + 1;
    }
}
