/* pause: the running monitor checks a site no more, for a time or until it is resumed. For deploy scripts. */
#include "base/duration.h"
#include "running.h"

static int read_time(const struct args *a, int64_t *for_ms)
{
    struct errmsg why;

    *for_ms = 0;
    if (a->noperand < 2)
        return EXIT_WELL;
    if (duration_parse(a->operand[1], for_ms, &why) != ERR_OK)
        return complain(a, EXIT_USAGE, "%s", why.text);
    return *for_ms > 0 ? EXIT_WELL : complain(a, EXIT_USAGE, "for no time at all? leave it out to pause until resumed");
}

int command_pause(const struct args *a)
{
    struct running r = { .args = a };
    struct command c = { .kind = COMMAND_PAUSE };
    char text[DURATION_TEXT_SIZE];
    int code;

    if (a->noperand < 1 || a->noperand > 2)
        return complain(a, EXIT_USAGE, "takes the name of a site and, perhaps, a time like 10m");
    code = read_time(a, &c.for_ms);
    if (!code)
        code = running_open(&r);
    if (!code)
        code = running_find(&r, a->operand[0], &c.site_id, &c.generation);
    if (!code)
        code = running_send(&r, &c);
    if (!code && c.for_ms)
        say("%s is paused for %s", a->operand[0], duration_format(text, c.for_ms));
    else if (!code)
        say("%s is paused until it is resumed", a->operand[0]);
    running_close(&r);
    return finish_output(a, code);
}
