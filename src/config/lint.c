/* What is wrong with a text whose brackets and separators are right, before libconfig sees it. */
#include "lint.h"

#include <string.h>

#define GROUP_SETTINGS 256               /* libconfig looks through all of them for each one */

static uint32_t file_line(const struct source *s, uint32_t line)
{
    source_line(s, line, &line);
    return line;
}

static bool same_name(const char *text, const struct node *a, const struct node *b)
{
    uint32_t length = a->name_end - a->name;

    return length == b->name_end - b->name && !memcmp(text + a->name, text + b->name, length);
}

static void lint_group(const struct tree *t, uint32_t group, const struct source *s, struct report *r)
{
    uint32_t child, earlier;

    if (t->node[group].nchild > GROUP_SETTINGS) {
        source_fault(s, r, t->node[group].line + !group, "more than %d settings in one group: lists stand in ( )",
                     GROUP_SETTINGS);
        return;
    }
    TREE_EACH(t, group, child) {
        const struct node *n = &t->node[child];

        for (earlier = group + 1; earlier < child; earlier = t->node[earlier].after)
            if (same_name(s->text.text, n, &t->node[earlier]))
                break;
        if (earlier < child)
            source_fault(s, r, n->line, "'%.*s' stands in line %u already", (int)(n->name_end - n->name < 40
                         ? n->name_end - n->name : 40), s->text.text + n->name, file_line(s, t->node[earlier].line));
    }
}

/* The type libconfig gives an element: hexadecimal is only a way to write a number. */
static enum node_kind element_kind(const struct node *n)
{
    return n->kind == NODE_HEX ? NODE_INTEGER : n->kind;
}

static void lint_elements(const struct tree *t, uint32_t list, const struct source *s, struct report *r)
{
    const struct node *first = &t->node[list + 1];
    uint32_t child;

    TREE_EACH(t, list, child) {
        const struct node *n = &t->node[child];

        if (n->literals > 1)
            source_fault(s, r, n->line, "texts stand side by side here: a comma is missing between them");
        if (t->node[list].kind != NODE_ARRAY)
            continue;
        if (n->kind <= NODE_ARRAY)
            source_fault(s, r, n->line, "an array [ ] holds no group, list or array: a list ( ) does");
        else if (element_kind(n) != element_kind(first))
            source_fault(s, r, n->line, "an array [ ] holds values of one type");
    }
}

void lint(const struct tree *t, const struct source *s, struct report *r)
{
    uint32_t i;

    for (i = 0; i < t->n; i++) {
        if (t->node[i].kind == NODE_GROUP)
            lint_group(t, i, s, r);
        else if (t->node[i].kind <= NODE_ARRAY)
            lint_elements(t, i, s, r);
    }
}
