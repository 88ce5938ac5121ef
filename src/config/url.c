/* Checks and normalizes URLs, by libcurl's own URL parser, so that what is accepted here is what a check can ask
 * for. */
#include "url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "check/kind.h"
#include "model/site.h"
#include "report.h"

#define URL_LIMIT 4096
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* The length of a scheme with "://" behind it; 0 if there is none. */
static size_t scheme_length(const char *url)
{
    size_t length = strspn(url, LETTERS "0123456789+-.");

    return length && strchr(LETTERS, *url) && !strncmp(url + length, "://", 3) ? length : 0;
}

/* True when the scheme is one of the words. */
static bool scheme_is_known(const char *url, size_t length, const char *schemes)
{
    const char *word;

    for (word = schemes; *word; word += strcspn(word, " "), word += strspn(word, " "))
        if (strcspn(word, " ") == length && !strncasecmp(word, url, length))
            return true;
    return false;
}

static enum err check_characters(const char *text, struct errmsg *why)
{
    struct shown s;

    if (!*text)
        return err_set(why, ERR_INVALID, "the URL is empty");
    if (strlen(text) > URL_LIMIT)
        return err_set(why, ERR_INVALID, "'%s' is longer than %d bytes", shown(&s, text), URL_LIMIT);
    if (strpbrk(text, " \t\r\n"))
        return err_set(why, ERR_INVALID, "'%s' is no URL: there is a blank in it", shown(&s, text));
    if (!text_is_clean(text))
        return err_set(why, ERR_INVALID, "'%s' is no URL: there is a control character or broken UTF-8 in it",
                       shown(&s, text));
    return ERR_OK;
}

/* --- libcurl ---------------------------------------------------------------------------------------------------- */

static enum err refuse(const char *text, CURLUcode code, struct errmsg *why)
{
    struct shown s;

    if (code == CURLUE_OUT_OF_MEMORY)
        return err_set(why, ERR_NOMEM, "out of memory");
    return err_set(why, ERR_INVALID, "'%s' is no URL: %s", shown(&s, text), curl_url_strerror(code));
}

static bool is_ascii(const char *text)
{
    while (*text)
        if ((unsigned char)*text++ >= 0x80)
            return false;
    return true;
}

/* A host of other letters is looked up in another form, which libcurl can make in a UTF-8 locale alone. */
static bool has_ascii_form(CURLU *url)
{
#ifdef CURLU_PUNYCODE
    char *host = NULL;
    bool made = !curl_url_get(url, CURLUPART_HOST, &host, CURLU_PUNYCODE) && is_ascii(host);

    curl_free(host);
    return made;
#else
    (void)url;
    return curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_IDN;
#endif
}

static enum err normalize_host(CURLU *url, const char *text, struct errmsg *why)
{
    struct shown s;
    char *host = NULL, *c;
    CURLUcode code = curl_url_get(url, CURLUPART_HOST, &host, 0);
    enum err err = ERR_OK;

    if (code)
        return refuse(text, code, why);
    if (!*host) {
        err = err_set(why, ERR_INVALID, "'%s' is no URL: it names no host", shown(&s, text));
    } else if (!is_ascii(host) && !has_ascii_form(url)) {
        err = err_set(why, ERR_INVALID,
                      "'%s' can not be looked up: its host has letters beyond ASCII, which need a UTF-8 locale",
                      shown(&s, text));
    } else if (*host != '[' && strpbrk(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        for (c = host; *c; c++)
            if (*c >= 'A' && *c <= 'Z')
                *c = (char)(*c - 'A' + 'a');
        code = curl_url_set(url, CURLUPART_HOST, host, 0);
        err = code ? refuse(text, code, why) : ERR_OK;
    }
    curl_free(host);
    return err;
}

static enum err check_port(CURLU *url, const char *text, struct errmsg *why)
{
    struct shown s;
    char *port = NULL;
    bool zero = !curl_url_get(url, CURLUPART_PORT, &port, 0) && !strcmp(port, "0");

    curl_free(port);
    return zero ? err_set(why, ERR_INVALID, "'%s' is no URL: there is no port 0", shown(&s, text)) : ERR_OK;
}

static enum err normalize_parts(CURLU *url, char **out, const char *text, struct errmsg *why)
{
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE);
    char *whole = NULL;
    enum err err;

