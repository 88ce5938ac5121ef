#ifndef PADDED_H
#define PADDED_H

#include <stddef.h>

#include "model/site.h"

/* Columns of tables, counted as the terminal counts them. */

/* What the names of these sites need, between a least and a most. */
int names_width(const struct site *const *site, size_t n);
/* Columns that a text takes; of bytes that are no text of the locale, as many as there are. */
int padded_width(const char *text);
/* With blanks behind up to width. */
void print_padded(const char *text, int width);

#endif
