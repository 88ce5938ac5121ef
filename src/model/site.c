/* Sites and their options: immutable once shared, counted, freed with the last reference. Any thread. */
#include "model/site.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

struct shared_options {
    struct options options;      /* first: what others see */
    _Atomic unsigned refs;
};

struct shared_site {
    struct site site;            /* first: what others see */
    _Atomic unsigned refs;
    char text[];                 /* name and URL, both terminated */
};

/* The texts of options, so that copying, comparing, hashing and freeing all walk one list. */
static const size_t texts[] = {
    offsetof(struct options, owner), offsetof(struct options, expect_body), offsetof(struct options, expect_body_regex),
    offsetof(struct options, reject_body), offsetof(struct options, user), offsetof(struct options, password),
    offsetof(struct options, password_file), offsetof(struct options, password_env), offsetof(struct options, ca_file),
    offsetof(struct options, proxy_url), offsetof(struct options, user_agent),
};
static const size_t lists[] = {
    offsetof(struct options, headers), offsetof(struct options, tags), offsetof(struct options, depends_on),
    offsetof(struct options, regions), offsetof(struct options, arguments),
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char **text_of(const struct options *o, size_t i)
{
    return (char **)((char *)o + texts[i]);
}

static struct strings *list_of(const struct options *o, size_t i)
{
    return (struct strings *)((char *)o + lists[i]);
}

/* The plain part, which holds no pointers: all before the first text. */
#define PLAIN_BYTES offsetof(struct options, owner)

void options_init(struct options *o)
{
    memset(o, 0, sizeof(*o));
    o->interval_ms = 5 * MS_PER_MIN;
    o->timeout_ms = 10 * MS_PER_S;
    o->retry_interval_ms = 5 * MS_PER_S;
    o->certificate_warning_ms = 14 * MS_PER_DAY;
    o->body_limit = 1 << 20;
    o->retries = 2;
    o->method = METHOD_HEAD;
    o->follow_redirects = true;
    o->tls_verify = true;
}

void options_release(struct options *o)
{
    size_t i;

    for (i = 0; i < COUNT(texts); i++)
        free(*text_of(o, i));
    for (i = 0; i < COUNT(lists); i++)
        strings_release(list_of(o, i));
    memset(o, 0, sizeof(*o));
}

enum err options_copy(struct options *dst, const struct options *src)
{
    size_t i, j;

    memset(dst, 0, sizeof(*dst));
    memcpy(dst, src, PLAIN_BYTES);
    for (i = 0; i < COUNT(texts); i++) {
        const char *text = *text_of(src, i);

        if (text && !(*text_of(dst, i) = strdup(text)))
            goto fail;
    }
    for (i = 0; i < COUNT(lists); i++)
        for (j = 0; j < list_of(src, i)->n; j++)
            if (strings_add(list_of(dst, i), list_of(src, i)->item[j]))
                goto fail;
    return ERR_OK;

fail:
    options_release(dst);
    return ERR_NOMEM;
}

static bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

bool options_equal(const struct options *a, const struct options *b)
{
    size_t i;

    if (memcmp(a, b, PLAIN_BYTES) != 0)
        return false;
    for (i = 0; i < COUNT(texts); i++)
        if (!text_equal(*text_of(a, i), *text_of(b, i)))
            return false;
    for (i = 0; i < COUNT(lists); i++)
        if (!strings_equal(list_of(a, i), list_of(b, i)))
            return false;
    return true;
}

static uint64_t hash_bytes(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    while (n--)
        h = (h ^ *p++) * UINT64_C(1099511628211); /* FNV-1a */
    return h;
}

uint64_t options_hash(const struct options *o)
{
    uint64_t h = hash_bytes(UINT64_C(14695981039346656037), o, PLAIN_BYTES);
    size_t i, j;

    for (i = 0; i < COUNT(texts); i++)
        if (*text_of(o, i))
            h = hash_bytes(h, *text_of(o, i), strlen(*text_of(o, i)) + 1);
    for (i = 0; i < COUNT(lists); i++)
        for (j = 0; j < list_of(o, i)->n; j++)
            h = hash_bytes(h, list_of(o, i)->item[j], strlen(list_of(o, i)->item[j]) + 1);
    return h;
}

bool options_want_body(const struct options *o)
{
    return o->expect_body || o->expect_body_regex || o->reject_body;
}

const struct options *options_share(struct options *o)
{
    struct shared_options *s = malloc(sizeof(*s));

    if (!s) {
        options_release(o);
        return NULL;
    }
    s->options = *o;
    memset(o, 0, sizeof(*o));
    atomic_init(&s->refs, 1);
    return &s->options;
}

const struct options *options_share_again(const struct options **last, struct options *o)
{
    if (*last && options_equal(*last, o)) {
        options_release(o);
        return *last;
    }
    options_unref(*last);
    *last = options_share(o);
    return *last;
}

const struct options *options_ref(const struct options *o)
{
    atomic_fetch_add_explicit(&((struct shared_options *)o)->refs, 1, memory_order_relaxed);
    return o;
}

void options_unref(const struct options *o)
{
    struct shared_options *s = (struct shared_options *)o;

    if (s && atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1) {
        options_release(&s->options);
        free(s);
    }
}

struct site *site_new(const char *name, const char *url, const struct options *options)
{
    size_t nname = strlen(name) + 1, nurl = strlen(url) + 1;
    struct shared_site *s = malloc(sizeof(*s) + nname + nurl);

    if (!s)
        return NULL;
    memcpy(s->text, name, nname);
    memcpy(s->text + nname, url, nurl);
    s->site.name = s->text;
    s->site.url = s->text + nname;
    s->site.options = options_ref(options);
    atomic_init(&s->refs, 1);
    return &s->site;
}

struct site *site_ref(const struct site *site)
{
    struct shared_site *s = (struct shared_site *)site;

    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return &s->site;
}

void site_unref(const struct site *site)
{
    struct shared_site *s = (struct shared_site *)site;

    if (s && atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1) {
        options_unref(s->site.options);
        free(s);
    }
}

bool site_equal(const struct site *a, const struct site *b)
{
    return a == b || (!strcmp(a->name, b->name) && !strcmp(a->url, b->url) &&
                      (a->options == b->options || options_equal(a->options, b->options)));
}

size_t site_host(const char *url, const char **host)
{
    const char *start = strstr(url, "://");
    const char *end, *p;

    *host = url;
    if (!start)
        return 0;
    start += 3;
    end = start + strcspn(start, "/?#");
    for (p = end; p > start; p--)
        if (p[-1] == '@')
            break;
    start = p;
    if (*start == '[') {
        *host = ++start;
        return strcspn(start, "]");
    }
    *host = start;
    p = memchr(start, ':', (size_t)(end - start));
    return (size_t)((p ? p : end) - start);
}

bool url_is_http(const char *url)
{
    return !strncasecmp(url, "http://", 7) || !strncasecmp(url, "https://", 8);
}

const char *url_code(char text[URL_CODE_SIZE], const char *url)
{
    size_t i;

    if (!strncasecmp(url, "heartbeat:", 10))
        url += strlen("heart"); /* its first four letters say something else */
    for (i = 0; i + 1 < URL_CODE_SIZE && isalnum((unsigned char)url[i]); i++)
        text[i] = (char)toupper((unsigned char)url[i]);
    text[i] = '\0';
    return text;
}

/* --- status sets ------------------------------------------------------------------------------------------------ */

/* Three digits, 100-999; NULL for anything else. */
static const char *parse_status(const char *at, uint16_t *status)
{
    int i, value = 0;

    for (i = 0; i < 3; i++) {
        if (!isdigit((unsigned char)at[i]))
            return NULL;
        value = value * 10 + at[i] - '0';
    }
    *status = (uint16_t)value;
    return value < 100 || isdigit((unsigned char)at[3]) ? NULL : at + 3;
}

enum err status_set_parse(struct status_set *set, const char *text, struct errmsg *why)
{
    const char *at = text;

    memset(set, 0, sizeof(*set));
    for (;;) {
        uint16_t first, last;

        if (set->nrange == STATUS_SET_RANGES)
            return err_set(why, ERR_INVALID, "more than %d ranges of statuses", STATUS_SET_RANGES);
        at += strspn(at, " ");
        at = parse_status(at, &first);
        if (!at)
            break;
        last = first;
        if (*at == '-')
            at = parse_status(at + 1, &last);
        if (!at || last < first)
            break;
        set->range[set->nrange].first = first;
        set->range[set->nrange].last = last;
        set->nrange++;
        at += strspn(at, " ");
        if (!*at)
            return ERR_OK;
        if (*at++ != ',')
            break;
    }
    return err_set(why, ERR_INVALID, "'%.60s' is no list of statuses: write it like 200-299,401", text);
}

bool status_set_has(const struct status_set *set, int status)
{
    int i;

    if (!set->nrange)
        return status >= 100 && status < 400;
    for (i = 0; i < set->nrange; i++)
        if (status >= set->range[i].first && status <= set->range[i].last)
            return true;
    return false;
}

const char *status_set_format(char text[STATUS_SET_TEXT_SIZE], const struct status_set *set)
{
    size_t used = 0;
    int i;

    text[0] = '\0';
    for (i = 0; i < set->nrange; i++) {
        used += (size_t)snprintf(text + used, STATUS_SET_TEXT_SIZE - used, "%s%d", i ? "," : "", set->range[i].first);
        if (set->range[i].last != set->range[i].first)
            used += (size_t)snprintf(text + used, STATUS_SET_TEXT_SIZE - used, "-%d", set->range[i].last);
    }
    return text;
}

/* --- lists of strings ------------------------------------------------------------------------------------------- */

enum err strings_add(struct strings *s, const char *text)
{
    char **item = realloc(s->item, (s->n + 1) * sizeof(*item));
    char *copy;

    if (!item)
        return ERR_NOMEM;
    s->item = item;
    copy = strdup(text);
    if (!copy)
        return ERR_NOMEM;
    s->item[s->n++] = copy;
    return ERR_OK;
}

void strings_release(struct strings *s)
{
    size_t i;

    for (i = 0; i < s->n; i++)
        free(s->item[i]);
    free(s->item);
    *s = (struct strings){ 0 };
}

bool strings_have(const struct strings *s, const char *text)
{
    size_t i;

    for (i = 0; i < s->n; i++)
        if (!strcmp(s->item[i], text))
            return true;
    return false;
}

bool strings_equal(const struct strings *a, const struct strings *b)
{
    size_t i;

    if (a->n != b->n)
        return false;
    for (i = 0; i < a->n; i++)
        if (strcmp(a->item[i], b->item[i]) != 0)
            return false;
    return true;
}
