#ifndef GROUPS_H
#define GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/snapshot.h"

/* Which groups the sites of a snapshot form, and which of them each belongs to: by tag it belongs to the group of each of its
 * tags; by dependency to one, that of the site at the top of the chain: it hangs below the first site of its depends_on that is
 * there, that one likewise, and a ring is cut where it was entered. What belongs nowhere is of group 0, which has no name.
 * A group is never forgotten, lest its fold be: one number is one name for ever. One thread. */
enum tree_kind { TREE_OFF, TREE_TAG, TREE_DEPENDENCY, TREE_KINDS };

#define GROUP_NONE UINT32_MAX
#define GROUP_REST 0u

struct group {
    char *name;                      /* a tag, or the name of the site that others depend on; NULL: group 0's */
    bool folded;                     /* by dependency: what hangs below that site, too */
    uint32_t head;                   /* by dependency: that site; GROUP_NONE by tag, or when it has no children */

    /* As placed last (forest.h). */
    size_t n, first;                 /* so many members are shown, from there on in forest.member; 0: it is not to be seen */
    size_t line;                     /* its header's */
    uint32_t worst;                  /* the site of it that is worst off */
    struct status_counts counts;
};

struct groups {
    enum tree_kind kind;             /* TREE_TAG or TREE_DEPENDENCY */
    struct group *group;
    uint32_t n, size;
    uint32_t *slot;                  /* a hash table of group numbers by name */
    uint32_t nslot;                  /* a power of two, or 0 */
    uint32_t *by_name, nby_name;     /* all but group 0, in the order of names */

    struct group_site {
        uint32_t first, n;           /* its groups: of[first] to of[first + n - 1] */
        uint32_t parent;             /* by dependency: the site it hangs below; GROUP_NONE: none */
        uint32_t heads;              /* the group that is named after it and has children; GROUP_NONE: none */
    } *site;                         /* by site id */
    uint32_t nsite, site_size;
    uint32_t *of;
    size_t nof, of_size;
    size_t pairs;                    /* of sites and groups */
};

void groups_release(struct groups *g);

/* Anew from all sites of the snapshot. ERR_NOMEM: nothing of it may be used until it went well. */
enum err groups_take(struct groups *g, const struct snapshot *s);

/* GROUP_NONE: there is none of that name. */
uint32_t groups_find(const struct groups *g, const char *name);

#endif
