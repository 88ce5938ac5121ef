#ifndef REDIS_INSIDE_H
#define REDIS_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "ops.h"
#include "redis_keys.h"
#include "redis_link.h"
#include "redis_message.h"

/* What the files of the distributed engine share: engine_redis.c opens and closes, redis_flight.c has the jobs under way,
 * redis_leader.c sees that we are the only monitor, redis_sender.c and redis_reader.c are the two threads. */

#define REDIS_BATCH 100                        /* messages in a row: the best there is (54,000 jobs a second) */
#define UNSENT_MOST_NS (5 * NS_PER_S)          /* a job that can not even be sent waits no longer */

/* A job in flight. */
struct flight {
    struct job job;                            /* with a reference on its site; id 0: a free place */
    uint64_t number;                           /* under which it travels: its place, and how often that was used */
    int64_t  expires_ns;
    bool     sent;
    uint8_t  asked, answered, failed, good;    /* regions */
    struct region_result region[REGIONS_MOST];
    bool excused;                              /* bad_result is a fault of ours, for want of a worse one */
    struct result bad_result, good_result;     /* the first of each */
};

struct redis {
    struct engine_env env;
    char *prefix;
    struct strings regions;                    /* of sites that name none */
    int quorum;                                /* 0: most of the regions */
    char token[64];                            /* who we are to the lock */
    size_t slots;
    pthread_t sender, reader;
    struct redis_link *out, *in;               /* the sender's, the reader's; the closer's in the end */
    struct queue *inbox;                       /* of uint32_t: places in flight[] to be sent */
    _Atomic bool closing;
    _Atomic uint64_t term;                     /* of our leadership; 0: we do not lead */
    int64_t renew_ns;                          /* the sender's; likewise */
    bool told_trouble, told_rival;             /* the sender's: said so already */

    struct mutex lock;                         /* leaf */
    struct cond stop;                          /* closing began */
    struct flight *flight;                     /* under lock */
    uint64_t number;                           /* under lock; places given out so far */
    uint32_t *free_place;                      /* under lock; a stack */
    size_t nfree;                              /* under lock */
    char trouble[256];                         /* under lock; why jobs end without an answer */
};

/* --- redis_flight.c: any thread --------------------------------------------------------------------------------------- */

/* Why jobs end without an answer, from now on. */
void flight_set_trouble(struct redis *e, const char *text);
/* Gives the job a place, with a reference on its site. ERR_FULL. */
enum err flight_begin(struct redis *e, const struct job *job, uint32_t *place);
/* What a job needs to be sent, copied out of the table with a reference on its site; false: it has ended, or was sent. */
bool flight_copy(struct redis *e, uint32_t place, struct job *job, uint64_t *number);
void flight_mark_sent(struct redis *e, uint32_t place, uint64_t number, int64_t expires_ns);
/* A region's answer: ends the job when it is the last, or soon when it decides. */
void flight_take(struct redis *e, const struct envelope *envelope, const char *region, const struct result *found,
                 const redisReply *fields);
/* Ends what has run out of time, or all. One at a time, so that done() is called without the lock. */
void flight_end_overdue(struct redis *e, bool all, enum outcome outcome);
/* The regions a site is asked from. */
size_t flight_regions(const struct redis *e, const struct site *site);
const char *flight_region(const struct redis *e, const struct site *site, size_t i);

/* --- the threads, and who leads --------------------------------------------------------------------------------------- */

/* The sender's: true when there is a connection, and we are the only monitor of this prefix. */
bool leader_is_ready(struct redis *e);
/* Whoever waits for our place need not wait for its expiry. */
void leader_leave(struct redis *e);

void *redis_send_jobs(void *e);
void *redis_read_results(void *e);
/* Until the next try, or the end. */
void redis_wait_a_little(struct redis *e);

#endif
