#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/job.h"
#include "model/result.h"

/* Ways of running checks. Each is a row of src/engine/engines.def, a file src/engine/engine_NAME.c, and is judged by
 * tests/engine/contract_test.c. */

/* Where the distributed engine finds its broker, and what regions there are. Copied when an engine is opened. */
struct engine_broker {
    const char *url;                 /* redis://[user:password@]host[:port][/db], or unix:///path */
    const char *password;            /* beside the URL's; NULL: none */
    const char *prefix;              /* of every key; NULL: "us" */
    const struct strings *regions;   /* of sites that name none; NULL or empty: anywhere */
    int quorum;                      /* regions that must agree on a failure; 0: most of them */
};

struct engine_env {
    int    workers;                  /* threads (or processes); 0: the engine's own default */
    size_t slots;                    /* jobs in flight at most; the engine may take fewer */
    const struct engine_broker *broker; /* NULL: there is none */

    /* A job has ended. Any thread of the engine; no lock held. result is borrowed. */
    void (*done)(void *context, const struct result *result);
    void *context;
};

/* What an engine that was opened has room for. */
struct engine_room {
    int    workers;                  /* threads or processes it runs */
    size_t slots;                    /* jobs it holds at a time, waiting ones included */
};

/* One way of running checks. An engine owns its threads, children and sockets, and sees jobs, never the table. One thread
 * calls these functions: the monitor's. */
struct engine_ops {
    const char *name;                /* the word in uptime.cfg */
    const char *summary;             /* one line for people */
    const char *lesson;              /* what a comparison with the others teaches; one line */

    /* Copies env. ERR_UNAVAILABLE with a reason when this build or machine cannot run it. */
    enum err (*open)(void **self, const struct engine_env *env, struct engine_room *room, struct errmsg *why);

    /* Copies job and takes a reference on its site; never blocks. ERR_FULL when its slots are taken. Each accepted job reaches
     * env->done() once: at the latest when the site's timeout has passed since it began, on any thread, with no lock
     * held. */
    enum err (*submit)(void *self, const struct job *job);

    /* A hint: the job may still finish. If not, it is done with OUTCOME_CANCELLED. */
    void (*cancel)(void *self, uint64_t job_id);

    /* Cancels, joins, reaps: each job in flight is done with OUTCOME_CANCELLED; done is never called afterwards. NULL is
     * fine. */
    void (*close)(void *self);
};

struct engine;

/* The table: n rows in the order of engines.def. */
const struct engine_ops *const *engine_table(size_t *n);
const struct engine_ops *engine_find(const char *name);
/* ERR_INVALID: there is none of that name, and the likely one is named. */
enum err engine_unknown(const char *name, struct errmsg *why);

enum err engine_open(struct engine **out, const char *name, const struct engine_env *env, struct errmsg *why);
enum err engine_submit(struct engine *e, const struct job *job);
void engine_cancel(struct engine *e, uint64_t job_id);
void engine_close(struct engine *e);
const struct engine_ops *engine_kind(const struct engine *e);
const struct engine_room *engine_room(const struct engine *e);

#endif
