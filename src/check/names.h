#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* The seam for looking names up. libcurl does it for now, a thread to each look-up; a flood of them loses answers in the
 * socket's buffer and fails names that are fine, so that only so many may be under way in one loop. */
#define NAMES_AT_ONCE 32

struct names {
    size_t under_way;
};

/* True when asking this URL needs no look-up: its host is an address. */
bool names_is_address(const char *url);

/* False when as many look-ups are under way as may be: try again when one has ended. */
bool names_enter(struct names *n);
void names_leave(struct names *n);

#endif
