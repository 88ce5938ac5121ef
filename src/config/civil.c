/* Times as people write them, of a place. */
#include "civil.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "report.h"

#define ZONE_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/"
#define ZONE_SIZE 64

static enum err parse_zone(char **zone, const char *text, struct errmsg *why)
{
    static const char where[] = "/usr/share/zoneinfo";
    const char *end = text + strspn(text, ZONE_LETTERS);
    struct shown s;
    struct stat st;
    char *path;
    bool known;

    if (!*text || *text == '/' || *end || end - text >= ZONE_SIZE)
        return err_set(why, ERR_INVALID, "'%s' is no time zone: write it like Europe/Paris", shown(&s, text));
    path = path_join(where, text);
    if (!path)
        return err_set(why, ERR_NOMEM, "out of memory");
    known = stat(where, &st) || (!stat(path, &st) && S_ISREG(st.st_mode));
    free(path);
    if (!known)
        return err_set(why, ERR_INVALID, "this machine knows no time zone '%s'", shown(&s, text));
    *zone = strdup(text);
    return *zone ? ERR_OK : err_set(why, ERR_NOMEM, "out of memory");
}

/* Exactly n digits; NULL for anything else. */
static const char *digits(const char *at, int n, int *value)
{
    *value = 0;
    while (at && n--) {
        if (*at < '0' || *at > '9')
            return NULL;
        *value = *value * 10 + *at++ - '0';
    }
    return at;
}

static const char *literal(const char *at, char c)
{
    return at && *at == c ? at + 1 : NULL;
}

/* "07:00" as minutes of the day. */
static const char *clock_time(const char *at, int *minutes)
{
    int hour, minute;

    at = digits(at, 2, &hour);
    at = digits(literal(at, ':'), 2, &minute);
    if (!at || hour > 23 || minute > 59)
        return NULL;
    *minutes = hour * 60 + minute;
    return at;
}

enum err quiet_parse(struct quiet *q, const char *text, struct errmsg *why)
{
    struct quiet read = { 0 };
    const char *at = clock_time(text, &read.from_min);
    struct shown s;
    enum err err;

    at = literal(at, '-');
    at = at ? clock_time(at, &read.until_min) : NULL;
    at = literal(at, ' ');
    if (!at)
        return err_set(why, ERR_INVALID, "'%s' are no hours: write them like 22:00-07:00 Europe/Paris",
                       shown(&s, text));
    if (read.from_min == read.until_min)
        return err_set(why, ERR_INVALID, "'%s' ends when it begins", shown(&s, text));
    err = parse_zone(&read.zone, at + strspn(at, " "), why);
    if (err)
        return err;
    *q = read;
    return ERR_OK;
}

void quiet_format(const struct quiet *q, struct strbuf *out)
{
    if (q->zone)
        strbuf_addf(out, "%02d:%02d-%02d:%02d %s", q->from_min / 60, q->from_min % 60, q->until_min / 60,
                    q->until_min % 60, q->zone);
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

static bool is_date(const struct moment *m)
{
    return m->year >= 1970 && m->month >= 1 && m->month <= 12 && m->day >= 1 && m->day <= days_in(m->year, m->month);
}

enum err moment_parse(struct moment *m, const char *text, struct errmsg *why)
{
    struct moment read = { 0 };
    const char *at = digits(text, 4, &read.year);
    int minutes = 0;
    struct shown s;
    enum err err;

    at = digits(literal(at, '-'), 2, &read.month);
    at = literal(digits(literal(at, '-'), 2, &read.day), ' ');
    at = at ? literal(clock_time(at, &minutes), ' ') : NULL;
    if (!at)
        return err_set(why, ERR_INVALID, "'%s' is no time: write it like 2026-12-01 02:00 Europe/Paris",
                       shown(&s, text));
    if (!is_date(&read))
        return err_set(why, ERR_INVALID, "'%s' is no time: there is no such day", shown(&s, text));
    err = parse_zone(&read.zone, at + strspn(at, " "), why);
    if (err)
        return err;
    read.hour = minutes / 60;
    read.minute = minutes % 60;
    *m = read;
    return ERR_OK;
}

void moment_format(const struct moment *m, struct strbuf *out)
{
    if (m->zone)
        strbuf_addf(out, "%04d-%02d-%02d %02d:%02d %s", m->year, m->month, m->day, m->hour, m->minute, m->zone);
}
