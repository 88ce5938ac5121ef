#ifndef PASS_PRINT_H
#define PASS_PRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "monitor/pass.h"

/* What `check` prints: a table for people, or one JSON object a line for machines. */

struct pass_print {
    bool json;
    bool color;
    int  name_width;
};

void pass_print_begin(struct pass_print *r, bool json, bool color, const struct site *const *site, size_t n);
void pass_print_site(const struct pass_print *r, const struct site *site, const struct pass_result *result);
/* "34 sites: 30 up, 2 slow, 2 down; 2.1 s" on standard error. */
void pass_print_end(const struct pass_print *r, const struct pass_result *result, size_t n, const struct pass_stats *stats);

#endif
