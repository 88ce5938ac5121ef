/* mute: for a time nobody is told of a site; it is checked as ever. */
#include <string.h>

#include "base/duration.h"
#include "running.h"

int command_mute(const struct args *a)
{
    struct running r = { .args = a };
    struct command c = { .kind = COMMAND_MUTE };
    char text[DURATION_TEXT_SIZE];
    struct errmsg why;
    int code;

    if (a->noperand != 2)
        return complain(a, EXIT_USAGE, "takes the name of a site and a time like 2h, or 0s to end it");
    if (duration_parse(a->operand[1], &c.for_ms, &why) != ERR_OK)
        return complain(a, EXIT_USAGE, "%s", why.text);
    code = running_open(&r);
    if (!code)
        code = running_find(&r, a->operand[0], &c.site_id, &c.generation);
    if (!code)
        code = running_send(&r, &c);
    if (!code && c.for_ms)
        say("nobody is told of %s for %s", a->operand[0], duration_format(text, c.for_ms));
    else if (!code)
        say("%s is muted no longer", a->operand[0]);
    running_close(&r);
    return finish_output(a, code);
}
