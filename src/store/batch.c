/* Batches: writes in the order they were added, with all their memory in a few chunks. One thread fills a batch, then the writer
 * has it. */
#include "store/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "writing.h"

#define CHUNK_BYTES 2048u
#define ALIGNMENT 16u

struct chunk {
    struct chunk *next;
    size_t used, size;
    alignas(ALIGNMENT) unsigned char memory[];
};

static int (*const writers[WRITE_KINDS])(struct writing *w, const void *row) = {
#define WRITE(NAME, function, worth) write_##function,
#include "writes.def"
#undef WRITE
};

enum worth { AGAIN, ONCE };

static const enum worth worth_of[WRITE_KINDS] = {
#define WRITE(NAME, function, worth) worth,
#include "writes.def"
#undef WRITE
};

struct batch *batch_new(void)
{
    struct batch *b = calloc(1, sizeof(*b));

    if (b)
        b->bytes = sizeof(*b);
    return b;
}

void batch_free(struct batch *b)
{
    if (!b)
        return;
    while (b->chunk) {
        struct chunk *next = b->chunk->next;

        free(b->chunk);
        b->chunk = next;
    }
    free(b);
}

bool batch_is_empty(const struct batch *b)
{
    return !b || !b->first;
}

bool batch_failed(const struct batch *b)
{
    return !b || b->failed;
}

void batch_on_end(struct batch *b, batch_end_fn *end, void *context, uint64_t number)
{
    if (!b)
        return;
    b->end = end;
    b->end_context = context;
    b->end_number = number;
}

void batch_tell_end(struct batch *b, bool written)
{
    if (!b->end || (b->told && !written))
        return;
    b->told = true;
    b->end(b->end_context, b->end_number, written);
}

void *batch_memory_of(struct batch *b, size_t bytes)
{
    struct chunk *c = b->chunk;
    size_t wanted = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *memory;

    if (!c || c->size - c->used < wanted) {
        size_t size = wanted > CHUNK_BYTES ? wanted : CHUNK_BYTES;

        c = malloc(sizeof(*c) + size);
        if (!c) {
            b->failed = true;
            return NULL;
        }
        c->next = b->chunk;
        c->used = 0;
        c->size = size;
        b->chunk = c;
        b->bytes += sizeof(*c) + size;
    }
    memory = c->memory + c->used;
    c->used += wanted;
    return memset(memory, 0, wanted);
}

void *batch_put(struct batch *b, enum write_kind kind, size_t row_bytes)
{
    struct write *w = b ? batch_memory_of(b, sizeof(*w) + row_bytes) : NULL;

    if (!w)
        return NULL;
    w->kind = kind;
    b->once = b->once || worth_of[kind] == ONCE;
    if (b->last)
        b->last->next = w;
    else
        b->first = w;
    b->last = w;
    return w->row;
}

const char *batch_text(struct batch *b, const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0;
    char *copy = text ? batch_memory_of(b, size) : NULL;

    if (!text)
        return NULL;
    return copy ? memcpy(copy, text, size) : "";
}

const char *batch_masked(struct batch *b, const char *url)
{
    size_t size = strlen(url) * 4 + 8; /* what is not UTF-8 does not grow, but a mask may */
    char *copy = batch_memory_of(b, size);

    if (!copy)
        return "";
    text_mask_url(copy, size, url);
    return copy;
}

int batch_write(struct writing *w, const struct batch *b)
{
    const struct write *at;
    int code = SQLITE_DONE;

    for (at = b->first; at && (code == SQLITE_DONE || code == SQLITE_OK); at = at->next)
        code = writers[at->kind](w, at->row);
    return code;
}
