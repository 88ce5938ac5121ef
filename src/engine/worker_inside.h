#ifndef WORKER_INSIDE_H
#define WORKER_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "engine/worker.h"
#include "redis_keys.h"
#include "redis_link.h"
#include "redis_message.h"

/* What the files of a distributed worker share: worker.c opens and closes, worker_take.c and worker_orphans.c are the taker's,
 * worker_return.c is the returner's. */

#define WORKER_BATCH 100
#define HEARTBEAT_NS (2 * NS_PER_S)
#define ENTRY_ID_SIZE 44                      /* "1700000000000-0" */

/* A job that was taken: where it came from, and whose it is. */
struct task {
    bool used;                                /* under lock */
    uint8_t stream;                           /* index in streams[] */
    char id[ENTRY_ID_SIZE];
    char name[64];                            /* of the site, for the log */
    struct envelope envelope;
};

/* What goes back. */
struct returned {
    struct task task;
    struct result result;
};

enum { STREAM_HIGH, STREAM_NORMAL, STREAMS };

struct worker {
    struct worker_options options;
    char region[REGION_NAME_SIZE];
    char *prefix;
    char id[64];                              /* host:pid:number */
    char stream[STREAMS][KEY_SIZE];
    char results[KEY_SIZE], heartbeat[KEY_SIZE], workers[KEY_SIZE], dead[KEY_SIZE], term_key[KEY_SIZE];
    pthread_t taker, returner;
    struct redis_link *in, *out;              /* the taker's, the returner's */
    struct engine *engine;
    size_t slots;
    struct queue *done;                       /* of struct returned */
    _Atomic bool closing, ended;              /* take no more; return no more */
    _Atomic uint64_t taken, given, lost;
    int64_t heartbeat_ns;                     /* the returner's */
    int64_t orphans_ns;                       /* the taker's */
    uint64_t term;                            /* likewise; of the monitor there is now */
    const struct options *cache;              /* likewise; of the last job */

    struct mutex lock;                        /* leaf */
    struct cond changed;                      /* a task ended, or closing began */
    struct task *task;                        /* under lock; one for each slot */
    size_t ntask;                             /* under lock; used ones */
};

/* --- worker.c: any thread --------------------------------------------------------------------------------------------- */

/* A free slot for a job; -1: none, or it is being run already. */
int worker_take_slot(struct worker *w, const struct task *t);
struct task worker_give_slot(struct worker *w, size_t slot);
/* How many are under way. */
size_t worker_tasks(struct worker *w);
/* What came of a job is kept for Redis; when too much waits, the oldest goes, and its job comes back to somebody. */
void worker_keep_result(struct worker *w, const struct task *t, const struct result *r);
/* Until the next try, or the end. */
void worker_wait_a_little(struct worker *w);

/* --- worker_take.c: the taker ----------------------------------------------------------------------------------------- */

void *worker_take_jobs(void *w);
void worker_take_job(struct worker *w, int stream, const char *id, const redisReply *fields);
/* Ends a job without running it. */
void worker_refuse(struct worker *w, const struct task *t, struct result *r, enum outcome outcome);
/* Which monitor there is now. */
void worker_learn_term(struct worker *w);

/* --- worker_orphans.c: the taker ---------------------------------------------------------------------------------------- */

/* Now and then: takes over the jobs of workers that are dead. */
void worker_look_for_orphans(struct worker *w);

/* --- worker_return.c: the returner ---------------------------------------------------------------------------------------- */

void *worker_return_results(void *w);

#endif
