/* Values that lead outside: to files, to passwords, to a proxy. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "file.h"
#include "secret.h"
#include "url.h"
#include "value_type.h"

/* --- files ------------------------------------------------------------------------------------------------------ */

static enum err check_path(const struct taking *t)
{
    if (!text_is_clean(t->given->text))
        return err_set(t->why, ERR_INVALID, "'%s' has a control character or broken UTF-8 in it", t->row->name);
    return ERR_OK;
}

static enum err take_path(const struct taking *t)
{
    char *path = NULL;
    enum err err = check_path(t);

    if (err)
        return err;
    if (*t->given->text && !(path = path_join(t->base_dir, t->given->text)))
        return taking_nomem(t);
    value_replace(t->member, path);
    return ERR_OK;
}

static void format_path(const struct setting *row, const void *member, struct strbuf *out)
{
    const char *path = *(char *const *)member;

    (void)row;
    strbuf_adds(out, path ? path : "");
}

static enum err take_file(const struct taking *t)
{
    char *path = NULL;
    struct strbuf text = STRBUF_INIT;
    struct errmsg inner = ERRMSG_INIT;
    struct taking into = *t;
    enum err err;

    into.member = &path;
    err = take_path(&into);
    if (!err && path) {
        err = file_read(&text, NULL, path, FILE_REGULAR, (size_t)16 << 20, &inner);
        if (err)
            err = taking_fail(t, err == ERR_NOMEM ? err : ERR_INVALID, &inner);
    }
    strbuf_release(&text);
    if (err)
        free(path);
    else
        value_replace(t->member, path);
    return err;
}

/* --- passwords -------------------------------------------------------------------------------------------------- */

/* The three texts of a password: itself, its file, its variable. Either source puts the other out. */
static void put_password(const struct taking *t, char *password, char *file, char *variable)
{
    char **texts = t->member;

    value_replace(&texts[0], password);
    value_replace(&texts[1], file);
    value_replace(&texts[2], variable);
}

static enum err take_password_file(const struct taking *t)
{
    struct errmsg inner = ERRMSG_INIT;
    char *path, *password = NULL;
    enum err err = check_path(t);

    if (err)
        return err;
    if (!*t->given->text) {
        put_password(t, NULL, NULL, NULL);
        return ERR_OK;
    }
    path = secret_path(t->base_dir, t->given->text);
    if (!path)
        return taking_nomem(t);
    err = secret_from_file(&password, path, &inner);
    if (err) {
        free(path);
        return taking_fail(t, err == ERR_NOMEM ? err : ERR_INVALID, &inner);
    }
    put_password(t, password, path, NULL);
    return ERR_OK;
}

static enum err take_password_env(const struct taking *t)
{
    struct errmsg inner = ERRMSG_INIT;
    char *variable, *password = NULL;
    enum err err;

    if (!*t->given->text) {
        put_password(t, NULL, NULL, NULL);
        return ERR_OK;
    }
    err = secret_from_variable(&password, t->given->text, &inner);
    if (err)
        return taking_fail(t, err, &inner);
    variable = strdup(t->given->text);
    if (!variable) {
        free(password);
        return taking_nomem(t);
    }
    put_password(t, password, NULL, variable);
    return ERR_OK;
}

static void format_password(const struct setting *row, const void *member, struct strbuf *out)
{
    const char *source = ((char *const *)member)[row->type == SETTING_PASSWORD_FILE ? 1 : 2];

    strbuf_adds(out, source ? source : "");
}

/* --- proxies ---------------------------------------------------------------------------------------------------- */

#define PROXY_URL_AT (offsetof(struct options, proxy_url) - offsetof(struct options, proxy))

static char **proxy_url_of(void *member)
{
    return (char **)((char *)member + PROXY_URL_AT);
}

static enum err take_proxy(const struct taking *t)
{
    const char *text = t->given->text;
    struct errmsg inner = ERRMSG_INIT;
    char *url = NULL;
    enum proxy_use use = !*text || !strcmp(text, "none") ? PROXY_NONE : !strcmp(text, "env") ? PROXY_ENV : PROXY_URL;
    enum err err = ERR_OK;

    if (use == PROXY_URL)
        err = url_normalize_for(&url, text, "http https socks4 socks4a socks5 socks5h", &inner);
    if (err)
        return err_set(t->why, err, "'%s' must be none, env or a URL: %.400s", t->row->name, inner.text);
    *(enum proxy_use *)t->member = use;
    value_replace(proxy_url_of(t->member), url);
    return ERR_OK;
}

static void format_proxy(const struct setting *row, const void *member, struct strbuf *out)
{
    static const char *const words[] = { [PROXY_NONE] = "none", [PROXY_ENV] = "env" };
    enum proxy_use use = *(const enum proxy_use *)member;
    char shown_url[8192];

    (void)row;
    if (use != PROXY_URL) {
        strbuf_adds(out, words[use]);
        return;
    }
    text_mask_url(shown_url, sizeof(shown_url), *proxy_url_of((void *)member));
    strbuf_adds(out, shown_url);
}

#define TEXT .noun = "a text", .accepts = GIVEN_BIT(GIVEN_TEXT)

const struct value_type value_path = { TEXT, .take = take_path, .format = format_path, .ntext = 1 };
const struct value_type value_file = { TEXT, .take = take_file, .format = format_path, .ntext = 1 };
const struct value_type value_password_file = {
    TEXT, .take = take_password_file, .format = format_password, .ntext = 3,
};
const struct value_type value_password_env = {
    TEXT, .take = take_password_env, .format = format_password, .ntext = 3,
};
const struct value_type value_proxy = {
    TEXT, .take = take_proxy, .format = format_proxy, .plain = sizeof(enum proxy_use), .texts_at = PROXY_URL_AT,
    .ntext = 1,
};
