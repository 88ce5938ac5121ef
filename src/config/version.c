/* One state of uptime.cfg, and whether another differs from it in what it should and in nothing else. */
#include "version.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"

static enum err out_of_memory(struct errmsg *why)
{
    return err_set(why, ERR_NOMEM, "out of memory");
}

void version_free(struct version *v)
{
    if (!v)
        return;
    settings_free(v->settings);
    document_close(&v->document);
    strbuf_release(&v->text);
    free(v);
}

/* What is wrong with a text, in one line: its first fault. */
enum err report_first(struct report *report, struct errmsg *why)
{
    struct faults faults = { 0 };
    enum err err = report_finish(report, &faults);

    if (err == ERR_NOMEM || !faults.line.n)
        out_of_memory(why);
    else if (faults.line.n == 1)
        err_set(why, err, "%s", faults.line.item[0]);
    else
        err_set(why, err, "%.400s (and %zu more)", faults.line.item[0], faults.line.n - 1);
    faults_release(&faults);
    return err;
}

/* Reads a text, which is taken over. */
enum err version_new(struct version **out, const char *path, struct strbuf *text, struct errmsg *why)
{
    struct report report = REPORT_INIT;
    struct version *v = calloc(1, sizeof(*v));
    enum err err = ERR_OK;

    if (!v) {
        strbuf_release(text);
        return out_of_memory(why);
    }
    v->text = *text;
    *text = (struct strbuf)STRBUF_INIT;
    document_open(&v->document, path, v->text.text, v->text.length, &report);
    if (!report.kind)
        v->settings = reading_all(&v->document, path, &report);
    if (report.kind)
        err = report_first(&report, why);
    else if (!v->document.agrees)
        err = err_set(why, ERR_INVALID, "the text of '%s' can not be followed: edit it by hand", path_name(path));
    if (err) {
        version_free(v);
        return err;
    }
    *out = v;
    return ERR_OK;
}

/* --- comparing -------------------------------------------------------------------------------------------------- */

static bool same_value(const config_setting_t *a, const config_setting_t *b)
{
    const char *x = config_setting_name(a), *y = config_setting_name(b);
    int n, i;

    if (config_setting_type(a) != config_setting_type(b) || (x ? !y || strcmp(x, y) != 0 : !!y))
        return false;
    switch (config_setting_type(a)) {
    case CONFIG_TYPE_INT64:
        return config_setting_get_int64(a) == config_setting_get_int64(b);
    case CONFIG_TYPE_FLOAT:
        return !(config_setting_get_float(a) < config_setting_get_float(b)) &&
               !(config_setting_get_float(a) > config_setting_get_float(b));
    case CONFIG_TYPE_BOOL:
        return config_setting_get_bool(a) == config_setting_get_bool(b);
    case CONFIG_TYPE_STRING:
        return !strcmp(config_setting_get_string(a), config_setting_get_string(b));
    }
    n = config_setting_length(a);
    for (i = 0; i < n && n == config_setting_length(b); i++)
        if (!same_value(config_setting_get_elem(a, (unsigned)i), config_setting_get_elem(b, (unsigned)i)))
            return false;
    return n == config_setting_length(b);
}

static const config_setting_t *sites_of(const struct version *v)
{
    return config_setting_get_member(config_root_setting(&v->document.config), "sites");
}

/* Every setting of the top level but one is in the other version too, unchanged. */
static bool same_around(const struct version *a, const struct version *b, const char *but)
{
    const config_setting_t *root = config_root_setting(&a->document.config);
    int n = config_setting_length(root), i;

    for (i = 0; i < n; i++) {
        const config_setting_t *mine = config_setting_get_elem(root, (unsigned)i);
        const config_setting_t *theirs = config_setting_get_member(config_root_setting(&b->document.config),
                                                                   config_setting_name(mine));

        if (strcmp(config_setting_name(mine), but) != 0 && (!theirs || !same_value(mine, theirs)))
            return false;
    }
    return true;
}

/* The sites of both are the same when some are left out: `without` of old, nwith from `with` of new; NO_SITE for none. */
static bool same_others(const struct version *old, size_t without, const struct version *new, size_t with, size_t nwith)
{
    const config_setting_t *a = sites_of(old), *b = sites_of(new);
    size_t na = a ? (size_t)config_setting_length(a) : 0, nb = b ? (size_t)config_setting_length(b) : 0, i = 0, j = 0;

    for (;;) {
        i += i == without;
        j += j == with ? nwith : 0;
        if (i >= na || j >= nb)
            return i >= na && j >= nb;
        if (!same_value(config_setting_get_elem(a, (unsigned)i++), config_setting_get_elem(b, (unsigned)j++)))
            return false;
    }
}

bool version_differs_in_group(const struct version *old, const struct version *new, const char *name)
{
    return same_around(old, new, name) && same_around(new, old, name);
}

bool version_differs_in(const struct version *old, size_t without, const struct version *new, size_t with, size_t nwith)
{
    return same_around(old, new, "sites") && same_around(new, old, "sites") && same_others(old, without, new, with, nwith);
}
