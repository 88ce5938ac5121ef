/* Durations as people write and read them. No state; any thread. */
#include "base/duration.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

static const struct unit {
    const char *name;
    int64_t     ms;
} units[] = {
    { "d", MS_PER_DAY }, { "h", MS_PER_H }, { "m", MS_PER_MIN }, { "s", MS_PER_S }, { "ms", 1 },
};
#define NUNIT (sizeof(units) / sizeof(units[0]))

static enum err refuse(const char *text, struct errmsg *why, const char *cause)
{
    char shown[64];

    text_clean(shown, sizeof(shown), text, strlen(text));
    return err_set(why, ERR_INVALID, "'%s' is no duration: %s", shown, cause);
}

/* The unit that begins here, at or after `from`; NUNIT if none. */
static size_t find_unit(const char *at, size_t from)
{
    size_t length = strspn(at, "dhms"), i;

    for (i = from; i < NUNIT; i++)
        if (strlen(units[i].name) == length && !strncmp(units[i].name, at, length))
            return i;
    return NUNIT;
}

enum err duration_parse(const char *text, int64_t *out_ms, struct errmsg *why)
{
    const char *at = text;
    int64_t total = 0;
    size_t next = 0;

    if (!*text)
        return refuse(text, why, "it is empty");
    while (*at) {
        int64_t number = 0, part;
        size_t unit;

        if (!isdigit((unsigned char)*at))
            return refuse(text, why, "write it like 500ms, 30s, 5m, 1h30m or 14d");
        for (; isdigit((unsigned char)*at); at++)
            if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, *at - '0', &number))
                return refuse(text, why, "the number is too large");
        unit = !*at && at - text == (int)strspn(text, "0123456789") ? 3 : find_unit(at, next);
        if (unit == NUNIT)
            return refuse(text, why, "write it like 500ms, 30s, 5m, 1h30m or 14d");
        if (*at)
            at += strlen(units[unit].name);
        next = unit + 1;
        if (__builtin_mul_overflow(number, units[unit].ms, &part) || __builtin_add_overflow(total, part, &total))
            return refuse(text, why, "the number is too large");
    }
    *out_ms = total;
    return ERR_OK;
}

const char *duration_format(char text[DURATION_TEXT_SIZE], int64_t ms)
{
    size_t used = 0, i; /* at most 26: "106751991167d7h12m55s807ms" */

    if (ms <= 0)
        return memcpy(text, "0s", 3);
    for (i = 0; i < NUNIT; i++) {
        int64_t number = ms / units[i].ms;

        if (number)
            used += (size_t)snprintf(text + used, DURATION_TEXT_SIZE - used, "%lld%s", (long long)number, units[i].name);
        ms %= units[i].ms;
    }
    return text;
}

const char *duration_glance(char text[DURATION_TEXT_SIZE], int64_t ms)
{
    size_t i = 0;

    if (ms < 0)
        ms = 0;
    while (i < 3 && ms < units[i].ms)
        i++;
    snprintf(text, DURATION_TEXT_SIZE, "%lld%s", (long long)(ms / units[i].ms), units[i].name);
    return text;
}

const char *duration_measured(char text[DURATION_TEXT_SIZE], int64_t ns)
{
    double ms = (double)ns / NS_PER_MS;

    if (ms < 9.95)
        snprintf(text, DURATION_TEXT_SIZE, "%.1f ms", ms);
    else if (ms < 999.5)
        snprintf(text, DURATION_TEXT_SIZE, "%.0f ms", ms);
    else if (ms < 9950)
        snprintf(text, DURATION_TEXT_SIZE, "%.1f s", ms / 1000);
    else
        snprintf(text, DURATION_TEXT_SIZE, "%.0f s", ms / 1000);
    return text;
}
