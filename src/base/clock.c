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
    time_t seconds;
    struct tm tm;
    size_t used;

    if (ms < 0)
        ms += MS_PER_S;
    seconds = (time_t)((wall_ms - ms) / MS_PER_S);
    text[0] = '\0';
    if (!gmtime_r(&seconds, &tm) || tm.tm_year < -1900 || tm.tm_year > 8099)
        return text;
    used = strftime(text, CLOCK_RFC3339_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
    if (used)
        snprintf(text + used, CLOCK_RFC3339_SIZE - used, ".%03dZ", (int)ms);
    return text;
}
