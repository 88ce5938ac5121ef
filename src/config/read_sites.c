/* The list of sites: read one by one, named, and only then made, when all of them are good. */
#include <stdlib.h>
#include <string.h>

#include "check/kind.h"

#include "intern.h"
#include "naming.h"
#include "reading.h"
#include "refine.h"
#include "textmap.h"
#include "url.h"
#include "value.h"

/* A site in the making. */
struct draft {
    const config_setting_t *at;
    char *name;                      /* NULL: not written, so to be generated */
    char *url;                       /* NULL: there is a fault */
    const struct options *options;
    bool named_itself;
};

struct drafts {
    const struct reading *r;
    struct draft *draft;
    size_t n;
    struct intern options;
    struct naming naming;
    struct table table;              /* of site settings */
};

static struct place place_of(const struct drafts *d, const struct draft *draft)
{
    return (struct place){ "sites", (int)(draft - d->draft), draft->named_itself ? draft->name : NULL };
}

/* --- one site --------------------------------------------------------------------------------------------------- */

/* A text that is no option: checked, the caller's to free; NULL, told, if it is none. */
static char *read_text(const struct drafts *d, const struct draft *draft, const config_setting_t *at, const char *key,
                       enum err (*refine)(char **, const char *, struct errmsg *))
{
    struct place place = place_of(d, draft);
    struct errmsg why = ERRMSG_INIT;
    char *kept = NULL;
    enum err err;

    if (config_setting_type(at) != CONFIG_TYPE_STRING) {
        reading_fault(d->r, at, &place, "'%s' must be a text", key);
        return NULL;
    }
    err = refine(&kept, config_setting_get_string(at), &why);
    if (err == ERR_NOMEM)
        reading_nomem(d->r);
    else if (err)
        reading_fault(d->r, at, &place, "'%s': %s", key, why.text);
    return kept;
}

/* They are for a program: anywhere else they would be silently of no use. */
static void refuse_arguments(const struct drafts *d, const struct draft *draft)
{
    const config_setting_t *at = config_setting_get_member(draft->at, "arguments");
    struct place place = place_of(d, draft);
    const struct check_kind *kind = draft->url ? check_kind_of(draft->url, NULL) : NULL;

    if (at && kind && !kind->own_only)
        reading_fault(d->r, at, &place, "'arguments' are for a program, and 'url' names none: write it like exec:///bin/true");
}

/* All but its name, which is known already. */
static void read_group(struct drafts *d, struct draft *draft)
{
    static const char *const others[] = { "name", "url", NULL };
    const config_setting_t *url = config_setting_get_member(draft->at, "url");
    struct place place = place_of(d, draft);
    struct options o;

    if (url)
        draft->url = read_text(d, draft, url, "url", url_normalize_own);
    else
        reading_fault(d->r, draft->at, &place, "'url' is missing");
    if (options_copy(&o, d->r->settings->defaults)) {
        reading_nomem(d->r);
        return;
    }
    reading_group(d->r, &place, draft->at, &d->table, others, &o);
    refuse_arguments(d, draft);
    draft->options = intern_share(&d->options, &o);
    if (!draft->options)
        reading_nomem(d->r);
}

static void read_site(struct drafts *d, struct draft *draft)
{
    struct place place = place_of(d, draft);

    if (config_setting_type(draft->at) == CONFIG_TYPE_STRING) {
        draft->url = read_text(d, draft, draft->at, "url", url_normalize_own);
        draft->options = options_ref(d->r->settings->defaults);
    } else if (config_setting_is_group(draft->at)) {
        read_group(d, draft);
    } else {
        reading_fault(d->r, draft->at, &place, "a site must be a URL in quotes or a group { }");
    }
}

/* --- names ------------------------------------------------------------------------------------------------------ */

/* A name that is written keeps others from being generated, whatever their order. */
static void read_name(struct drafts *d, struct draft *draft)
{
    const config_setting_t *name = NULL;
    struct place place;
    size_t *other;

    if (config_setting_is_group(draft->at))
        name = config_setting_get_member(draft->at, "name");
    if (!name)
        return;
    draft->name = read_text(d, draft, name, "name", refine_name);
    if (!draft->name)
        return;
    draft->named_itself = true;
    place = place_of(d, draft);
    other = textmap_find(&d->naming.taken, draft->name);
    if (other)
        reading_fault(d->r, name, &place, "sites[%zu] has this name already", *other);
    else if (textmap_add(&d->naming.taken, draft->name, (size_t)(draft - d->draft)))
        reading_nomem(d->r);
}

static void generate_name(struct drafts *d, struct draft *draft)
{
    if (draft->name || !draft->url)
        return;
    if (naming_generate(&d->naming, &draft->name, draft->url) ||
        textmap_add(&d->naming.taken, draft->name, (size_t)(draft - d->draft)))
        reading_nomem(d->r);
}

/* --- names others have for them ---------------------------------------------------------------------------------- */

/* Everybody who can be named. */
struct known {
    const struct drafts *drafts;
    struct textmap owners;
    bool every_site;                 /* false: a site has no name yet, for another fault */
};

