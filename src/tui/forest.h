#ifndef FOREST_H
#define FOREST_H

#include "columns.h"
#include "groups.h"
#include "order.h"

/* The list as a tree: groups, each a header's line and below it its sites, unless it is folded. It is laid out from the list in
 * order by going through that once, so that each group has the list's order; no site is compared with another for it. With
 * kind TREE_OFF it does and costs nothing.
 *
 * Groups come worst first under the order by STATE, and those in which nothing is wrong by name; by name under that by NAME;
 * under any other, as their first sites come. What belongs nowhere comes last. */
#define TREE_HEADER UINT32_MAX

struct forest {
    enum tree_kind kind;
    struct groups by[TREE_KINDS];    /* by[TREE_OFF] is never used */
    struct forest_member {
        uint32_t id;
        uint32_t below;              /* so many behind it hang below it */
        uint32_t depth;              /* 1: right below the header */
    } *member;                       /* all that the list shows, folded or not, group by group */
    size_t nmember, member_size;
    struct forest_line {
        uint32_t group;
        uint32_t member;             /* TREE_HEADER: it is the header */
    } *line;
    size_t nline, line_size;
    uint32_t *shown;                 /* groups that have members, as they come */
    uint32_t nshown;
    size_t shown_size;
    struct forest_site {
        uint32_t generation;         /* by these it was sorted into groups: ... */
        const void *site;            /* ... only to compare, for a screen elsewhere learns of edits that are none there */
        uint8_t  shown, warns;       /* its state, which is an enum state, and whether it is a warning, ... */
        uint8_t  rank;               /* ... and how bad that is: 0 is worst. So a row is seldom looked at */
        uint32_t child, next;        /* by dependency, while it is laid out */
        uint32_t member;             /* likewise: where it is in member[] */
    } *site;                         /* by site id */
    size_t nsite;
    uint64_t moves;                  /* of the list it was laid out from */
    bool stale;                      /* memory ran out: empty, until it can be laid out */
};

/* "off" "tag" "dependency"; -1 for another word, TREE_OFF for NULL. */
const char *tree_word(enum tree_kind kind);
int tree_kind(const char *word);

void forest_release(struct forest *t);

/* Another kind. ERR_NOMEM, here and below: it is empty until a later call can lay it out. */
enum err forest_set(struct forest *t, enum tree_kind kind, const struct snapshot *s, const struct order *list, enum column sort);
/* Takes over what changed, in the snapshot and in the list, which is sorted by that column. */
enum err forest_take(struct forest *t, const struct snapshot *s, const struct order *list, enum column sort);
/* The list is another one, or sorted by another column. */
enum err forest_rebuild(struct forest *t, const struct snapshot *s, const struct order *list, enum column sort);

bool forest_is_on(const struct forest *t);
struct group *forest_group(const struct forest *t, uint32_t group);

/* A group of a site that is in the list: that one if it is one of its, else, if it can be, one that is not folded. */
uint32_t forest_group_of(const struct forest *t, uint32_t id, uint32_t group);
/* Where it is in member[], of that group; SIZE_MAX: nowhere. */
size_t forest_member_of(const struct forest *t, uint32_t id, uint32_t group);
/* The line of a site, or of the fold that hides it; of that group if it is one of its. SIZE_MAX: it is not in the list. */
size_t forest_find(const struct forest *t, uint32_t id, uint32_t group);

/* Folds or unfolds. By dependency groups within groups have folds of their own. */
void forest_fold(struct forest *t, uint32_t group, bool folded);
void forest_fold_all(struct forest *t, bool folded);
/* Unfolds whatever hides the site in that group. */
void forest_reveal(struct forest *t, uint32_t id, uint32_t group);
/* The group that the site on that line is the head of, within another; GROUP_NONE: none. */
uint32_t forest_inner(const struct forest *t, size_t line);
/* The innermost group around that line that is not folded, which may be the line's own. */
uint32_t forest_fold_around(const struct forest *t, size_t line);

#endif
