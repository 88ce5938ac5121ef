#ifndef MONITOR_LIMITS_H
#define MONITOR_LIMITS_H

#include <stddef.h>

/* How many checks the descriptors of this process allow. */

/* Raises the soft limit of descriptors to the hard one, and returns how many of `wanted` checks at a time it allows, at least 1,
 * with min(64, a quarter) kept in reserve. workers: 0 stands for one a core. getrlimit(2). */
size_t limits_slots(size_t wanted, int workers);

#endif
