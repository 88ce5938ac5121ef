/* Edits of how the screen looks: one plain group of the top level. */
#include <string.h>

#include "change.h"
#include "config/edit.h"
#include "groups.h"
#include "literal.h"
#include "splice.h"
#include "typed.h"

#define GROUP "screen"

static const struct setting *row_of(const char *key)
{
    size_t i;

    for (i = 0; i < table_screen.n; i++)
        if (!strcmp(table_screen.rows[i].name, key))
            return &table_screen.rows[i];
    return NULL;
}

static enum err literal_of(struct strbuf *out, const struct edit_value *v, struct errmsg *why)
{
    const struct setting *row = row_of(v->key);
    struct typed typed;
    enum err err;

    if (!row)
        return err_set(why, ERR_INVALID, "unknown setting '%s' of " GROUP, v->key);
    err = typed_read(&typed, row, v->text, why);
    if (!err)
        literal_typed(out, row, &typed);
    typed_release(&typed);
    return err ? err : out->failed ? err_set(why, ERR_NOMEM, "out of memory") : ERR_OK;
}

static void set_member(struct patch *p, const struct scene *s, uint32_t group, const char *key, const char *literal)
{
    uint32_t member = tree_find(s->tree, s->text, group, key);

    if (member != NOWHERE && literal)
        splice_value(p, s, member, literal);
    else if (member != NOWHERE)
        splice_remove(p, s, member);
    else if (literal)
        splice_add(p, s, group, key, literal);
}

static void add_group(struct patch *p, const struct scene *s, const char *key, const char *literal)
{
    struct strbuf group = STRBUF_INIT;

    strbuf_addf(&group, "{ %s = %s; }", key, literal);
    p->failed |= group.failed;
    splice_add_last(p, s, GROUP, group.text);
    strbuf_release(&group);
}

static enum err set_value(struct change *c, const struct edit_value *v)
{
    struct scene scene = scene_of(change_source(c), change_tree(c));
    uint32_t group = tree_find(scene.tree, scene.text, 0, GROUP);
    struct strbuf literal = STRBUF_INIT;
    struct patch patch = PATCH_INIT;
    enum err err = v->text ? literal_of(&literal, v, c->why) : ERR_OK;

    if (!err && group != NOWHERE && !change_reaches(c, group))
        err = change_refuse(c, group);
    if (!err && group != NOWHERE)
        set_member(&patch, &scene, group, v->key, v->text ? literal.text : NULL);
    else if (!err && v->text)
        add_group(&patch, &scene, v->key, literal.text);
    strbuf_release(&literal);
    if (err) {
        patch_release(&patch);
        return err;
    }
    err = change_apply(c, &patch);
    return err ? err : change_scan(c);
}

enum err edit_screen(struct edit *e, const struct edit_value *value, size_t nvalue, struct errmsg *why)
{
    struct change change;
    enum err err = change_begin(&change, e, why);
    size_t i;

    for (i = 0; i < nvalue && !err; i++)
        err = set_value(&change, &value[i]);
    if (!err)
        err = change_commit_group(&change, GROUP);
    change_release(&change);
    return err;
}
