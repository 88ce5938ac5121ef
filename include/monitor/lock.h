#ifndef MONITOR_LOCK_H
#define MONITOR_LOCK_H

#include "base/err.h"

/* One monitor a database: a lock beside its file, "FILE.lock", held by whoever checks and gone with the process that held it. */
struct monitor_lock;

/* ERR_BUSY when another process holds it, with its number in the message; ERR_IO when it can not be made. The database's
 * directory must be there, the database need not. */
enum err monitor_lock_take(struct monitor_lock **out, const char *database, struct errmsg *why);
/* NULL is fine. */
void monitor_lock_release(struct monitor_lock *l);

#endif
