#ifndef ALARMING_H
#define ALARMING_H

#include "config/settings.h"
#include "model/status.h"
#include "monitor/alerts.h"
#include "store/history.h"
#include "store/outbox.h"

/* The monitor's alarms: turns the book of rules by the wall clock, keeps what it remembers, and puts what it tells into the
 * outbox, in the batch of what has just happened. The monitor's thread, but for alarming_alerts(). */
struct alarming;

/* What it needs of the monitor. */
struct alarming_host {
    void *context;
    struct batch *(*batch)(void *context);               /* the one being filled; NULL: nothing is kept */
    void (*check_soon)(void *context, uint32_t id);
    void (*maintain)(void *context, uint32_t id, bool on);
};

/* outbox NULL: nobody is told. history: what was remembered by an earlier run; NULL: nothing. Both are borrowed. */
enum err alarming_open(struct alarming **out, const struct alarming_host *host, struct outbox *outbox, struct history *history,
                       struct errmsg *why);
/* The history is present, and was not at the start: takes over what an earlier run remembered of sites of which nothing is
 * remembered by now, and keeps it all. */
enum err alarming_join(struct alarming *al, struct history *history, struct errmsg *why);
/* The database lacks what was kept. */
void alarming_say_again(struct alarming *al);
/* NULL is fine. */
void alarming_close(struct alarming *al);

/* A list is taken over: each site that comes or changes, each that goes, then the settings. */
enum err alarming_site(struct alarming *al, uint32_t id, const struct site *site, bool paused);
void alarming_gone(struct alarming *al, uint32_t id);
enum err alarming_list_end(struct alarming *al, const struct settings *s);

/* incident: as alarms_observe(). */
void alarming_result(struct alarming *al, uint32_t id, const struct journal_entry *e, uint64_t incident);
void alarming_paused(struct alarming *al, uint32_t id, bool paused);
void alarming_offline(struct alarming *al, bool offline);

/* for_ms 0: no longer. *incident: which was acknowledged; 0: none. */
void alarming_ack(struct alarming *al, uint32_t id, const char *by, const char *note, uint64_t *incident);
void alarming_mute(struct alarming *al, uint32_t id, int64_t for_ms);
void alarming_maintain(struct alarming *al, uint32_t id, int64_t for_ms);

/* A test message to the site's owner. */
void alarming_test(struct alarming *al, uint32_t id);

/* What time brings; afterwards when it wants to be called again, monotonic, INT64_MAX: not by itself. */
void alarming_tick(struct alarming *al);
int64_t alarming_next_ns(const struct alarming *al);

/* See monitor/alerts.h. generation tells that of each site; called with no lock held. */
typedef uint32_t alarming_generation_fn(void *context, uint32_t id);
void alarming_publish(struct alarming *al, alarming_generation_fn *generation, void *context);
size_t alarming_alerts(struct alarming *al, struct alert *out, size_t most, uint64_t *revision);
uint64_t alarming_revision(struct alarming *al);

#endif
