#ifndef WEB_WEB_H
#define WEB_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/status.h"

/* What the monitor tells over HTTP: metrics, JSON, a status page and badges; and the reports of jobs that it takes. One thread of its own, which keeps a
 * snapshot of the table and never holds the table's lock for longer than a copy. */
struct web;

struct web_options {
    const char *listen;              /* "127.0.0.1:9180" "[::1]:9180"; port 0: any that is free */
    const struct strings *hosts;     /* names it is asked by, beside localhost and its addresses; NULL or none: any, unless it listens
                                      * on a loopback address. What is asked by another name is refused: see src/web/hosts.h */
    const struct options *probe;     /* with which /probe checks targets that are no sites; NULL: it does not */
    bool probe_for_all;              /* not only for those who ask from this machine */
    const char *database;            /* for what the table does not hold; NULL: there is none */

    /* A job reports (POST /report/NAME), and may: on the server's thread, with no lock held. ERR_FULL: too many at once. NULL:
     * reports are refused. */
    enum err (*report)(void *context, uint32_t site_id, uint32_t generation, bool good);
    void *context;
};

/* Listens, and answers from t until closed. Copies options. ERR_INVALID: no such address; ERR_BUSY: somebody listens there;
 * ERR_UNAVAILABLE, ERR_NOMEM. */
enum err web_open(struct web **out, struct status_table *t, const struct web_options *options, struct errmsg *why);
/* Ends what is under way. NULL is fine. */
void web_close(struct web *w);

/* What is told where, number i: "/metrics", and a few words; false behind the last. Any thread. */
bool web_address(size_t i, const char **address, const char **tells);

/* The port it listens on. */
int web_port(const struct web *w);

#endif
