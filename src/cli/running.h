#ifndef RUNNING_H
#define RUNNING_H

#include "cli.h"
#include "remote/screen.h"

/* The monitor that runs, for commands that tell it something. Begin with { .args = a }. */
struct running {
    const struct args *args;
    bool strict;                     /* the file has to be without fault */
    struct settings *settings;
    struct remote_link *link;
    struct status_table *table;      /* filled by running_find() */
};

/* An exit code, after a complaint when it is not EXIT_WELL: EXIT_TROUBLE when no monitor answers. */
int running_open(struct running *r);
void running_close(struct running *r);

/* That no monitor answers for these settings, and what to do about it. */
int complain_of_none(const struct args *a, const struct settings *s, enum err err, const struct errmsg *why);

/* The row of the site of that name; EXIT_USAGE, with the name that was perhaps meant, when there is none. */
int running_find(struct running *r, const char *name, uint32_t *id, uint32_t *generation);
int running_send(struct running *r, const struct command *c);

#endif
