#ifndef ENGINE_WORKER_H
#define ENGINE_WORKER_H

#include <stddef.h>

#include "engine/engine.h"

/* A distributed worker: takes checks from Redis, runs them by the events engine, many at a time, and returns what they find.
 * Any number of them, on any machine, serve one monitor. */
struct worker;

struct worker_options {
    struct engine_broker broker;
    const char *region;              /* the place it speaks for; NULL: "any" */
    int    threads;                  /* 0: one a core */
    size_t slots;                    /* checks at a time */

    /* A site of this machine's own settings, for the secrets that are never sent; NULL: there is none of that name.
     * Called by a thread of the worker; a new reference. */
    const struct site *(*own_site)(void *context, const char *name);
    void *context;
};

/* What it did so far. */
struct worker_counts {
    uint64_t taken, returned, lost;  /* lost: results given up because Redis was away for too long */
    size_t in_flight;
};

/* Copies what it needs. Starts its threads; a Redis that is away is waited for. */
enum err worker_open(struct worker **out, const struct worker_options *o, struct errmsg *why);
void worker_counts(struct worker *w, struct worker_counts *out);
/* Takes nothing more, finishes what it has begun for up to a few seconds, leaves the rest to other workers. */
void worker_close(struct worker *w);

#endif
