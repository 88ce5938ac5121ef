/* Passwords come from outside uptime.cfg: from a file, a variable or systemd's credentials. */
#include "secret.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "file.h"
#include "report.h"

#define SECRET_LIMIT ((size_t)64 << 10)
#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

/* Control characters would end up in a header or in a command. */
static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

static enum err take(char **password, const char *text, size_t length, const char *what, const char *name,
                     struct errmsg *why)
{
    struct shown s;
    char *copy;

    if (!length)
        return err_set(why, ERR_INVALID, "%s '%s' holds no password", what, shown(&s, name));
    if (memchr(text, '\0', length))
        return err_set(why, ERR_INVALID, "the password in %s '%s' has a NUL byte in it", what, shown(&s, name));
    copy = strndup(text, length);
    if (!copy)
        return err_set(why, ERR_NOMEM, "out of memory");
    if (has_control(copy)) {
        free(copy);
        return err_set(why, ERR_INVALID, "the password in %s '%s' has a control character in it", what,
                       shown(&s, name));
    }
    *password = copy;
    return ERR_OK;
}

enum err secret_from_file(char **password, const char *path, struct errmsg *why)
{
    struct strbuf text = STRBUF_INIT;
    enum err err = file_read(&text, NULL, path, FILE_REGULAR, SECRET_LIMIT, why);
    size_t length;

    if (!err) {
        const char *end = memchr(text.text, '\n', text.length);

        length = end ? (size_t)(end - text.text) : text.length;
        if (length && text.text[length - 1] == '\r')
            length--;
        err = take(password, text.text, length, "the first line of", path, why);
    }
    strbuf_release(&text);
    return err;
}

enum err secret_from_variable(char **password, const char *name, struct errmsg *why)
{
    struct shown s;
    const char *value;

    if (!*name || strspn(name, NAME_LETTERS) != strlen(name) || (*name >= '0' && *name <= '9'))
        return err_set(why, ERR_INVALID, "'%s' is no name of an environment variable", shown(&s, name));
    value = getenv(name);
    if (!value)
        return err_set(why, ERR_INVALID, "the environment variable '%s' is not set", shown(&s, name));
    return take(password, value, strlen(value), "the environment variable", name, why);
}

char *secret_path(const char *base_dir, const char *path)
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    char *there;

    if (credentials && *credentials && *path != '/') {
        there = path_join(credentials, path);
        if (!there || !access(there, F_OK))
            return there;
        free(there);
    }
    return path_join(base_dir, path);
}

const char *secret_in_header(const char *header)
{
    static const char *const parts[] = { "auth", "cookie", "token", "key", "secret", "password" };
    size_t length = strcspn(header, ":");
    char name[64] = "";
    size_t i;

    if (!header[length])
        return NULL;
    memcpy(name, header, length < sizeof(name) ? length : sizeof(name) - 1);
    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (strcasestr(name, parts[i]))
            return header + length + 1 + strspn(header + length + 1, " \t");
    return NULL;
}

bool secret_header_is_masked(const char *header)
{
    const char *value = secret_in_header(header);

    return value && !strcmp(value, "***");
}
