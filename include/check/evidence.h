#ifndef CHECK_EVIDENCE_H
#define CHECK_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/evidence.h"

/* What failing checks met, beside their results: kept under the job's id for whoever wants it soon, the latest few hundred.
 * Results stay small and plain; who fails is rare. Nothing is kept until somebody says so. Any thread. */

/* Keep from now on, or no longer. */
void evidence_keep(bool keep);
bool evidence_is_kept(void);

/* Copies it in; the oldest goes when there are too many. */
void evidence_put(uint64_t job_id, const struct evidence *e);

/* Takes it out: the caller's to free(). NULL: there is none. */
struct evidence *evidence_take(uint64_t job_id);

#endif
