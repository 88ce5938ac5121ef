#ifndef GROUP_ROW_H
#define GROUP_ROW_H

#include "cells.h"
#include "columns.h"
#include "view.h"

/* The header of a group of the tree: its worst state and for how long, its name, and how many of it are in which state; of a
 * folded one also what is wrong. Pure. */
void group_row_draw(struct cells *c, int y, const struct layout *l, const struct snapshot *s, const struct view *v,
                    const struct group *g, struct row_look look);

/* In the row of a site that has something in its fold, over its numbers: how many of those are in which state. */
void group_row_draw_fold(struct cells *c, int y, const struct layout *l, const struct status_counts *counts, struct row_look look);

#endif
