#ifndef CONFIG_INTERN_H
#define CONFIG_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "model/site.h"

/* Options that are equal become one: a hundred thousand sites share a few. Begin with INTERN_INIT. */
struct intern {
    struct intern_entry {
        const struct options *options;   /* a reference of our own; NULL: free */
        uint64_t hash;
    } *entry;
    size_t n, capacity;                  /* capacity: 0 or a power of two */
};

#define INTERN_INIT { NULL, 0, 0 }

void intern_release(struct intern *in);

/* Takes what *o holds (o is released, also on failure). A new reference; NULL when memory ran out. */
const struct options *intern_share(struct intern *in, struct options *o);

#endif
