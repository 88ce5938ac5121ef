#ifndef CHILD_H
#define CHILD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A program run to its end, without a shell: its standard input is given, the beginning of what it prints is kept. */
struct child_run {
    char *const *argv;               /* ends with NULL; argv[0] is looked for in PATH unless it has a slash */
    char *const *environment;        /* ends with NULL */
    const char *directory;           /* where it starts; NULL: here */
    const char *input;
    size_t input_length;
    int64_t until_ns;                /* monotonic: then it is killed, and all it started in its process group */
    const atomic_bool *stop;         /* as until_ns, when it turns true; may be NULL */
};

enum child_end {
    CHILD_EXITED, CHILD_SIGNALLED,   /* number: exit status; signal */
    CHILD_KILLED,                    /* by us: its time was over, or stop */
    CHILD_NOT_STARTED                /* number: errno */
};

struct child_result {
    enum child_end end;
    int  number;
    char said[512];                  /* the first bytes of standard output and error, as they came, terminated */
};

/* Waits for it. ERR_NOMEM and ERR_IO when we have no descriptors: nothing was started. */
enum err child_run(const struct child_run *run, struct child_result *out, struct errmsg *why);

#endif
