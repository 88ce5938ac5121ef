#ifndef TELLER_H
#define TELLER_H

#include <stdint.h>

#include "base/err.h"
#include "model/status.h"

/* Keeps the past of each site (model/past.h), from history and from what happens, and tells the status table its figures: of
 * a site that had a result, a few seconds later at the latest. The monitor's thread. */
struct teller;

/* database NULL: there is no history, and figures begin now, as they do until teller_read_past(). since_ms: wall clock, when watching began. ready is called by
 * another thread when history was read: teller_tick() soon. */
enum err teller_open(struct teller **out, struct status_table *table, const char *database, int64_t since_ms,
                     void (*ready)(void *context), void *context, struct errmsg *why);
/* History is present: reads what was before since_ms, of every site. */
void teller_read_past(struct teller *t);
/* A site has this key now, and had none. */
void teller_found(struct teller *t, uint32_t id, uint32_t key);
/* NULL is fine. */
void teller_close(struct teller *t);

/* A site has this number from now on; key is its key in history, 0: none. */
void teller_added(struct teller *t, uint32_t id, uint32_t key, int64_t now_ms);
void teller_removed(struct teller *t, uint32_t id);

/* A result that counts came. */
void teller_result(struct teller *t, uint32_t id, const struct journal_entry *e, int64_t now_ns);
/* A site's shown state may have changed otherwise. */
void teller_look(struct teller *t, uint32_t id, int64_t now_ms);

/* Often, at least once a second: takes what was read, and tells who is to be told. boot_ns and now_ms find time in which nobody
 * looked (observed.h). */
void teller_tick(struct teller *t, int64_t now_ns, int64_t boot_ns, int64_t now_ms);

#endif
