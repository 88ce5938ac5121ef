#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/err.h"
#include "model/status.h"

/* What the monitor tells over HTTP: metrics, JSON, a status page and badges. Read-only; one thread of its own, which keeps a
 * snapshot of the table and never holds the table's lock for longer than a copy. */
struct web;

/* Listens on "127.0.0.1:9180" or "[::1]:9180" (port 0: any that is free) and answers from t until closed; what the table does not
 * hold, from the database at that path (NULL: there is none). ERR_INVALID: no such address; ERR_BUSY: somebody listens there;
 * ERR_UNAVAILABLE, ERR_NOMEM. */
enum err web_open(struct web **out, struct status_table *t, const char *database, const char *listen, struct errmsg *why);
/* Ends what is under way. NULL is fine. */
void web_close(struct web *w);

/* The port it listens on. */
int web_port(const struct web *w);

#endif
