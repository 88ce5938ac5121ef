/* One reading of uptime.cfg. The tree and libconfig's settings are gone through side by side, and each setting is
 * given its node: lines are exact then, where libconfig tells that of the next token, and an edit knows that both
 * mean the same. */
#include "document.h"

#include <malloc.h>
#include <string.h>

#define LARGE_BYTES (1u << 20)

/* Nodes hang on settings by number; 0 is "none", which suits since nobody asks for the root's. */
static void *hook_of(uint32_t node)
{
    return (void *)(uintptr_t)node;
}

static bool same_kind(const config_setting_t *s, const struct node *n)
{
    static const short types[] = {
        [NODE_GROUP] = CONFIG_TYPE_GROUP, [NODE_LIST] = CONFIG_TYPE_LIST, [NODE_ARRAY] = CONFIG_TYPE_ARRAY,
        [NODE_STRING] = CONFIG_TYPE_STRING, [NODE_BOOLEAN] = CONFIG_TYPE_BOOL, [NODE_INTEGER] = CONFIG_TYPE_INT64,
        [NODE_HEX] = CONFIG_TYPE_INT64, [NODE_FLOAT] = CONFIG_TYPE_FLOAT,
    };

    return config_setting_type(s) == types[n->kind];
}

/* Names are told at their line, groups and lists where they open, numbers where they stand, and the text of a list with
 * the token behind it. */
static bool same_line(const config_setting_t *s, const struct node *n)
{
    uint32_t line = config_setting_source_line(s);
    bool is_text = n->name == n->name_end && n->kind == NODE_STRING;

    return is_text ? line >= n->end_line : line == n->line;
}

static bool same_name(const config_setting_t *s, const struct node *n, const char *text)
{
    const char *name = config_setting_name(s);
    size_t length = n->name_end - n->name;

    return name ? strlen(name) == length && !memcmp(name, text + n->name, length) : !length;
}

static bool pair(struct document *d, config_setting_t *parent, uint32_t node)
{
    uint32_t child;
    unsigned i = 0;

    if (!config_setting_is_aggregate(parent))
        return true;
    if ((uint32_t)config_setting_length(parent) != d->tree.node[node].nchild)
        return false;
    TREE_EACH(&d->tree, node, child) {
        config_setting_t *s = config_setting_get_elem(parent, i++);
        const struct node *n = &d->tree.node[child];

        if (!same_kind(s, n) || !same_line(s, n) || !same_name(s, n, d->source.text.text) || !pair(d, s, child))
            return false;
        config_setting_set_hook(s, hook_of(child));
    }
    return true;
}

/* The tree finds everything libconfig would refuse and says it better; this is for what it may have overlooked. */
static void parse(struct document *d, struct report *r)
{
    struct strbuf text = STRBUF_INIT;
    uint32_t line;

    tree_print(&d->tree, d->source.text.text, d->source.text.length, &text);
    if (text.failed) {
        report_error(r, ERR_NOMEM, "out of memory");
    } else if (!config_read_string(&d->config, text.text)) {
        line = (uint32_t)config_error_line(&d->config);
        source_fault(&d->source, r, line, "%s at or before this line", config_error_text(&d->config));
    }
    strbuf_release(&text);
}

void document_open(struct document *d, const char *path, const char *text, size_t length, struct report *r)
{
    *d = (struct document){ .source = SOURCE_INIT, .tree = TREE_INIT };
    config_init(&d->config);
    source_read(&d->source, path, text, length, r);
    if (!r->kind)
        tree_read(&d->tree, &d->source, r);
    if (!r->kind)
        parse(d, r);
    if (!r->kind)
        d->agrees = pair(d, config_root_setting(&d->config), 0);
}

void document_close(struct document *d)
{
    bool large = d->source.text.length >= LARGE_BYTES;

    config_destroy(&d->config);
    tree_release(&d->tree);
    source_release(&d->source);
    if (large)
        malloc_trim(0); /* what was read of a long list is several times what is kept of it */
}

uint32_t document_node(const struct document *d, const config_setting_t *setting)
{
    uint32_t node = (uint32_t)(uintptr_t)config_setting_get_hook(setting);

    return d->agrees && node ? node : NOWHERE;
}

uint32_t document_line(const struct document *d, const config_setting_t *setting)
{
    uint32_t node = document_node(d, setting);

    return node == NOWHERE ? config_setting_source_line(setting) : d->tree.node[node].line;
}
