#ifndef ONE_PASS_H
#define ONE_PASS_H

#include <stddef.h>
#include <stdint.h>

#include "chosen.h"

/* One pass of a comparison, run by a process of its own, which tells what it cost and found in one line of JSON. */
struct one_pass {
    char   *reason;                  /* why it could not run; NULL: it ran */
    double  wall_s, cpu_s;
    int64_t peak_kib;                /* of all its processes together, at the most */
    int64_t switches;                /* of context, wanted or not */
    int     workers;
    char   *states;                  /* a letter for each site, in the order of the list */
    uint32_t *order;                 /* indexes in the order the results came */
};

/* The child's side: runs it and prints. */
int one_pass_run(const struct args *a, const struct chosen *chosen, const char *engine, int workers);

/* The parent's side: reads such a line about n sites. ERR_INVALID when it is none. */
enum err one_pass_read(struct one_pass *out, const char *line, size_t n);
void one_pass_release(struct one_pass *p);

/* "up" for a letter of states. */
const char *one_pass_word(char letter);

#endif
