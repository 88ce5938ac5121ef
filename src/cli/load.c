/* Settings for a command: found, read, and complained about. */
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"

int load_settings(const struct args *a, bool must_exist, struct settings **out)
{
    struct faults faults = { 0 };
    struct errmsg why;
    char *path = NULL;
    enum err err = settings_find(&path, a->value[FLAG_CONFIG], &why);
    int code = EXIT_WELL;

    *out = NULL;
    if (err == ERR_NOTFOUND && !must_exist && !a->value[FLAG_CONFIG])
        return EXIT_WELL;
    if (err)
        return complain(a, EXIT_USAGE, "%s", why.text);
    err = settings_read(out, path, &faults);
    if (err)
        code = complain_faults(a, &faults);
    faults_release(&faults);
    free(path);
    return err == ERR_NOMEM ? EXIT_TROUBLE : code;
}

int load_settings_or_path(const struct args *a, struct settings **out)
{
    struct faults faults = { 0 };
    struct errmsg why;
    char *path = NULL;
    enum err err;

    *out = NULL;
    if (settings_find(&path, a->value[FLAG_CONFIG], &why) != ERR_OK)
        return complain(a, EXIT_USAGE, "%s", why.text);
    err = settings_read(out, path, &faults);
    faults_release(&faults);
    if (err && (*out = settings_new()) && !((*out)->path = realpath(path, NULL))) {
        settings_free(*out);
        *out = NULL;
    }
    free(path);
    if (*out)
        return EXIT_WELL;
    return err == ERR_NOMEM ? complain(a, EXIT_TROUBLE, "out of memory") : load_settings(a, true, out); /* which tells the faults */
}
