#ifndef MONITOR_REHEARSAL_H
#define MONITOR_REHEARSAL_H

#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "notify/letter.h"

/* An outage that does not happen: the clock is walked through it, with the real state machine, the real rules, the real outbox and
 * the real words, but nothing is checked, written or sent. What depends on the site is down with it. */
struct rehearsal {
    const struct site *site;         /* of the settings */
    int64_t start_ms;                /* wall clock: when it goes down */
    int64_t lasts_ms;
    void *context;
    /* A site came into another state, or its alarm is held. Times are wall clock. */
    void (*happens)(void *context, int64_t at_ms, const char *site, const char *what);
    /* What would be sent. n: how many notices it tells of. */
    void (*sends)(void *context, int64_t at_ms, const char *owner, const char *channel, const char *address,
                  const struct letter *letter, size_t n);
};

enum err rehearse(const struct settings *s, const struct rehearsal *r, struct errmsg *why);

#endif
