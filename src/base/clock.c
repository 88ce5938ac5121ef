/* The clocks, and the one date format machines read. No state; any thread. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_ns(clockid_t which)
{
    struct timespec t = { 0 };

    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t clock_mono_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

int64_t clock_boot_ns(void)
{
    return read_ns(CLOCK_BOOTTIME);
}

int64_t clock_wall_ms(void)
{
    return read_ns(CLOCK_REALTIME) / NS_PER_MS;
}

const char *clock_rfc3339(char text[CLOCK_RFC3339_SIZE], int64_t wall_ms)
{
    int64_t ms = wall_ms % MS_PER_S;
    time_t seconds = (time_t)(wall_ms / MS_PER_S);
    struct tm tm;

    if (ms < 0) {
        ms += MS_PER_S;
        seconds--;
    }
    text[0] = '\0';
    if (gmtime_r(&seconds, &tm) && tm.tm_year >= -1900 && tm.tm_year <= 8099)
        snprintf(text, CLOCK_RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)tm.tm_year + 1900u,
                 (unsigned)tm.tm_mon + 1u, (unsigned)tm.tm_mday, (unsigned)tm.tm_hour, (unsigned)tm.tm_min, (unsigned)tm.tm_sec,
                 (unsigned)ms);
    return text;
}
