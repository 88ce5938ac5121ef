/* remove: sites out of the file; all of them or, when one name is wrong, none. */
#include "config/edit.h"
#include "cli.h"

static int remove_all(const struct args *a, const char *path)
{
    struct edit *e = NULL;
    struct errmsg why;
    enum err err = edit_open(&e, path, &why);
    size_t i;

    for (i = 0; !err && i < a->noperand; i++)
        err = edit_remove(e, a->operand[i], &why);
    if (!err)
        err = edit_save(e, &why);
    edit_free(e);
    if (!err)
        return EXIT_WELL;
    return complain(a, err == ERR_INVALID || err == ERR_NOTFOUND ? EXIT_USAGE : EXIT_TROUBLE, "%s", why.text);
}

int command_remove(const struct args *a)
{
    struct settings *s = NULL;
    size_t i;
    int code;

    if (!a->noperand)
        return complain(a, EXIT_USAGE, "which site? uptimesquirrel list shows their names");
    code = load_settings(a, true, &s);
    if (!code)
        code = remove_all(a, s->path);
    for (i = 0; !code && i < a->noperand; i++)
        say("removed %s from %s", a->operand[i], s->path);
    settings_free(s);
    return finish_output(a, code);
}