static void check_owner(const struct known *k, const config_setting_t *group, const struct place *place)
{
    const struct reading *r = k->drafts->r;
    const char *name = reading_text(group, "owner");
    const char *names[64];
    struct shown s;
    struct hint h;
    size_t n = 0, i;

    if (!name || !*name || textmap_find(&k->owners, name))
        return;
    for (i = 0; i < r->settings->nowner && n < 64; i++)
        if (r->settings->owner[i].name)
            names[n++] = r->settings->owner[i].name;
    reading_fault(r, config_setting_get_member(group, "owner"), place, "there is no owner '%s'%s", shown(&s, name),
                  hint(&h, name, names, n));
}

/* A list of names of sites. self is not to be in it; may be NULL. */
static void check_sites(const struct known *k, const config_setting_t *group, const char *key,
                        const struct place *place, const char *self)
{
    const struct reading *r = k->drafts->r;
    const config_setting_t *list = config_setting_is_group(group) ? config_setting_get_member(group, key) : NULL;
    int n = list && config_setting_is_aggregate(list) ? config_setting_length(list) : 0, i;
    struct shown s;

    for (i = 0; i < n && k->every_site; i++) {
        const config_setting_t *element = config_setting_get_elem(list, (unsigned)i);
        const char *name = config_setting_get_string(element);

        if (name && self && !strcmp(name, self))
            reading_fault(r, element, place, "'%s': it names itself", key);
        else if (name && !textmap_find(&k->drafts->naming.taken, name))
            reading_fault(r, element, place, "'%s': there is no site '%s'", key, shown(&s, name));
    }
}

static void check_windows(const struct known *k, const config_setting_t *root)
{
    const config_setting_t *list = config_setting_get_member(root, "maintenance");
    int n = list && config_setting_is_list(list) ? config_setting_length(list) : 0, i;

    for (i = 0; i < n; i++) {
        struct place place = { "maintenance", i, NULL };

        check_sites(k, config_setting_get_elem(list, (unsigned)i), "sites", &place, NULL);
    }
}

static void check_all(const struct known *k, const config_setting_t *root)
{
    const struct drafts *d = k->drafts;
    const config_setting_t *defaults = config_setting_get_member(root, "defaults");
    struct place place = { "defaults", -1, NULL };
    size_t i;

    if (defaults) {
        check_owner(k, defaults, &place);
        check_sites(k, defaults, "depends_on", &place, NULL);
    }
    for (i = 0; i < d->n; i++) {
        place = place_of(d, &d->draft[i]);
        check_owner(k, d->draft[i].at, &place);
        check_sites(k, d->draft[i].at, "depends_on", &place, d->draft[i].name);
    }
    check_windows(k, root);
}

static void check_references(const struct drafts *d, const config_setting_t *root)
{
    struct known k = { d, TEXTMAP_INIT, true };
    const struct settings *s = d->r->settings;
    size_t i;

    for (i = 0; i < s->nowner; i++)
        if (s->owner[i].name && !textmap_find(&k.owners, s->owner[i].name) &&
            textmap_add(&k.owners, s->owner[i].name, i))
            reading_nomem(d->r);
    for (i = 0; i < d->n; i++)
        k.every_site = k.every_site && d->draft[i].name;
    check_all(&k, root);
    textmap_release(&k.owners);
}

/* --- all -------------------------------------------------------------------------------------------------------- */

/* The settings get their sites. */
static void make_sites(struct drafts *d)
{
    struct settings *s = d->r->settings;
    size_t i;

    s->site = calloc(d->n + 1, sizeof(*s->site));
    if (!s->site) {
        reading_nomem(d->r);
        return;
    }
    for (i = 0; i < d->n; i++) {
        const struct site *site = site_new(d->draft[i].name, d->draft[i].url, d->draft[i].options);

        if (!site) {
            reading_nomem(d->r);
            return;
        }
        s->site[s->nsite++] = site;
        if (textmap_add(s->index, site->name, i)) {
            reading_nomem(d->r);
            return;
        }
    }
}

static void release(struct drafts *d)
{
    size_t i;

    for (i = 0; d->draft && i < d->n; i++) {
        free(d->draft[i].name);
        free(d->draft[i].url);
        options_unref(d->draft[i].options);
    }
    free(d->draft);
    naming_release(&d->naming);
    intern_release(&d->options);
}

static void read_drafts(struct drafts *d, const config_setting_t *sites)
{
    size_t i;

    d->n = (size_t)config_setting_length(sites);
    d->draft = calloc(d->n + 1, sizeof(*d->draft));
    if (!d->draft) {
        reading_nomem(d->r);
        d->n = 0;
        return;
    }
    for (i = 0; i < d->n; i++) {
        d->draft[i].at = config_setting_get_elem(sites, (unsigned)i);
        read_name(d, &d->draft[i]);
    }
    for (i = 0; i < d->n; i++)
        read_site(d, &d->draft[i]);
    for (i = 0; i < d->n; i++)
        generate_name(d, &d->draft[i]);
}

void reading_sites(const struct reading *r, const config_setting_t *root)
{
    struct drafts d = { .r = r, .options = INTERN_INIT, .naming = NAMING_INIT };
    const config_setting_t *sites = config_setting_get_member(root, "sites");
    struct place top = { NULL, -1, NULL };

    d.table.rows = schema_site(&d.table.n);
    if (sites && (config_setting_is_array(sites) || reading_is(r, sites, &top, CONFIG_TYPE_LIST)))
        read_drafts(&d, sites);
    check_references(&d, root);
    if (!r->report->kind)
        make_sites(&d);
    release(&d);
}
