#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

/* What kind of thing went wrong. The kind is for code; struct errmsg is for people. A check that finds a
 * site down is not an error: that is an enum outcome. */
enum err {
    ERR_OK,
    ERR_NOMEM,       /* memory ran out */
    ERR_INVALID,     /* what was given makes no sense */
    ERR_IO,          /* a file, a pipe or a socket failed */
    ERR_FULL,        /* no room now; later may work */
    ERR_CLOSED,      /* the other side has ended */
    ERR_BUSY,        /* somebody else holds it */
    ERR_CHANGED,     /* it is no longer what was read */
    ERR_NOTFOUND,    /* there is no such thing */
    ERR_UNAVAILABLE, /* this build or this machine can not */
    ERR_COUNT
};

/* A message that names the act, quotes the thing and ends with the cause:
 * "cannot open history 'squirrel.db': disk is full". Always terminated, one line, clean (base/text.h) whatever was quoted;
 * longer text is cut between characters. */
struct errmsg {
    char text[512];
};

#define ERRMSG_INIT { { 0 } }

/* Writes the message (why may be NULL) and returns err, so that a caller can `return err_set(...)`. The arguments may quote
 * why->text. */
enum err err_set(struct errmsg *why, enum err err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

enum err err_setv(struct errmsg *why, enum err err, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* As err_set() with ": " and the text of errno's value `number` behind, which is never cut. */
enum err err_errno(struct errmsg *why, enum err err, int number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "out of memory" for ERR_NOMEM and so on: for when no message was written. */
const char *err_name(enum err err);

#endif
