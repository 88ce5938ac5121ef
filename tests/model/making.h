#ifndef TESTS_MODEL_MAKING_H
#define TESTS_MODEL_MAKING_H

#include <stddef.h>

#include "base/clock.h"
#include "model/result.h"
#include "model/site.h"
#include "support/tests.h"

/* Sites and results for tests, made in one line. */

/* A site with the built-in options, changed by adjust (may be NULL). The caller's reference. */
static inline const struct site *make_site(const char *name, const char *url, void (*adjust)(struct options *o))
{
    const struct options *shared;
    struct options options;
    const struct site *site;

    options_init(&options);
    if (adjust)
        adjust(&options);
    shared = options_share(&options);
    assert_non_null(shared);
    site = site_new(name, url, shared);
    assert_non_null(site);
    options_unref(shared);
    return site;
}

static inline struct result make_result(uint32_t id, uint32_t generation, enum outcome outcome)
{
    struct job job = { .id = 1, .site_id = id, .generation = generation, .attempt = 1 };
    struct result r;

    result_init(&r, &job);
    r.outcome = outcome;
    r.status = outcome == OUTCOME_OK ? 200 : outcome == OUTCOME_STATUS ? 503 : 0;
    r.took_ns = 20 * NS_PER_MS;
    r.checked_at_ms = INT64_C(1795437669120);
    return r;
}

#endif
