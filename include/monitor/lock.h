#ifndef MONITOR_LOCK_H
#define MONITOR_LOCK_H

#include "base/err.h"

/* One monitor a list: a lock beside its file, held by whoever checks it and gone with the process that held it. */
struct list_lock;

/* ERR_BUSY when another process holds it, with its number in the message; ERR_IO when it can not be made. */
enum err list_lock_take(struct list_lock **out, const char *config_path, struct errmsg *why);
void list_lock_release(struct list_lock *l);

#endif
