/* History, outbox and sender, opened and closed in the order in which they need each other. */
#include "telling.h"

#include "base/clock.h"

/* One monitor a database: where no lock could be made at the start, it is taken before the file is touched. */
static enum err take_lock(void *context, struct errmsg *why)
{
    struct telling *t = context;

    return *t->lock ? ERR_OK : monitor_lock_take(t->lock, t->database, why);
}

/* What another program holds, or is not ours, is for a person to look at first. A disk that fails must not silence alarms: they
 * go on in memory then, until it can be used. */
static enum err open_history(struct telling *t, const struct settings *s, struct monitor_lock **lock, struct errmsg *why)
{
    struct history_options o = { .path = s->database, .samples_ms = s->history.samples_ms, .hourly_ms = s->history.hourly_ms,
                                 .later = true, .admit = take_lock, .admit_context = t };

    t->lock = lock;
    t->database = s->database;
    return s->path ? history_open(&t->history, &o, why) : ERR_OK;
}

enum err telling_open(struct telling *t, const struct settings *s, struct monitor_lock **lock, struct monitor_options *options,
                      struct errmsg *why)
{
    enum err err = open_history(t, s, lock, why);

    if (!err)
        err = outbox_open(&t->outbox, t->history, clock_wall_ms(), why);
    if (!err)
        err = sender_open(&t->sender, t->outbox, s, why);
    options->history = t->history;
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
