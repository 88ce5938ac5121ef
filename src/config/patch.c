/* Bytes to be put into and taken out of a text, all at once. */
#include "patch.h"

#include <stdlib.h>
#include <string.h>

void patch_release(struct patch *p)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        free(p->splice[i].text);
    free(p->splice);
    *p = (struct patch)PATCH_INIT;
}

static bool reserve(struct patch *p)
{
    size_t capacity = p->capacity ? p->capacity * 2 : 8;
    struct splice *more;

    if (p->n < p->capacity)
        return true;
    more = realloc(p->splice, capacity * sizeof(*more));
    if (!more)
        return false;
    p->splice = more;
    p->capacity = capacity;
    return true;
}

void patch_add(struct patch *p, uint32_t at, uint32_t remove, const char *text)
{
    size_t i = p->n;
    char *copy = strdup(text);

    if (!copy || !reserve(p)) {
        free(copy);
        p->failed = true;
        return;
    }
    for (; i > 0 && p->splice[i - 1].at > at; i--)
        p->splice[i] = p->splice[i - 1];
    p->splice[i] = (struct splice){ at, remove, copy };
    p->n++;
}

/* A splice in the main file. The newline the source put at the end of a text without one is not there. */
struct located {
    uint32_t at, remove;
    bool newline_first;
};

static enum err locate(struct located *l, const struct splice *splice, const struct source *s, uint32_t length,
                       struct errmsg *why)
{
    uint32_t last_byte = splice->at + splice->remove - (splice->remove > 0), at, end;

    if (!source_offset(s, splice->at, &at) || !source_offset(s, last_byte, &end) || end - at != last_byte - splice->at)
        return err_set(why, ERR_INVALID,
                       "part of it stands in another file, which is included here: edit that by hand");
    end = at + splice->remove < length ? at + splice->remove : length;
    l->newline_first = at > length;
    l->at = at < length ? at : length;
    l->remove = end - l->at;
    return ERR_OK;
}

enum err patch_apply(struct patch *p, const struct source *s, struct strbuf *text, struct errmsg *why)
{
    struct located l = { 0 };
    size_t i = p->n;

    if (p->failed)
        return err_set(why, ERR_NOMEM, "out of memory");
    while (i--) { /* from the end, so that the offsets of the others stay right */
        const char *put = p->splice[i].text;
        enum err err = locate(&l, &p->splice[i], s, (uint32_t)text->length, why);

        if (err)
            return err;
        strbuf_splice(text, l.at, l.remove, put, strlen(put));
        if (l.newline_first)
            strbuf_splice(text, l.at, 0, "\n", 1);
    }
    return text->failed ? err_set(why, ERR_NOMEM, "out of memory") : ERR_OK;
}
