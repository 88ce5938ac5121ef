#ifndef STORE_MOMENT_H
#define STORE_MOMENT_H

#include "store/query.h"

/* One moment of the past: which sites were watched then, and in which states. Times and errors as in store/query.h. now_ms is the
 * present: who watched MOMENT_FRESH_MS before it is taken to watch still, for that is written down every few seconds alone. */
#define MOMENT_FRESH_MS 20000

struct instant {
    int64_t at_ms;
    int64_t first_ms;                /* the first moment that was observed; INT64_MAX: there is none */
    bool    observed;                /* somebody watched then */
    int64_t unseen_from_ms, unseen_until_ms; /* if not: since and until when; INT64_MAX: nobody has watched since */
};

struct site_then {
    uint32_t key;
    const char *name, *url, *owner;  /* as in struct stored_site: as the site is called now, or was at its end */
    const char *tag;                 /* the first of its tags; "" */
    int64_t interval_ms;
    bool    gone;                    /* it is watched no longer */
    int     state;                   /* enum state; when nobody watched, the last one before */
    int64_t since_ms;                /* it came into this state */
};
typedef bool query_then_fn(void *context, const struct site_then *s);

/* The sites in the list at that moment, or, when nobody watched, at the last moment before at which somebody did; in the order of
 * keys. None before the first moment. out is filled before the first visit. */
enum err query_then(struct query *q, int64_t at_ms, int64_t now_ms, struct instant *out, query_then_fn *visit, void *context,
                    struct errmsg *why);

/* The moment next to at_ms at which a site came into another state, or watching began or ended: before it (step -1) or behind it
 * (step 1), and at most most_ms away; without such a moment, the one that far away. Time in which nobody watched is passed in one
 * step. A visitor that returns false says of which change it is not. INT64_MAX: there is none until now. */
enum err query_turn(struct query *q, int64_t at_ms, int64_t now_ms, int step, int64_t most_ms, query_change_fn *counts, void *context,
                    int64_t *out, struct errmsg *why);

/* Time in which nobody watched, oldest first. */
typedef bool query_gap_fn(void *context, int64_t from_ms, int64_t until_ms);
enum err query_gaps(struct query *q, int64_t from_ms, int64_t until_ms, query_gap_fn *visit, void *context, struct errmsg *why);

/* Until query_let_go() the queries of this connection see one state of the database, and those for samples and hours of single sites
 * are about these sites (ascending keys) within that range: what came last is read once for all of them. */
enum err query_hold(struct query *q, const uint32_t *key, size_t n, int64_t from_ms, int64_t until_ms, struct errmsg *why);
void query_let_go(struct query *q);

#endif
