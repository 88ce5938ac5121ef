#ifndef CHAINS_H
#define CHAINS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "check/chain.h"

/* Certificates as servers show them, looked at for the sites that a person looks at: one at a time, by a thread of its own, and
 * kept for a while, so that going to and fro costs no site a connection. */
struct chains;

/* wake is called on the thread when there is something new. */
enum err chains_start(struct chains **out, void (*wake)(void *context), void *context);
/* Hangs up. NULL is fine. */
void chains_stop(struct chains *c);

/* What was seen at that URL, and when (monotonic). False: nothing yet. */
bool chains_take(struct chains *c, const char *url, struct chain *out, int64_t *seen_ns);
/* Wants that site looked at now, instead of what was wanted before and not begun. Never waits. */
void chains_want(struct chains *c, const struct site *site);

#endif
