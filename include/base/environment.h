#ifndef BASE_ENVIRONMENT_H
#define BASE_ENVIRONMENT_H

#include <stddef.h>

/* An environment made anew, for a program that is none of ours: it gets the variables of ours that are named, and nothing else
 * that we know. `first` is put before them ("LC_ALL=C"; NULL: nothing). Ends with NULL; NULL when memory ran out. */
char **environment_of(const char *first, const char *const *names, size_t n);
/* NULL is fine. */
void environment_free(char **environment);

#endif
