/* History, outbox and sender, opened and closed in the order in which they need each other. */
#include "telling.h"

#include "base/clock.h"
#include "base/log.h"

/* What another program holds, or is not ours, is for a person to look at first. A disk that fails must not silence alarms: they
 * go on in memory then, and the screen says so. */
static enum err open_history(struct telling *t, const struct settings *s, struct errmsg *why)
{
    struct history_options o = { .path = s->database, .samples_ms = s->history.samples_ms, .hourly_ms = s->history.hourly_ms };

    enum err err = s->path ? history_open(&t->history, &o, why) : ERR_OK;

    if (err != ERR_IO)
        return err;
    log_line(LEVEL_ERROR, "%s; nothing is kept, and what owners are to be told is kept in memory alone", why->text);
    t->trouble = *why;
    return ERR_OK;
}

enum err telling_open(struct telling *t, const struct settings *s, struct monitor_options *options, struct errmsg *why)
{
    enum err err = open_history(t, s, why);

    if (!err)
        err = outbox_open(&t->outbox, t->history, clock_wall_ms(), why);
    if (!err)
        err = sender_open(&t->sender, t->outbox, s, why);
    options->history = t->history;
    options->trouble = t->trouble.text;
    options->outbox = t->outbox;
    options->sender = t->sender;
    return err;
}

void telling_close(struct telling *t)
{
    sender_close(t->sender);
    history_close(t->history);
    outbox_free(t->outbox);
    *t = (struct telling){ .history = NULL };
}
