/* Days of the place this process is in. */
#include "base/day.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define STEP_S (15 * 60)                   /* clocks are put forward by multiples of it */
#define STEPS (4 * 3)

static bool local(struct tm *tm, time_t s)
{
    return localtime_r(&s, tm) != NULL;
}

static time_t seconds_of(int64_t at_ms)
{
    return (time_t)(at_ms / MS_PER_S - (at_ms % MS_PER_S < 0));
}

int64_t day_begin_ms(int64_t at_ms)
{
    struct tm tm, there;
    time_t begin;
    int day, i;

    if (!local(&tm, seconds_of(at_ms)))
        return at_ms;
    day = tm.tm_mday;
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    begin = mktime(&tm);
    for (i = 0; i < STEPS && local(&there, begin) && there.tm_mday != day; i++)
        begin += STEP_S;                   /* there is no midnight: the day begins after it */
    for (i = 0; i < STEPS && local(&there, begin - STEP_S) && there.tm_mday == day; i++)
        begin -= STEP_S;                   /* what mktime() gave for it lies after the first moment */
    return (int64_t)begin * MS_PER_S;
}

int64_t day_next_ms(int64_t at_ms)
{
    return day_begin_ms(day_begin_ms(at_ms) + 36 * MS_PER_H);
}

const char *day_date(char text[DAY_TEXT_SIZE], int64_t at_ms)
{
    struct tm tm = { 0 };

    local(&tm, seconds_of(at_ms));
    snprintf(text, DAY_TEXT_SIZE, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    return text;
}

const char *day_minute(char text[DAY_TEXT_SIZE], int64_t at_ms)
{
    struct tm tm = { 0 };
    size_t n;

    local(&tm, seconds_of(at_ms));
    n = strlen(day_date(text, at_ms));
    snprintf(text + n, DAY_TEXT_SIZE - n, " %02d:%02d", tm.tm_hour, tm.tm_min);
    return text;
}

const char *day_zone(char text[DAY_TEXT_SIZE], int64_t at_ms)
{
    struct tm tm = { 0 };

    local(&tm, seconds_of(at_ms));
    if (!strftime(text, DAY_TEXT_SIZE, "%Z", &tm)) /* the C library knows when its names may be read; tm_zone is only a pointer */
        text[0] = '\0';
    return text;
}
