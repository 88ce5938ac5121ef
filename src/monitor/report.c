/* Sites that nobody asks: a job reports by itself, and it is noticed when a report stays out. Late is what an interval has passed
 * of (CHECK), missed what all retries have passed of (DOWN). The monitor's thread. */
#include "inside.h"

#include <stdio.h>

#include "base/clock.h"

#define LEAST_APART (NS_PER_S / 10) /* reports in between say nothing new, and history is not theirs to fill */

/* What is said of it goes the way of every result: into the table, and back by the journal. */
static void publish(struct monitor *m, uint32_t id, enum outcome outcome, int64_t due_ns, int64_t now_ns)
{
    struct watch *w = &m->list.watch[id];
    struct job job = { .id = ++m->jobs, .site_id = id, .generation = w->generation, .attempt = w->attempt,
                       .method = METHOD_GET, .due_ns = due_ns, .site = w->site };
    struct result r;

    result_fail(&r, &job, outcome, now_ns, clock_wall_ms());
    if (outcome == OUTCOME_OK)
        snprintf(r.detail, sizeof(r.detail), "reported");
    m->in_flight++;
    w->job_id = job.id;
    watch_set_due(&m->list, id, INT64_MAX, true, false);
    status_publish(m->table, &r, now_ns);
}

enum err report_due(struct monitor *m, uint32_t id, int64_t due_ns, int64_t now_ns)
{
    struct watch *w = &m->list.watch[id];
    int64_t last_ns;

    if (!w->reported_ns)
        w->reported_ns = now_ns;
    last_ns = w->reported_ns + w->site->options->interval_ms * NS_PER_MS;
    if (now_ns < last_ns) {
        watch_set_due(&m->list, id, last_ns, false, false);
        return ERR_OK;
    }
    if (m->in_flight >= m->slots)
        return ERR_FULL;
    publish(m, id, OUTCOME_NOT_REPORTED, due_ns, now_ns);
    return ERR_OK;
}

void report_take(struct monitor *m, uint32_t id, bool good, int64_t now_ns)
{
    struct watch *w = &m->list.watch[id];

    if (!w->reports || w->paused || (w->reported_ns && now_ns - w->reported_ns < LEAST_APART))
        return;
    if (w->job_id || m->in_flight >= m->slots)
        journal_take(m); /* what was published comes back at once, so this makes room */
    if (w->job_id || m->in_flight >= m->slots)
        return;          /* checks under way have taken every slot; the next report will be heard */
    w->reported_ns = now_ns;
    publish(m, id, good ? OUTCOME_OK : OUTCOME_REPORTED_BAD, now_ns, now_ns);
}
