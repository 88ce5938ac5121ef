#ifndef CONFIG_TREE_H
#define CONFIG_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "report.h"
#include "source.h"

/* Where each setting of the text stands: names, values, separators. libconfig knows what they mean, and their lines
 * at most. Nodes lie in the order of the text, a parent before its children; node 0 is the whole text, a group. */
#define TREE_DEPTH 32                    /* libconfig 1.5 gives up between 1600 and 2400 */
#define NOWHERE UINT32_MAX

enum node_kind {
    NODE_GROUP, NODE_LIST, NODE_ARRAY,
    NODE_STRING, NODE_BOOLEAN, NODE_INTEGER, NODE_HEX, NODE_FLOAT
};

struct node {
    enum node_kind kind;
    uint32_t nchild;
    uint32_t after;                      /* the first node that is not within this one */
    uint32_t name, name_end;             /* of a setting; equal for the element of a list */
    uint32_t start, end;                 /* the value, brackets and quotes included */
    uint32_t separator;                  /* the ',' or ';' behind it, NOWHERE if there is none */
    uint32_t line;                       /* of the name, or where the value of an element begins */
    uint32_t end_line;                   /* where the value ends */
    uint32_t literals;                   /* NODE_STRING: how many stand side by side and are joined */
};

struct tree {
    struct node *node;
    uint32_t n, capacity;
};

#define TREE_INIT { NULL, 0, 0 }

/* Builds the tree of s->text. What is wrong with the text - all that libconfig would refuse, and what it would drop
 * silently - is in the report; the tree is to be released either way. */
void tree_read(struct tree *t, const struct source *s, struct report *r);
void tree_release(struct tree *t);

/* The first child (to be used if there is one) and the next (up to node[parent].after) are node + 1 and
 * node[n].after. */
#define TREE_EACH(t, parent, child) \
    for ((child) = (parent) + 1; (child) < (t)->node[parent].after; (child) = (t)->node[child].after)

/* The child of that number, from 0; NOWHERE if there are fewer. */
uint32_t tree_child(const struct tree *t, uint32_t parent, uint32_t number);
/* The setting of that name in a group; NOWHERE if there is none. */
uint32_t tree_find(const struct tree *t, const char *text, uint32_t group, const char *name);

/* The text for libconfig: every integer a 64-bit one, since 1.5 would cut off what is beyond 32 bits and say
 * nothing. */
void tree_print(const struct tree *t, const char *text, size_t length, struct strbuf *out);

#endif
