#ifndef AGAIN_H
#define AGAIN_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strbuf.h"

/* This program, started again, so that what it does can be measured by itself. */
struct again {
    struct strbuf output;            /* what it wrote to standard output */
    int exit_code;                   /* -1: it was killed */
    pid_t pid;
};

/* argv[0] is the program's name; input (may be NULL) becomes its standard input. Waits for its end. Release output. */
enum err run_again(struct again *out, char *const argv[], const char *input, size_t length, struct errmsg *why);

#endif
