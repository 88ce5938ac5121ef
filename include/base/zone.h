#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdint.h>

#include "base/err.h"

/* Time zones of the IANA database, read from the machine's own files (TZif, RFC 9636) without touching TZ, which belongs to the
 * whole process. A zone never changes once opened: any thread may ask it. NULL stands for UTC. */
struct zone;

/* "Europe/Paris". ERR_NOTFOUND when this machine does not know it, ERR_INVALID for a file that is no TZif. *out is NULL for
 * "UTC". Blocks on the file. */
enum err zone_open(struct zone **out, const char *name, struct errmsg *why);
/* NULL is fine. */
void zone_free(struct zone *z);

/* Seconds east of UTC at that moment (seconds since 1970). */
int zone_offset_s(const struct zone *z, int64_t utc_s);

/* The moment at which clocks there show local_s (civil_s()). What they show twice is the first time; what they skip counts on from
 * before the gap: 02:30 is 03:30 then. */
int64_t zone_utc_s(const struct zone *z, int64_t local_s);

/* A date and a time of day of the Gregorian calendar. */
struct civil {
    int64_t year;
    int month, day;                 /* from 1 */
    int hour, minute, second;
    int weekday;                    /* 0: Sunday; filled by civil_from_s(), never read */
};

/* As seconds since 1970 of a place at UTC; month 1 - 12, the other members may lie outside of their range. */
int64_t civil_s(const struct civil *c);
struct civil civil_from_s(int64_t s);

#endif
