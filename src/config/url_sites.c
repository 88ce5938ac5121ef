/* Sites for URLs given on a command line. */
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "naming.h"
#include "report.h"
#include "textmap.h"

struct making {
    const struct settings *settings;
    struct report report;
    struct textmap urls;             /* of sites made, and of those in the settings */
    struct naming naming;
    const struct site **site;
    size_t n;
};

static void out_of_memory(struct making *m)
{
    report_error(&m->report, ERR_NOMEM, "out of memory");
}

static void note_url(struct making *m, const char *url)
{
    if (!textmap_find(&m->urls, url) && textmap_add(&m->urls, url, 0))
        out_of_memory(m);
}

static void make_site(struct making *m, const char *url)
{
    const struct site *site;
    char *name = NULL;

    if (textmap_find(&m->urls, url))
        return;
    if (naming_generate(&m->naming, &name, url)) {
        out_of_memory(m);
        return;
    }
    site = site_new(name, url, m->settings->defaults);
    free(name);
    if (!site) {
        out_of_memory(m);
        return;
    }
    m->site[m->n++] = site;
    note_url(m, site->url);
    if (textmap_add(&m->naming.taken, site->name, 0))
        out_of_memory(m);
}

static void make_sites(struct making *m, const char *const *url, size_t nurl)
{
    size_t i;

    for (i = 0; i < m->settings->nsite; i++)
        note_url(m, m->settings->site[i]->url);
    for (i = 0; i < nurl; i++) {
        struct errmsg why = ERRMSG_INIT;
        char *normal = NULL;
        enum err err = url_normalize(&normal, url[i], &why);

        if (err == ERR_NOMEM)
            out_of_memory(m);
        else if (err)
            report_add(&m->report, (unsigned)i, NULL, 0, "%s", why.text);
        else
            make_site(m, normal);
        free(normal);
    }
}

enum err settings_url_sites(const struct site ***out, size_t *nout, const struct settings *s,
                            const char *const *url, size_t nurl, struct faults *faults)
{
    struct making m = { .settings = s, .report = REPORT_INIT, .urls = TEXTMAP_INIT, .naming = NAMING_INIT };
    enum err err;

    m.naming.also = s->index;
    m.site = calloc(nurl + 1, sizeof(*m.site));
    if (m.site)
        make_sites(&m, url, nurl);
    else
        out_of_memory(&m);
    textmap_release(&m.urls);
    naming_release(&m.naming);
    err = report_finish(&m.report, faults);
    if (!err) {
        *out = m.site;
        *nout = m.n;
        return ERR_OK;
    }
    while (m.n)
        site_unref(m.site[--m.n]);
    free(m.site);
    return err;
}
