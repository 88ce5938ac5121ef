#ifndef MODEL_JOB_H
#define MODEL_JOB_H

#include <stdint.h>

#include "model/site.h"

/* One check to be made: a plain value. It names its row in the status table by number and generation, so that a result
 * which comes after an edit finds nobody home; the site itself is immutable and shared by count (model/site.h). */
struct job {
    uint64_t id;             /* unique for one engine */
    uint32_t site_id;
    uint32_t generation;
    uint32_t attempt;        /* 1; retries are 2, 3, ... */
    enum method method;      /* what to begin with; expectations on the body ask for GET anyway */
    int64_t  due_ns;         /* monotonic; when it should have begun */
    const struct site *site; /* borrowed; an engine that takes the job takes its own reference until done */
};

#endif
