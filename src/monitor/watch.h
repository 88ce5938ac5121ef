#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap.h"
#include "method.h"
#include "model/status.h"

/* The sites being watched: what the monitor's thread alone knows of each beside the status table's row, under the same number. */
struct watch {
    const struct site *site;       /* a reference; NULL: nobody has this number */
    uint32_t generation;
    uint32_t seen;                 /* the reload that last named it */
    uint64_t job_id;               /* in flight; 0: none */
    struct method_memory method;
    uint32_t attempt;              /* of the next check */
    bool reports;                  /* nobody is asked: it reports by itself */
    int64_t reported_ns;           /* when it last did, or was begun to be waited for; 0: not yet */
    bool mine;                     /* given on the command line */
    bool paused;                   /* with a due time: until then */
    bool again;                    /* became due while in flight */
    bool failing;                  /* the last result was bad or none */
};

struct watch_list {
    struct watch *watch;           /* indexed by site id */
    size_t n;                      /* numbers used so far */
    size_t size;
    uint32_t reload;               /* counts them */
    struct status_table *table;
    struct heap due;
};

/* The rest borrows table. */
void watch_list_release(struct watch_list *l);

/* A name's number; found by a hash made for one reload. */
struct watch_names;
struct watch_names *watch_names_new(const struct watch_list *l);
bool watch_names_find(const struct watch_names *names, const struct watch_list *l, const char *name, uint32_t *id);
void watch_names_free(struct watch_names *names);

/* True for a site that nobody asks (check/kind.h). */
bool watch_reports(const struct site *site);

enum err watch_add(struct watch_list *l, const struct site *site, bool mine, uint32_t *id);
void watch_remove(struct watch_list *l, uint32_t id);

/* When it is due next, told to the table, too. INT64_MAX: not planned. */
void watch_set_due(struct watch_list *l, uint32_t id, int64_t due_ns, bool in_flight, bool late);

/* Hosts that differ, as far as it matters for telling our own network's failure. */
size_t watch_count_hosts(const struct watch_list *l);

#endif
