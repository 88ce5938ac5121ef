#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "monitor/pass.h"

/* What `check` prints: a table for people, or one JSON object a line for machines. */

struct report {
    bool json;
    bool color;
    int  name_width;
};

void report_begin(struct report *r, bool json, bool color, const struct site *const *site, size_t n);
void report_site(const struct report *r, const struct site *site, const struct pass_result *result);
/* "34 sites: 30 up, 2 slow, 2 down; 2.1 s" on standard error. */
void report_end(const struct report *r, const struct pass_result *result, size_t n, const struct pass_stats *stats);

#endif
