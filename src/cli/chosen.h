#ifndef CHOSEN_H
#define CHOSEN_H

#include "cli.h"

/* The sites a command is about: the file's, or the URLs given (as operands, or with "-" on standard input), for which the file
 * lends its defaults only when it was named. */
struct chosen {
    struct settings *settings;
    const struct site **site;        /* references of our own */
    size_t n;
};

/* EXIT_WELL, or the exit code after a complaint; no site at all is wrong usage. Release it either way. */
int choose_sites(const struct args *a, struct chosen *c);
void chosen_release(struct chosen *c);

#endif
