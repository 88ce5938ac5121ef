#ifndef PULSE_H
#define PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "anchors.h"
#include "base/err.h"

/* The sign of life this monitor gives to somebody else (heartbeat_url): asked with GET once a minute while all is well with the
 * monitor itself, so that a monitor that is dead, or ails, is missed. One thread. */
#define PULSE_ID (ANCHOR_FIRST - 1)          /* the site_id of its jobs; no site has it */
#define PULSE_EVERY (60 * NS_PER_S)

struct pulse {
    const struct site *site;                 /* a reference of our own; NULL: there is none */
    int64_t due_ns;
    bool asked;                              /* its job is in flight */
    bool failed;                             /* the last one was not heard */
};

/* url NULL: no more. ERR_NOMEM: there is none now. */
enum err pulse_set(struct pulse *p, const char *url);
void pulse_release(struct pulse *p);

/* True when a job is to be sent: fills it, and counts it as sent. */
bool pulse_due(struct pulse *p, uint64_t job_id, int64_t now_ns, struct job *job);
/* It was not to be had after all. */
void pulse_unask(struct pulse *p);
void pulse_take(struct pulse *p, const struct result *r);

#endif
