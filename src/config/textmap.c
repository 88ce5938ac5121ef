/* A map from texts to numbers, by open addressing: a hundred thousand names are found without walking a list. */
#include "textmap.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash_text(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037);

    while (*text)
        h = (h ^ (unsigned char)*text++) * UINT64_C(1099511628211); /* FNV-1a */
    return h ^ h >> 32;
}

/* Where the text is, or where it belongs. There is always a free entry. */
static struct textmap_entry *place_of(const struct textmap *m, const char *text)
{
    size_t at = (size_t)hash_text(text) & (m->capacity - 1);

    while (m->entry[at].text && strcmp(m->entry[at].text, text) != 0)
        at = (at + 1) & (m->capacity - 1);
    return &m->entry[at];
}

static enum err grow(struct textmap *m)
{
    struct textmap bigger = { .n = m->n, .capacity = m->capacity ? m->capacity * 2 : 16 };
    size_t i;

    bigger.entry = calloc(bigger.capacity, sizeof(*bigger.entry));
    if (!bigger.entry)
        return ERR_NOMEM;
    for (i = 0; i < m->capacity; i++)
        if (m->entry[i].text)
            *place_of(&bigger, m->entry[i].text) = m->entry[i];
    free(m->entry);
    *m = bigger;
    return ERR_OK;
}

void textmap_release(struct textmap *m)
{
    free(m->entry);
    *m = (struct textmap)TEXTMAP_INIT;
}

size_t *textmap_find(const struct textmap *m, const char *text)
{
    struct textmap_entry *e;

    if (!m->n)
        return NULL;
    e = place_of(m, text);
    return e->text ? &e->value : NULL;
}

enum err textmap_add(struct textmap *m, const char *text, size_t value)
{
    struct textmap_entry *e;

    if ((m->n + 1) * 4 > m->capacity * 3 && grow(m))
        return ERR_NOMEM;
    e = place_of(m, text);
    assert(!e->text);
    *e = (struct textmap_entry){ text, value };
    m->n++;
    return ERR_OK;
}
