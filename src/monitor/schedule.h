#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

/* When checks are due: pure arithmetic on monotonic nanoseconds. */

/* Starts share ticks: fewer wake-ups halve the cost of a check at a thousand a second. */
#define SCHEDULE_TICK_NS (10 * INT64_C(1000000))

/* The next point after now_ns on the site's own grid: multiples of the interval, shifted by a phase that depends on nothing but
 * the name, so that a list never fires at once and a restart changes nothing. */
int64_t schedule_next(const char *name, int64_t interval_ns, int64_t now_ns);

/* When the i-th of n sites that were never checked is: spread over min(interval, max(2 s, n / 200 s)). */
int64_t schedule_first(size_t i, size_t n, int64_t interval_ns, int64_t now_ns);

/* When a failing site is asked again: retry_interval, but never longer than the interval. */
int64_t schedule_retry(int64_t retry_interval_ns, int64_t interval_ns, int64_t now_ns);

#endif
