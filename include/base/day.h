#ifndef BASE_DAY_H
#define BASE_DAY_H

#include <stdint.h>

/* Days of the place this process is in (TZ, /etc/localtime): 23, 24 or 25 hours long where clocks are put forward and
 * back. Wall-clock milliseconds since 1970; years 1901 to 2037 are exact. Any thread. */

/* When the day of at_ms began: its first moment, which is not 00:00 everywhere. */
int64_t day_begin_ms(int64_t at_ms);
/* When the day after the one of at_ms begins. */
int64_t day_next_ms(int64_t at_ms);

/* "2026-11-23", and "2026-11-23 13:41" there. */
#define DAY_TEXT_SIZE 64
const char *day_date(char text[DAY_TEXT_SIZE], int64_t at_ms);
const char *day_minute(char text[DAY_TEXT_SIZE], int64_t at_ms);
/* "CET" or "+03", as is said there at that moment. */
const char *day_zone(char text[DAY_TEXT_SIZE], int64_t at_ms);

#endif
