#ifndef BASE_GROW_H
#define BASE_GROW_H

#include <stddef.h>

/* The next size of an array that is full: an eighth more, and `least` at least. Each item is moved a few times at most, and little
 * stands empty: of a hundred thousand sites every byte counts a hundred thousand times. */
static inline size_t grow_size(size_t size, size_t least)
{
    size_t next = size + size / 8 + 16;

    return next < least ? least : next;
}

#endif
