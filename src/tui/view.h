#ifndef VIEW_H
#define VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "columns.h"
#include "filter.h"
#include "order.h"

/* What the person has set: which sites, in which order, from which one on, and where the cursor is. The cursor is on
 * a site, not on a line: it goes where the site goes, and the rows around it move so that its line stays. Only while
 * it rests - at the start and after g or Home, until a key moves or uses it - it is on the first site, whichever that
 * is, so that who just looks on sees the worst. */
struct view {
    struct order sites;              /* what the grid shows */
    struct order alerts;             /* all in trouble, worst and newest first, whatever the filter says */
    struct filter filter;
    char  *search;                   /* NULL: none */
    enum column sort;
    int    column_scroll;

    bool   on_site;                  /* false: the list is empty */
    uint32_t id, generation;         /* the site under the cursor */
    const struct site *site;         /* its name and URL when it got there: a reference */
    size_t at, top;                  /* its place in sites, and the first one on the screen */
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

/* Rows are to be drawn from line y_rows on, nrows of them: scrolls so that the cursor's line stays, if it can. */
void view_settle(struct view *v, int y_rows, int nrows);

/* Moves the cursor by lines, or to a place in the list (cut off at its ends). */
void view_move(struct view *v, const struct snapshot *s, int64_t lines);
void view_go(struct view *v, const struct snapshot *s, size_t at);
/* To that site; false when it is not in the list. */
bool view_go_site(struct view *v, const struct snapshot *s, uint32_t id);
/* To the top of the list, to rest there. */
void view_rest(struct view *v, const struct snapshot *s);
/* The cursor is used: from now on it stays on this site. */
void view_hold(struct view *v);

/* Tagged sites are acted on together. A site that is edited or removed loses its tag. ERR_NOMEM: it is not tagged. */
enum err view_tag(struct view *v, const struct row *r, bool tagged);
bool view_is_tagged(const struct view *v, const struct row *r);
void view_untag_all(struct view *v);

/* The row under the cursor; NULL when there is none. */
const struct snapshot_row *view_row(const struct view *v, const struct snapshot *s);

enum err view_set_sort(struct view *v, const struct snapshot *s, enum column sort, bool inverted);
enum err view_set_filter(struct view *v, const struct snapshot *s, const char *text, struct errmsg *why);
/* NULL or "": none. */
enum err view_set_search(struct view *v, const char *text);

/* The next place (step 1 or -1) after `from` whose site fits the search, round the end; SIZE_MAX: none. With from
 * SIZE_MAX and step 1 it begins at the first. */
size_t view_find(const struct view *v, const struct snapshot *s, size_t from, int step);

#endif
