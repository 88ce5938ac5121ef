#ifndef CONFIG_TEXTMAP_H
#define CONFIG_TEXTMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* A map from texts to numbers. Texts are borrowed: they must outlive it. Begin with TEXTMAP_INIT. */
struct textmap {
    struct textmap_entry {
        const char *text;            /* NULL: free */
        size_t value;
    } *entry;
    size_t n, capacity;              /* capacity: 0 or a power of two */
};

#define TEXTMAP_INIT { NULL, 0, 0 }

void textmap_release(struct textmap *m);

/* NULL when it has no such text; else its value, to be read or written until the next textmap_add(). */
size_t *textmap_find(const struct textmap *m, const char *text);

/* The text must not be in it yet. */
enum err textmap_add(struct textmap *m, const char *text, size_t value);

#endif
