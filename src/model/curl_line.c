/* A check as a line for a shell: of curl, where that can do it. Pure. */
#include "model/curl_line.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"

/* In single quotes, in which a shell takes everything as it is; bytes that may not be shown become '?'. */
static void add_quoted(struct strbuf *out, const char *text)
{
    size_t size = strlen(text) * 3 + 1;
    char *clean = malloc(size), *at;

    if (!clean) {
        out->failed = true;
        return;
    }
    text_clean(clean, size, text, strlen(text));
    strbuf_addc(out, '\'');
    for (at = clean; *at; at++)
        if (*at == '\'')
            strbuf_adds(out, "'\\''");
        else
            strbuf_addc(out, *at);
    strbuf_addc(out, '\'');
    free(clean);
}

static void add_option(struct strbuf *out, const char *option, const char *value)
{
    if (!value)
        return;
    strbuf_addf(out, " %s ", option);
    add_quoted(out, value);
}

static void add_url(struct strbuf *out, const char *option, const char *url)
{
    size_t size = strlen(url) + 8;
    char *masked = malloc(size);

    if (!masked) {
        out->failed = true;
        return;
    }
    text_mask_url(masked, size, url);
    strbuf_addf(out, "%s ", option);
    add_quoted(out, masked);
    free(masked);
}

/* Only names are certain to be no secret: of a value nobody knows. */
static void add_header(struct strbuf *out, const char *header)
{
    static const char *const plain[] = { "accept", "accept-language", "host", "x-probe", "cache-control", "referer" };
    size_t length = strcspn(header, ":"), i;
    struct strbuf text = STRBUF_INIT;

    for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (strlen(plain[i]) == length && !strncasecmp(header, plain[i], length)) {
            add_option(out, "-H", header);
            return;
        }
    strbuf_add(&text, header, length);
    strbuf_adds(&text, ": ***");
    add_option(out, "-H", text.text);
    out->failed |= text.failed;
    strbuf_release(&text);
}

static void add_time(struct strbuf *out, int64_t ms)
{
    if (ms % MS_PER_S)
        strbuf_addf(out, " -m %lld.%03lld", (long long)(ms / MS_PER_S), (long long)(ms % MS_PER_S));
    else
        strbuf_addf(out, " -m %lld", (long long)(ms / MS_PER_S));
}

/* What curl has no word for: the check itself; a program by its own name, whose arguments may be secrets. */
static void other_line(struct strbuf *out, const struct site *site)
{
    const char *path = strstr(site->url, "://");
    size_t i;

    if (!strncasecmp(site->url, "heartbeat:", 10))
        return; /* nobody can be asked */
    if (strncasecmp(site->url, "exec:", 5) != 0) {
        strbuf_adds(out, "uptimesquirrel check");
        add_url(out, "", site->url);
        return;
    }
    add_quoted(out, path ? path + 3 : site->url);
    for (i = 0; i < site->options->arguments.n; i++)
        strbuf_adds(out, " ***");
}

void curl_line(struct strbuf *out, const struct site *site, enum method method)
{
    const struct options *o = site->options;
    size_t i;

    if (!url_is_http(site->url)) {
        other_line(out, site);
        return;
    }
    strbuf_adds(out, method == METHOD_HEAD && !options_want_body(o) ? "curl -sSI" : "curl -sS -o /dev/null -D -");
    add_time(out, o->timeout_ms);
    if (o->ip != IP_ANY)
        strbuf_adds(out, o->ip == IP_V4 ? " -4" : " -6");
    if (o->follow_redirects)
        strbuf_adds(out, " -L --max-redirs 10");
    if (!o->tls_verify)
        strbuf_adds(out, " -k");
    add_option(out, "--cacert", o->ca_file);
    if (o->proxy == PROXY_URL && o->proxy_url)
        add_url(out, " -x", o->proxy_url);
    add_option(out, "-A", o->user_agent ? o->user_agent : "uptimesquirrel/" UPTIME_VERSION);
    for (i = 0; i < o->headers.n; i++)
        add_header(out, o->headers.item[i]);
    if (o->user) {
        struct strbuf user = STRBUF_INIT;

        strbuf_addf(&user, "%s:***", o->user);
        add_option(out, "-u", user.text);
        out->failed |= user.failed;
        strbuf_release(&user);
    }
    add_url(out, "", site->url);
}
