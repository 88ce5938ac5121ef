#ifndef MONITOR_LIMITS_H
#define MONITOR_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* What the system allows this process, and what it uses of that. */

/* Raises the soft limit of descriptors to the hard one, and returns how many of `wanted` checks at a time it allows, at least 1,
 * with min(64, a quarter) kept in reserve. workers: 0 stands for one a core. getrlimit(2). */
size_t limits_slots(size_t wanted, int workers);

/* Open descriptors, how many there may be, and resident memory; 0: the system does not tell. proc(5). */
void limits_usage(uint32_t *descriptors, uint32_t *most, uint64_t *memory_bytes);

#endif
