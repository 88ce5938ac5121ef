/* reload: the running monitor reads its file again. Here it is read first, so that a script learns of faults. */
#include "running.h"

int command_reload(const struct args *a)
{
    struct running r = { .args = a, .strict = true };
    struct errmsg why;
    int code;

    if (a->noperand)
        return complain(a, EXIT_USAGE, "takes no arguments; name the file by -c FILE");
    code = running_open(&r);
    if (!code && remote_reload(r.link, &why) != ERR_OK)
        code = complain(a, EXIT_TROUBLE, "%s", why.text);
    if (!code)
        say("%s is good, and read again by the monitor", r.settings->path);
    running_close(&r);
    return finish_output(a, code);
}
