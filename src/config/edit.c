/* Edits of uptime.cfg. An edit makes a new text and reads it as a whole; only when libconfig and the settings say
 * that exactly what was wanted has changed does it take the place of the old one. */
#include "config/edit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "diff.h"
#include "literal.h"
#include "report.h"
#include "save.h"
#include "splice.h"
#include "textmap.h"
#include "typed.h"

static enum err out_of_memory(struct errmsg *why)
{
    return err_set(why, ERR_NOMEM, "out of memory");
}

/* There is none of that name; the likely one is named. */
static enum err site_unknown(const struct settings *s, const char *name, struct errmsg *why)
{
    const char **names = calloc(s->nsite + 1, sizeof(*names));
    struct hint meant;
    struct shown asked;
    size_t i;

    for (i = 0; names && i < s->nsite; i++)
        names[i] = s->site[i]->name;
    err_set(why, ERR_NOTFOUND, "there is no site '%s'%s", shown(&asked, name), hint(&meant, name, names, names ? s->nsite : 0));
    free(names);
    return ERR_NOTFOUND;
}

static enum err find_site(const struct edit *e, const char *name, size_t *number, struct errmsg *why)
{
    const size_t *found = textmap_find(e->now->settings->index, name);
    *number = found ? *found : 0;
    return found ? ERR_OK : site_unknown(e->now->settings, name, why);
}

/* --- setting ---------------------------------------------------------------------------------------------------- */

/* What to write for a value that was wanted, so that it is good; NULL when memory ran out. */
static char *literal_of(const char *key, const char *value)
{
    const struct setting *row = wanted_row(key);
    struct strbuf text = STRBUF_INIT;
    struct typed typed;
    char *literal = NULL;

    if (!typed_read(&typed, row, value, NULL)) {
        literal_typed(&text, row, &typed);
        literal = strbuf_detach(&text);
    }
    typed_release(&typed);
    return literal;
}

/* "https://x"  ->  { url = "https://x"; interval = "30s"; } */
static void wrap(struct patch *p, const struct scene *s, uint32_t node, const char *key, const char *literal)
{
    bool is_name = !strcmp(key, "name");
    struct strbuf before = STRBUF_INIT, behind = STRBUF_INIT;

    if (is_name)
        strbuf_addf(&before, "{ name = %s; url = ", literal);
    else
        strbuf_addf(&behind, "; %s = %s", key, literal);
    strbuf_adds(&behind, "; }");
    p->failed = p->failed || before.failed || behind.failed;
    splice_wrap(p, s, node, is_name ? before.text : "{ url = ", behind.text);
    strbuf_release(&before);
    strbuf_release(&behind);
}

static void set_in_group(struct patch *p, const struct scene *s, uint32_t group, const char *key, const char *literal)
{
    uint32_t member = tree_find(s->tree, s->text, group, key);

    if (member != NOWHERE && literal)
        splice_value(p, s, member, literal);
    else if (member != NOWHERE)
        splice_remove(p, s, member);
    else if (literal)
        splice_add(p, s, group, key, literal);
}

static enum err set_value(struct change *c, size_t number, const struct edit_value *v)
{
    struct patch patch = PATCH_INIT;
    struct scene scene = scene_of(change_source(c), change_tree(c));
    uint32_t node = change_site(c, number);
    char *literal = NULL;
    enum err err;

    if (v->text && !(literal = literal_of(v->key, v->text)))
        return out_of_memory(c->why);
    if (scene.tree->node[node].kind == NODE_GROUP)
        set_in_group(&patch, &scene, node, v->key, literal);
    else if (literal && !strcmp(v->key, "url"))
        splice_value(&patch, &scene, node, literal);
    else if (literal)
        wrap(&patch, &scene, node, v->key, literal);
    free(literal);
    err = change_apply(c, &patch);
    return err ? err : change_scan(c);
}

/* A plain string has its URL and nothing else. */
static bool is_written(const struct change *c, size_t number, const char *key)
{
    uint32_t node = change_site(c, number);

    return change_tree(c)->node[node].kind == NODE_GROUP &&
           tree_find(change_tree(c), change_source(c)->text.text, node, key) != NOWHERE;
}

static enum err set_all(struct change *c, struct wanted *w, size_t number, const struct edit_value *value,
                        size_t nvalue)
{
    enum err err = ERR_OK;
    size_t i;

    if (!change_reaches(c, change_site(c, number)))
        return change_refuse(c, change_site(c, number));
    for (i = 0; i < nvalue && !err; i++) {
        err = wanted_set(w, &value[i], is_written(c, number, value[i].key), c->why);
        if (!err)
            err = set_value(c, number, &value[i]);
    }
    return err ? err : change_commit(c, number, number, 1, w, NULL);
}

enum err edit_set(struct edit *e, const char *name, const struct edit_value *value, size_t nvalue, struct errmsg *why)
{
    const struct site *site = settings_site(e->now->settings, name);
    struct wanted wanted;
    struct change change;
    size_t number = 0;
    enum err err = find_site(e, name, &number, why);

