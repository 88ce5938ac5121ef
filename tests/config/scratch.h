#ifndef CONFIG_SCRATCH_H
#define CONFIG_SCRATCH_H

#include <stddef.h>

#include "config/settings.h"

/* A directory of a test's own, and the files it plays with. Any failure here fails the test. */

/* cmocka's setup and teardown: a fresh directory is made, and removed with all that is in it. */
int scratch_begin(void **state);
int scratch_end(void **state);

/* The path of a file there; good until the fourth call after it. */
const char *scratch_path(const char *name);
/* Writes a file; length -1: text is terminated. Returns its path. */
const char *scratch_write(const char *name, const char *text, long length);
/* What is in it, terminated, for the caller to free; length may be NULL. */
char *scratch_read(const char *name, size_t *length);
/* The names of the files there, sorted, with blanks between: for the caller to free. */
char *scratch_list(void);

/* Reads settings that must be good. */
struct settings *scratch_settings(const char *text);
/* Reads settings that must be bad: their faults, each with a newline, for the caller to free. */
char *scratch_faults(const char *text, long length);

#endif
