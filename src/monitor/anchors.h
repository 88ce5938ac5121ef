#ifndef ANCHORS_H
#define ANCHORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/job.h"
#include "model/result.h"

/* Addresses of the owner's choice that tell whether our own network is alive: asked all at once when that is in doubt. Their jobs
 * have numbers no site has. One thread. */
#define ANCHOR_FIRST (UINT32_MAX - 1024)   /* the site_id of the first anchor's jobs */
#define ANCHORS_MOST 16

struct anchors {
    const struct site *site[ANCHORS_MOST]; /* references of our own */
    size_t n;
    uint64_t round;                        /* the first job of the round under way; results of earlier ones are late */
    size_t asked, failed;                  /* of that round; asked 0: none is under way */
    bool   settled;                        /* one answered in it */
};

enum anchors_verdict { ANCHORS_WAIT, ANCHORS_ANSWERED, ANCHORS_SILENT };

/* Replaces them by these URLs; those that can not be sites are left out. */
void anchors_set(struct anchors *a, const struct strings *urls);
void anchors_release(struct anchors *a);

/* Begins a round, whose jobs are numbered from first_job. False when there is nobody to ask, or somebody is being asked. */
bool anchors_begin(struct anchors *a, uint64_t first_job);
/* The job of the i-th; counts it as asked. */
struct job anchors_job(struct anchors *a, size_t i, uint64_t job_id, int64_t now_ns);
/* One was not to be had after all. */
void anchors_unask(struct anchors *a);

static inline bool anchors_own(uint32_t site_id)
{
    return site_id >= ANCHOR_FIRST;
}

/* Takes a result of theirs. ANCHORS_ANSWERED once a round, as soon as one answers; ANCHORS_SILENT when the last has failed. */
enum anchors_verdict anchors_take(struct anchors *a, const struct result *r);

#endif
