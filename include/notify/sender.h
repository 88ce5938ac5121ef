#ifndef NOTIFY_SENDER_H
#define NOTIFY_SENDER_H

#include "base/err.h"
#include "config/settings.h"
#include "store/outbox.h"

/* Brings what is in the outbox to its owners: a thread that waits for what is due, and workers that send, at most one for each
 * address, so that one receiver that hangs delays nobody else. Before a try is made it is written, and how it ended
 * afterwards: what was sent when the program is killed is sent again under the same id. */
struct sender;

/* Keeps a reference on s. The outbox outlives the sender. */
enum err sender_open(struct sender **out, struct outbox *outbox, const struct settings *s, struct errmsg *why);
/* Waits for sends under way, a second or so; what is not sent stays in the outbox. NULL is fine. */
void sender_close(struct sender *sender);

/* Goes over to these settings: sends that begin from now on use them. Any thread. */
void sender_apply(struct sender *sender, const struct settings *s);

#endif
