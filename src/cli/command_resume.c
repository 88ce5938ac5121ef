/* resume: the running monitor checks sites again, at once. */
#include "running.h"

int command_resume(const struct args *a)
{
    struct running r = { .args = a };
    struct command c = { .kind = COMMAND_RESUME };
    int code, all = EXIT_WELL;
    size_t i;

    if (!a->noperand)
        return complain(a, EXIT_USAGE, "which site? uptimesquirrel list shows their names");
    code = running_open(&r);
    for (i = 0; !code && i < a->noperand; i++) {
        int one = running_find(&r, a->operand[i], &c.site_id, &c.generation);

        if (!one)
            one = running_send(&r, &c);
        if (!one)
            say("%s is checked again", a->operand[i]);
        else
            all = one;
    }
    running_close(&r);
    return finish_output(a, code ? code : all);
}
