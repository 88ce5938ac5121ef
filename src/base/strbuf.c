/* A string that grows. No locks: one owner at a time. */
#include "base/strbuf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char strbuf_empty[1];

static bool reserve(struct strbuf *b, size_t more)
{
    size_t wanted, capacity;
    char *text;

    if (b->failed || more > SIZE_MAX / 4 - b->length) {
        b->failed = true;
        return false;
    }
    wanted = b->length + more + 1;
    if (wanted <= b->capacity)
        return true;
    capacity = b->capacity ? b->capacity : 64;
    while (capacity < wanted)
        capacity *= 2;
    text = realloc(b->capacity ? b->text : NULL, capacity);
    if (!text) {
        b->failed = true;
        return false;
    }
    if (!b->capacity)
        text[0] = '\0';
    b->text = text;
    b->capacity = capacity;
    return true;
}

void strbuf_release(struct strbuf *b)
{
    if (b->capacity)
        free(b->text);
    *b = (struct strbuf)STRBUF_INIT;
}

void strbuf_reset(struct strbuf *b)
{
    b->length = 0;
    b->failed = false;
    if (b->capacity)
        b->text[0] = '\0';
}

void strbuf_add(struct strbuf *b, const void *bytes, size_t length)
{
    if (!length || !reserve(b, length))
        return;
    memcpy(b->text + b->length, bytes, length);
    b->length += length;
    b->text[b->length] = '\0';
}

void strbuf_adds(struct strbuf *b, const char *text)
{
    strbuf_add(b, text, strlen(text));
}

void strbuf_addc(struct strbuf *b, char c)
{
    strbuf_add(b, &c, 1);
}

void strbuf_addf(struct strbuf *b, const char *format, ...)
{
    va_list args, again;
    int length;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    if (length > 0 && reserve(b, (size_t)length)) {
        vsnprintf(b->text + b->length, (size_t)length + 1, format, again);
        b->length += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

void strbuf_splice(struct strbuf *b, size_t at, size_t remove, const void *bytes, size_t length)
{
    if (b->failed)
        return; /* at and remove may speak of what was not added */
    assert(at <= b->length && remove <= b->length - at);
    if (!reserve(b, length))
        return;
    memmove(b->text + at + length, b->text + at + remove, b->length - at - remove + 1);
    if (length)
        memcpy(b->text + at, bytes, length);
    b->length += length - remove;
}

char *strbuf_detach(struct strbuf *b)
{
    char *text = NULL;

    if (reserve(b, 0))
        text = b->text;
    else if (b->capacity)
        free(b->text);
    *b = (struct strbuf)STRBUF_INIT;
    return text;
}
