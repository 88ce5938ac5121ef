/* Moments of the past as people write and read them. Pure. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/duration.h"
#include "replay.h"

/* --- written ------------------------------------------------------------------------------------------------------- */

/* Reads all of text; what the format leaves out stays as it is in tm. */
static bool reads(const char *text, const char *format, struct tm *tm)
{
    struct tm read = *tm;
    const char *end = strptime(text, format, &read);

    if (!end || *end)
        return false;
    *tm = read;
    return true;
}

static bool read_clock(const char *text, struct tm *tm)
{
    tm->tm_sec = 0;
    return reads(text, "%H:%M:%S", tm) || reads(text, "%H:%M", tm);
}

static bool read_date(const char *text, struct tm *tm)
{
    tm->tm_hour = tm->tm_min = tm->tm_sec = 0;
    return reads(text, "%Y-%m-%d %H:%M:%S", tm) || reads(text, "%Y-%m-%d %H:%M", tm) || reads(text, "%Y-%m-%d", tm);
}

/* What was given is that of another day when the clock was changed between: mktime() is to find out. */
static int64_t moment_of(struct tm *tm, int days)
{
    tm->tm_mday += days;
    tm->tm_isdst = -1;
    return (int64_t)mktime(tm) * MS_PER_S;
}

enum err replay_parse(const char *text, int64_t now_ms, int64_t *at_ms, struct errmsg *why)
{
    static const char yesterday[] = "yesterday ";
    time_t now = (time_t)(now_ms / MS_PER_S);
    size_t length = strlen(text);
    struct errmsg unused;
    int64_t ago;
    struct tm tm;

    if (!localtime_r(&now, &tm))
        return err_set(why, ERR_INVALID, "this clock can not be read");
    if (length && isalpha((unsigned char)text[length - 1]) && duration_parse(text, &ago, &unused) == ERR_OK)
        *at_ms = now_ms - ago;
    else if (read_clock(text, &tm))
        *at_ms = moment_of(&tm, 0) > now_ms ? moment_of(&tm, -1) : moment_of(&tm, 0);
    else if (!strncmp(text, yesterday, sizeof(yesterday) - 1) && read_clock(text + sizeof(yesterday) - 1, &tm))
        *at_ms = moment_of(&tm, -1);
    else if (read_date(text, &tm))
        *at_ms = moment_of(&tm, 0);
    else
        return err_set(why, ERR_INVALID, "'%.40s' is no time: 03:12, 2h, yesterday 14:00 or 2026-11-20 14:00", text);
    return *at_ms <= now_ms ? ERR_OK : err_set(why, ERR_INVALID, "%.40s is yet to come", text);
}

/* --- read ---------------------------------------------------------------------------------------------------------- */

enum form { FORM_CLOCK, FORM_WEEKDAY, FORM_DATE, FORM_WEEKDAY_ZONE, FORM_DATE_ZONE };

static size_t put_when(char *text, size_t size, const struct tm *tm, enum form form)
{
    switch (form) {
    case FORM_CLOCK: return strftime(text, size, "%H:%M", tm);
    case FORM_DATE: return strftime(text, size, "%d %b %H:%M", tm);
    case FORM_WEEKDAY: return strftime(text, size, "%a %H:%M:%S", tm);
    case FORM_WEEKDAY_ZONE: return strftime(text, size, "%a %H:%M:%S %Z", tm);
    default: return strftime(text, size, "%a %d %b %H:%M:%S %Z", tm);
    }
}

static void when_text(char *text, size_t size, int64_t at_ms, enum form form)
{
    time_t at = (time_t)(at_ms / MS_PER_S);
    struct tm tm;

    if (!localtime_r(&at, &tm) || !put_when(text, size, &tm, form))
        text[0] = '\0';
}

/* "9h 29m": the two largest units. */
static void ago_text(char *text, size_t size, int64_t ms)
{
    int64_t s = ms > 0 ? ms / MS_PER_S : 0;

    if (s >= 86400)
        snprintf(text, size, "%dd %dh", (int)(s / 86400), (int)(s % 86400 / 3600));
    else if (s >= 3600)
        snprintf(text, size, "%dh %dm", (int)(s / 3600), (int)(s % 3600 / 60));
    else if (s >= 60)
        snprintf(text, size, "%dm %ds", (int)(s / 60), (int)(s % 60));
    else
        snprintf(text, size, "%ds", (int)s);
}

static const char *gap_text(char text[96], const struct replay_banner *b)
{
    char from[32], until[32] = "";

    when_text(from, sizeof(from), b->unseen_from_ms, b->at_ms - b->unseen_from_ms < MS_PER_DAY / 2 ? FORM_CLOCK : FORM_DATE);
    if (b->unseen_until_ms != INT64_MAX)
        when_text(until, sizeof(until), b->unseen_until_ms, b->unseen_until_ms - b->at_ms < MS_PER_DAY / 2 ? FORM_CLOCK : FORM_DATE);
    snprintf(text, 96, "  nobody watched %s %s%s", *until ? "from" : "since", from, *until ? " to " : "");
    snprintf(text + strlen(text), 96 - strlen(text), "%s", until);
    return text;
}

const char *replay_banner_text(char text[REPLAY_TEXT_SIZE], const struct replay_banner *b, int width)
{
    bool wide = width >= 60, recent = b->now_ms - b->at_ms < 6 * MS_PER_DAY;
    char when[48], ago[32], gap[96] = "";
    const char *rest = width >= 76 ? "   [ ] change  { } hour" : "";

    when_text(when, sizeof(when), b->at_ms, wide ? recent ? FORM_WEEKDAY_ZONE : FORM_DATE_ZONE : recent ? FORM_WEEKDAY : FORM_DATE);
    ago_text(ago, sizeof(ago), b->now_ms - b->at_ms);
    if (b->waiting)
        rest = "   reading ...";
    else if (b->unobserved)
        rest = gap_text(gap, b);
    snprintf(text, REPLAY_TEXT_SIZE, "REPLAY %s (-%s)%s[0] now%s", when, ago, wide ? "  " : " ", rest);
    return text;
}
