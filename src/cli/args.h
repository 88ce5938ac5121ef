#ifndef ARGS_H
#define ARGS_H

#include <stdint.h>

#include "base/duration.h"
#include "cli.h"

struct verb {
    const char *name, *arguments;
    unsigned flags;                /* a bit for each enum flag it takes */
    const char *summary;
    int (*run)(const struct args *a);
};

const struct verb *verb_find(const char *word);
/* The command somebody who typed word may have meant; NULL: none. */
const char *verb_nearest(const char *word);

/* The commands and the options one after the other, for the manual and for completions; NULL behind the last. */
const struct verb *verb_at(size_t i);
struct flag_row {
    int letter;                    /* 0: none */
    const char *name;
    const char *argument;          /* NULL: none */
    const char *help;              /* NULL: not for people */
};
const struct flag_row *flag_at(size_t i);

/* Where the first word stands that is neither an option nor what one takes; 0: there is none. */
int args_word(int argc, char *const argv[]);

/* argv[0] is skipped. EXIT_WELL, or the exit code after a complaint. */
int args_parse(struct args *a, const struct verb *c, int argc, char *argv[]);

/* There is no engine of the name that the flag gave; returns EXIT_USAGE. */
int complain_engine(const struct args *a, enum flag flag, const char *name);

/* c NULL: of the whole program. To standard output. */
void print_help(const struct verb *c);
void print_version(void);

#endif
