#ifndef FAN_OUT_H
#define FAN_OUT_H

#include "config/settings.h"
#include "model/notice.h"
#include "store/outbox.h"

/* A notice for an owner, put into the outbox once for each address of each channel. b as in outbox_put(). What there is no memory
 * for is logged. */
void fan_out(struct outbox *o, struct batch *b, const struct settings *s, const struct notice *n, int64_t not_before_ms,
             int64_t now_ms);

#endif
