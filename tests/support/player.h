#ifndef SUPPORT_PLAYER_H
#define SUPPORT_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "support/book.h"
#include "support/request.h"

/* What plays scripts on connections; the private part of server.c that its thread alone runs. */

/* What epoll tells about: the first member of each struct that is handed to it. */
enum source { SOURCE_WAKE, SOURCE_LISTENER, SOURCE_CONN };

#define PLAYER_BUFFER 65536

struct conn;
struct player {
    int epoll;                       /* the server's */
    struct book *book;               /* the server's */
    struct ssl_ctx_st *tls;          /* the server's; NULL: plain */
    bool uncounted;
    struct script *fault;            /* as faults[] */
    struct conn *all, *unused;
    struct conn **heap;              /* by due time */
    size_t nheap, heap_size;
    char buffer[PLAYER_BUFFER + 1];  /* read into */
    char filler[16384];              /* FILL */
};

/* False when memory ran out. */
bool player_init(struct player *p, int epoll, struct book *book, struct ssl_ctx_st *tls, bool uncounted);
/* Closes all connections. */
void player_release(struct player *p);

/* Begins to play on a new connection. */
void player_take(struct player *p, int fd);
/* Something happened to the connection epoll knows as `conn`, which may be gone afterwards. */
void player_event(struct player *p, struct conn *conn, uint32_t events);

/* Nanoseconds until somebody's wait is over, at least 0; INT64_MAX: nobody waits. */
int64_t player_due_ns(const struct player *p);
void player_end_waits(struct player *p);
/* Lets all who are in a HOLD go on. */
void player_let_go(struct player *p);

#endif
