/* A change on its way from one version of the text to the next. */
#include "change.h"

#include <string.h>

#include "report.h"

static enum err out_of_memory(struct errmsg *why)
{
    return err_set(why, ERR_NOMEM, "out of memory");
}

enum err change_begin(struct change *c, struct edit *e, struct errmsg *why)
{
    *c = (struct change){ .edit = e, .text = STRBUF_INIT, .source = SOURCE_INIT, .tree = TREE_INIT, .why = why };
    strbuf_add(&c->text, e->now->text.text, e->now->text.length);
    return c->text.failed ? out_of_memory(why) : ERR_OK;
}

void change_release(struct change *c)
{
    strbuf_release(&c->text);
    source_release(&c->source);
    tree_release(&c->tree);
}

const struct source *change_source(const struct change *c)
{
    return c->is_scanned ? &c->source : &c->edit->now->document.source;
}

const struct tree *change_tree(const struct change *c)
{
    return c->is_scanned ? &c->tree : &c->edit->now->document.tree;
}

enum err change_apply(struct change *c, struct patch *patch)
{
    enum err err = patch_apply(patch, change_source(c), &c->text, c->why);

    patch_release(patch);
    return err;
}

enum err change_scan(struct change *c)
{
    struct report report = REPORT_INIT;

    source_release(&c->source);
    tree_release(&c->tree);
    c->is_scanned = true;
    source_read(&c->source, c->edit->path, c->text.text, c->text.length, &report);
    if (!report.kind)
        tree_read(&c->tree, &c->source, &report);
    return report.kind ? report_first(&report, c->why) : ERR_OK;
}

static enum err not_alone(const struct change *c)
{
    return err_set(c->why, ERR_INVALID, "this can not be done without changing more: edit '%s' by hand",
                   path_name(c->edit->path));
}

static enum err check_wanted(const struct change *c, struct wanted *wanted, const char *const *url,
                             const struct site *const *site, size_t n)
{
    size_t i;

    for (i = 0; wanted && i < n; i++) {
        struct edit_value own = { "url", url ? url[i] : NULL };
        enum err err = url ? wanted_set(wanted, &own, false, c->why) : ERR_OK;

        if (err)
            return err;
        if (!wanted_is(wanted, site[i]))
            return not_alone(c);
    }
    return ERR_OK;
}

enum err change_commit(struct change *c, size_t without, size_t with, size_t nwith, struct wanted *wanted,
                       const char *const *url)
{
    struct edit *e = c->edit;
    struct version *next;
    enum err err = version_new(&next, e->path, &c->text, c->why);

    if (err)
        return err;
    if (!version_differs_in(e->now, without, next, with, nwith))
        err = not_alone(c);
    else if (nwith)
        err = check_wanted(c, wanted, url, next->settings->site + with, nwith);
    if (err) {
        version_free(next);
        return err;
    }
    version_free(e->now);
    e->now = next;
    return ERR_OK;
}

enum err change_commit_group(struct change *c, const char *name)
{
    struct edit *e = c->edit;
    struct version *next;
    enum err err = version_new(&next, e->path, &c->text, c->why);

    if (err)
        return err;
    if (!version_differs_in_group(e->now, next, name)) {
        version_free(next);
        return not_alone(c);
    }
    version_free(e->now);
    e->now = next;
    return ERR_OK;
}

/* --- places ----------------------------------------------------------------------------------------------------- */

uint32_t change_sites(const struct change *c)
{
    return tree_find(change_tree(c), change_source(c)->text.text, 0, "sites");
}

uint32_t change_site(const struct change *c, size_t number)
{
    return tree_child(change_tree(c), change_sites(c), (uint32_t)number);
}

bool change_reaches(const struct change *c, uint32_t node)
{
    uint32_t at;

    return source_offset(change_source(c), change_tree(c)->node[node].start, &at);
}

enum err change_refuse(const struct change *c, uint32_t node)
{
    uint32_t line;
    const char *file = source_line(change_source(c), change_tree(c)->node[node].line, &line);

    return err_set(c->why, ERR_INVALID, "that stands in line %u of '%.200s', which '%.200s' includes: edit it there",
                   line, file, path_name(c->edit->path));
}
