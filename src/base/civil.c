/* Dates as days, after Howard Hinnant's "chrono-compatible low-level date algorithms". Pure; any thread. */
#include "base/zone.h"

#define DAY_S INT64_C(86400)
#define ERA_DAYS INT64_C(146097)     /* 400 years */
#define TO_1970 INT64_C(719468)      /* days from 0000-03-01 */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t civil_s(const struct civil *c)
{
    int64_t year = c->year - (c->month <= 2), era = floor_div(year, 400), in_era = year - era * 400;
    int64_t day = (153 * (c->month + (c->month > 2 ? -3 : 9)) + 2) / 5 + c->day - 1;
    int64_t days = era * ERA_DAYS + in_era * 365 + in_era / 4 - in_era / 100 + day - TO_1970;

    return days * DAY_S + c->hour * 3600 + c->minute * 60 + c->second;
}

struct civil civil_from_s(int64_t s)
{
    int64_t days = floor_div(s, DAY_S), rest = s - days * DAY_S, z = days + TO_1970, era = floor_div(z, ERA_DAYS);
    int64_t in_era = z - era * ERA_DAYS;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t day = in_era - (365 * year + year / 4 - year / 100), month = (5 * day + 2) / 153;
    struct civil c = {
        .year = year + era * 400 + (month >= 10),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .day = (int)(day - (153 * month + 2) / 5 + 1),
        .hour = (int)(rest / 3600),
        .minute = (int)(rest / 60 % 60),
        .second = (int)(rest % 60),
        .weekday = (int)(((days + 4) % 7 + 7) % 7),
    };

    return c;
}
