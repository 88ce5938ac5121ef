/* What a text must be to be taken. Text of the settings ends up in requests, messages and on the screen, so that
 * control characters and broken UTF-8 are refused here once. */
#include "refine.h"

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/template.h"
#include "model/notice.h"
#include "report.h"
#include "url.h"

#define DIGITS "0123456789"
#define ALNUM DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static enum err keep(char **out, const char *text, struct errmsg *why)
{
    *out = strdup(text);
    return *out ? ERR_OK : err_set(why, ERR_NOMEM, "out of memory");
}

enum err refine_line(char **out, const char *text, struct errmsg *why)
{
    struct shown s;

    if (!*text)
        return err_set(why, ERR_INVALID, "a text is empty");
    if (!text_is_clean(text))
        return err_set(why, ERR_INVALID, "'%s' has a control character or broken UTF-8 in it", shown(&s, text));
    return keep(out, text, why);
}

enum err refine_name(char **out, const char *text, struct errmsg *why)
{
    struct shown s;

    if (strlen(text) > NAME_LIMIT)
        return err_set(why, ERR_INVALID, "'%s' is longer than %d bytes", shown(&s, text), NAME_LIMIT);
    if (*text == ' ' || (*text && text[strlen(text) - 1] == ' '))
        return err_set(why, ERR_INVALID, "'%s' begins or ends with a blank", shown(&s, text));
    return refine_line(out, text, why);
}

enum err refine_wake(char **out, const char *text, struct errmsg *why)
{
    struct shown s;

    if (strncmp(text, "tag=", 4) != 0 && notice_kind_parse(text) < 0)
        return err_set(why, ERR_INVALID, "'%s' is no kind of message (down, up, reminder, certificate, ...) and no tag=NAME",
                       shown(&s, text));
    return refine_name(out, text, why);
}

/* The value may be a secret: only the name is ever quoted. */
enum err refine_header(char **out, const char *text, struct errmsg *why)
{
    size_t length = strspn(text, ALNUM "!#$%&'*+-.^_`|~");
    char name[64];
    struct shown s;

    if (!strchr(text, ':'))
        return err_set(why, ERR_INVALID, "a header has no colon: write it like X-Probe: 1");
    if (!length || text[length] != ':')
        return err_set(why, ERR_INVALID, "a header has no name before its colon: write it like X-Probe: 1");
    text_clean(name, sizeof(name), text, length);
    if (!text_is_clean(text))
        return err_set(why, ERR_INVALID, "the header '%s' has a control character or broken UTF-8 in it",
                       shown(&s, name));
    return keep(out, text, why);
}

/* glibc writes out {1,100}{1,100}, until memory is gone if it must. */
static bool repeats_too_much(const char *regex)
{
    unsigned long product = 1;
    const char *at = regex;

    while ((at = strpbrk(at, "{,"))) {   /* {most} {least,} {least,most} */
        unsigned long times = strtoul(++at, NULL, 10);

        if (times > 10000)
            return true;
        product *= times ? times : 1;
        if (product > 10000)
            return true;
    }
    return false;
}

enum err refine_regex(char **out, const char *text, struct errmsg *why)
{
    char cause[128];
    struct shown s;
    regex_t regex;
    int code;

    if (strlen(text) > 1024 || repeats_too_much(text))
        return err_set(why, ERR_INVALID, "'%s' is too large a regular expression", shown(&s, text));
    code = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);
    if (code) {
        regerror(code, &regex, cause, sizeof(cause));
        return err_set(why, code == REG_ESPACE ? ERR_NOMEM : ERR_INVALID, "'%s' is no regular expression: %s",
                       shown(&s, text), cause);
    }
    regfree(&regex);
    return keep(out, text, why);
}

enum err refine_listen(char **out, const char *text, struct errmsg *why)
{
    const char *colon = strrchr(text, ':');
    size_t digits = colon ? strspn(colon + 1, DIGITS) : 0;
    size_t host = colon ? (size_t)(colon - text) : 0;
    bool bracketed = host > 2 && *text == '[' && text[host - 1] == ']' &&
                     strspn(text + 1, DIGITS "abcdefABCDEF:.") == host - 2;
    bool plain = host && strspn(text, ALNUM ".-_") == host;
    struct shown s;

    if ((!bracketed && !plain) || !digits || digits > 5 || colon[1 + digits] || strtol(colon + 1, NULL, 10) > 65535)
        return err_set(why, ERR_INVALID, "'%s' is no address to listen on: write it like 127.0.0.1:9180",
                       shown(&s, text));
    return keep(out, text, why);
}

