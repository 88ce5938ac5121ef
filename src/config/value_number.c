/* Values that are numbers in the end: counts, sizes, durations, statuses, true and false. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "value_type.h"

/* --- numbers ---------------------------------------------------------------------------------------------------- */

static enum err in_range(const struct taking *t, int64_t number)
{
    if (number >= t->row->least && number <= t->row->most)
        return ERR_OK;
    return err_set(t->why, ERR_INVALID, "'%s' must be %lld to %lld, not %lld", t->row->name, (long long)t->row->least,
                   (long long)t->row->most, (long long)number);
}

static enum err take_integer(const struct taking *t)
{
    enum err err = in_range(t, t->given->number);

    if (!err)
        *(int *)t->member = (int)t->given->number;
    return err;
}

static void format_integer(const struct setting *row, const void *member, struct strbuf *out)
{
    (void)row;
    strbuf_addf(out, "%d", *(const int *)member);
}

static enum err take_size(const struct taking *t)
{
    enum err err = in_range(t, t->given->number);

    if (!err)
        *(int64_t *)t->member = t->given->number;
    return err;
}

static void format_size(const struct setting *row, const void *member, struct strbuf *out)
{
    (void)row;
    strbuf_addf(out, "%lld", (long long)*(const int64_t *)member);
}

static enum err take_boolean(const struct taking *t)
{
    *(bool *)t->member = t->given->number != 0;
    return ERR_OK;
}

static void format_boolean(const struct setting *row, const void *member, struct strbuf *out)
{
    (void)row;
    strbuf_adds(out, *(const bool *)member ? "true" : "false");
}

/* --- durations -------------------------------------------------------------------------------------------------- */

/* Zero that means "off" lies below the range. */
static bool can_be_off(const struct setting *row)
{
    return row->words && !strcmp(row->words, "off");
}

static enum err read_duration(const struct taking *t, int64_t *ms)
{
    struct errmsg inner = ERRMSG_INIT;

    if (t->given->kind == GIVEN_HEX)
        return err_set(t->why, ERR_INVALID, "'%s' is no duration: not in hexadecimal", t->row->name);
    if (t->given->kind == GIVEN_NUMBER) {
        if (__builtin_mul_overflow(t->given->number, MS_PER_S, ms))
            *ms = t->given->number < 0 ? INT64_MIN : INT64_MAX;
        return ERR_OK;
    }
    *ms = 0;
    if (!*t->given->text && (can_be_off(t->row) || !t->row->least))
        return ERR_OK;
    return duration_parse(t->given->text, ms, &inner) ? taking_fail(t, ERR_INVALID, &inner) : ERR_OK;
}

static enum err take_duration(const struct taking *t)
{
    char least[DURATION_TEXT_SIZE], most[DURATION_TEXT_SIZE], was[DURATION_TEXT_SIZE];
    int64_t ms;
    enum err err = read_duration(t, &ms);

    if (err)
        return err;
    if ((ms < t->row->least || ms > t->row->most) && !(can_be_off(t->row) && ms == 0))
        return err_set(t->why, ERR_INVALID, "'%s' must be %s to %s%s, not %s%s", t->row->name,
                       duration_format(least, t->row->least), duration_format(most, t->row->most),
                       can_be_off(t->row) ? " (or 0: off)" : "", ms < 0 ? "-" : "",
                       duration_format(was, ms < 0 ? -(ms + 1) + 1 : ms));
    *(int64_t *)t->member = ms;
    return ERR_OK;
}

static void format_duration(const struct setting *row, const void *member, struct strbuf *out)
{
    char text[DURATION_TEXT_SIZE];
    int64_t ms = *(const int64_t *)member;

    if (ms || !can_be_off(row))
        strbuf_adds(out, duration_format(text, ms));
}

/* --- statuses --------------------------------------------------------------------------------------------------- */

static enum err take_statuses(const struct taking *t)
{
    struct errmsg inner = ERRMSG_INIT;
    struct status_set set = { 0 };
    char digits[24];
    const char *text = t->given->text;

    if (t->given->kind == GIVEN_NUMBER) {
        snprintf(digits, sizeof(digits), "%lld", (long long)t->given->number);
        text = digits;
    }
    if (*text && status_set_parse(&set, text, &inner))
        return taking_fail(t, ERR_INVALID, &inner);
    memcpy(t->member, &set, sizeof(set));
    return ERR_OK;
}

static void format_statuses(const struct setting *row, const void *member, struct strbuf *out)
{
    char text[STATUS_SET_TEXT_SIZE];

    (void)row;
    strbuf_adds(out, status_set_format(text, member));
}

#define NUMBERS (GIVEN_BIT(GIVEN_NUMBER) | GIVEN_BIT(GIVEN_HEX))

const struct value_type value_integer = {
    .noun = "a number", .accepts = NUMBERS, .take = take_integer, .format = format_integer, .plain = sizeof(int),
};
const struct value_type value_size = {
    .noun = "a number", .accepts = NUMBERS, .take = take_size, .format = format_size, .plain = sizeof(int64_t),
};
const struct value_type value_boolean = {
    .noun = "true or false", .accepts = GIVEN_BIT(GIVEN_BOOLEAN), .take = take_boolean, .format = format_boolean,
    .plain = sizeof(bool),
};
const struct value_type value_duration = {
    .noun = "a duration such as \"30s\"", .accepts = NUMBERS | GIVEN_BIT(GIVEN_TEXT), .take = take_duration,
    .format = format_duration, .plain = sizeof(int64_t),
};
const struct value_type value_statuses = {
    .noun = "a text such as \"200-299,401\"", .accepts = GIVEN_BIT(GIVEN_TEXT) | GIVEN_BIT(GIVEN_NUMBER),
    .take = take_statuses, .format = format_statuses, .plain = sizeof(struct status_set),
};
