/* Errors: a kind for code, a sentence for people. No state; any thread. */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum err err_setv(struct errmsg *why, enum err err, const char *format, va_list args)
{
    char raw[4 * sizeof(why->text)]; /* a clean byte stands for four raw ones at most; the arguments may be why's own text */

    if (!why)
        return err;
    vsnprintf(raw, sizeof(raw), format, args);
    text_clean(why->text, sizeof(why->text), raw, strlen(raw));
    return err;
}

enum err err_set(struct errmsg *why, enum err err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    err_setv(why, err, format, args);
    va_end(args);
    return err;
}

enum err err_errno(struct errmsg *why, enum err err, int number, const char *format, ...)
{
    char buffer[128];
    const char *cause = strerror_r(number, buffer, sizeof(buffer));
    va_list args;
    size_t used, room;

    if (!why)
        return err;
    va_start(args, format);
    err_setv(why, err, format, args);
    va_end(args);

    /* the cause is what helps: it is the message that gives way */
    used = strlen(why->text);
    room = sizeof(why->text) - sizeof(": ") - strlen(cause);
    if (used > room)
        for (used = room; used && ((unsigned char)why->text[used] & 0xc0) == 0x80; used--)
            continue;
    snprintf(why->text + used, sizeof(why->text) - used, ": %s", cause);
    return err;
}

const char *err_name(enum err err)
{
    static const char *const names[ERR_COUNT] = {
        [ERR_OK] = "all is well",
        [ERR_NOMEM] = "out of memory",
        [ERR_INVALID] = "not valid",
        [ERR_IO] = "input or output failed",
        [ERR_FULL] = "no room",
        [ERR_CLOSED] = "closed",
        [ERR_BUSY] = "in use",
        [ERR_CHANGED] = "changed meanwhile",
        [ERR_NOTFOUND] = "not found",
        [ERR_UNAVAILABLE] = "not available",
    };

    return (unsigned)err < ERR_COUNT ? names[err] : "unknown error";
}
