/* Sites come, change and go: a list is taken over, each site's next check is planned. The monitor's thread. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "schedule.h"

/* Checks soon what was never checked: number i of n such sites. */
void sites_plan_first(struct monitor *m, uint32_t id, size_t i, size_t n, int64_t now_ns)
{
    const struct watch *w = &m->list.watch[id];

    watch_set_due(&m->list, id, schedule_first(i, n, w->site->options->interval_ms * NS_PER_MS, now_ns), false, false);
}

void sites_plan_next(struct monitor *m, uint32_t id, int64_t now_ns, bool late)
{
    const struct watch *w = &m->list.watch[id];

    watch_set_due(&m->list, id, schedule_next(w->site->name, w->site->options->interval_ms * NS_PER_MS, now_ns), false, late);
}

void sites_pause(struct monitor *m, uint32_t id, bool paused, int64_t until_ns)
{
    struct watch *w = &m->list.watch[id];

    w->paused = paused;
    w->attempt = 1;
    w->reported_ns = 0;
    status_pause(m->table, id, paused);
    if (paused && w->job_id)
        engine_cancel(m->engine, w->job_id);
    watch_set_due(&m->list, id, until_ns, w->job_id != 0, false);
    record_look(m->record, id);
    alarming_paused(m->alarming, id, paused);
    teller_look(m->teller, id, clock_wall_ms());
}

static enum err change_site(struct monitor *m, uint32_t id, const struct site *site, int64_t now_ns)
{
    struct watch *w = &m->list.watch[id];
    const struct site *old = w->site;
    bool other_url = strcmp(old->url, site->url) != 0;
    enum err err = alarming_site(m->alarming, id, site, w->paused);

    w->generation = status_replace(m->table, id, site);
    w->site = site_ref(site);
    w->attempt = 1;
    if (other_url) {
        w->method = (struct method_memory){ 0 };
        w->reports = watch_reports(site);
        w->reported_ns = 0;
    }
    record_changed(m->record, id, site, other_url);
    if (w->job_id) {
        engine_cancel(m->engine, w->job_id);
        w->again = true; /* its end is dropped; then the new one is asked */
    }
    if (site->options->paused != old->options->paused)
        sites_pause(m, id, site->options->paused, site->options->paused ? INT64_MAX : now_ns);
    else if (!w->paused && other_url)
        watch_set_due(&m->list, id, now_ns, w->job_id != 0, false);
    else if (!w->paused)
        sites_plan_next(m, id, now_ns, false);
    site_unref(old);
    return err;
}

/* Goes on from where an earlier run of the program left it. */
static void resume_site(struct monitor *m, uint32_t id, const struct resumed *from)
{
    struct watch *w = &m->list.watch[id];

    status_restore(m->table, id, &from->row);
    if (from->row.state.maintenance) { /* whether that goes on, the rules will say */
        status_maintain(m->table, id, false);
        m->restored_maintenance = true;
    }
    w->method = from->method;
    w->paused = from->row.state.paused;
    w->failing = from->row.state.failures > 0;
    if (from->row.state.verdict == STATE_CHECKING)
        w->attempt = from->row.state.failures + 1u;
    if (from->paused_until_ns)
        watch_set_due(&m->list, id, from->paused_until_ns, false, false);
}

static enum err add_site(struct monitor *m, const struct site *site, bool mine, bool *fresh, uint32_t *id)
{
    enum err err = watch_add(&m->list, site, mine, id);
    struct resumed from;

    if (err)
        return err;
    if (!mine) {
        record_added(m->record, *id, site, &from);
        if (from.known)
            resume_site(m, *id, &from);
    }
    teller_added(m->teller, *id, record_key(m->record, *id), clock_wall_ms());
    *fresh = !m->list.watch[*id].paused;
    return alarming_site(m->alarming, *id, site, m->list.watch[*id].paused);
}

/* Adds or changes one site of a reload; *fresh tells that it is to be planned for a first check. */
static enum err take_site(struct monitor *m, const struct watch_names *names, const struct site *site, bool mine,
                          struct monitor_changes *changes, bool *fresh, uint32_t *id)
{
    *fresh = false;
    if (watch_names_find(names, &m->list, site->name, id)) {
        struct watch *w = &m->list.watch[*id];

        if (w->mine && !mine)
            return ERR_OK; /* the name was given on the command line first */
        w->seen = m->list.reload;
        if (site_equal(w->site, site))
            return ERR_OK;
        changes->changed++;
        return change_site(m, *id, site, clock_mono_ns());
    }
    if (!mine && record_was(m->record, site, id)) {
        m->list.watch[*id].seen = m->list.reload;
        changes->changed++;
        return change_site(m, *id, site, clock_mono_ns());
    }
    changes->added++;
    return add_site(m, site, mine, fresh, id);
}

static void forget_unseen(struct monitor *m, struct monitor_changes *changes)
{
    uint32_t id;

    for (id = 0; id < m->list.n; id++) {
        struct watch *w = &m->list.watch[id];

        if (!w->site || w->seen == m->list.reload)
            continue;
        if (w->job_id)
            engine_cancel(m->engine, w->job_id);
        record_removed(m->record, id);
        alarming_gone(m->alarming, id);
        teller_removed(m->teller, id);
        watch_remove(&m->list, id);
        changes->removed++;
    }
}

enum err sites_take(struct monitor *m, const struct settings *s, struct monitor_changes *changes)
{
    size_t n = s->nsite;
    struct watch_names *names = watch_names_new(&m->list);
    uint32_t *fresh = malloc((n + m->nextra + 1) * sizeof(*fresh)), id;
    size_t nfresh = 0, i;
    enum err err = names && fresh ? ERR_OK : ERR_NOMEM;
    int64_t now = clock_mono_ns();

    memset(changes, 0, sizeof(*changes));
    m->list.reload++;
    record_list_begin(m->record, s->site, n);
    for (i = 0; !err && i < m->nextra + n; i++) {
        bool mine = i < m->nextra, is_fresh;

        err = take_site(m, names, mine ? m->extra[i] : s->site[i - m->nextra], mine, changes, &is_fresh, &id);
        if (!err && is_fresh)
            fresh[nfresh++] = id;
    }
    if (!err)
        forget_unseen(m, changes);
    for (i = 0; i < nfresh; i++)
        sites_plan_first(m, fresh[i], i, nfresh, now);
    if (!err)
        err = alarming_list_end(m->alarming, s);
    if (m->restored_maintenance)
        record_look_all(m->record);
    m->restored_maintenance = false;
    record_list_end(m->record, s);
    status_set_hosts(m->table, watch_count_hosts(&m->list), m->anchors.n > 0);
    watch_names_free(names);
    free(fresh);
    return err;
}
