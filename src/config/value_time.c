/* Values that are times of a place. */
#include <stdlib.h>

#include "civil.h"
#include "value_type.h"

static enum err take_quiet(const struct taking *t)
{
    struct errmsg inner = ERRMSG_INIT;
    struct quiet q = { 0 };
    enum err err = *t->given->text ? quiet_parse(&q, t->given->text, &inner) : ERR_OK;

    if (err)
        return taking_fail(t, err, &inner);
    free(((struct quiet *)t->member)->zone);
    *(struct quiet *)t->member = q;
    return ERR_OK;
}

static void format_quiet(const struct setting *row, const void *member, struct strbuf *out)
{
    (void)row;
    quiet_format(member, out);
}

static enum err take_moment(const struct taking *t)
{
    struct errmsg inner = ERRMSG_INIT;
    struct moment m;
    enum err err = moment_parse(&m, t->given->text, &inner);

    if (err)
        return taking_fail(t, err, &inner);
    free(((struct moment *)t->member)->zone);
    *(struct moment *)t->member = m;
    return ERR_OK;
}

static void format_moment(const struct setting *row, const void *member, struct strbuf *out)
{
    (void)row;
    moment_format(member, out);
}

const struct value_type value_quiet = {
    .noun = "a text such as \"22:00-07:00 Europe/Paris\"", .accepts = GIVEN_BIT(GIVEN_TEXT), .take = take_quiet,
    .format = format_quiet, .plain = offsetof(struct quiet, zone), .texts_at = offsetof(struct quiet, zone), .ntext = 1,
};
const struct value_type value_moment = {
    .noun = "a text such as \"2026-12-01 02:00 Europe/Paris\"", .accepts = GIVEN_BIT(GIVEN_TEXT), .take = take_moment,
    .format = format_moment, .plain = offsetof(struct moment, zone), .texts_at = offsetof(struct moment, zone),
    .ntext = 1,
};
