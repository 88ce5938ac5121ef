#ifndef MONITOR_PASS_H
#define MONITOR_PASS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "engine/engine.h"
#include "model/result.h"
#include "model/state.h"

/* One pass: every site of a list checked once, with its retries, by one engine. What `check` and `compare` run. */

struct pass_result {
    struct result result;            /* the last attempt; of a paused site: nothing reached */
    enum state state;                /* up, degraded, down, inconclusive or paused */
    enum degraded degraded;          /* slow counts at once here */
    uint32_t attempts;               /* 0: paused, not checked */
};

struct pass_options {
    const char *engine;
    int    workers;                  /* 0: the engine's own default */
    size_t max_in_flight;
    const struct engine_broker *broker; /* of the distributed engine; may be NULL */
    int    retries;                  /* -1: as each site says */
    int64_t retry_wait_most_ns;      /* a retry waits no longer than this */

    /* After each site is settled, on the caller's thread; may be NULL. index: its place in the list. */
    void (*settled)(void *context, size_t index, const struct pass_result *r);
    /* Ten times a second while there is something to wait for, on the caller's thread; may be NULL. */
    void (*tick)(void *context);
    void *context;
    const atomic_bool *stop;         /* when it turns true, what is under way is taken back, and ERR_CLOSED comes soon; NULL: never */
};

struct pass_stats {
    int64_t  took_ns;
    int      workers;
    uint64_t checks;                 /* attempts made */
};

/* Checks site[0..n) and fills out[0..n). Returns when all are settled. stats may be NULL. An error is ours (engine, memory):
 * nothing of out is valid then. */
enum err pass_run(const struct site *const *site, size_t n, const struct pass_options *options, struct pass_result *out,
                  struct pass_stats *stats, struct errmsg *why);

/* What the results suggest about our own network: true when at least three hosts, and all that were asked, failed below
 * HTTP. */
bool pass_looks_offline(const struct site *const *site, const struct pass_result *r, size_t n);

#endif
