/* Values of settings: the table of their types, and what is done with all of them alike. */
#include "value.h"

#include <stdlib.h>
#include <string.h>

#include "value_type.h"

static const struct value_type *const types[SETTING_TYPES] = {
    [SETTING_TEXT] = &value_text, [SETTING_TEXTS] = &value_texts, [SETTING_STRINGS] = &value_strings,
    [SETTING_DURATION] = &value_duration, [SETTING_INTEGER] = &value_integer, [SETTING_SIZE] = &value_size,
    [SETTING_BOOLEAN] = &value_boolean, [SETTING_WORD] = &value_word, [SETTING_STATUSES] = &value_statuses,
    [SETTING_PROXY] = &value_proxy, [SETTING_FILE] = &value_file, [SETTING_PATH] = &value_path,
    [SETTING_PASSWORD_FILE] = &value_password_file, [SETTING_PASSWORD_ENV] = &value_password_env,
    [SETTING_QUIET] = &value_quiet, [SETTING_MOMENT] = &value_moment,
};

static void *member_of(const struct setting *row, void *object)
{
    return (char *)object + row->offset;
}

static char **texts_of(const struct value_type *type, void *member)
{
    return (char **)((char *)member + type->texts_at);
}

enum err taking_fail(const struct taking *t, enum err err, const struct errmsg *inner)
{
    return err_set(t->why, err, "'%s': %.400s", t->row->name, inner->text);
}

enum err taking_nomem(const struct taking *t)
{
    return err_set(t->why, ERR_NOMEM, "out of memory");
}

void value_replace(char **member, char *text)
{
    free(*member);
    *member = text;
}

enum err value_take(const struct setting *row, const struct given *g, const char *base_dir, void *object,
                    struct errmsg *why)
{
    static const char *const nouns[] = {
        [GIVEN_TEXT] = "a text", [GIVEN_NUMBER] = "a number", [GIVEN_HEX] = "a hexadecimal number",
        [GIVEN_FLOAT] = "a number with a point", [GIVEN_BOOLEAN] = "true or false", [GIVEN_TEXTS] = "a list of texts",
        [GIVEN_MIXTURE] = "a list", [GIVEN_GROUP] = "a group",
    };
    const struct value_type *type = types[row->type];
    struct taking t = { row, g, base_dir, member_of(row, object), why };

    if (!(type->accepts & GIVEN_BIT(g->kind)))
        return err_set(why, ERR_INVALID, "'%s' must be %s, not %s", row->name, type->noun, nouns[g->kind]);
    return type->take(&t);
}

void value_format(const struct setting *row, const void *object, struct strbuf *out)
{
    types[row->type]->format(row, member_of(row, (void *)object), out);
}

static enum err copy_strings(struct strings *dst, const struct strings *src)
{
    struct strings copy = { 0 };
    size_t i;

    for (i = 0; i < src->n; i++)
        if (strings_add(&copy, src->item[i])) {
            strings_release(&copy);
            return ERR_NOMEM;
        }
    strings_release(dst);
    *dst = copy;
    return ERR_OK;
}

enum err value_copy(const struct setting *row, void *dst, const void *src)
{
    const struct value_type *type = types[row->type];
    void *to = member_of(row, dst), *from = member_of(row, (void *)src);
    char *copy[3] = { NULL };
    size_t i;

    if (type->is_list)
        return copy_strings(to, from);
    for (i = 0; i < type->ntext; i++) {
        const char *text = texts_of(type, from)[i];

        if (text && !(copy[i] = strdup(text))) {
            while (i--)
                free(copy[i]);
            return ERR_NOMEM;
        }
    }
    memcpy(to, from, type->plain);
    for (i = 0; i < type->ntext; i++)
        value_replace(&texts_of(type, to)[i], copy[i]);
    return ERR_OK;
}

void value_release_all(const struct setting *rows, size_t n, void *object)
{
    size_t i, j;

    for (i = 0; i < n; i++) {
        const struct value_type *type = types[rows[i].type];
        void *member = member_of(&rows[i], object);

        if (type->is_list)
            strings_release(member);
        for (j = 0; j < type->ntext; j++)
            value_replace(&texts_of(type, member)[j], NULL);
    }
}
