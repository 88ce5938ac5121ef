#ifndef VIEW_CURSOR_H
#define VIEW_CURSOR_H

#include "view.h"

/* How the cursor holds while lines come and go: for view.c and view_tree.c. */

/* Scrolls by lines, without looking at the list's end: view_clamp() does. */
void view_shift(struct view *v, int64_t lines);
/* The cursor stays on its site, and on its line if it can. */
void view_follow(struct view *v, const struct snapshot *s);
/* After the list changed: it follows, or rests, or stays on its line. */
void view_keep(struct view *v, const struct snapshot *s);
/* The cursor in the window, and the window in the list. */
void view_clamp(struct view *v);

#endif
