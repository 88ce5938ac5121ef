#ifndef WHOLE_RECEIVER_H
#define WHOLE_RECEIVER_H

#include <stdbool.h>
#include <stddef.h>

/* Somebody who is told by webhook, and writes down every notice of every message in the order in which it came. It can be away
 * (connections are refused), lose the connection after it has read and noted, or hang. */
struct receiver;

enum receiver_mood { RECEIVER_WELL, RECEIVER_AWAY, RECEIVER_LOSES, RECEIVER_BUSY };

struct told {
    char id[64];                     /* notice_id */
    char letter[128];                /* Idempotency-Key: of the message it came in */
    char event[32];
    char site[64];
    unsigned times;                  /* it came so often; 1: no repeat */
};

struct receiver *receiver_start(void);
void receiver_stop(struct receiver *r);
/* "http://127.0.0.1:PORT/told", good as long as r. */
const char *receiver_url(const struct receiver *r);
void receiver_set(struct receiver *r, enum receiver_mood mood);

/* What came, each notice once, by its first coming: copied, at most `most`; how many there are. */
size_t receiver_told(struct receiver *r, struct told *out, size_t most);
/* How many notices about that site there are of that event. */
unsigned receiver_count(struct receiver *r, const char *site, const char *event);
/* Messages that were noted, but not answered. */
unsigned receiver_lost(struct receiver *r);

#endif
