/* Errors: a kind for code, a sentence for people. No state; any thread. */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

enum err err_setv(struct errmsg *why, enum err err, const char *format, va_list args)
{
    if (why)
        vsnprintf(why->text, sizeof(why->text), format, args);
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
    char cause[128];
    va_list args;
    size_t used;

    va_start(args, format);
    err_setv(why, err, format, args);
    va_end(args);
    if (!why)
        return err;

    used = strlen(why->text);
    snprintf(why->text + used, sizeof(why->text) - used, ": %s", strerror_r(number, cause, sizeof(cause)));
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
