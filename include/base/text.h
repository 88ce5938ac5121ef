#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text from outside: server answers, certificates, settings, pasted lines. Every byte of it is hostile until it went
 * through here once. */

/* Decodes one character of well-formed UTF-8 (RFC 3629) from up to length bytes. Returns its bytes and sets *point;
 * 0 when length is 0; -1 when the first byte begins no well-formed character. */
int text_decode(const char *bytes, size_t length, uint32_t *point);

/* Encodes a code point; returns its bytes, at most 4. point is a valid one. */
int text_encode(uint32_t point, char bytes[4]);

/* False for what may not be shown: C0, DEL, C1, line and paragraph separators, bidirectional controls, zero-width
 * and tag characters, private use, surrogates and noncharacters. */
bool text_is_safe(uint32_t point);

/* Copies src so that dst is well-formed UTF-8 of safe characters alone: tabs and line ends become a blank, anything else
 * unsafe a '?'. dst is always terminated (size >= 1) and never cut within a character. Returns the bytes written. */
size_t text_clean(char *dst, size_t size, const char *src, size_t length);

/* True when text_clean() would change nothing. */
bool text_is_clean(const char *text);

/* A URL with its password (RFC 3986, section 3.2.1) shown as ***; also clean. Works on text that is no URL, and on sentences
 * with URLs in them; when in doubt, more is hidden. */
size_t text_mask_url(char *dst, size_t size, const char *url);

/* The distance of two words in edits (insert, remove, change, swap), for "did you mean". Case counts as nothing.
 * Words over 63 bytes are far from everything. */
unsigned text_distance(const char *a, const char *b);

/* The nearest of n words if it is near enough to be meant; else NULL. */
const char *text_nearest(const char *word, const char *const *words, size_t n);

#endif
