/* Addresses that tell whether our own network is alive. The monitor's thread. */
#include "anchors.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define TIMEOUT_MS (5 * MS_PER_S)

void anchors_release(struct anchors *a)
{
    while (a->n)
        site_unref(a->site[--a->n]);
}

void anchors_set(struct anchors *a, const struct strings *urls)
{
    const struct options *shared;
    struct options o;
    size_t i;

    anchors_release(a);
    a->asked = 0;
    a->round = UINT64_MAX;
    options_init(&o);
    o.timeout_ms = TIMEOUT_MS;
    o.tls_verify = false;        /* that it answers is all we ask */
    o.follow_redirects = false;
    shared = options_share(&o);
    for (i = 0; shared && i < urls->n && a->n < ANCHORS_MOST; i++) {
        a->site[a->n] = site_new("anchor", urls->item[i], shared);
        a->n += a->site[a->n] != NULL;
    }
    options_unref(shared);
}

bool anchors_begin(struct anchors *a, uint64_t first_job)
{
    if (!a->n || a->asked)
        return false;
    a->round = first_job;
    a->failed = 0;
    a->settled = false;
    return true;
}

struct job anchors_job(struct anchors *a, size_t i, uint64_t job_id, int64_t now_ns)
{
    a->asked++;
    return (struct job){ .id = job_id, .site_id = ANCHOR_FIRST + (uint32_t)i, .attempt = 1, .method = METHOD_HEAD,
                         .due_ns = now_ns, .site = a->site[i] };
}

void anchors_unask(struct anchors *a)
{
    a->asked--;
}

/* Whoever refuses or speaks strangely lives, too; but only an answer of HTTP or TLS comes from where we wanted to go. */
static bool is_answer(const struct result *r)
{
    const char *class = outcome_class(r->outcome);

    return result_good(r) || outcome_has_answer(r->outcome) || (class && !strcmp(class, "tls"));
}

enum anchors_verdict anchors_take(struct anchors *a, const struct result *r)
{
    bool settled = a->settled;

    if (r->job_id < a->round || !a->asked)
        return ANCHORS_WAIT; /* of a round before a reload */
    a->asked--;
    if (is_answer(r)) {
        a->settled = true;
        return settled ? ANCHORS_WAIT : ANCHORS_ANSWERED;
    }
    a->failed += !outcome_is_local(r->outcome);
    return a->asked || a->settled || !a->failed ? ANCHORS_WAIT : ANCHORS_SILENT;
}