    if (err)
        return err;
    err = change_begin(&change, e, why);
    if (!err) {
        err = wanted_begin(&wanted, e->now->settings, site, e->base_dir, why);
        if (!err && !is_written(&change, number, "name"))
            wanted_any_name(&wanted);
        if (!err)
            err = set_all(&change, &wanted, number, value, nvalue);
        wanted_release(&wanted);
    }
    change_release(&change);
    return err;
}

/* --- adding and removing ---------------------------------------------------------------------------------------- */

static void print_setting(struct strbuf *out, const char *key, const char *value)
{
    char *literal = literal_of(key, value);

    if (literal)
        strbuf_addf(out, "%s = %s; ", key, literal);
    else
        out->failed = true;
    free(literal);
}

static const char *name_in(const struct edit_value *value, size_t nvalue)
{
    while (nvalue--)
        if (!strcmp(value[nvalue].key, "name"))
            return value[nvalue].text;
    return NULL;
}

/* Nothing but a URL. */
static bool is_plain(const struct edit_value *value, size_t nvalue)
{
    while (nvalue--)
        if (value[nvalue].text)
            return false;
    return true;
}

/* The new element: the URL alone, or a group with its name first. */
static void print_site(struct strbuf *out, const char *url, const struct edit_value *value, size_t nvalue)
{
    const char *name = name_in(value, nvalue);
    char *literal = literal_of("url", url);
    struct strbuf rest = STRBUF_INIT;
    size_t i;

    if (name)
        print_setting(&rest, "name", name);
    strbuf_addf(&rest, "url = %s; ", literal ? literal : "");
    for (i = 0; i < nvalue; i++)
        if (value[i].text && strcmp(value[i].key, "name") != 0)
            print_setting(&rest, value[i].key, value[i].text);
    if (!literal || rest.failed)
        out->failed = true;
    else if (is_plain(value, nvalue))
        strbuf_adds(out, literal);
    else
        strbuf_addf(out, "{ %s}", rest.text);
    free(literal);
    strbuf_release(&rest);
}

static enum err add_element(struct change *c, const char *element)
{
    struct scene scene = scene_of(change_source(c), change_tree(c));
    struct patch patch = PATCH_INIT;
    struct strbuf list = STRBUF_INIT;
    uint32_t sites = change_sites(c), last, nsite;

    if (sites == NOWHERE) {
        strbuf_addf(&list, "(%s  %s%s)", scene.newline, element, scene.newline);
        patch.failed = list.failed;
        splice_add_last(&patch, &scene, "sites", list.text);
        strbuf_release(&list);
    } else if (!change_reaches(c, sites)) {
        return change_refuse(c, sites);
    } else {
        nsite = scene.tree->node[sites].nchild;
        last = nsite ? change_site(c, nsite - 1) : sites;
        splice_append(&patch, &scene, sites, element, !change_reaches(c, last));
    }
    return change_apply(c, &patch);
}

/* The others, behind the first one. */
static enum err add_more(struct change *c, const struct strings *element)
{
    struct patch patch = PATCH_INIT;
    enum err err = change_scan(c);
    struct scene scene;

    if (err)
        return err;
    scene = scene_of(change_source(c), change_tree(c));
    splice_append_more(&patch, &scene, change_sites(c), (const char *const *)element->item + 1, element->n - 1);
    return change_apply(c, &patch);
}

static enum err add_wanted(struct edit *e, const struct strings *element, struct wanted *wanted, const char *const *url,
                           struct errmsg *why)
{
    struct change change;
    enum err err = change_begin(&change, e, why);

    if (!err)
        err = add_element(&change, element->item[0]);
    if (!err && element->n > 1)
        err = add_more(&change, element);
    if (!err)
        err = change_commit(&change, NO_SITE, e->now->settings->nsite, element->n, wanted, url);
    change_release(&change);
    return err;
}

/* Under the settings' defaults, with values on top, as many elements as there are URLs. */
static enum err print_sites(struct strings *element, struct wanted *w, const char *const *url, size_t nurl,
                            const struct edit_value *value, size_t nvalue, struct errmsg *why)
{
    enum err err = ERR_OK;
    size_t i;

    for (i = 0; i < nvalue && !err; i++)
        err = wanted_set(w, &value[i], false, why);
    for (i = 0; i < nurl && !err; i++) {
        struct edit_value as_value = { "url", url[i] };
        struct strbuf text = STRBUF_INIT;

        err = wanted_set(w, &as_value, false, why);
        if (!err)
            print_site(&text, url[i], value, nvalue);
        if (!err && (text.failed || strings_add(element, text.text)))
            err = out_of_memory(why);
        strbuf_release(&text);
    }
    return err;
}

enum err edit_add_all(struct edit *e, const char *const *url, size_t nurl, const struct edit_value *value, size_t nvalue,
                      struct errmsg *why)
{
    struct strings element = { 0 };
    struct wanted wanted;
    enum err err = wanted_begin(&wanted, e->now->settings, NULL, e->base_dir, why);

