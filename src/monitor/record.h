#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "method.h"
#include "model/status.h"
#include "store/batch.h"
#include "store/history.h"

/* What the monitor does, said to history: the list, results, states, incidents, and the time in which it watched. It numbers
 * incidents, and finds sites again after a restart. Without a history it numbers incidents all the same. The monitor's thread;
 * record_open() and the first list before that runs. */
struct record;

/* Reads what history knows of earlier runs, unless it is not present yet. h may be NULL; it is borrowed. */
enum err record_open(struct record **out, struct history *h, struct status_table *table, struct errmsg *why);
/* NULL is fine. */
void record_close(struct record *r);

/* --- one batch for what belongs together -------------------------------------------------------------------------- */

/* The batch that is being filled: whatever is added until record_commit() is one transaction. NULL without a history, or
 * without memory; batch functions take that. */
struct batch *record_batch(struct record *r);
void record_commit(struct record *r);

/* --- the list ----------------------------------------------------------------------------------------------------- */

/* A list is taken over: all its sites first, then one of the next three for each that comes, changes or goes, then the end, which
 * commits. */
void record_list_begin(struct record *r, const struct site *const *site, size_t n);
void record_list_end(struct record *r, const struct settings *s);

/* The site that is watched under another name, has this URL, and whose name is no longer in the list: it was renamed. */
bool record_was(struct record *r, const struct site *site, uint32_t *id);

/* What a site that comes was left with. */
struct resumed {
    bool known;                      /* false: nothing below means anything */
    struct restored row;             /* for the status table */
    struct method_memory method;
    int64_t paused_until_ns;         /* by a command: monotonic, INT64_MAX until resumed; 0: not so */
};
/* A site of the file, in the table under this number. */
void record_added(struct record *r, uint32_t id, const struct site *site, struct resumed *out);
void record_changed(struct record *r, uint32_t id, const struct site *site, bool other_url);
void record_removed(struct record *r, uint32_t id);

/* --- what happens ------------------------------------------------------------------------------------------------- */

/* A result that counts. Returns the number of the outage the site is in with it; 0: of none. Commit it. */
int64_t record_result(struct record *r, uint32_t id, const struct journal_entry *e, const struct method_memory *m);

/* A site's shown state may have changed otherwise than by a result: looks, and adds to the batch. */
void record_look(struct record *r, uint32_t id);
/* Every site's: our own network is gone. */
void record_look_all(struct record *r);

/* Paused by a command until then (monotonic; INT64_MAX: until resumed), or no longer: 0. */
void record_paused(struct record *r, uint32_t id, int64_t until_ns);

enum record_news {
    RECORD_NOTHING,
    RECORD_JOINED,                   /* the database can be used, and could not before: every site has its key by now */
    RECORD_SAID_AGAIN                /* it lacked something, and was told all there is to say of sites */
};
/* Once in a while, a second or so: we are alive. Finds out that we were not. */
enum record_news record_tick(struct record *r, int64_t mono_ns, int64_t boot_ns, int64_t wall_ms);
/* History is present, and sites have keys in it. */
bool record_has_joined(const struct record *r);

/* The open outage of that site, by its number in history; 0: none. */
int64_t record_incident(struct record *r, uint32_t id);
/* The key of that site in history; 0: nothing is kept of it. */
uint32_t record_key(struct record *r, uint32_t id);
/* When this run began to watch: wall clock. */
int64_t record_start_ms(const struct record *r);

/* How the database is, as of the last tick; all 0 where nothing is kept. */
const struct history_health *record_health(const struct record *r);

#endif
