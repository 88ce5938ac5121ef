#ifndef SINCE_READ_H
#define SINCE_READ_H

#include <stddef.h>
#include <stdint.h>

#include "store/moment.h"

/* What happened since some moment, site by site: read on the reader's thread, then handed over whole. */

enum since_kind {
    SINCE_DOWN,                      /* went down and still is */
    SINCE_OUTAGE,                    /* was down */
    SINCE_AGAIN,                     /* had been down before, and is up again */
    SINCE_CERTIFICATE,               /* ends soon, or has ended: the controller's to add */
    SINCE_ADDED,
    SINCE_REMOVED,
    SINCE_GAP,                       /* nobody watched */
    SINCE_KINDS
};

struct since_item {
    enum since_kind kind;
    uint32_t key;
    uint32_t n;                      /* outages */
    int64_t  at_ms;                  /* when; of outages the last one's beginning */
    int64_t  for_ms;                 /* of all outages together; of a gap. Of a certificate: until its end */
    char     name[64];
    char     text[120];              /* why it is, or last was, down */
};

#define SINCE_ITEMS_MOST 2000
#define SINCE_GAP_LEAST_MS MOMENT_FRESH_MS /* shorter ones are restarts */

struct since {
    int64_t from_ms, until_ms;
    uint32_t count[SINCE_KINDS];     /* SINCE_OUTAGE: outages, whether they are over or not; else sites, gaps */
    bool     to_the_end;             /* the last gap: whoever looks again started it */
    struct since_item *item;         /* the worst and newest first */
    size_t   n, size;
};

/* The caller's to free. ERR_IO, ERR_NOMEM. */
enum err since_read(struct since **out, struct query *q, int64_t from_ms, int64_t until_ms, struct errmsg *why);
void since_free(struct since *s);
/* Room for one more, counted; NULL when there are too many or memory ran out. */
struct since_item *since_add(struct since *s, enum since_kind kind, const char *name, int64_t at_ms);
void since_sort(struct since *s);

#endif
