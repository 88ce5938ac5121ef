#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Durations as people write and read them. */

/* Reads "500ms" "30s" "5m" "1h30m" "14d" or a bare number of seconds into milliseconds. Units fall from d to ms, each at
 * most once; no sign, blank, fraction or hexadecimal. ERR_INVALID with a message that quotes the text. */
enum err duration_parse(const char *text, int64_t *out_ms, struct errmsg *why);

#define DURATION_TEXT_SIZE 32

/* The exact length in the form duration_parse() reads: "1h30m", "500ms", "0s". ms >= 0. */
const char *duration_format(char text[DURATION_TEXT_SIZE], int64_t ms);

/* A length at a glance, in its largest unit, rounded down: "9s" "40m" "8h" "41d". Below a second: "0s". */
const char *duration_glance(char text[DURATION_TEXT_SIZE], int64_t ms);

/* A measured time for people, three digits or so: "0.4 ms" "84 ms" "2.4 s" "40 s". ns >= 0. */
const char *duration_measured(char text[DURATION_TEXT_SIZE], int64_t ns);

#endif
