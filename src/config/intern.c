/* Options that are equal become one, by open addressing. */
#include "intern.h"

#include <stdlib.h>

static struct intern_entry *place_of(const struct intern *in, const struct options *o, uint64_t hash)
{
    size_t at = (size_t)(hash ^ hash >> 32) & (in->capacity - 1);

    while (in->entry[at].options && !(in->entry[at].hash == hash && options_equal(in->entry[at].options, o)))
        at = (at + 1) & (in->capacity - 1);
    return &in->entry[at];
}

static enum err grow(struct intern *in)
{
    struct intern bigger = { .n = in->n, .capacity = in->capacity ? in->capacity * 2 : 16 };
    size_t i;

    bigger.entry = calloc(bigger.capacity, sizeof(*bigger.entry));
    if (!bigger.entry)
        return ERR_NOMEM;
    for (i = 0; i < in->capacity; i++)
        if (in->entry[i].options)
            *place_of(&bigger, in->entry[i].options, in->entry[i].hash) = in->entry[i];
    free(in->entry);
    *in = bigger;
    return ERR_OK;
}

const struct options *intern_share(struct intern *in, struct options *o)
{
    uint64_t hash = options_hash(o);
    struct intern_entry *e;

    if ((in->n + 1) * 4 > in->capacity * 3 && grow(in)) {
        options_release(o);
        return NULL;
    }
    e = place_of(in, o, hash);
    if (e->options) {
        options_release(o);
        return options_ref(e->options);
    }
    e->options = options_share(o);
    if (!e->options)
        return NULL;
    e->hash = hash;
    in->n++;
    return options_ref(e->options);
}

void intern_release(struct intern *in)
{
    size_t i;

    for (i = 0; i < in->capacity; i++)
        options_unref(in->entry[i].options);
    free(in->entry);
    *in = (struct intern)INTERN_INIT;
}