    if (code)
        return refuse(text, code, why);
    err = normalize_host(url, text, why);
    if (!err)
        err = check_port(url, text, why);
    if (err)
        return err;
    curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0); /* never sent, so it makes no difference */
    code = curl_url_get(url, CURLUPART_URL, &whole, CURLU_NO_DEFAULT_PORT);
    if (code)
        return refuse(text, code, why);
    *out = strdup(whole);
    curl_free(whole);
    return *out ? ERR_OK : err_set(why, ERR_NOMEM, "out of memory");
}

static enum err normalize(char **out, const char *text, struct errmsg *why)
{
    CURLU *url = curl_url();
    enum err err;

    if (!url)
        return err_set(why, ERR_NOMEM, "out of memory");
    err = normalize_parts(url, out, text, why);
    curl_url_cleanup(url);
    return err;
}

/* --- schemes ---------------------------------------------------------------------------------------------------- */

/* "example.org", "//example.org", "https:example.org": suggests the URL that was meant if there is one. */
static enum err suggest(const char *text, const char *schemes, struct errmsg *why)
{
    int length = (int)strcspn(schemes, " ");
    const char *rest = text;
    char meant[URL_LIMIT + 32], *good = NULL;
    struct shown s, m;
    size_t colon = strcspn(text, ":");

    if (text[colon] && scheme_is_known(text, colon, schemes))
        rest += colon + 1;
    rest += strspn(rest, "/");
    snprintf(meant, sizeof(meant), "%.*s://%s", length, schemes, rest);
    if (normalize(&good, meant, NULL))
        return err_set(why, ERR_INVALID, "'%s' is no URL: it begins with no scheme such as %.*s://", shown(&s, text),
                       length, schemes);
    free(good);
    return err_set(why, ERR_INVALID, "'%s' has no scheme (did you mean '%s'?)", shown(&s, text), shown(&m, meant));
}

enum err url_normalize_for(char **out, const char *text, const char *schemes, struct errmsg *why)
{
    size_t length = scheme_length(text);
    size_t first = strcspn(schemes, " ");
    enum err err = check_characters(text, why);
    struct shown s;

    if (err)
        return err;
    if (!length)
        return suggest(text, schemes, why);
    if (!scheme_is_known(text, length, schemes))
        return err_set(why, ERR_INVALID, "'%s' begins with '%.*s', but only %.*s%s%s are understood", shown(&s, text),
                       (int)(length < 20 ? length : 20), text, (int)first, schemes, schemes[first] ? " and " : "",
                       schemes[first] ? schemes + first + 1 : "");
    if (text[length + 3] == '/')
        return err_set(why, ERR_INVALID, "'%s' is no URL: it names no host", shown(&s, text));
    return normalize(out, text, why);
}

/* --- kinds of check ---------------------------------------------------------------------------------------------- */

enum err url_normalize_web(char **out, const char *text, struct errmsg *why)
{
    return url_normalize_for(out, text, "https http", why);
}

#define SCHEMES_MOST 32

/* The schemes there are; those of own_only kinds too where they are allowed. */
static size_t list_schemes(const char *scheme[SCHEMES_MOST], bool own)
{
    const struct check_scheme *s;
    size_t nkind, n = 0, i;
    const struct check_kind *const *kind = check_kinds(&nkind);

    for (i = 0; i < nkind; i++)
        for (s = kind[i]->schemes; s->scheme && (own || !kind[i]->own_only) && n < SCHEMES_MOST; s++)
            scheme[n++] = s->scheme;
    return n;
}

static enum err refuse_scheme(const char *text, size_t length, bool own, struct errmsg *why)
{
    const char *scheme[SCHEMES_MOST];
    struct strbuf all = STRBUF_INIT;
    size_t n = list_schemes(scheme, own), i;
    char word[21];
    struct shown s;
    struct hint h;
    enum err err;

    for (i = 0; i < n; i++)
        strbuf_addf(&all, "%s%s", i == 0 ? "" : i + 1 == n ? " and " : ", ", scheme[i]);
    text_clean(word, sizeof(word), text, length);
    err = err_set(why, ERR_INVALID, "'%s' begins with '%s', but only %s are understood%s", shown(&s, text), word, all.text,
                  hint(&h, word, scheme, n));
    strbuf_release(&all);
    return err;
}

