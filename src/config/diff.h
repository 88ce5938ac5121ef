#ifndef CONFIG_DIFF_H
#define CONFIG_DIFF_H

#include <stddef.h>

#include "base/err.h"

/* The lines that differ between two texts, "-old" and "+new", each with a newline; clean, with secrets as ***. *out
 * is the caller's. ERR_NOMEM. */
enum err diff(char **out, const char *before, size_t nbefore, const char *after, size_t nafter);

#endif
