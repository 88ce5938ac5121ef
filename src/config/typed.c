/* The text a person typed for a setting, as a value of the setting's type. */
#include "typed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "items.h"
#include "refine.h"
#include "report.h"
#include "secret.h"
#include "url.h"

/* Text to be looked for in a body may begin or end with a blank; nothing else does. */
static bool keeps_blanks(const struct setting *row)
{
    return row->type == SETTING_TEXT && !row->refine;
}

static char *trim(const char *text)
{
    size_t length;

    text += strspn(text, " \t");
    for (length = strlen(text); length && strchr(" \t", text[length - 1]); length--)
        ;
    return strndup(text, length);
}

static enum err read_number(struct typed *t, const struct setting *row, struct errmsg *why)
{
    struct shown s;
    char *end;

    errno = 0;
    t->given.kind = GIVEN_NUMBER;
    t->given.number = strtoll(t->text, &end, 10);
    if (end == t->text || *end || errno)
        return err_set(why, ERR_INVALID, "'%s' must be a number, not '%s'", row->name, shown(&s, t->text));
    return ERR_OK;
}

static enum err read_boolean(struct typed *t, const struct setting *row, struct errmsg *why)
{
    static const char *const words[] = { "false", "true", "no", "yes", "off", "on" };
    struct shown s;
    size_t i;

    t->given.kind = GIVEN_BOOLEAN;
    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (!strcasecmp(words[i], t->text)) {
            t->given.number = (int64_t)(i % 2);
            return ERR_OK;
        }
    return err_set(why, ERR_INVALID, "'%s' must be true or false, not '%s'", row->name, shown(&s, t->text));
}

static enum err read_list(struct typed *t, const struct setting *row, struct errmsg *why)
{
    enum err err = items_split(&t->list, t->text);

    t->given.kind = GIVEN_TEXTS;
    t->given.texts = &t->list;
    if (err == ERR_INVALID)
        return err_set(why, err, "'%s': a quote is not closed, or no comma stands behind it", row->name);
    return err ? err_set(why, err, "out of memory") : ERR_OK;
}

static enum err read_as(struct typed *t, const struct setting *row, struct errmsg *why)
{
    t->given = (struct given){ .kind = GIVEN_TEXT, .text = t->text };
    switch (row->type) {
    case SETTING_INTEGER:
    case SETTING_SIZE:
        return read_number(t, row, why);
    case SETTING_BOOLEAN:
        return read_boolean(t, row, why);
    case SETTING_STRINGS:
    case SETTING_TEXTS:
        return read_list(t, row, why);
    default:
        return ERR_OK;
    }
}

static bool is_masked(const struct typed *t, const struct setting *row)
{
    size_t i;

    if (row->type == SETTING_PROXY)
        return url_is_masked(t->text);
    for (i = 0; row->refine == refine_header && i < t->list.n; i++)
        if (secret_header_is_masked(t->list.item[i]))
            return true;
    return false;
}

enum err typed_read(struct typed *t, const struct setting *row, const char *text, struct errmsg *why)
{
    enum err err;

    *t = (struct typed){ .text = keeps_blanks(row) ? strdup(text) : trim(text) };
    if (!t->text)
        return err_set(why, ERR_NOMEM, "out of memory");
    err = read_as(t, row, why);
    if (!err && is_masked(t, row))
        err = err_set(why, ERR_INVALID, "'%s': *** stands for a secret: type it, or leave the setting as it is",
                      row->name);
    return err;
}

void typed_release(struct typed *t)
{
    strings_release(&t->list);
    free(t->text);
}
