#ifndef RECENT_H
#define RECENT_H

#include "hours.h"
#include "store/query.h"

/* The samples that came last and lie in no block yet, in memory, in the order of sites and time. */
struct recent {
    struct sample *sample;
    size_t n, size, next;                    /* next: where a walk through them is */
};

/* Those of a range of time and of these sites: ascending keys; none: every site. */
enum err recent_read(struct recent *r, struct database *d, const struct outcomes *o, const uint32_t *key, size_t nkey,
                     int64_t from_ms, int64_t until_ms, struct errmsg *why);
/* Copies those of one site and a range of time. ERR_NOMEM. */
enum err recent_copy(struct recent *r, const struct recent *from, uint32_t key, int64_t from_ms, int64_t until_ms);
void recent_release(struct recent *r);

/* The next of a walk; NULL: there are no more. */
const struct sample *recent_next(const struct recent *r);
bool recent_is_before(const struct recent *r, uint32_t site, int64_t hour_ms);
bool recent_is_at(const struct recent *r, uint32_t site, int64_t hour_ms);

#endif
