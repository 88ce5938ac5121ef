#ifndef CONFIG_CHANGE_H
#define CONFIG_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/edit.h"
#include "patch.h"
#include "version.h"
#include "wanted.h"

/* What edit.h hides. */
struct edit {
    char *named;                     /* the path as it was given */
    char *path;                      /* where it leads */
    char *base_dir;
    struct strbuf original;
    struct stamp stamp;              /* of the file that holds original */
    struct version *now;
};

/* The text changes step by step; the tree follows, so that each step sees what the one before has done. */
struct change {
    struct edit *edit;
    struct strbuf text;
    struct source source;            /* of text, when is_scanned; else the edit's own is as good */
    struct tree tree;
    bool is_scanned;
    struct errmsg *why;
};

/* The change starts from the current version. To be released either way. */
enum err change_begin(struct change *c, struct edit *e, struct errmsg *why);
void change_release(struct change *c);

/* Carries a patch out, and releases it. */
enum err change_apply(struct change *c, struct patch *patch);
/* Scans the text again, for another step. */
enum err change_scan(struct change *c);
/* Makes the changed text the current version, if it differs in these sites alone (version_differs_in) and they are what was
 * wanted (NULL: whatever they are), each with its own URL of url[0..nwith) (NULL: with that of wanted). */
enum err change_commit(struct change *c, size_t without, size_t with, size_t nwith, struct wanted *wanted,
                       const char *const *url);

/* Makes it the current version, if it differs in that group of the top level alone. */
enum err change_commit_group(struct change *c, const char *name);

/* The text as it is now, and its tree. */
const struct source *change_source(const struct change *c);
const struct tree *change_tree(const struct change *c);

/* The node of the list of sites, NOWHERE if there is none; of the site of that number. */
uint32_t change_sites(const struct change *c);
uint32_t change_site(const struct change *c, size_t number);

/* True when a node stands in the main file; change_refuse() says where it stands if not. */
bool change_reaches(const struct change *c, uint32_t node);
enum err change_refuse(const struct change *c, uint32_t node);

#endif
