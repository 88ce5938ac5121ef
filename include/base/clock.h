#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Time is a signed 64-bit count with its unit in its name. Due times and durations are monotonic nanoseconds;
 * wall-clock milliseconds since 1970 (UTC) are only shown and stored. Code that decides by time takes `now` as an
 * argument, so that tests can turn the clock by hand. */

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)
#define MS_PER_S INT64_C(1000)
#define MS_PER_MIN INT64_C(60000)
#define MS_PER_H INT64_C(3600000)
#define MS_PER_DAY INT64_C(86400000)

int64_t clock_mono_ns(void);
/* As clock_mono_ns(), but goes on while the machine sleeps: the two drift apart by the time asleep. */
int64_t clock_boot_ns(void);
int64_t clock_wall_ms(void);

/* "2026-11-23T12:41:09.120Z" (RFC 3339, section 5.6), 24 characters. Years outside 0-9999 give an empty string. */
#define CLOCK_RFC3339_SIZE 25
const char *clock_rfc3339(char text[CLOCK_RFC3339_SIZE], int64_t wall_ms);

#endif
