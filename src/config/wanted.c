/* What a site shall be after an edit. */
#include "wanted.h"

#include <stdlib.h>
#include <string.h>

#include "refine.h"
#include "report.h"
#include "typed.h"
#include "url.h"
#include "value.h"

/* Name and URL are no options, but are edited like them. */
static const struct setting name_row = { .name = "name", .type = SETTING_TEXT, .refine = refine_name };
static const struct setting url_row = { .name = "url", .type = SETTING_TEXT, .refine = url_normalize };

const struct setting *wanted_row(const char *key)
{
    return !strcmp(key, name_row.name) ? &name_row : !strcmp(key, url_row.name) ? &url_row : schema_find(key);
}

static enum err out_of_memory(struct errmsg *why)
{
    return err_set(why, ERR_NOMEM, "out of memory");
}

enum err wanted_begin(struct wanted *w, const struct settings *settings, const struct site *site, const char *base_dir,
                      struct errmsg *why)
{
    *w = (struct wanted){ .settings = settings, .base_dir = base_dir };
    if (options_copy(&w->options, site ? site->options : settings->defaults))
        return out_of_memory(why);
    w->name = site ? strdup(site->name) : NULL;
    w->url = site ? strdup(site->url) : NULL;
    return site && (!w->name || !w->url) ? out_of_memory(why) : ERR_OK;
}

void wanted_any_name(struct wanted *w)
{
    free(w->name);
    w->name = NULL;
}

/* A name or URL, checked: what it will be read as. */
static enum err set_text(char **member, const struct setting *row, const char *text, struct errmsg *why)
{
    struct errmsg inner = ERRMSG_INIT;
    struct typed typed;
    char *kept = NULL;
    enum err err = typed_read(&typed, row, text, why);

    if (!err)
        err = row->refine(&kept, typed.text, &inner);
    if (err && *inner.text)
        err_set(why, err, "'%s': %.400s", row->name, inner.text);
    if (!err && url_is_masked(typed.text))
        err = err_set(why, ERR_INVALID, "'%s': *** stands for a password: type it", row->name);
    typed_release(&typed);
    if (err) {
        free(kept);
        return err;
    }
    free(*member);
    *member = kept;
    return ERR_OK;
}

enum err wanted_set(struct wanted *w, const struct edit_value *v, bool is_written, struct errmsg *why)
{
    const struct setting *row = wanted_row(v->key);
    struct shown s;

    if (!row)
        return err_set(why, ERR_INVALID, "a site has no setting '%s'", shown(&s, v->key));
    if (row == &url_row)
        return v->text ? set_text(&w->url, row, v->text, why)
                       : err_set(why, ERR_INVALID, "a site can not be without 'url'");
    if (row == &name_row && !v->text)
        wanted_any_name(w);
    else if (row == &name_row)
        return set_text(&w->name, row, v->text, why);
    else if (v->text)
        return setting_parse(row, v->text, w->base_dir, &w->options, why);
    else if (is_written && value_copy(row, &w->options, w->settings->defaults))
        return out_of_memory(why);
    return ERR_OK;
}

bool wanted_is(const struct wanted *w, const struct site *site)
{
    return !strcmp(site->url, w->url) && (!w->name || !strcmp(site->name, w->name)) &&
           options_equal(site->options, &w->options);
}

void wanted_release(struct wanted *w)
{
    options_release(&w->options);
    free(w->name);
    free(w->url);
}
