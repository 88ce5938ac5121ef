#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/rollup.h"
#include "store/batch.h"
#include "store/history.h"

/* Reading what is kept. A struct query is a connection of its own, for one thread at a time; it reads while the writer writes,
 * and waits for nobody. Every function below reads one state of the database. Visitors get values that live until they
 * return; a visitor that returns false ends the walk, which is no error. Errors: ERR_IO, ERR_NOMEM, with a message.
 *
 * Times are milliseconds since 1970; ranges include their beginning and not their end. */
struct query;

/* Opens for reading alone. ERR_NOTFOUND: there is no such file; ERR_INVALID: it is not ours, or of another version. */
enum err query_open(struct query **out, const char *path, struct errmsg *why);
/* NULL is fine. */
void query_close(struct query *q);

/* --- sites -------------------------------------------------------------------------------------------------------- */

struct stored_site {
    uint32_t key;
    const char *name, *url, *owner;  /* url is masked; owner "" when there is none */
    const char *tags;                /* a JSON array of strings */
    int64_t interval_ms;
    int64_t added_ms;
    int64_t gone_ms;                 /* 0: still watched */
    bool    checked;                 /* `last` means something */
    struct sample last;              /* the latest result that was written */
    struct site_memory memory;
};
typedef bool query_site_fn(void *context, const struct stored_site *s);
/* In the order of keys. gone: those as well that are watched no longer, while there is history of them. */
enum err query_sites(struct query *q, bool gone, query_site_fn *visit, void *context, struct errmsg *why);
/* The key of the site that is watched under this name now, else of the one last removed; 0: none. */
enum err query_key(struct query *q, const char *name, uint32_t *key, struct errmsg *why);

/* --- time in states ----------------------------------------------------------------------------------------------- */

/* What was shown of a site in a span of time. */
#define SPAN_NOT_OBSERVED STATE_COUNT /* nobody looked: the program stopped, the machine asleep, the site not in the list */
struct state_span {
    uint32_t site;                   /* key */
    int      state;                  /* enum state, or SPAN_NOT_OBSERVED */
    int64_t  from_ms, until_ms;      /* from_ms < until_ms */
};
typedef bool query_span_fn(void *context, const struct state_span *s);
/* The spans that fill [from_ms, until_ms) without a hole or an overlap, in order; neighbours differ in state. key 0: of every
 * site, one after the other in the order of keys. What lies after the last sign of life of the writer is not observed. */
enum err query_spans(struct query *q, uint32_t key, int64_t from_ms, int64_t until_ms, query_span_fn *visit, void *context,
                     struct errmsg *why);

/* --- figures ------------------------------------------------------------------------------------------------------ */

/* A histogram in its packed form (model/histogram.h); no bytes: an empty one. */
struct packed {
    const void *bytes;
    size_t length;
};

/* One hour of one site. */
struct hourly {
    uint32_t site;                   /* key */
    int64_t  hour_ms;                /* its beginning; a multiple of an hour of UTC */
    uint32_t checks;                 /* results, retries included */
    uint32_t good, failed, inconclusive;
    struct packed took[ROLLUP_COUNT]; /* of good checks, us (model/rollup.h) */
};
typedef bool query_hourly_fn(void *context, const struct hourly *h);
/* The hours that begin in the range and hold a sample, those still running included, in the order of keys, then of time. key 0:
 * every site. */
enum err query_hours(struct query *q, uint32_t key, int64_t from_ms, int64_t until_ms, query_hourly_fn *visit,
                     void *context, struct errmsg *why);

typedef bool query_sample_fn(void *context, const struct sample *s);
/* Raw samples in order of time. key 0: every site, in the order of keys. */
enum err query_samples(struct query *q, uint32_t key, int64_t from_ms, int64_t until_ms, query_sample_fn *visit,
                       void *context, struct errmsg *why);

/* --- incidents ---------------------------------------------------------------------------------------------------- */

struct stored_incident {
    struct incident_row row;         /* evidence NULL: ask for it */
    const char *name;                /* of the site, as it is called now */
    int64_t ended_ms;                /* 0: open */
    enum incident_end end;           /* why, when it has ended */
    int64_t acked_ms;                /* 0: not acknowledged */
    const char *note;                /* of who acknowledged; "" */
    bool has_evidence;
};
typedef bool query_incident_fn(void *context, const struct stored_incident *i);
/* Those that touch the range, oldest first; key 0: of every site. */
enum err query_incidents(struct query *q, uint32_t key, int64_t from_ms, int64_t until_ms, query_incident_fn *visit,
                         void *context, struct errmsg *why);
/* ERR_NOTFOUND: there is none. */
enum err query_evidence(struct query *q, int64_t incident, struct evidence *out, struct errmsg *why);
/* The highest id there is; 0: none. */
enum err query_last_incident(struct query *q, int64_t *id, struct errmsg *why);

/* --- what happened ------------------------------------------------------------------------------------------------ */

/* A change of shown state, for a log of what happened. */
struct stored_change {
    uint32_t site;
    const char *name;
    int64_t at_ms;
    int     state;                   /* enum state; SPAN_NOT_OBSERVED: the site left the list */
};
typedef bool query_change_fn(void *context, const struct stored_change *c);
/* Newest first, at most `most`; key 0: of every site. */
enum err query_changes(struct query *q, uint32_t key, int64_t before_ms, size_t most, query_change_fn *visit, void *context,
                       struct errmsg *why);

#endif
