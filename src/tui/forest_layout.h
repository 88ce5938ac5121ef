#ifndef FOREST_LAYOUT_H
#define FOREST_LAYOUT_H

#include "forest.h"

/* How a forest is laid out: for forest.c. */

/* Room for that many sites in t->site. */
bool forest_has_sites(struct forest *t, size_t n);
/* From groups and states as they were noted. */
enum err forest_lay_out(struct forest *t, const struct snapshot *s, const struct order *list, enum column sort);
/* Lines alone: a fold is another. */
void forest_put_lines(struct forest *t);
/* Empty, until it can be laid out: ERR_NOMEM. */
enum err forest_fail(struct forest *t);
/* The group within this one of which that member is the head; GROUP_NONE: none. */
uint32_t forest_inner_group(const struct forest *t, uint32_t group, const struct forest_member *m);

#endif
