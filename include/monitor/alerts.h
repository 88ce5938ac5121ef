#ifndef MONITOR_ALERTS_H
#define MONITOR_ALERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/alarm.h"

/* Open alarms as screens show them, and sites somebody has muted or put under maintenance: a list the monitor publishes and
 * anybody copies. */
struct monitor;

#define ALERTS_MOST 1000

struct alert {
    uint32_t site_id, generation;
    uint64_t incident_id;                /* 0: it is not down */
    bool     down, flapping;
    bool     told;                       /* owners know */
    enum alarm_hold hold;                /* why they are not told now; HOLD_NONE */
    int64_t  since_ms;                   /* wall clock */
    int64_t  acked_ms;                   /* 0: nobody has acknowledged it */
    int64_t  mute_until_ms;              /* 0: not muted */
    int64_t  maintain_until_ms;          /* by a person's word; 0: not so */
    uint32_t reminders;
    int64_t  remind_ms, escalate_ms;     /* when owners, and the next owner, are told again; 0: not planned, or held back */
    char     site[NOTICE_NAME_SIZE];
    char     cause[RESULT_MESSAGE_SIZE];
    char     address[RESULT_ADDRESS_SIZE];
    char     ack_by[NOTICE_NAME_SIZE], ack_note[NOTICE_NOTE_SIZE];
    char     owners[NOTICE_NOTE_SIZE];   /* "ops, boss": those who were told */
};

/* Copies up to most alerts, the longest first; how many. *revision changes when they do. Any thread. */
size_t monitor_alerts(struct monitor *m, struct alert *out, size_t most, uint64_t *revision);
uint64_t monitor_alerts_revision(struct monitor *m);

#endif
