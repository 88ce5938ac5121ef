/* add: sites into the file, spliced in so that every other byte stays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "base/text.h"
#include "config/edit.h"
#include "lines.h"

/* Flags that are settings of a site. */
static const struct { enum flag flag; const char *key; } settings_flags[] = {
    { FLAG_NAME, "name" }, { FLAG_OWNER, "owner" }, { FLAG_INTERVAL, "interval" },
};

static int add_all(const struct args *a, const char *path, const struct strings *urls)
{
    struct edit_value value[sizeof(settings_flags) / sizeof(settings_flags[0])];
    struct edit *e = NULL;
    struct errmsg why;
    size_t n = 0, i;
    enum err err;

    for (i = 0; i < sizeof(settings_flags) / sizeof(settings_flags[0]); i++)
        if (a->value[settings_flags[i].flag])
            value[n++] = (struct edit_value){ settings_flags[i].key, a->value[settings_flags[i].flag] };
    err = edit_open(&e, path, &why);
    for (i = 0; !err && i < urls->n; i++)
        err = edit_add(e, urls->item[i], value, n, &why);
    if (!err)
        err = edit_save(e, &why);
    edit_free(e);
    return err ? complain(a, err == ERR_INVALID ? EXIT_USAGE : EXIT_TROUBLE, "%s", why.text) : EXIT_WELL;
}

int command_add(const struct args *a)
{
    struct settings *s = NULL;
    struct strings urls;
    int code = read_urls(a, &urls);
    size_t i;

    if (!code && !urls.n)
        code = complain(a, EXIT_USAGE, "which URL? uptimesquirrel add https://example.org");
    if (!code && urls.n > 1 && a->value[FLAG_NAME])
        code = complain(a, EXIT_USAGE, "--name goes with one URL, not with %zu", urls.n);
    if (!code)
        code = load_settings(a, true, &s);
    if (!code)
        code = add_all(a, s->path, &urls);
    for (i = 0; !code && i < urls.n; i++) {
        char url[512];

        text_mask_url(url, sizeof(url), urls.item[i]);
        printf("added %s to %s\n", url, s->path);
    }
    settings_free(s);
    strings_release(&urls);
    return finish_output(a, code);
}
