#ifndef CONFIG_REPORT_H
#define CONFIG_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "config/settings.h"

/* Collects what is wrong with a file, so that one run tells all of it. Adding never fails visibly: memory that ran
 * out is remembered and told at the end. Begin with REPORT_INIT. */
struct report {
    struct fault {
        unsigned order;              /* where in the whole text: faults are told from its beginning to its end */
        char *text;
    } *fault;
    size_t n, capacity;
    enum err kind;                   /* what report_finish() will say */
};

#define REPORT_INIT { NULL, 0, 0, ERR_OK }

void report_release(struct report *r);

/* "uptime.cfg:12: message"; without the line when that is 0, without the file when that is NULL. */
void report_add(struct report *r, unsigned order, const char *file, unsigned line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* As report_add(), but what went wrong is not the file's fault: ERR_IO or ERR_NOMEM. */
void report_error(struct report *r, enum err kind, const char *message);

/* Hands over the lines and ends the report. ERR_OK when nothing was added. out may be NULL. */
enum err report_finish(struct report *r, struct faults *out);

/* A value as it may stand in a message: clean, a URL's password hidden, cut to a glance. */
struct shown {
    char text[100];
};
const char *shown(struct shown *s, const char *text);

/* " (did you mean 'interval'?)", or "" when none of n words is near, or the word too short to tell. */
struct hint {
    char text[128];
};
const char *hint(struct hint *h, const char *word, const char *const *known, size_t n);

#endif
