#ifndef TRANSACTION_H
#define TRANSACTION_H

#include "keeper.h"
#include "waiting.h"

/* Writes a portion in one transaction, with the sign of life, and with the latest samples when those are asked for. All of it is
 * written, or nothing: the message says why not. A batch that can not be written for a reason of its own is logged and
 * left out, so that it does not hold up all that comes behind it. */
enum err transaction_run(struct keeper *k, const struct portion *p, int64_t alive_ms, bool latest, struct errmsg *why);

#endif
