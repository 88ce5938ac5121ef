/* validate: read everything, open nothing, say what is wrong. */
#include "cli.h"

int command_validate(const struct args *a)
{
    struct settings *s;
    int code;

    if (a->noperand)
        return complain(a, EXIT_USAGE, "takes no arguments; name the file by -c FILE");
    code = load_settings(a, true, &s);
    if (code)
        return code;
    say("%s: %zu site%s, %zu owner%s: nothing wrong", s->path, s->nsite, s->nsite == 1 ? "" : "s", s->nowner,
        s->nowner == 1 ? "" : "s");
    settings_free(s);
    return finish_output(a, EXIT_WELL);
}
