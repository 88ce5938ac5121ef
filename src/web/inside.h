#ifndef INSIDE_H
#define INSIDE_H

#include <microhttpd.h>
#include <stdbool.h>

#include "model/snapshot.h"
#include "web/web.h"

/* What the files of the server share. */

struct web {
    struct MHD_Daemon *daemon;
    struct status_table *table;
    char *database;                  /* NULL: there is none */
    struct web_options options;      /* its texts are not ours to keep */

    /* libmicrohttpd's thread's alone */
    struct snapshot snapshot;
};

/* rest: the path behind the route's own. */
typedef enum MHD_Result route_fn(struct web *w, struct MHD_Connection *c, const char *rest);

struct route {
    const char *path;
    bool prefix;                     /* what follows is the route's to read */
    bool post;                       /* POST is taken, too */
    route_fn *get;
};

/* NULL: nothing is told there. */
const struct route *route_find(const char *path);

#endif
