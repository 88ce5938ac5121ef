#ifndef CONFIG_LINT_H
#define CONFIG_LINT_H

#include "report.h"
#include "source.h"
#include "tree.h"

/* Finds what libconfig would refuse in few words, or take and mean something else: a setting written twice in one
 * group, an array of mixed values, texts in a list that are joined because a comma is missing, a group too large to
 * search. */
void lint(const struct tree *t, const struct source *s, struct report *r);

#endif
