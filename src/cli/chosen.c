/* The sites a command is about. The main thread. */
#include "chosen.h"

#include <stdlib.h>

#include "lines.h"

static int take_settings(const struct args *a, struct chosen *c)
{
    int code = EXIT_WELL;

    if (!a->noperand || a->value[FLAG_CONFIG])
        code = load_settings(a, true, &c->settings);
    if (!code && !c->settings)
        c->settings = settings_new();
    if (!code && !c->settings)
        code = complain(a, EXIT_TROUBLE, "out of memory");
    return code;
}

static int take_url_sites(const struct args *a, struct chosen *c)
{
    struct settings lender = { .defaults = c->settings->defaults }; /* its sites may be asked for by URL, too */
    struct faults faults = { 0 };
    struct strings urls;
    int code = read_urls(a, &urls);

    if (!code && settings_url_sites(&c->site, &c->n, &lender, (const char *const *)urls.item, urls.n, &faults))
        code = complain_faults(a, &faults);
    faults_release(&faults);
    strings_release(&urls);
    return code;
}

static int take_file_sites(const struct args *a, struct chosen *c)
{
    size_t i;

    c->site = calloc(c->settings->nsite + 1, sizeof(c->site[0]));
    if (!c->site)
        return complain(a, EXIT_TROUBLE, "out of memory");
    for (i = 0; i < c->settings->nsite; i++)
        c->site[c->n++] = site_ref(c->settings->site[i]);
    return EXIT_WELL;
}

int choose_sites(const struct args *a, struct chosen *c)
{
    int code = take_settings(a, c);

    if (!code)
        code = a->noperand ? take_url_sites(a, c) : take_file_sites(a, c);
    if (!code && !c->n)
        code = complain(a, EXIT_USAGE, "there is no site to check");
    return code;
}

void chosen_release(struct chosen *c)
{
    size_t i;

    for (i = 0; i < c->n; i++)
        site_unref(c->site[i]);
    free(c->site);
    settings_free(c->settings);
    *c = (struct chosen){ 0 };
}
