#ifndef REDIS_LINK_H
#define REDIS_LINK_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "engine/engine.h"

/* One connection to Redis that comes back by itself: after a failure it is gone, and is made anew when asked for, after a wait that
 * grows from 0.1 to 10 s. Speaks RESP2 and no command newer than Redis 7.0. One thread owns a link; redis_link_break()
 * alone is for others. */
struct redis_link;

/* Takes the URL apart; connects to nobody yet. ERR_INVALID quotes the URL without its password. name: what CLIENT LIST shows. */
enum err redis_link_new(struct redis_link **out, const struct engine_broker *b, const char *name, struct errmsg *why);
void redis_link_free(struct redis_link *l);

/* True when connected, or connected just now. False until the next try; redis_link_trouble() says why. fresh (may be NULL)
 * is set when the connection is new: what was sent before it may be lost. */
bool redis_link_ready(struct redis_link *l, bool *fresh);
/* When to ask again. */
int64_t redis_link_retry_ns(const struct redis_link *l);
/* "Redis at 127.0.0.1:6379: Connection refused"; "" while all is well. Clean; no password. */
const char *redis_link_trouble(const struct redis_link *l);
const char *redis_link_name(const struct redis_link *l);

/* One command. NULL when the connection is gone; else a reply the caller frees, which may be an error (reply->type). */
redisReply *redis_link_call(struct redis_link *l, const char *format, ...);
/* Commands in a row: queue any number, then read as many replies. False when the connection is gone. */
bool redis_link_queue(struct redis_link *l, int n, const char *const *word, const size_t *length);
redisReply *redis_link_reply(struct redis_link *l);

/* Ends a call that waits. Any thread. */
void redis_link_break(struct redis_link *l);

/* The server's wall clock in ms, by an offset learned when the connection was made. */
int64_t redis_link_clock_ms(struct redis_link *l);

bool redis_is_error(const redisReply *r, const char *word);

#endif