    if (!err)
        err = print_sites(&element, &wanted, url, nurl, value, nvalue, why);
    if (!err && nurl)
        err = add_wanted(e, &element, &wanted, url, why);
    strings_release(&element);
    wanted_release(&wanted);
    return err;
}

enum err edit_add(struct edit *e, const char *url, const struct edit_value *value, size_t nvalue, struct errmsg *why)
{
    return edit_add_all(e, &url, 1, value, nvalue, why);
}

enum err edit_remove(struct edit *e, const char *name, struct errmsg *why)
{
    struct patch patch = PATCH_INIT;
    struct change change;
    struct scene scene;
    size_t number = 0;
    enum err err = find_site(e, name, &number, why);

    if (err)
        return err;
    err = change_begin(&change, e, why);
    if (!err && !change_reaches(&change, change_site(&change, number)))
        err = change_refuse(&change, change_site(&change, number));
    if (!err) {
        scene = scene_of(change_source(&change), change_tree(&change));
        splice_remove_element(&patch, &scene, change_sites(&change), (uint32_t)number);
        err = change_apply(&change, &patch);
    }
    if (!err)
        err = change_commit(&change, number, NO_SITE, 0, NULL, NULL);
    change_release(&change);
    return err;
}

enum err edit_place(const struct edit *e, const char *name, char **path, uint32_t *line, struct errmsg *why)
{
    struct edit *own = (struct edit *)e; /* a change that is never committed leaves it as it is */
    struct change change;
    size_t number = 0;
    enum err err = find_site(e, name, &number, why);

    *path = NULL;
    if (err)
        return err;
    err = change_begin(&change, own, why);
    if (!err) {
        uint32_t node = change_site(&change, number);

        *path = strdup(source_path(change_source(&change), change_tree(&change)->node[node].line, line));
        err = *path ? ERR_OK : out_of_memory(why);
    }
    change_release(&change);
    return err;
}

/* --- the file --------------------------------------------------------------------------------------------------- */

enum err edit_open(struct edit **out, const char *path, struct errmsg *why)
{
    struct edit *e = calloc(1, sizeof(*e));
    struct strbuf text = STRBUF_INIT;
    struct stat st;
    enum err err = ERR_NOMEM;

    if (!e)
        return out_of_memory(why);
    e->original = (struct strbuf)STRBUF_INIT;
    if (!(e->named = strdup(path)) || !(e->path = path_resolve(path)) || !(e->base_dir = path_directory(e->path)))
        err = out_of_memory(why);
    else
        err = file_read(&e->original, &st, e->path, FILE_REGULAR, SOURCE_LIMIT, why);
    if (!err) {
        e->stamp = stamp_of(&st);
        strbuf_add(&text, e->original.text, e->original.length);
        err = text.failed ? out_of_memory(why) : version_new(&e->now, e->path, &text, why);
    }
    if (!err) {
        *out = e;
        return ERR_OK;
    }
    strbuf_release(&text);
    edit_free(e);
    return err;
}

void edit_free(struct edit *e)
{
    if (!e)
        return;
    version_free(e->now);
    strbuf_release(&e->original);
    free(e->named);
    free(e->path);
    free(e->base_dir);
    free(e);
}

const char *edit_text(const struct edit *e, size_t *length)
{
    *length = e->now->text.length;
    return e->now->text.text;
}

const char *edit_original(const struct edit *e, size_t *length)
{
    *length = e->original.length;
    return e->original.text;
}

enum err edit_diff(const struct edit *e, char **out)
{
    return diff(out, e->original.text, e->original.length, e->now->text.text, e->now->text.length);
}

/* The link still leads where it did. */
static enum err check_path(const struct edit *e, struct errmsg *why)
{
    char *path = path_resolve(e->named);
    bool same = path && !strcmp(path, e->path);
    struct shown s;

    free(path);
    if (!path)
        return out_of_memory(why);
    return same ? ERR_OK : err_set(why, ERR_CHANGED, "'%s' leads to another file now: nothing is written",
                                   shown(&s, e->named));
}

enum err edit_save(struct edit *e, struct errmsg *why)
{
    struct expected expected = { e->original.text, e->original.length, &e->stamp };
    struct strbuf saved = STRBUF_INIT;
    enum err err = check_path(e, why);

    strbuf_add(&saved, e->now->text.text, e->now->text.length);
    if (!err && saved.failed)
        err = out_of_memory(why);
    if (!err)
        err = save(e->path, saved.text, saved.length, &expected, &e->stamp, why);
    if (!err) {
        strbuf_release(&e->original);
        e->original = saved;
        return ERR_OK;
    }
    strbuf_release(&saved);
    return err;
}

enum err edit_restore(const char *path, const char *text, size_t length, const char *expected, size_t expected_length,
                      struct errmsg *why)
{
    struct expected still = { expected, expected_length, NULL };
    char *whole = path_resolve(path);
    enum err err = whole ? save(whole, text, length, &still, NULL, why) : out_of_memory(why);

    free(whole);
    return err;
}
