/* Doubting our own network: who is asked when failures may be ours, and what follows from the answers. The monitor's thread. */
#include "inside.h"

#include "base/clock.h"
#include "base/log.h"

#define ASK_OTHERS 3                       /* hosts to ask when our own network is suspected */
#define ASK_EVERY NS_PER_S

/* Brings up to `most` checks of other sites forward, so that somebody's answer tells whether it is them or us. */
static void ask_somebody(struct monitor *m, int most, int64_t now_ns)
{
    size_t tried;

    m->asked_ns = now_ns;
    for (tried = 0; tried < m->list.n && tried < 1000 && most; tried++) {
        uint32_t id = (uint32_t)(m->cursor++ % m->list.n);
        const struct watch *w = &m->list.watch[id];

        if (!w->site || w->paused || w->job_id || (w->failing && !m->health.offline))
            continue;
        if (heap_due(&m->list.due, id) <= now_ns)
            continue;
        watch_set_due(&m->list, id, now_ns, false, false);
        most--;
    }
}

/* The network is back: who failed meanwhile is asked soon. */
static void ask_failing(struct monitor *m, int64_t now_ns)
{
    size_t n = 0, i = 0;
    uint32_t id;

    for (id = 0; id < m->list.n; id++)
        n += m->list.watch[id].failing;
    for (id = 0; id < m->list.n; id++) {
        const struct watch *w = &m->list.watch[id];

        if (w->site && w->failing && !w->paused && !w->job_id)
            sites_plan_first(m, id, i++, n, now_ns);
    }
}

/* All anchors at once, if there are any and none is being asked. */
static void ask_anchors(struct monitor *m, int64_t now_ns)
{
    size_t i;

    m->asked_ns = now_ns;
    if (!anchors_begin(&m->anchors, m->jobs + 1))
        return;
    for (i = 0; i < m->anchors.n; i++) {
        struct job job = anchors_job(&m->anchors, i, ++m->jobs, now_ns);

        if (m->in_flight < engine_room(m->engine)->slots && engine_submit(m->engine, &job) == ERR_OK)
            m->in_flight++;
        else
            anchors_unask(&m->anchors);
    }
}

/* Asks whoever can tell whether our own network is alive. */
void doubt_ask(struct monitor *m, int most, int64_t now_ns)
{
    if (m->anchors.n)
        ask_anchors(m, now_ns);
    else
        ask_somebody(m, most, now_ns);
}

static void go_offline(struct monitor *m, int64_t now_ns)
{
    m->health.offline = true;
    m->health.offline_since_ns = now_ns;
    log_line(LEVEL_WARNING, "offline: %s; results are inconclusive until one answers",
             m->anchors.n ? "no anchor can be reached" : "no site can be reached");
    record_look_all(m->record); /* who was suspected is forgiven */
    alarming_offline(m->alarming, true);
    record_commit(m->record);
}

static void come_online(struct monitor *m, int64_t now_ns)
{
    m->health.offline = false;
    alarming_offline(m->alarming, false);
    record_commit(m->record);
    log_line(LEVEL_WARNING, "online again after %lld s", (long long)((now_ns - m->health.offline_since_ns) / NS_PER_S));
    ask_failing(m, now_ns);
}

void doubt_note(struct monitor *m, const struct journal_entry *e, int64_t now_ns)
{
    if (e->suspect && now_ns - m->asked_ns >= ASK_EVERY)
        doubt_ask(m, ASK_OTHERS, now_ns);
    if (e->went_offline)
        go_offline(m, now_ns);
    if (e->came_online)
        come_online(m, now_ns);
}

void doubt_take_anchor(struct monitor *m, const struct result *r, int64_t now_ns)
{
    enum anchors_verdict verdict = anchors_take(&m->anchors, r);

    if (verdict == ANCHORS_WAIT || !status_set_anchors(m->table, verdict == ANCHORS_ANSWERED, now_ns))
        return;
    if (verdict == ANCHORS_SILENT)
        go_offline(m, now_ns);
    else
        come_online(m, now_ns);
}
