#ifndef BODY_H
#define BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "model/outcome.h"
#include "model/site.h"

/* Judges a body while it comes in: texts that must or must not be there, and an expression over the whole. Keeps no more of
 * it than the verdict needs. One thread. */
struct body {
    const struct options *options;  /* borrowed while a request runs */
    struct strbuf kept;             /* all of it for an expression, else the end of it */
    size_t bytes;                   /* read so far */
    bool   limited;                 /* body_limit was reached: the rest is not looked at */
    bool   found;                   /* expect_body is there */
    bool   rejected;                /* reject_body is there */
    bool   watch;                   /* there are expectations at all */
};

void body_begin(struct body *b, const struct options *o, bool watch);
void body_release(struct body *b);

/* Takes the next bytes. False when no more are wanted: the verdict is certain, or the limit is reached. */
bool body_take(struct body *b, const char *bytes, size_t length);

/* The verdict, once the body has ended or no more of it is wanted: OUTCOME_OK, or why not. */
enum outcome body_verdict(struct body *b);

#endif
