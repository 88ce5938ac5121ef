#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Who is due when: a binary heap of small numbers by time, in which each number stands at most once and can be found, moved
 * and taken out. One thread. */
struct heap {
    struct heap_item {
        int64_t  due_ns;
        uint32_t id;
    } *item;
    size_t n, size;
    uint32_t *place;      /* by id: its index in item + 1; 0: not there */
    size_t nplace;
};

#define HEAP_INIT { 0 }

void heap_release(struct heap *h);
/* Puts id at due_ns, or moves it there. ERR_NOMEM leaves things as they were. */
enum err heap_set(struct heap *h, uint32_t id, int64_t due_ns);
void heap_remove(struct heap *h, uint32_t id);
/* When id is due; INT64_MAX when it is not in the heap. */
int64_t heap_due(const struct heap *h, uint32_t id);
/* The first; false when the heap is empty. */
bool heap_first(const struct heap *h, uint32_t *id, int64_t *due_ns);

#endif
