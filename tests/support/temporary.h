#ifndef SUPPORT_TEMPORARY_H
#define SUPPORT_TEMPORARY_H

#include <stdbool.h>
#include <stddef.h>

/* Directories for tests. All stand under one parent of this user's, named by the process that made them: what a test that was
 * killed left behind goes when the next one makes its own. */

/* Makes "PARENT/name-PID-XXXXXX", mode 0700; false when it can not, or when size is too small for its path. */
bool temporary_make(char *path, size_t size, const char *name);
/* With all that is in it. */
void temporary_remove(const char *path);

#endif
