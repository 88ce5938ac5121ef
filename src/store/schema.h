#ifndef SCHEMA_H
#define SCHEMA_H

#include "database.h"

/* The tables, and how they came to be: a list of steps, the schema of version n being steps 1 to n (PRAGMA user_version). Steps
 * that were released are never changed; a new one is added behind them. */
#define SCHEMA_VERSION schema_version()
int schema_version(void);

/* Brings the schema of a database opened for writing up to date, in one transaction. ERR_INVALID: it is another program's,
 * of a newer version, or damaged (database_is_damaged()); it is untouched then. */
enum err schema_update(struct database *d, struct errmsg *why);

/* For reading: ERR_INVALID unless the schema is exactly ours. */
enum err schema_check(struct database *d, struct errmsg *why);

/* Makes a database of an earlier version: for tests. */
enum err schema_update_to(struct database *d, int version, struct errmsg *why);

#endif
