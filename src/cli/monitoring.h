#ifndef MONITORING_H
#define MONITORING_H

#include "cli.h"
#include "monitor/lock.h"
#include "monitor/monitor.h"
#include "published.h"
#include "remote/server.h"
#include "telling.h"

/* What it takes to check a list and to tell what was found, screen or not: what `watch` and `run` share. Begin with
 * { .args = a }. */
struct monitoring {
    const struct args *args;
    struct settings *settings;
    const struct site **extra;       /* given on the command line */
    size_t nextra;
    struct monitor_options options;
    struct monitor_lock *lock;
    struct telling telling;
    struct monitor *monitor;
    struct published published;
    struct remote_server *door;
};

/* Reads flags, settings and URLs. An exit code, after a complaint when it is not EXIT_WELL; so below. */
int monitoring_take_arguments(struct monitoring *m);
/* One monitor a database. Without a file of settings nothing is kept, and nothing to be locked; where no lock can be made it is
 * taken with the history, later. */
int monitoring_lock(struct monitoring *m);
/* Everything in its order; signals are to be blocked by now. A door that can not be opened is told and lived without. */
enum err monitoring_open(struct monitoring *m, struct errmsg *why);
void monitoring_close(struct monitoring *m);
void monitoring_release(struct monitoring *m);

#endif
