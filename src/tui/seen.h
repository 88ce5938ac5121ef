#ifndef SEEN_H
#define SEEN_H

#include <stdint.h>

#include "base/err.h"

/* When somebody last looked at what a database tells: kept in a file beside it, "uptime.db.seen", for any screen of its owner's. */

/* Milliseconds since 1970; 0: nobody ever did, or it can not be read. */
int64_t seen_read(const char *database);
/* Whoever looked later stays written. ERR_NOTFOUND: there is no database; ERR_IO, ERR_NOMEM: then the next visit is told too much, not too little. */
enum err seen_write(const char *database, int64_t at_ms);

#endif
