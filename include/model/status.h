#ifndef MODEL_STATUS_H
#define MODEL_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/network.h"
#include "model/past.h"
#include "model/result.h"
#include "model/samples.h"
#include "model/state.h"

/* The status table: where all threads meet, and the only place. Workers publish results into it, which steps the site's
 * state machine under its one lock and appends to a journal; the monitor adds and removes sites and empties the journal;
 * everybody else takes copies out (model/snapshot.h). Rows have numbers that are used again; a number with its generation
 * never is. */
struct status_table;

#define ROW_DETAIL_SIZE 96

/* What the table holds of one site; copied out whole. */
struct row {
    uint32_t id;
    uint32_t generation;             /* 0: no site here */
    const struct site *site;         /* a reference of whoever holds this copy */
    struct site_state state;
    uint8_t  outcome;                /* enum outcome of the last result */
    uint8_t  method;                 /* enum method of its last request */
    bool     in_flight;              /* being checked now */
    bool     mine;                   /* given on the command line, not in the file */
    int      status;                 /* HTTP status of the last answer; 0: none */
    uint32_t latency_us;             /* of the last result, whole */
    uint32_t phase_us[PHASE_COUNT];  /* UINT32_MAX: not reached */
    uint32_t checks;                 /* results there were */
    uint32_t late;                   /* checks that began late */
    int64_t  since_ns;               /* monotonic: when it came into the shown state */
    int64_t  checked_ns;             /* monotonic; the last result; 0: none yet */
    int64_t  checked_ms;             /* wall clock; the last result */
    int64_t  due_ns;                 /* monotonic; the next check; INT64_MAX: none planned */
    int64_t  certificate_until;      /* CERTIFICATE_UNKNOWN, or seconds since 1970 */
    struct figures figures;          /* of its past, as last told; FIGURES_NONE before */
    uint64_t revision;               /* the table's when this row last changed */
    char     address[RESULT_ADDRESS_SIZE];
    char     detail[ROW_DETAIL_SIZE]; /* the result's, cut */
};

/* Writes what a result says into the row's members of its last one. */
void row_take_result(struct row *row, const struct result *r, int64_t now_ns);

/* One published result, for the monitor. */
struct journal_entry {
    struct result result;
    enum state before, after;        /* as shown */
    struct site_state state;         /* after */
    bool dropped;                    /* its site was edited or removed meanwhile; nothing below means anything */
    bool retry;                      /* neither up nor down: ask again after retry_interval, not at the interval */
    bool suspect;                    /* may be our own network: somebody else should be asked soon */
    bool went_offline, came_online;  /* the table's view of our network changed with this result */
};

/* How the monitor itself is doing; it tells, screens show. */
struct health {
    double   checks_per_s;           /* over the last few seconds */
    int64_t  lag_p99_ns;             /* how late checks began, last minute */
    uint32_t in_flight, slots;
    uint32_t waiting;                /* due, but no slot is free */
    uint64_t checks, late;           /* since the start */
    uint32_t anchors;                /* there are */
    bool     offline;
    int64_t  offline_since_ns;
    char     engine[16];
    uint32_t workers;
    int64_t  told_ns;                /* monotonic: when it told this; every second while it lives */
    uint32_t descriptors, descriptors_most; /* open ones, and how many there may be */
    uint64_t memory_bytes;           /* resident */
    uint64_t database_bytes;         /* with its log; 0: nothing is kept */
    int64_t  write_ns;               /* how long the last transaction took */
    uint64_t unwritten;              /* what waits in memory to be written */
    char     trouble[160];           /* the monitor's own worst problem; "" none */
};

/* True while it keeps up: no trouble of its own, and checks begin on time. */
bool health_is_well(const struct health *h);

struct status_counts {
    uint32_t total;
    uint32_t state[STATE_COUNT];
    uint32_t warning;                /* of the degraded: those that are not slow, but warn */
};

/* journal_slots: results that may wait to be taken; at least the engine's slots. NULL when memory ran out.
 * wake (may be NULL) is called, without a lock, when the journal was empty and no longer is. */
struct status_table *status_new(size_t journal_slots, void (*wake)(void *context), void *context);
void status_free(struct status_table *t);

