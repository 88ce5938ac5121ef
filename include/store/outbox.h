#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/batch.h"
#include "store/history.h"

/* Messages to owners on their way. Each is written in the same transaction as what it tells of, and is sent only after that;
 * when the database fails they go on in memory. What goes to one address goes in order: messages that are due together form a
 * parcel, which is sent until it has arrived, was refused for good, or a day has passed; then comes what is behind it. A parcel
 * keeps its number and its contents through every try and every restart, so that a repeat is known.
 *
 * Functions are for any thread unless said otherwise; none waits for the disk. Times are wall-clock milliseconds. */
struct outbox;

#define OUTBOX_WORD_SIZE 132
#define OUTBOX_ADDRESS_SIZE 288
#define OUTBOX_SUBJECT_SIZE 160
#define OUTBOX_ERROR_SIZE 256
#define OUTBOX_LIFE_MS INT64_C(86400000)     /* from the first try on */

/* history: where to write to, and what was left there to read, now or, when it is not present yet, with outbox_join(); NULL: in
 * memory alone. It must be closed before the outbox is
 * freed, and after the sender has stopped. */
enum err outbox_open(struct outbox **out, struct history *history, int64_t now_ms, struct errmsg *why);
void outbox_free(struct outbox *o);

/* Messages to one address in an hour at most; what comes above goes as one digest when there is room. 0: no limit. */
void outbox_limit(struct outbox *o, int per_hour);
/* Called, without a lock, when something may be due sooner than outbox_next() said. May be NULL. */
void outbox_set_wake(struct outbox *o, void (*wake)(void *context), void *context);

/* --- putting in: one thread, the monitor's ------------------------------------------------------------------------------- */

struct outbox_message {
    const char *owner, *channel;
    const char *address;             /* its label: no secret */
    const char *site;                /* NULL: of no one site */
    const char *subject;             /* one line for people */
    const char *notice_id;
    const char *notice;              /* JSON */
    uint64_t incident_id;            /* 0: none */
    int64_t not_before_ms;
};

/* Copies m into the outbox and into the batch, which is then to be committed. b NULL (out of memory): in memory alone. */
enum err outbox_put(struct outbox *o, struct batch *b, const struct outbox_message *m, int64_t now_ms);

/* The history is present: what was left in it is on its way from now on, if that was not read before. */
enum err outbox_join(struct outbox *o, int64_t now_ms, struct errmsg *why);
/* The database lacks what was said (struct history_health): writes all there is in memory. */
void outbox_say_again(struct outbox *o);

/* --- sending: the sender's threads --------------------------------------------------------------------------------------- */

/* What goes to one address in one message. */
struct outbox_parcel {
    uint64_t id;                     /* of its first message: the same at every try */
    const char *owner, *channel, *address;
    const char *const *notice;       /* JSON texts, in order */
    size_t n;
    bool digest;                     /* they waited since the limit of the hour was reached */
    uint32_t tries;                  /* before this one */
    bool begun;                      /* the try was written, so far as the disk lets it */
};

/* The next parcel that is due, to be given back with outbox_end(). NULL: nothing is, until *next_ms (INT64_MAX: unknown). */
struct outbox_parcel *outbox_next(struct outbox *o, int64_t now_ms, int64_t *next_ms);
/* Before it is sent: waits until the try is written, or could not be, or until_ns (monotonic) has passed. */
void outbox_begin(struct outbox *o, struct outbox_parcel *p, int64_t until_ns);

enum outbox_end { OUTBOX_ARRIVED, OUTBOX_AGAIN, OUTBOX_REFUSED };
/* How the try ended. retry_after_ms: what the receiver asked for, 0: nothing; error: one clean line, of OUTBOX_ARRIVED as
 * well. random: any number. Frees p. */
void outbox_end(struct outbox *o, struct outbox_parcel *p, enum outbox_end end, int64_t retry_after_ms, const char *error,
                uint32_t random, int64_t now_ms);

/* How long to wait after that many tries, the first of which was age_ms ago: growing, and jittered by a fifth. Below 60 s in the
 * first hour, so that who was away for an hour has everything within a minute. */
int64_t outbox_wait_ms(uint32_t tries, int64_t age_ms, uint32_t random);

/* --- looking and meddling ------------------------------------------------------------------------------------------------- */

enum outbox_state { OUTBOX_WAITING, OUTBOX_SENDING, OUTBOX_SENT, OUTBOX_DEAD, OUTBOX_DROPPED, OUTBOX_STATES };
const char *outbox_state_name(enum outbox_state s); /* "waiting" "sending" "sent" "dead" "dropped" */

struct outbox_item {
    uint64_t id;
    uint64_t incident_id;
    enum outbox_state state;
    uint32_t tries;
    int64_t created_ms, next_ms, ended_ms; /* next_ms: of the next try; 0: none */
    char owner[OUTBOX_WORD_SIZE], channel[OUTBOX_WORD_SIZE], address[OUTBOX_ADDRESS_SIZE];
    char site[OUTBOX_WORD_SIZE];     /* "": of no one site */
    char subject[OUTBOX_SUBJECT_SIZE];
    char error[OUTBOX_ERROR_SIZE];
};

/* Copies up to most messages, those on their way first, then what ended, newest first; how many. */
size_t outbox_items(struct outbox *o, struct outbox_item *out, size_t most);

struct outbox_counts {
    uint32_t waiting, dead;          /* dead: since the start, or of the last day before it */
    int64_t next_ms;                 /* of the next try; 0: nothing waits */
    uint64_t revision;               /* changes with every change of an item */
    bool saved;                      /* false: they are in memory alone, for the database fails */
};
void outbox_counts(struct outbox *o, struct outbox_counts *out);

/* Sends it as soon as can be: a waiting one without waiting on, a dead one anew. Drops one that waits or is dead. ERR_NOTFOUND;
 * ERR_BUSY: it is being sent this moment. What is in its parcel goes with it. */
enum err outbox_hurry(struct outbox *o, uint64_t id, int64_t now_ms);
enum err outbox_drop(struct outbox *o, uint64_t id, int64_t now_ms);
/* The wall clock was put on by so much (or back): waits go on as they were. */
void outbox_shift(struct outbox *o, int64_t by_ms);

/* --- what rules remembered --------------------------------------------------------------------------------------------------- */

typedef void outbox_alarm_fn(void *context, const char *site, const char *memory);
/* Visits what batch_alarm() left, in the order of names (strcmp), from the database of h. */
enum err outbox_alarms(struct history *h, outbox_alarm_fn *visit, void *context, struct errmsg *why);

#endif
