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
