/* Time zones: what the machine's TZif files say (RFC 9636), and beyond their last line the rule in their foot. */
#include "base/zone.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIRECTORY "/usr/share/zoneinfo/"
#define FILE_MOST ((size_t)1 << 18)
#define HEADER 44
#define DAY_S INT64_C(86400)
#define FOOT_MOST 128

/* A day of each year, "M3.5.0/2", as the foot tells it. */
struct turn {
    char    kind;                    /* 'M', 'J' (1 - 365, no leap day), 'D' (0 - 365) */
    int     month, week, day;
    int64_t at_s;                    /* after midnight, may be negative or beyond the day */
};

struct zone {
    size_t   n;
    int64_t *from_s;                 /* n moments from which an offset holds, rising */
    int     *offset_s;               /* n of them */
    int      before_s;               /* the offset before the first */
    bool     has_foot, has_summer;
    int      foot_s, summer_s;
    struct turn begin, end;          /* of summer time */
};

/* --- the foot: a POSIX TZ text ---------------------------------------------------------------------------------------- */

static const char *skip_name(const char *at)
{
    if (*at == '<') {
        at = strchr(at, '>');
        return at ? at + 1 : NULL;
    }
    while ((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z'))
        at++;
    return at;
}

static const char *number(const char *at, int *value)
{
    if (!at || *at < '0' || *at > '9')
        return NULL;
    for (*value = 0; *at >= '0' && *at <= '9' && *value < 100000; at++)
        *value = *value * 10 + *at - '0';
    return at;
}

/* "-1", "5:30", "+02:00:00" as seconds. */
static const char *hours(const char *at, int64_t *seconds)
{
    int sign = *at == '-' ? -1 : 1, value, unit;

    if (*at == '-' || *at == '+')
        at++;
    *seconds = 0;
    for (unit = 3600; unit; unit /= 60) {
        at = number(at, &value);
        if (!at)
            return NULL;
        *seconds += (int64_t)sign * value * unit;
        if (*at != ':')
            break;
        at++;
    }
    return at;
}

static const char *read_turn(const char *at, struct turn *t)
{
    *t = (struct turn){ .kind = 'D', .at_s = 2 * 3600 };
    if (!at || *at++ != ',')
        return NULL;
    if (*at == 'M' || *at == 'J')
        t->kind = *at++;
    if (t->kind == 'M') {
        at = number(at, &t->month);
        at = at && *at == '.' ? number(at + 1, &t->week) : NULL;
        at = at && *at == '.' ? number(at + 1, &t->day) : NULL;
        if (!at || t->month < 1 || t->month > 12 || t->week < 1 || t->week > 5 || t->day > 6)
            return NULL;
    } else {
        at = number(at, &t->day);
        if (!at || t->day > 366)
            return NULL;
    }
    return *at == '/' ? hours(at + 1, &t->at_s) : at;
}

/* "CET-1CEST,M3.5.0,M10.5.0/3". False for what is no such text. */
static bool read_foot(struct zone *z, const char *at)
{
    int64_t west_s, summer_west_s;

    at = skip_name(at);
    at = at && *at ? hours(at, &west_s) : NULL;
    if (!at)
        return false;
    z->foot_s = (int)-west_s;
    z->has_foot = true;
    if (!*at)
        return true;
    at = skip_name(at);
    if (!at)
        return false;
    summer_west_s = west_s - 3600;
    if (*at && *at != ',')
        at = hours(at, &summer_west_s);
    z->summer_s = (int)-summer_west_s;
    at = at ? read_turn(at, &z->begin) : NULL;
    at = at ? read_turn(at, &z->end) : NULL;
    z->has_summer = at && !*at;
    return z->has_summer;
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The local second at which t turns in that year. */
static int64_t turn_s(const struct turn *t, int64_t year)
{
    struct civil first = { .year = year, .month = t->kind == 'M' ? t->month : 1, .day = 1 };
    int64_t start = civil_s(&first), day;

    if (t->kind == 'M') {
        struct civil next = { .year = year + (t->month == 12), .month = t->month % 12 + 1, .day = 1 };

        day = (t->day - civil_from_s(start).weekday + 7) % 7 + (t->week - 1) * 7;
        if (start + day * DAY_S >= civil_s(&next))
            day -= 7;
    } else {
        day = t->kind == 'J' ? t->day - 1 + (is_leap(year) && t->day >= 60) : t->day;
    }
    return start + day * DAY_S + t->at_s;
}

static int foot_offset_s(const struct zone *z, int64_t utc_s)
{
    int64_t year = civil_from_s(utc_s + z->foot_s).year, begin, end;
    bool summer;

    if (!z->has_summer)
        return z->foot_s;
    begin = turn_s(&z->begin, year) - z->foot_s;
    end = turn_s(&z->end, year) - z->summer_s;
    summer = begin < end ? utc_s >= begin && utc_s < end : utc_s < end || utc_s >= begin;
    return summer ? z->summer_s : z->foot_s;
}

/* --- the file --------------------------------------------------------------------------------------------------------- */

static int64_t big_endian(const unsigned char *at, int bytes)
{
    uint64_t value = at[0] & 0x80 ? UINT64_MAX : 0;
    int i;

    for (i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return (int64_t)value;
}

/* The counts of a block, and where its parts are. */
struct block {
    size_t nutc, nstd, nleap, ntime, ntype, nchar;
    size_t wide;                     /* bytes of a time: 4 or 8 */
};

static size_t block_bytes(const struct block *b)
{
    return b->ntime * (b->wide + 1) + b->ntype * 6 + b->nchar + b->nleap * (b->wide + 4) + b->nstd + b->nutc;
}

static bool read_header(struct block *b, const unsigned char *at, size_t left, size_t wide)
{
    size_t *counts[] = { &b->nutc, &b->nstd, &b->nleap, &b->ntime, &b->ntype, &b->nchar }, i;

    if (left < HEADER || memcmp(at, "TZif", 4) != 0)
        return false;
    b->wide = wide;
    for (i = 0; i < 6; i++) {
        *counts[i] = (size_t)big_endian(at + 20 + 4 * i, 4);
        if (*counts[i] > FILE_MOST)
            return false;
    }
    return b->ntype > 0 && block_bytes(b) <= left - HEADER;
}

static enum err read_block(struct zone *z, const struct block *b, const unsigned char *at)
{
    const unsigned char *index = at + b->ntime * b->wide, *type = index + b->ntime;
    size_t i;

    z->from_s = calloc(b->ntime + 1, sizeof(*z->from_s));
    z->offset_s = calloc(b->ntime + 1, sizeof(*z->offset_s));
    if (!z->from_s || !z->offset_s)
        return ERR_NOMEM;
    z->n = b->ntime;
    z->before_s = (int)big_endian(type, 4);
    for (i = 0; i < b->ntime; i++) {
        if (index[i] >= b->ntype)
            return ERR_INVALID;
        z->from_s[i] = big_endian(at + i * b->wide, (int)b->wide);
        z->offset_s[i] = (int)big_endian(type + 6 * index[i], 4);
        if (i && z->from_s[i] <= z->from_s[i - 1])
            return ERR_INVALID;
    }
    return ERR_OK;
}

static enum err read_tzif(struct zone *z, const unsigned char *bytes, size_t length)
{
    struct block b;
    const unsigned char *at = bytes, *end = bytes + length;
    char foot[FOOT_MOST];
    enum err err;
    size_t n;

    if (!read_header(&b, at, length, 4))
        return ERR_INVALID;
    if (bytes[4] >= '2') {           /* the same again in 64 bits */
        at += HEADER + block_bytes(&b);
        if (!read_header(&b, at, (size_t)(end - at), 8))
            return ERR_INVALID;
    }
    err = read_block(z, &b, at + HEADER);
    at += HEADER + block_bytes(&b);
    if (err || bytes[4] < '2' || at == end || *at++ != '\n')
        return err;
    for (n = 0; at + n < end && at[n] != '\n' && n < sizeof(foot) - 1; n++)
        foot[n] = (char)at[n];
    foot[n] = '\0';
    return !n || read_foot(z, foot) ? ERR_OK : ERR_INVALID;
}

static enum err read_file(const char *path, unsigned char *bytes, size_t *length)
{
    FILE *f = fopen(path, "rbe");
    bool failed;

    if (!f)
        return errno == ENOENT || errno == ENOTDIR ? ERR_NOTFOUND : ERR_IO;
    *length = fread(bytes, 1, FILE_MOST, f);
    failed = ferror(f);
    fclose(f);
    return failed ? ERR_IO : ERR_OK;
}

enum err zone_open(struct zone **out, const char *name, struct errmsg *why)
{
    struct zone *z = calloc(1, sizeof(*z));
    unsigned char *bytes = malloc(FILE_MOST);
    char path[256];
    size_t length;
    enum err err = ERR_NOMEM;

    if (!z || !bytes)
        goto end;
    if (!strcmp(name, "UTC")) {
        zone_free(z);
        z = NULL;
        err = ERR_OK;
    } else if (*name == '/' || strstr(name, "..") ||
               snprintf(path, sizeof(path), DIRECTORY "%s", name) >= (int)sizeof(path)) {
        err = ERR_NOTFOUND;
    } else {
        err = read_file(path, bytes, &length);
        if (!err)
            err = read_tzif(z, bytes, length);
    }
end:
    free(bytes);
    if (err) {
        zone_free(z);
        return err_set(why, err, "cannot read time zone '%s': %s", name, err_name(err));
    }
    *out = z;
    return ERR_OK;
}

void zone_free(struct zone *z)
{
    if (!z)
        return;
    free(z->from_s);
    free(z->offset_s);
    free(z);
}

/* --- asking ------------------------------------------------------------------------------------------------------------ */

int zone_offset_s(const struct zone *z, int64_t utc_s)
{
    size_t low = 0, high;

    if (!z)
        return 0;
    if (z->has_foot && (!z->n || utc_s >= z->from_s[z->n - 1]))
        return foot_offset_s(z, utc_s);
    for (high = z->n; low < high;) {
        size_t middle = low + (high - low) / 2;

        if (z->from_s[middle] <= utc_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? z->offset_s[low - 1] : z->before_s;
}

int64_t zone_utc_s(const struct zone *z, int64_t local_s)
{
    int before = zone_offset_s(z, local_s - DAY_S), after = zone_offset_s(z, local_s + DAY_S);

    if (zone_offset_s(z, local_s - before) != before && zone_offset_s(z, local_s - after) == after)
        return local_s - after;
    return local_s - before;
}
