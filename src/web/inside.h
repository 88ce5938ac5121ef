#ifndef INSIDE_H
#define INSIDE_H

#include <microhttpd.h>
#include <stdbool.h>

#include "model/snapshot.h"
#include "web/web.h"

#include "crowd.h"
#include "probing.h"

/* What the files of the server share. */

struct web {
    struct MHD_Daemon *daemon;
    struct status_table *table;
    char *database;                  /* NULL: there is none */
    struct strings hosts;
    struct web_options options;      /* its texts are not ours to keep */
    struct probing *probing;         /* NULL: nobody may have other targets checked */
    bool loopback;                   /* that is where it listens */

    /* libmicrohttpd's thread's alone */
    struct snapshot snapshot;
    struct crowd crowd;
    struct errmsg complained;        /* what the log was told of the history last; "": it could be read since */
};

struct request {
    struct MHD_Connection *c;
    const char *rest;                /* of the path, behind the route's own */
    void **later;                    /* for probing_ask() */
};

typedef enum MHD_Result route_fn(struct web *w, const struct request *r);

struct route {
    const char *path;
    bool prefix;                     /* what follows is the route's to read */
    bool post;                       /* POST is taken, too */
    bool acts;                       /* more than a look: not for pages of others that a browser shows */
    route_fn *get;
    const char *shown, *tells;       /* for people */
};

/* NULL: nothing is told there. */
const struct route *route_find(const char *path);
/* The answer then: what is told elsewhere. */
enum MHD_Result route_none(struct MHD_Connection *c);

#endif
