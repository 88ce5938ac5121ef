#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>

/* A string that grows. Set it to STRBUF_INIT, release it with strbuf_release(). When memory runs out it stops growing
 * and says so in `failed`: test that once at the end, not at each step. `text` is always terminated and never NULL. */
struct strbuf {
    char  *text;
    size_t length;   /* bytes, without the terminator */
    size_t capacity; /* bytes owned; 0: text is the shared empty string */
    bool   failed;
};

extern char strbuf_empty[1];
#define STRBUF_INIT { strbuf_empty, 0, 0, false }

void strbuf_release(struct strbuf *b);
/* Empties it, keeps the memory. */
void strbuf_reset(struct strbuf *b);

/* What is added lies outside of b. */
void strbuf_add(struct strbuf *b, const void *bytes, size_t length);
void strbuf_adds(struct strbuf *b, const char *text);
void strbuf_addc(struct strbuf *b, char c);
void strbuf_addf(struct strbuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Replaces `remove` bytes at `at` by `length` bytes; both ends lie within the string. */
void strbuf_splice(struct strbuf *b, size_t at, size_t remove, const void *bytes, size_t length);

/* The string, now the caller's to free(); NULL when memory ran out. b is empty again. */
char *strbuf_detach(struct strbuf *b);

#endif
