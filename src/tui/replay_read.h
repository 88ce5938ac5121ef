#ifndef REPLAY_READ_H
#define REPLAY_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lookback.h"
#include "model/past.h"
#include "model/samples.h"
#include "store/moment.h"

/* The grid at a moment of the past, as the history has it: read on the reader's thread, then handed over whole. */

/* Which moment is wanted. */
struct replay_want {
    uint64_t number;                 /* answers carry it */
    int64_t  from_ms;
    int      steps;                  /* so many turns back (negative) or on (store/moment.h) ... */
    int64_t  ahead_ms;               /* ... and so far from there */
    bool     of_some;                /* a turn is one of the sites below alone */
    uint64_t *name;                  /* name_hash() of each, ascending */
    size_t   nname;
};
void replay_want_free(struct replay_want *w);
uint64_t name_hash(const char *name);

#define REPLAY_STEP_MS (10 * INT64_C(60000)) /* a turn leads so far at most */

/* A site that was in the list then. */
struct replay_site {
    uint32_t key;
    char    *name, *url, *owner, *tag; /* tag: the first one; "" */
    int64_t  interval_ms;
    bool     gone;                   /* it is not in the list now */
    int      state;                  /* enum state */
    int64_t  since_ms;
};

/* An incident that was open then. */
struct replay_incident {
    uint32_t key;
    int64_t  id, opened_ms, acked_ms; /* acked 0: not yet */
    enum outcome outcome;
    int      status;
    uint32_t took_us, phase_us[PHASE_COUNT];
    int64_t  certificate_until;
    char     message[RESULT_MESSAGE_SIZE];
    char     note[160];
};

struct replay_picture {
    uint64_t number;
    enum err err;                    /* it could not be read, and why; the rest means nothing then */
    struct errmsg why;
    bool     is_now;                 /* the step leads to the present: there is no picture of it */
    bool     is_first;               /* it would lead to before the first record */
    struct instant instant;
    struct replay_site *site;        /* ascending keys */
    size_t   nsite, site_size;
    uint32_t *by_name;               /* a hash table of indexes of site */
    size_t   mask;
    struct replay_incident *incident;
    size_t   nincident, incident_size;
    struct past_log *log;            /* what had happened by then; NULL when memory ran out */
};
void replay_picture_free(struct replay_picture *p);
/* Makes the hash table, once all sites are there. False when memory ran out. */
bool replay_picture_index(struct replay_picture *p);
/* NULL: there was no such site. */
struct replay_site *replay_picture_find(const struct replay_picture *p, const char *name);

/* Asked now and then while it reads; true: nobody wants that any more, ERR_CANCELLED ends it. */
typedef bool replay_stop_fn(void *context);

/* The caller's to free; NULL when memory ran out, or when it was stopped. */
struct replay_picture *replay_read(struct query *q, const struct replay_want *w, int64_t now_ms, replay_stop_fn *stop, void *context);

/* --- figures of single sites ---------------------------------------------------------------------------------------- */

struct replay_ask {
    uint32_t key;
    int64_t  interval_ms;
};
struct replay_asks {
    uint64_t number;                 /* of the picture */
    int64_t  at_ms;
    struct replay_ask *ask;
    size_t   n;
};
void replay_asks_free(struct replay_asks *a);

struct replay_figures {
    uint32_t key;
    struct sample last;              /* the latest before then; at_ms 0: there is none */
    uint32_t recent_us[5];           /* good ones, the latest last; 0: there were fewer */
    struct figures figures;          /* of the windows that end then */
    uint8_t  mark[TREND_SLOTS];
    uint16_t worst[TREND_SLOTS];
};

#define REPLAY_CHUNK 48
struct replay_chunk {
    struct replay_chunk *next;
    uint64_t number;
    size_t   n;
    struct replay_figures figures[REPLAY_CHUNK];
};

/* Those of the asks from first on, as many as one chunk holds; how many were asked about is in *done. */
enum err replay_read_figures(struct replay_chunk *to, struct query *q, const struct replay_asks *asks, size_t first, size_t *done,
                             replay_stop_fn *stop, void *context, struct errmsg *why);

#endif
