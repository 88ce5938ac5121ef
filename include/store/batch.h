#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/evidence.h"
#include "model/result.h"
#include "model/site.h"
#include "model/state.h"

/* What is written together or not at all: a list of typed writes that becomes one transaction. Made by one thread, then
 * handed over with history_commit(). Each kind of write is a row of src/store/writes.def and a function here that adds it;
 * what it is given is copied. A batch that runs out of memory while it is filled says so at the end: batch_failed(). */
struct batch;

/* NULL when memory ran out; every function below takes NULL and does nothing. */
struct batch *batch_new(void);
void batch_free(struct batch *b);
bool batch_is_empty(const struct batch *b);
/* Something could not be added for want of memory. */
bool batch_failed(const struct batch *b);

/* Told when the batch is written, and before that once when it could not be written at the first attempt (it goes on waiting then).
 * On the writer's thread, or within history_commit() when there was no room for it; without a lock; must not wait. There is one
 * for each batch: the last that was set. */
typedef void batch_end_fn(void *context, uint64_t number, bool written);
void batch_on_end(struct batch *b, batch_end_fn *end, void *context, uint64_t number);

/* --- the list of sites and owners --------------------------------------------------------------------------------- */

/* A site is watched under this key from now on, or was edited or renamed. Passwords in its URL are masked. */
void batch_site(struct batch *b, uint32_t key, const struct site *site, int64_t at_ms);
/* It is watched no longer; its history stays. */
void batch_site_gone(struct batch *b, uint32_t key, int64_t at_ms);

/* An owner and where to reach them: texts for people to read, never secrets. A channel's token is in its URL as often as not,
 * so that an address is what notifier_label() makes of it. */
struct owner_row {
    const char *name;
    int64_t remind_ms;
    size_t ncontact;
    const struct owner_contact {
        const char *channel, *address;
    } *contact;
};
/* The whole list of owners, in place of the one before. */
void batch_owners(struct batch *b, const struct owner_row *owner, size_t n);

/* --- states ------------------------------------------------------------------------------------------------------- */

/* A site came into another shown state. */
void batch_change(struct batch *b, uint32_t key, int64_t at_ms, enum state state);

/* What a site is left with, for the next start; written with every change of it that a sample does not tell. */
struct site_memory {
    struct site_state state;
    int64_t since_ms;                /* in the shown state */
    int64_t get_until_ms;            /* HEAD is not asked until then; 0: nothing learned; INT64_MAX: for good */
    int64_t paused_until_ms;         /* paused by a command: until then, INT64_MAX until resumed; 0: not paused so */
    int64_t certificate_until;       /* seconds since 1970; CERTIFICATE_UNKNOWN */
    char    address[RESULT_ADDRESS_SIZE];
    char    detail[RESULT_DETAIL_SIZE]; /* of the last result */
};
void batch_memory(struct batch *b, uint32_t key, const struct site_memory *m);

/* --- incidents ---------------------------------------------------------------------------------------------------- */

/* Opened once, ended once, never changed otherwise. Ids are the monitor's, counting up. */
struct incident_row {
    int64_t  id;
    uint32_t site;                   /* key */
    int64_t  failing_ms;             /* its first failing result */
    int64_t  opened_ms;              /* confirmed */
    enum outcome outcome;            /* of the first failing result */
    int      status;
    uint32_t took_us, phase_us[PHASE_COUNT];
    int64_t  certificate_until;
    const char *address;
    const char *message;             /* one clean sentence */
    const struct evidence *evidence; /* NULL: none */
};
void batch_incident(struct batch *b, const struct incident_row *i);

/* Why an incident is over. */
enum incident_end { INCIDENT_UP, INCIDENT_PAUSED, INCIDENT_EDITED, INCIDENT_REMOVED, INCIDENT_END_COUNT };
const char *incident_end_name(enum incident_end e); /* "up" "paused" "edited" "removed" */
void batch_incident_end(struct batch *b, int64_t id, int64_t at_ms, enum incident_end why);

/* Of that site none is open but this one, 0: none at all. */
void batch_incidents_over(struct batch *b, uint32_t key, int64_t but, int64_t at_ms, enum incident_end why);

/* Somebody has taken it on. note may be NULL. */
void batch_incident_ack(struct batch *b, int64_t id, int64_t at_ms, const char *note);

/* --- messages to owners (store/outbox.h adds them) -------------------------------------------------------------------- */

/* What the rules remember of a site, as text; NULL: nothing any more. Site NULL: nothing of any. */
void batch_alarm(struct batch *b, const char *site, const char *memory);

/* --- observation -------------------------------------------------------------------------------------------------- */

/* Nothing was observed from one moment to the other: the machine slept, the program was stopped, the clock was put forward,
 * or what was seen could not be kept; or the clock was put back, until_ms < from_ms, and what was kept of that time counts no
 * longer. */
enum gap { GAP_STOPPED, GAP_ASLEEP, GAP_CLOCK, GAP_LOST, GAP_COUNT };
const char *gap_name(enum gap g); /* "stopped" "asleep" "clock" "lost" */
void batch_gap(struct batch *b, int64_t from_ms, int64_t until_ms, enum gap why);

#endif
