#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/evidence.h"
#include "model/job.h"
#include "model/result.h"

/* Jobs and results as messages between this program and helpers of the same program: native byte order, a version in
 * front, every length checked on the way in. What no check needs (owner, tags) stays at home. */
#define WIRE_VERSION 2
#define WIRE_JOB_MOST 65536          /* bytes of one job, texts included */

struct wire_result {
    uint32_t version;
    uint32_t bytes;                  /* of this struct: both sides are the same program */
    struct result result;
};

/* What a helper sends for each job: the result, and behind it, of a check that failed, perhaps what it met. */
struct wire_answer {
    struct wire_result result;
    struct evidence evidence;
};
/* The bytes are as many as one of the two forms has, lengths within lie within, and the result is one that a check can have. */
bool wire_is_answer(const struct wire_answer *a, size_t length);

/* Writes job to buffer; its bytes, or 0 when its texts do not fit. */
size_t wire_put_job(char buffer[WIRE_JOB_MOST], const struct job *job);

/* Reads one. *site is a new reference, the caller's, and job->site. cache, NULL at first, is the options of the last job: equal ones
 * are shared, so that handles set up for them need not be set up again; unref it at the end. ERR_INVALID for what is no such
 * message. */
enum err wire_get_job(const char *bytes, size_t length, struct job *job, struct site **site, const struct options **cache);

#endif
