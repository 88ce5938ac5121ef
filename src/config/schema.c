/* The settings a site can have: the table, and its values as a person types them. */
#include "config/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "refine.h"
#include "typed.h"
#include "value.h"

static const struct setting settings[] = {
#define SETTING(name, type, member, least, most, words, refine, help) \
    { #name, SETTING_##type, offsetof(struct options, member), least, most, words, help, false, refine },
#include "settings.def"
#undef SETTING
};

const struct setting *schema_site(size_t *n)
{
    *n = sizeof(settings) / sizeof(settings[0]);
    return settings;
}

const struct setting *schema_find(const char *name)
{
    size_t n, i;
    const struct setting *rows = schema_site(&n);

    for (i = 0; i < n; i++)
        if (!strcmp(rows[i].name, name))
            return &rows[i];
    return NULL;
}

enum err setting_format(char **out, const struct setting *row, const struct options *o)
{
    struct strbuf text = STRBUF_INIT;
    char *detached;

    value_format(row, o, &text);
    detached = strbuf_detach(&text);
    if (!detached)
        return ERR_NOMEM;
    *out = detached;
    return ERR_OK;
}

enum err setting_parse(const struct setting *row, const char *text, const char *base_dir, struct options *o,
                       struct errmsg *why)
{
    struct typed t;
    enum err err = typed_read(&t, row, text, why);

    if (!err)
        err = value_take(row, &t.given, base_dir, o, why);
    typed_release(&t);
    return err;
}
