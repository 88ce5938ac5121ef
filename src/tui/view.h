#ifndef VIEW_H
#define VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "columns.h"
#include "filter.h"
#include "order.h"
#include "forest.h"

/* What the person has set: which sites, in which order, from which one on, and where the cursor is. The cursor is on
 * a site, not on a line: it goes where the site goes, and the rows around it move so that its line stays. In a tree it may be
 * on a group, and goes with that; a site that a fold hides has its cursor on the fold. Only while it rests - at the start and after g or Home, until a key moves or uses it - it is on the first site, whichever that
 * is, so that who just looks on sees the worst. */
struct view {
    struct order sites;              /* what the grid shows */
    struct forest tree;                /* and as a tree */
    struct order alerts;             /* all in trouble, worst and newest first, whatever the filter says */
    struct filter filter;
    char  *search;                   /* NULL: none */
    enum column sort;
    int    column_scroll;

    bool   on_site;                  /* false: the list is empty, or on_group */
    bool   on_group;                 /* it is on that group's header */
    uint32_t group;                  /* in a tree: the group around the cursor */
    uint32_t id, generation;         /* the site under the cursor */
    const struct site *site;         /* its name and URL when it got there: a reference */
    size_t at, top;                  /* its line, and the first one on the screen: places in sites, or lines of the tree */
    bool   resting;
    bool   on_line;                  /* the cursor stays on its line instead */
    uint32_t *tagged;                /* by site id: the generation that was tagged; 0: not */
    size_t tagged_size, ntagged;
    int    y_rows, nrows;            /* where the rows were drawn when the lines were last settled */
};

void view_init(struct view *v);
void view_release(struct view *v);

/* Takes over what changed in the snapshot. ERR_NOMEM: less is shown until the next time. */
enum err view_take(struct view *v, const struct snapshot *s);

/* Goes over to another snapshot, whatever changed. */
enum err view_show(struct view *v, const struct snapshot *s);

/* Rows are to be drawn from line y_rows on, nrows of them: scrolls so that the cursor's line stays, if it can. */
void view_settle(struct view *v, int y_rows, int nrows);

/* Moves the cursor by lines, or to a place in the list (cut off at its ends). */
void view_move(struct view *v, const struct snapshot *s, int64_t lines);
void view_go(struct view *v, const struct snapshot *s, size_t at);
/* To that site, unfolding what hides it; false when it is not in the list. */
bool view_go_site(struct view *v, const struct snapshot *s, uint32_t id);
/* Where the cursor is, to go back there. */
struct view_mark {
    bool on_site, on_group;
    uint32_t id, group;
    enum tree_kind tree;             /* where that group is */
};
struct view_mark view_mark(const struct view *v);
void view_go_mark(struct view *v, const struct snapshot *s, struct view_mark mark);
/* To the top of the list, to rest there. */
void view_rest(struct view *v, const struct snapshot *s);
/* The cursor is used: from now on it stays on this site. */
void view_hold(struct view *v);

/* Tagged sites are acted on together. A site that is edited or removed loses its tag. ERR_NOMEM: it is not tagged. */
enum err view_tag(struct view *v, const struct row *r, bool tagged);
bool view_is_tagged(const struct view *v, const struct row *r);
void view_untag_all(struct view *v);

/* What stands on each line, and how many there are. */
struct view_line {
    uint32_t id;                     /* the site; of a header the one of its group that is worst off */
    uint32_t group;                  /* in a tree */
    bool header;
    uint32_t depth;                  /* in a tree 1 and more */
    bool parent, folded;             /* others hang below it, and can be folded; and are */
    uint32_t below;                  /* how many */
};
size_t view_lines(const struct view *v);
/* How many there would be without filter and folds. */
size_t view_whole(const struct view *v, const struct snapshot *s);
struct view_line view_line(const struct view *v, size_t at);
/* The states of those in the fold of the site on that line. */
struct status_counts view_count_fold(const struct view *v, size_t at);

/* The row under the cursor; NULL when there is none, as on a group. */
const struct snapshot_row *view_row(const struct view *v, const struct snapshot *s);
/* What there is most to say of: that row, or of the group under the cursor the one that is worst off. */
const struct snapshot_row *view_subject(const struct view *v, const struct snapshot *s);
/* The group under the cursor; NULL when it is on a site. */
const struct group *view_group(const struct view *v);
const char *view_group_name(const struct view *v, const struct group *g);
bool view_group_is_tagged(const struct view *v, const struct snapshot *s, const struct group *g);
/* Member i of that under the cursor; NULL behind the last. */
const struct snapshot_row *view_group_row(const struct view *v, const struct snapshot *s, size_t i);

enum err view_set_tree(struct view *v, const struct snapshot *s, enum tree_kind kind);
/* Folds the innermost group around the cursor, which goes there, or unfolds the one it is on; false: there is none. */
bool view_fold(struct view *v, const struct snapshot *s, bool folded);
void view_fold_all(struct view *v, const struct snapshot *s, bool folded);
/* To the header before or after; without a tree to the first site of the state before or after. */
void view_go_group(struct view *v, const struct snapshot *s, int step);
/* Scrolls, and takes the cursor along where it would leave the screen. */
void view_scroll(struct view *v, const struct snapshot *s, int64_t lines);

enum err view_set_sort(struct view *v, const struct snapshot *s, enum column sort, bool inverted);
enum err view_set_filter(struct view *v, const struct snapshot *s, const char *text, struct errmsg *why);
/* NULL or "": none. */
enum err view_set_search(struct view *v, const char *text);

/* To the next site (step 1 or -1) behind the cursor that fits the search, round the end; false: none does. */
bool view_find(struct view *v, const struct snapshot *s, int step);

#endif
