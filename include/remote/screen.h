#ifndef REMOTE_SCREEN_H
#define REMOTE_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "monitor/monitor.h"

/* A monitor that runs in another process, seen through its door (remote/server.h). */

/* --- for as long as somebody looks: what stands for it here ------------------------------------------------------- */

/* A struct monitor for screens: its table is a copy, brought up to date four times a second by a thread; what is sent to it is
 * handed on. When the monitor vanishes, the table keeps what was known, its health says so, and as soon as one is
 * there again it is copied anew. monitor_apply() takes s for what rows are told by (it must be the settings the monitor has)
 * and asks the monitor to read its file again; monitor_change_engine() is refused. monitor_close() ends it.
 *
 * ERR_UNAVAILABLE: no monitor answers for these settings; ERR_INVALID: the one that does is of another version. readonly: whatever
 * is sent is refused. */
enum err remote_screen_open(struct monitor **out, const struct settings *s, bool readonly, struct errmsg *why);

/* --- one question, one answer ------------------------------------------------------------------------------------- */

struct remote_link;

/* ERR_UNAVAILABLE: no monitor answers within wait_ms, for the connection and for each answer. ERR_INVALID: it is of another
 * version. */
enum err remote_link_open(struct remote_link **out, const struct settings *s, int wait_ms, struct errmsg *why);
void remote_link_close(struct remote_link *l);

/* Fills a fresh table with all rows, or with those in trouble alone: down, being asked again, degraded, inconclusive. counts are
 * of all. */
enum err remote_fetch(struct remote_link *l, struct status_table *t, bool in_trouble, struct status_counts *counts,
                      struct errmsg *why);
enum err remote_send(struct remote_link *l, const struct command *c, struct errmsg *why);
/* Asks for the file to be read again. */
enum err remote_reload(struct remote_link *l, struct errmsg *why);

#endif
