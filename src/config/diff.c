/* The lines that differ between two texts, for people. */
#include "diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "secret.h"

#define TABLE_LIMIT (1u << 22)           /* beyond this, all old lines and then all new ones */

struct line {
    const char *text;
    size_t length;
};

struct lines {
    struct line *line;
    size_t n;
};

static bool split(struct lines *l, const char *text, size_t length)
{
    const char *end = text + length;
    size_t n = 1;
    const char *c;

    for (c = text; c < end; c++)
        n += *c == '\n';
    l->line = malloc(n * sizeof(*l->line));
    if (!l->line)
        return false;
    while (text < end) {
        c = memchr(text, '\n', (size_t)(end - text));
        l->line[l->n++] = (struct line){ text, (size_t)((c ? c : end) - text) };
        text = c ? c + 1 : end;
    }
    return true;
}

static bool same(const struct line *a, const struct line *b)
{
    return a->length == b->length && !memcmp(a->text, b->text, a->length);
}

/* --- secrets ---------------------------------------------------------------------------------------------------- */

/* The password of the URL whose "://" stands before at: what lies between its colon and its at sign. */
static const char *password_of(const char *at, const char *end, const char **behind)
{
    const char *c, *colon = NULL, *sign = NULL;

    for (c = at; c < end && !strchr("/?# \t\"", *c); c++) {
        if (*c == ':' && !colon)
            colon = c;
        if (*c == '@')
            sign = c;
    }
    *behind = sign;
    return colon && sign && colon < sign ? colon + 1 : NULL;
}

static void add_masked_urls(struct strbuf *out, const char *text, const char *end)
{
    while (text < end) {
        const char *scheme = memmem(text, (size_t)(end - text), "://", 3), *behind;
        const char *password = scheme ? password_of(scheme + 3, end, &behind) : NULL;
        const char *until = password ? password : scheme ? scheme + 3 : end;

        strbuf_add(out, text, (size_t)(until - text));
        strbuf_adds(out, password ? "***" : "");
        text = password ? behind : until;
    }
}

/* A line with its secrets hidden: in every URL, and behind every header's name that is a secret's. */
static void add_line(struct strbuf *out, char sign, const struct line *line)
{
    struct strbuf masked = STRBUF_INIT;
    char *copy = strndup(line->text, line->length), *at = copy, *quote, *clean;

    while (at && (quote = strchr(at, '"'))) {
        const char *secret = secret_in_header(quote + 1);
        char *close = quote + 1 + strcspn(quote + 1, "\"");

        if (secret && secret < close) {
            add_masked_urls(&masked, at, secret);
            strbuf_adds(&masked, "***");
        } else {
            add_masked_urls(&masked, at, close);
        }
        at = close + (*close == '"');
        strbuf_adds(&masked, *close ? "\"" : "");
    }
    if (at)
        add_masked_urls(&masked, at, at + strlen(at));
    clean = malloc(masked.length + 1);
    if (!copy || masked.failed || !clean)
        out->failed = true;
    else
        text_clean(clean, masked.length + 1, masked.text, masked.length);
    if (!out->failed)
        strbuf_addf(out, "%c%s\n", sign, clean);
    free(clean);
    free(copy);
    strbuf_release(&masked);
}

/* --- what differs ----------------------------------------------------------------------------------------------- */

static void add_all(struct strbuf *out, char sign, const struct line *line, size_t n)
{
    while (n--)
        add_line(out, sign, line++);
}

/* By the longest common subsequence: common[i][j] is its length from lines i and j on. */
static void compare(struct strbuf *out, const struct line *a, size_t na, const struct line *b, size_t nb)
{
    size_t width = nb + 1, i, j;
    uint32_t *common = (na + 1) * width <= TABLE_LIMIT ? calloc((na + 1) * width, sizeof(*common)) : NULL;

    if (!common) {
        add_all(out, '-', a, na);
        add_all(out, '+', b, nb);
        return;
    }
    for (i = na; i--;)
        for (j = nb; j--;) {
            uint32_t down = common[(i + 1) * width + j], right = common[i * width + j + 1];

            common[i * width + j] = down > right ? down : right;
            if (same(&a[i], &b[j]))
                common[i * width + j] = common[(i + 1) * width + j + 1] + 1;
        }
    for (i = j = 0; i < na || j < nb;) {
        if (i < na && j < nb && same(&a[i], &b[j])) {
            i++;
            j++;
        } else if (i < na && (j == nb || common[(i + 1) * width + j] >= common[i * width + j + 1])) {
            add_line(out, '-', &a[i++]);
        } else {
            add_line(out, '+', &b[j++]);
        }
    }
    free(common);
}

enum err diff(char **out, const char *before, size_t nbefore, const char *after, size_t nafter)
{
    struct lines a = { NULL, 0 }, b = { NULL, 0 };
    struct strbuf text = STRBUF_INIT;
    size_t head = 0, tail = 0;
    char *detached;

    if (!split(&a, before, nbefore) || !split(&b, after, nafter))
        text.failed = true;
    while (!text.failed && head < a.n && head < b.n && same(&a.line[head], &b.line[head]))
        head++;
    while (head + tail < a.n && head + tail < b.n && same(&a.line[a.n - 1 - tail], &b.line[b.n - 1 - tail]))
        tail++;
    if (!text.failed)
        compare(&text, a.line + head, a.n - head - tail, b.line + head, b.n - head - tail);
    free(a.line);
    free(b.line);
    detached = strbuf_detach(&text);
    if (!detached)
        return ERR_NOMEM;
    *out = detached;
    return ERR_OK;
}
