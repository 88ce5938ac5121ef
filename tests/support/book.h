#ifndef SUPPORT_BOOK_H
#define SUPPORT_BOOK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/mutex.h"
#include "support/request.h"

/* A server's book: what to do for which path, and what came. Written and read by tests and by the server's thread; the
 * private part of server.c where all of them meet. */
struct route {
    struct route *older;
    char *path;
    size_t length;                   /* without the '*' */
    bool prefix, query;
    unsigned played;                 /* under the book's lock */
    struct script script;
};

struct book {
    /* counters: written by the server's thread, read by all */
    _Atomic uint64_t accepted, requests, shaken, resumed;
    _Atomic unsigned open, held;
    _Atomic unsigned waiting;        /* tests that wait for something to change */

    struct mutex lock;               /* leaf, but for allocation: this is a test's server */
    struct cond changed;
    _Atomic(struct route *) routes;  /* written under lock; newest first; kept to the end, for they may be playing */
    _Atomic(struct route *) greeting;
    struct named *named;             /* under lock */
    struct hit *hits;                /* under lock */
    struct kept *kept;               /* under lock */
    const char *last_path;           /* under lock: of the newest request; belongs to one kept */
};

void book_init(struct book *b);
void book_release(struct book *b);

/* Puts a route before the others of a list: routes or greeting. */
void book_add(struct book *b, _Atomic(struct route *) *list, const char *path, const struct step *steps);

/* Notes a request (unless uncounted) and gives what its route says; NULL: no route. Then *path is the path to go by,
 * which /named/NAME may have changed. */
const struct step *book_choose(struct book *b, const struct request *q, bool uncounted, struct piece *path);

/* After a change of a counter. */
void book_tell(struct book *b);

/* Waits until ready() says so, which is called with the lock held; false when SERVER_PATIENCE_S have passed. */
typedef bool book_ready_fn(struct book *b, const void *what);
bool book_wait(struct book *b, book_ready_fn *ready, const void *what);

unsigned book_hits(struct book *b, const char *method, const char *path);
bool book_wait_hits(struct book *b, const char *method, const char *path, unsigned n);
char *book_last_request(struct book *b, const char *path);
void book_forget(struct book *b);

#endif