/* As it stands in a Host header, without its port. */
enum err refine_host(char **out, const char *text, struct errmsg *why)
{
    size_t length = strlen(text);
    bool bracketed = length > 2 && *text == '[' && text[length - 1] == ']' && strspn(text + 1, DIGITS "abcdefABCDEF:.") == length - 2;
    struct shown s;

    if (!bracketed && (!length || length > 253 || strspn(text, ALNUM ".-_") != length))
        return err_set(why, ERR_INVALID, "'%s' is no host name: write it like status.example.org, without scheme and port",
                       shown(&s, text));
    return keep(out, text, why);
}

enum err refine_mail_url(char **out, const char *text, struct errmsg *why)
{
    return url_normalize_for(out, text, "smtp smtps", why);
}

enum err refine_broker_url(char **out, const char *text, struct errmsg *why)
{
    return url_normalize_for(out, text, "redis rediss", why);
}

enum err refine_mail_address(char **out, const char *text, struct errmsg *why)
{
    const char *at = strchr(text, '@');
    struct shown s;

    if (!at || at == text || !at[1] || strchr(at + 1, '@') || strpbrk(text, " <>,;:\"()[]\\") || strlen(text) > 254 ||
        !text_is_clean(text))
        return err_set(why, ERR_INVALID, "'%s' is no mail address: write it like ops@example.org", shown(&s, text));
    if (strspn(text, ALNUM "!#$%&'*+/=?^_`{|}~.@-") != strlen(text)) /* few servers take others (RFC 6531) */
        return err_set(why, ERR_INVALID, "'%s' has letters beyond ASCII: write its domain as xn--...", shown(&s, text));
    return keep(out, text, why);
}

enum err refine_phone(char **out, const char *text, struct errmsg *why)
{
    size_t plus = *text == '+';
    size_t digits = strspn(text + plus, DIGITS);
    struct shown s;

    if (digits < 3 || digits > 15 || text[plus + digits])
        return err_set(why, ERR_INVALID, "'%s' is no telephone number: write it like +15550100", shown(&s, text));
    return keep(out, text, why);
}

/* Whoever knows the URL may post there: it is not quoted. */
enum err refine_secret_url(char **out, const char *text, struct errmsg *why)
{
    enum err err = url_normalize_web(out, text, NULL);

    return err == ERR_INVALID ? err_set(why, err, "what is given is no URL that begins with https://") : err;
}

/* What stands behind the last slash; of a server alone there is nothing. */
enum err refine_topic(char **out, const char *text, struct errmsg *why)
{
    enum err err = url_normalize_web(out, text, why);
    const char *path, *slash;
    struct shown s;

    if (err)
        return err;
    path = strstr(*out, "://") + 3;
    slash = memrchr(path, '/', strcspn(path, "?"));
    if (slash && slash[1] && slash[1] != '?')
        return ERR_OK;
    free(*out);
    *out = NULL;
    return err_set(why, ERR_INVALID, "'%s' names no topic: write it like https://ntfy.sh/topic", shown(&s, text));
}

/* The key may be a secret: it is not quoted. */
enum err refine_key(char **out, const char *text, struct errmsg *why)
{
    size_t length = strspn(text, ALNUM);

    if (!length || length > 64 || text[length])
        return err_set(why, ERR_INVALID, "a key is letters and digits alone");
    return keep(out, text, why);
}

static bool has_clean_lines(const char *text)
{
    uint32_t point;
    int bytes;

    for (; *text; text += bytes) {
        bytes = text_decode(text, strnlen(text, 4), &point);
        if (bytes < 1 || (point != '\n' && !text_is_safe(point)))
            return false;
    }
    return true;
}

enum err refine_message(char **out, const char *text, struct errmsg *why)
{
    enum err err;

    if (strlen(text) > 8192)
        return err_set(why, ERR_INVALID, "a text is longer than 8192 bytes");
    if (!has_clean_lines(text))
        return err_set(why, ERR_INVALID, "a text has a control character or broken UTF-8 in it");
    err = template_check(TEMPLATE_MESSAGE, text, why);
    return err ? err : keep(out, text, why);
}

enum err refine_argument(char **out, const char *text, struct errmsg *why)
{
    enum err err = template_check(TEMPLATE_COMMAND, text, why);

    return err ? err : refine_line(out, text, why);
}
