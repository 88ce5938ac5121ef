/* ack: somebody has taken an outage on. Reminders and escalation end; its end is still told. */
#include <string.h>

#include "base/person.h"
#include "base/text.h"
#include "running.h"

static int refuse_unless_down(const struct running *r, const char *name, uint32_t id)
{
    struct row row;
    enum state shown;

    if (status_row(r->table, id, &row, NULL) != ERR_OK)
        return EXIT_WELL;
    shown = (enum state)row.state.verdict;
    site_unref(row.site);
    if (shown == STATE_DOWN)
        return EXIT_WELL;
    return complain(r->args, EXIT_USAGE, "%s is not down: there is nothing to acknowledge", name);
}

int command_ack(const struct args *a)
{
    struct running r = { .args = a };
    struct command c = { .kind = COMMAND_ACK };
    int code;

    if (a->noperand < 1 || a->noperand > 2)
        return complain(a, EXIT_USAGE, "takes the name of a site and, perhaps, a note in quotes");
    person_name(c.by, sizeof(c.by));
    if (a->noperand == 2)
        text_clean(c.note, sizeof(c.note), a->operand[1], strlen(a->operand[1]));
    code = running_open(&r);
    if (!code)
        code = running_find(&r, a->operand[0], &c.site_id, &c.generation);
    if (!code)
        code = refuse_unless_down(&r, a->operand[0], c.site_id);
    if (!code)
        code = running_send(&r, &c);
    if (!code)
        say("%s is acknowledged by %s", a->operand[0], c.by);
    running_close(&r);
    return finish_output(a, code);
}
