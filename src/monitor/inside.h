#ifndef INSIDE_H
#define INSIDE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mutex.h"
#include "base/queue.h"
#include "engine/engine.h"
#include "monitor/face.h"
#include "monitor/monitor.h"

#include "alarming.h"
#include "anchors.h"
#include "lag.h"
#include "pulse.h"
#include "record.h"
#include "teller.h"
#include "watch.h"

/* What the files of the conductor share. Each function below is called by the monitor's thread alone. */

#define RATE_SECONDS 5

/* What another thread wants of this one, and waits for: a reload, or another engine. */
struct request {
    const struct settings *settings;
    struct monitor_changes *changes;       /* of a reload */
    const char *engine;                    /* NULL: a reload */
    struct errmsg *why;
    enum err err;
    bool done;
};

struct monitor {
    struct monitor_face face;              /* first: how monitor.h finds us */
    pthread_t thread;
    struct status_table *table;
    struct engine *engine;
    char *way;                             /* how the file last wanted checks to be run; NULL: the command line said it */
    struct queue *commands;

    struct mutex lock;                     /* leaf: for the members down to the blank line */
    struct cond wake, answered;
    bool woken, urgent, closing;           /* urgent: not only the journal */
    struct request *request;               /* NULL: none */

    /* the monitor thread's alone */
    struct watch_list list;
    const struct site **extra;
    size_t nextra;
    struct anchors anchors;
    struct pulse pulse;
    struct record *record;
    struct alarming *alarming;
    struct history *history;               /* borrowed; NULL */
    struct outbox *outbox;                 /* borrowed; NULL */
    struct sender *sender;                 /* borrowed; NULL */
    bool restored_maintenance;             /* a site came back from an earlier run as under maintenance */
    struct teller *teller;
    struct lag lag;
    struct health health;
    char own_trouble[sizeof(((struct health *)NULL)->trouble)]; /* of checks; "": none */
    size_t in_flight;                      /* jobs submitted whose journal entry was not taken */
    size_t slots;                          /* as many journal entries, and jobs at the most */
    uint64_t jobs;
    bool backlog;                          /* something is due, but no slot is free */
    size_t cursor;                         /* who is asked next when we doubt our network */
    int64_t asked_ns, health_ns, usage_ns;
    uint64_t checks_at[RATE_SECONDS];      /* a ring: checks as of the last seconds */
    int second;
};

/* sites.c: sites come, change and go. */

/* Checks soon what was never checked: number i of n such sites. */
void sites_plan_first(struct monitor *m, uint32_t id, size_t i, size_t n, int64_t now_ns);
void sites_plan_next(struct monitor *m, uint32_t id, int64_t now_ns, bool late);
/* until_ns: when to resume by itself; INT64_MAX: never. Of resuming: when to check. */
void sites_pause(struct monitor *m, uint32_t id, bool paused, int64_t until_ns);
/* Goes over to this list, beside what was given on the command line. */
enum err sites_take(struct monitor *m, const struct settings *s, struct monitor_changes *changes);

/* doubt.c: is it the sites, or our own network? */

#define OFFLINE_EVERY (2 * NS_PER_S) /* while offline, somebody is asked so often whether it is over */

/* Asks the anchors, or else up to `most` sites, so that somebody's answer tells. */
void doubt_ask(struct monitor *m, int most, int64_t now_ns);
void doubt_note(struct monitor *m, const struct journal_entry *e, int64_t now_ns);
void doubt_take_anchor(struct monitor *m, const struct result *r, int64_t now_ns);

/* report.c: sites that report by themselves. */

/* Its time has come: waits on, or tells that no report came. ERR_FULL: no journal slot is free. */
enum err report_due(struct monitor *m, uint32_t id, int64_t due_ns, int64_t now_ns);
/* It reported. */
void report_take(struct monitor *m, uint32_t id, bool good, int64_t now_ns);

/* alarm_host.c: what alarms need, and what people say. */
enum err alarm_host_open(struct monitor *m, struct outbox *outbox, struct history *history, struct errmsg *why);
/* What time brings to alarms; publishes what changed. */
void alarm_host_turn(struct monitor *m);
/* The database was not there at the start and is now, or lacks what was said: alarms and messages say theirs. */
void alarm_host_catch_up(struct monitor *m, bool joined);
/* COMMAND_ACK, COMMAND_MUTE, COMMAND_MAINTAIN, COMMAND_TEST of a site that is there. */
void alarm_host_obey(struct monitor *m, const struct command *c);

/* Any thread. */
size_t alarm_host_alerts(struct monitor *m, struct alert *out, size_t most, uint64_t *revision);
uint64_t alarm_host_revision(struct monitor *m);
size_t alarm_host_messages(struct monitor *m, struct outbox_item *out, size_t most, struct outbox_counts *counts);
/* COMMAND_SEND_NOW, COMMAND_DROP: any thread. */
enum err alarm_host_meddle(struct monitor *m, const struct command *c);

/* journal.c: learns from every result there is, and plans each site's next check. */
void journal_take(struct monitor *m);

#endif