/* Adding and changing sites: the monitor's thread. Each keeps its own reference on site. */
enum err status_add(struct status_table *t, const struct site *site, bool mine, uint32_t *id, uint32_t *generation);
/* A new generation of the same row; keeps the state unless the URL changed. */
uint32_t status_replace(struct status_table *t, uint32_t id, const struct site *site);
void status_remove(struct status_table *t, uint32_t id);
void status_pause(struct status_table *t, uint32_t id, bool paused);
void status_maintain(struct status_table *t, uint32_t id, bool maintenance);
void status_set_due(struct status_table *t, uint32_t id, int64_t due_ns, bool in_flight, bool late);
/* What is told of its past (model/past.h). The row changes only when the figures do. */
void status_set_figures(struct status_table *t, uint32_t id, const struct figures *figures);
void status_set_hosts(struct status_table *t, size_t distinct_hosts, bool anchored);

/* What an earlier run of the program left of a site, to go on from. */
struct restored {
    struct site_state state;
    int64_t since_ns;                /* monotonic; may lie before the machine's start, and be negative */
    bool     checked;                /* the rest means something */
    uint8_t  outcome, method;
    int      status;
    uint32_t latency_us, phase_us[PHASE_COUNT];
    int64_t  checked_ns, checked_ms;
    int64_t  certificate_until;
    char     address[RESULT_ADDRESS_SIZE];
    char     detail[RESULT_DETAIL_SIZE];
    const struct samples *samples;   /* NULL: none */
};
/* Gives a row that was just added what an earlier run left. */
void status_restore(struct status_table *t, uint32_t id, const struct restored *from);

/* What the anchors found (model/network.h). True when our network's state changed by it: read status_health(). */
bool status_set_anchors(struct status_table *t, bool answered, int64_t now_ns);
void status_set_health(struct status_table *t, const struct health *health);

/* Publishes a result: any thread. One whose row has another generation, or that was cancelled, is dropped, but still
 * journalled as such, so that the monitor sees every job end. now_ns is monotonic. */
void status_publish(struct status_table *t, const struct result *r, int64_t now_ns);

/* Takes up to max entries, oldest first; how many. */
size_t status_take_journal(struct status_table *t, struct journal_entry *out, size_t max);

/* What each region found last; how many, at most REGIONS_MOST; 0 for a site that is checked from here. */
int status_regions(struct status_table *t, uint32_t id, struct region_result out[REGIONS_MOST]);

uint64_t status_revision(struct status_table *t);
void status_counts(struct status_table *t, struct status_counts *out);
void status_health(struct status_table *t, struct health *out);

/* Copies one row, with a reference on its site: unref it. ERR_NOTFOUND when no site is there. samples may be NULL. */
enum err status_row(struct status_table *t, uint32_t id, struct row *out, struct samples *samples);

/* A walk over the rows that changed after a revision: set `since`, the rest 0. */
struct changes {
    uint64_t since;
    uint64_t upto;                   /* the revision for the next walk; known once this one has begun */
    uint64_t below;                  /* rows of this revision and later ones were copied, or come in the next walk */
    uint32_t next;                   /* where to go on */
};
struct row_change {
    struct row     row;
    struct samples samples;
};

/* Copies up to max rows, the latest change first, each with a reference on its site; how many, 0 when the walk is over. Rows
 * removed since come with generation 0 and no site. A row comes once in a walk; what changes while it goes on, comes with
 * the next. Cost grows with the rows changed. */
size_t status_changes(struct status_table *t, struct changes *c, struct row_change *out, size_t max);

/* For a table that mirrors one of another process, instead of the functions of the monitor's side: one thread. Puts a row as it
 * is there, number, generation, times and all, and takes over its reference on the site; generation 0: no site is there.
 * ERR_NOMEM, ERR_FULL (the number is beyond all bounds): the reference is still the caller's. */
enum err status_mirror(struct status_table *t, const struct row_change *c, const struct region_result *region, int nregion);
void status_mirror_health(struct status_table *t, const struct health *health);
/* Numbers ever used: all are below. */
uint32_t status_slots(struct status_table *t);

#endif
