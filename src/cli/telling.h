#ifndef TELLING_H
#define TELLING_H

#include "config/settings.h"
#include "monitor/monitor.h"

/* History, outbox and sender around a monitor: opened before it, closed behind it. */
struct telling {
    struct errmsg trouble;           /* why there is no history; "": there is */
    struct history *history;         /* NULL: settings without a file */
    struct outbox *outbox;
    struct sender *sender;
};

/* Opens them and puts them into the options. After a failure telling_close() all the same. */
enum err telling_open(struct telling *t, const struct settings *s, struct monitor_options *options, struct errmsg *why);
/* After the monitor is closed: sends under way end, everything is written. */
void telling_close(struct telling *t);

#endif
