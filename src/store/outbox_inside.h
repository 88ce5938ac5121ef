#ifndef OUTBOX_INSIDE_H
#define OUTBOX_INSIDE_H

#include "base/mutex.h"

#include "outbox_line.h"

/* What the files of the outbox share. */

#define ENDED_MOST 256               /* ended messages a screen can show */
#define DEAD_MOST 1000               /* dead ones that can be sent anew from memory */
#define KEEP_MS (90 * INT64_C(86400000))

/* One that came to nothing. */
struct dead {
    struct dead *next;
    struct line *line;
    struct message *message;
    int64_t ended_ms;
    uint32_t tries;
    char error[OUTBOX_ERROR_SIZE];
};

struct outbox {
    struct history *history;         /* NULL: in memory alone */
    uint64_t first_id, last_id;      /* of the monitor's thread: of this run's messages */
    bool read;                       /* likewise: what was left in the database */

    struct mutex lock;               /* leaf: for all below; no I/O, allocation or callback under it */
    struct cond begun;               /* a try was written */
    struct line *line;
    struct dead *dead;               /* newest first */
    size_t ndead;
    struct outbox_item ended[ENDED_MOST]; /* a ring */
    uint64_t nended;                 /* ever */
    int per_hour;
    uint64_t released_id;            /* messages up to this are written, or could not be */
    uint64_t asked, answered;        /* tries to be written, and told of */
    uint64_t revision;
    bool saved;
    void (*wake)(void *context);
    void *wake_context;
};

/* The line to that address, made if need be; NULL when memory ran out. Takes the lock. */
struct line *outbox_line(struct outbox *o, const char *owner, const char *channel, const char *address);
void outbox_wake(struct outbox *o);
/* Hands over what is to be written, if there is a database. NULL is fine. */
void outbox_commit(struct outbox *o, struct batch *b);

/* Reads what was left in the database: before anybody else knows of o, with first_id 0; or later (outbox_join()), what is older
 * than this run's messages. */
enum err outbox_read(struct outbox *o, int64_t now_ms, struct errmsg *why);

#endif
