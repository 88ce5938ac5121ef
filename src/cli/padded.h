#ifndef PADDED_H
#define PADDED_H

#include <stddef.h>

#include "model/site.h"

/* Columns of tables, counted as the terminal counts them. */

/* What the names of these sites need, between a least and a most. */
int names_width(const struct site *const *site, size_t n);
/* With blanks behind up to width. */
void print_padded(const char *text, int width);

#endif
