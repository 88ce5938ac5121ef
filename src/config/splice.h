#ifndef CONFIG_SPLICE_H
#define CONFIG_SPLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "patch.h"
#include "source.h"
#include "tree.h"

/* Where bytes have to be put in or taken out for a change of the settings. Every function works on one text and its
 * tree; what it wants done lies in a patch, all of it in offsets of that text. No comment is lost, but those within
 * or right behind what is removed. */

/* A text to be changed: what tree_read() was given, and what it made of it. */
struct scene {
    const char *text;
    uint32_t length;
    const struct tree *tree;
    const char *newline;             /* how its lines end */
};

struct scene scene_of(const struct source *s, const struct tree *tree);

/* Gives a setting or element another value. */
void splice_value(struct patch *p, const struct scene *s, uint32_t node, const char *literal);
/* Puts something before and behind a value. */
void splice_wrap(struct patch *p, const struct scene *s, uint32_t node, const char *before, const char *behind);
/* Adds a setting to a group, behind its last one. */
void splice_add(struct patch *p, const struct scene *s, uint32_t group, const char *name, const char *literal);
/* Adds a setting to the whole text, on lines of its own at the end. */
void splice_add_last(struct patch *p, const struct scene *s, const char *name, const char *literal);
/* Adds an element to a list. foreign: its last element came out of another file, so ours goes right before the
 * bracket. */
void splice_append(struct patch *p, const struct scene *s, uint32_t list, const char *literal, bool foreign);
/* Adds n elements, at least one, to a list whose last element stands in this text. */
void splice_append_more(struct patch *p, const struct scene *s, uint32_t list, const char *const *literal, size_t n);
/* Takes a setting out of its group. */
void splice_remove(struct patch *p, const struct scene *s, uint32_t node);
/* Takes the element of that number out of its list. */
void splice_remove_element(struct patch *p, const struct scene *s, uint32_t list, uint32_t number);

#endif
