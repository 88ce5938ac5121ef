#ifndef TELLING_H
#define TELLING_H

#include "config/settings.h"
#include "monitor/lock.h"
#include "monitor/monitor.h"

/* History, outbox and sender around a monitor: opened before it, closed behind it. */
struct telling {
    struct history *history;         /* NULL: settings without a file */
    struct outbox *outbox;
    struct sender *sender;
    struct monitor_lock **lock;      /* the writer's thread may take it as long as that runs */
    const char *database;            /* of the settings */
};

/* Opens them and puts them into the options. *lock NULL: it could not be taken yet, and is when that can be. After a failure telling_close() all the same. */
enum err telling_open(struct telling *t, const struct settings *s, struct monitor_lock **lock, struct monitor_options *options,
                      struct errmsg *why);
/* After the monitor is closed: sends under way end, everything is written. */
void telling_close(struct telling *t);

#endif
