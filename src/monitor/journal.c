/* What came of the jobs: takes the status table's journal, tells of transitions, and plans each site's next check. The
 * monitor's thread. */
#include "inside.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "schedule.h"

#define JOURNAL_BATCH 64
#define SUSPECT_RETRY NS_PER_S             /* least wait before a suspect failure is asked again */

static void tell_transition(const struct watch *w, const struct journal_entry *e)
{
    char message[RESULT_MESSAGE_SIZE];
    enum log_level level = e->after == STATE_DOWN ? LEVEL_WARNING : LEVEL_INFO;

    if (e->before == e->after)
        return;
    log_line(level, "%s: %s -> %s: %s", w->site->name, state_name(e->before), state_name(e->after),
             result_message(message, &e->result));
}

static void note_trouble(struct monitor *m, const struct result *r)
{
    if (r->outcome != OUTCOME_LOCAL_FILES && r->outcome != OUTCOME_LOCAL_MEMORY)
        return;
    if (!m->own_trouble[0])
        log_line(LEVEL_ERROR, "checks fail for our own reasons: %s", outcome_sentence(r->outcome));
    snprintf(m->own_trouble, sizeof(m->own_trouble), "%s", outcome_sentence(r->outcome));
}

/* When this site is to be asked again. */
static void plan_after(struct monitor *m, uint32_t id, const struct journal_entry *e, bool late, int64_t now_ns)
{
    struct watch *w = &m->list.watch[id];
    const struct options *o = w->site->options;
    int64_t wait_ns = o->retry_interval_ms * NS_PER_MS;

    if (w->again || e->dropped) {
        w->again = false;
        w->attempt = 1;
        watch_set_due(&m->list, id, now_ns, false, late);
    } else if (e->retry) {
        if (e->suspect && wait_ns < SUSPECT_RETRY)
            wait_ns = SUSPECT_RETRY;
        w->attempt++;
        watch_set_due(&m->list, id, schedule_retry(wait_ns, o->interval_ms * NS_PER_MS, now_ns), false, late);
    } else {
        w->attempt = 1;
        sites_plan_next(m, id, now_ns, late);
    }
}

static void take_entry(struct monitor *m, const struct journal_entry *e, int64_t now_ns)
{
    uint32_t id = e->result.site_id;
    struct watch *w = id < m->list.n ? &m->list.watch[id] : NULL;
    int64_t late_ns = e->result.begun_ns - e->result.due_ns;
    bool late = late_ns > LATE_NS;

    m->in_flight--;
    if (id == PULSE_ID) {
        pulse_take(&m->pulse, &e->result);
        return;
    }
    if (anchors_own(id)) {
        doubt_take_anchor(m, &e->result, now_ns);
        return;
    }
    if (e->result.outcome != OUTCOME_CANCELLED) {
        m->health.checks++;
        m->health.late += late;
        lag_note(&m->lag, late_ns, now_ns);
    }
    if (!w || w->job_id != e->result.job_id)
        return; /* removed meanwhile; perhaps somebody else has the number now */
    w->job_id = 0;
    if (!e->dropped) {
        w->failing = !result_good(&e->result);
        method_note(&w->method, w->site->options, &e->result, now_ns);
        note_trouble(m, &e->result);
        tell_transition(w, e);
        alarming_result(m->alarming, id, e, (uint64_t)record_result(m->record, id, e, &w->method));
        record_commit(m->record);
        teller_result(m->teller, id, e, now_ns);
    }
    if (w->paused)
        watch_set_due(&m->list, id, heap_due(&m->list.due, id), false, late);
    else
        plan_after(m, id, e, late, now_ns);
    if (!e->dropped)
        doubt_note(m, e, now_ns);
}

void journal_take(struct monitor *m)
{
    struct journal_entry entries[JOURNAL_BATCH];
    size_t n, i;

    do {
        n = status_take_journal(m->table, entries, JOURNAL_BATCH);
        for (i = 0; i < n; i++)
            take_entry(m, &entries[i], clock_mono_ns());
    } while (n);
}