/* libcurl knows the standard ports of its own schemes alone, and gives every URL a path. */
static void trim(char *url, const struct check_kind *kind, const struct check_scheme *scheme)
{
    const char *host;
    size_t length = site_host(url, &host), port;
    char *at = url + (host - url) + length;

    at += *at == ']';
    if (*at == ':' && scheme->port) {
        port = strlen(scheme->port);
        if (!strncmp(at + 1, scheme->port, port) && strspn(at + 1, "0123456789") == port)
            memmove(at, at + 1 + port, strlen(at + 1 + port) + 1);
    }
    at += strcspn(at, "/?");
    if (!(kind->parts & URL_PATH) && !strcmp(at, "/"))
        *at = '\0';
}

static bool is_plain_ascii(const char *text)
{
    return is_ascii(text) && !strchr(text, '@');
}

/* What is wrong with the parts of a URL of this kind; NULL: nothing. */
static const char *bad_part(const char *url, const struct check_kind *kind)
{
    const char *host, *behind;
    size_t length = site_host(url, &host);

    behind = host + length + (host[length] == ']');
    if (kind->parts & URL_NO_HOST && length)
        return "it has a host";
    if (!(kind->parts & URL_ANY_HOST) && !length)
        return "it names no host";
    if (!(kind->parts & URL_PORT) && *behind == ':')
        return "it has a port";
    if (!(kind->parts & URL_PATH) && behind[strcspn(behind, "/?#")])
        return "it has something behind its host and port";
    return is_plain_ascii(url) ? NULL : "it has a user, or letters beyond ASCII";
}

static enum err examine(const char *url, const struct check_kind *kind, const char *text, struct errmsg *why)
{
    const char *bad = bad_part(url, kind);
    struct errmsg inner = ERRMSG_INIT;
    struct shown s;
    enum err err = ERR_OK;

    if (bad)
        err = err_set(&inner, ERR_INVALID, "%s", bad);
    else if (kind->examine)
        err = kind->examine(url, &inner);
    return err ? err_set(why, err, "'%s' is no URL of a check '%s': %.300s", shown(&s, text), kind->name, inner.text) : ERR_OK;
}

/* A URL of any kind but http. Without a host it is no URL for libcurl. */
static enum err normalize_kind(char **out, const char *text, const struct check_kind *kind, const struct check_scheme *scheme,
                               struct errmsg *why)
{
    size_t length = strlen(scheme->scheme);
    bool hostless = text[length + 3] == '/' || !text[length + 3];
    char *url = NULL;
    enum err err = ERR_OK;

    if (!hostless)
        err = normalize(&url, text, why);
    else if (asprintf(&url, "%s%s", scheme->scheme, text + length) < 0)
        err = err_set(why, ERR_NOMEM, "out of memory");
    if (err)
        return err;
    trim(url, kind, scheme);
    err = examine(url, kind, text, why);
    if (err)
        free(url);
    else
        *out = url;
    return err;
}

static enum err normalize_any(char **out, const char *text, bool own, struct errmsg *why)
{
    const struct check_scheme *scheme;
    const struct check_kind *kind = check_kind_of(text, &scheme);
    enum err err = check_characters(text, why);
    size_t length = scheme_length(text);
    struct shown s;

    if (err)
        return err;
    if (!length || url_is_http(text))
        return url_normalize_web(out, text, why);
    if (!kind)
        return refuse_scheme(text, length, own, why);
    if (kind->own_only && !own)
        return err_set(why, ERR_INVALID, "'%s' runs a program: only uptime.cfg itself can ask for that", shown(&s, text));
    return normalize_kind(out, text, kind, scheme, why);
}

enum err url_normalize(char **out, const char *text, struct errmsg *why)
{
    return normalize_any(out, text, false, why);
}

enum err url_normalize_own(char **out, const char *text, struct errmsg *why)
{
    return normalize_any(out, text, true, why);
}

bool url_is_masked(const char *url)
{
    const char *start = strstr(url, "://");

    start = start ? start + 3 : url;
    return strstr(start, ":***@") && strstr(start, ":***@") < start + strcspn(start, "/?#");
}
