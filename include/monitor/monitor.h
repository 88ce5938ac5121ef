#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "engine/engine.h"
#include "model/status.h"
#include "monitor/alerts.h"
#include "notify/sender.h"
#include "store/history.h"
#include "store/outbox.h"

/* The conductor: one thread that sleeps until the next due time, hands jobs to the engine, and learns from the journal what
 * came of them. Everything a person wants of it is a command; everything it knows is in its status table. */
struct monitor;

/* How to run: what settings say unless the command line said otherwise. */
struct monitor_options {
    const char *engine;              /* NULL: the settings' */
    int         workers;             /* 0: the settings' */
    struct history *history;         /* NULL: nothing is kept. Borrowed; closed after the monitor */
    struct outbox *outbox;           /* NULL: nobody is told. Borrowed; freed after the history is closed */
    struct sender *sender;           /* is told of new settings; NULL: there is none. Borrowed; closed after the monitor */
};

/* What settings say of the broker, as the distributed engine wants it; borrows from s. */
struct engine_broker monitor_broker(const struct settings *s);

/* Opens the engine and starts the thread. Sites come from s and from extra (given on the command line; nextra may be 0),
 * which stay beside the file's through every reload. Copies what it needs. */
enum err monitor_open(struct monitor **out, const struct settings *s, const struct site *const *extra, size_t nextra,
                      const struct monitor_options *options, struct errmsg *why);
/* Takes back what is in flight and joins. NULL is fine. */
void monitor_close(struct monitor *m);

/* Where everything it knows is to be read. */
struct status_table *monitor_table(struct monitor *m);

#define MESSAGES_MOST 512

/* What is on its way to owners, as outbox_items() and outbox_counts() tell; out may be NULL with most 0. Nothing, with revision 0,
 * where nobody is told. Of a monitor elsewhere it is at most MESSAGES_MOST, a second old, without addresses. Any
 * thread. */
size_t monitor_messages(struct monitor *m, struct outbox_item *out, size_t most, struct outbox_counts *counts);

/* What changed with a reload. */
struct monitor_changes {
    size_t added, removed, changed;
};

/* Goes over to these settings: sites are matched by name, those that did not change go on undisturbed; another engine or
 * number of workers is taken over unless monitor_options named one. Waits until it is done; any thread but the monitor's. ERR_NOMEM leaves some sites as they were. */
enum err monitor_apply(struct monitor *m, const struct settings *s, struct monitor_changes *changes);

/* Goes over to another engine: the new one is opened first, so that a failure changes nothing; what the old one has under
 * way is taken back and checked anew. s tells of workers and broker. Waits until it is done, as monitor_apply(). */
enum err monitor_change_engine(struct monitor *m, const struct settings *s, const char *engine, struct errmsg *why);

enum command_kind {
    COMMAND_CHECK,                   /* check now */
    COMMAND_PAUSE,                   /* for_ms: how long; 0: until resumed */
    COMMAND_RESUME,
    COMMAND_REPORT,                  /* a job that is waited for (heartbeat:///NAME) reports that it is done ... */
    COMMAND_REPORT_FAILED,           /* ... or that it failed */
    COMMAND_CHECK_ALL,
    COMMAND_ACK,                     /* somebody has taken its outage on: by, note */
    COMMAND_MUTE,                    /* nobody is told of it: for_ms; 0: no longer */
    COMMAND_MAINTAIN,                /* likewise, and it is shown as under maintenance */
    COMMAND_TEST,                    /* a test message to its owner */
    COMMAND_SEND_NOW,                /* of a message: outbox_hurry() */
    COMMAND_DROP,                    /* likewise: outbox_drop() */
    COMMAND_COUNT
};

/* A plain value, carried to the monitor's thread. A site edited or removed meanwhile is left alone. */
struct command {
    enum command_kind kind;
    uint32_t site_id, generation;
    int64_t for_ms;
    char by[64], note[NOTICE_NOTE_SIZE]; /* clean; "" where nobody said */
    uint64_t message;                /* of the outbox */
};

/* Any thread; never waits. ERR_FULL when more commands wait than anybody could have typed; of a message, what outbox.h says, and
 * ERR_UNAVAILABLE where nobody is told. */
enum err monitor_send(struct monitor *m, const struct command *command);

#endif
