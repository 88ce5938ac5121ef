#ifndef SUPPORT_REDIS_H
#define SUPPORT_REDIS_H

#include <stdbool.h>

/* A real Redis on a socket in a private directory: no port, nothing on disk. Errors end the program. One thread. */
struct redis_server;

struct redis_server *redis_start(void);
/* Ends it and removes its directory. NULL is fine. */
void redis_stop(struct redis_server *r);
/* kill -9, and everything it knew is gone; redis_revive() starts it again at the same place. */
void redis_kill(struct redis_server *r);
void redis_revive(struct redis_server *r);
/* Stops it in its tracks, connections and all, or lets it go on. */
void redis_freeze(struct redis_server *r, bool frozen);

/* "unix:///tmp/.../redis.sock" */
const char *redis_url(const struct redis_server *r);
/* One command, "FLUSHALL": its reply as text, for the caller to free(). */
char *redis_ask(const struct redis_server *r, const char *command);

#endif
