/* The conductor. Its thread sleeps until the next due time, a journal entry, a command or a reload; it submits jobs and learns
 * from the journal what came of them. It alone owns the list of sites, the heap of due times and the engine. */
#include "monitor/monitor.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "base/text.h"
#include "engine/engine.h"
#include "anchors.h"
#include "lag.h"
#include "monitor/limits.h"
#include "schedule.h"
#include "watch.h"

#define COMMANDS 4096
#define JOURNAL_BATCH 64
#define HEALTH_EVERY NS_PER_S
#define RATE_SECONDS 5
#define ASK_OTHERS 3                       /* hosts to ask when our own network is suspected */
#define ASK_EVERY NS_PER_S
#define OFFLINE_EVERY (2 * NS_PER_S)       /* while offline, somebody is asked so often whether it is over */
#define SUSPECT_RETRY NS_PER_S             /* least wait before a suspect failure is asked again */

/* What another thread wants of this one, and waits for: a reload, or another engine. */
struct request {
    const struct settings *settings;
    struct monitor_changes *changes;       /* of a reload */
    const char *engine;                    /* NULL: a reload */
    struct errmsg *why;
    enum err err;
    bool done;
};

struct monitor {
    pthread_t thread;
    struct status_table *table;
    struct engine *engine;
    struct queue *commands;

    struct mutex lock;                     /* leaf: for the members down to the blank line */
    struct cond wake, answered;
    bool woken, urgent, closing;           /* urgent: not only the journal */
    struct request *request;               /* NULL: none */

    /* the monitor thread's alone */
    struct watch_list list;
    const struct site **extra;
    size_t nextra;
    struct anchors anchors;
    struct lag lag;
    struct health health;
    size_t in_flight;                      /* jobs submitted whose journal entry was not taken */
    size_t slots;                          /* as many journal entries, and jobs at the most */
    uint64_t jobs;
    bool backlog;                          /* something is due, but no slot is free */
    size_t cursor;                         /* who is asked next when we doubt our network */
    int64_t asked_ns, health_ns;
    uint64_t checks_at[RATE_SECONDS];      /* a ring: checks as of the last seconds */
    int second;
};

/* --- waking ------------------------------------------------------------------------------------------------------- */

static void wake_up(struct monitor *m, bool urgent)
{
    mutex_lock(&m->lock);
    m->woken = true;
    m->urgent = m->urgent || urgent;
    mutex_unlock(&m->lock);
    cond_signal(&m->wake);
}

static void on_journal(void *context)
{
    wake_up(context, false);
}

static void on_done(void *context, const struct result *result)
{
    struct monitor *m = context;

    status_publish(m->table, result, clock_mono_ns());
}

/* --- sites come, change and go ------------------------------------------------------------------------------------ */

/* Checks soon what was never checked: number i of n such sites. */
static void plan_first(struct monitor *m, uint32_t id, size_t i, size_t n, int64_t now_ns)
{
    const struct watch *w = &m->list.watch[id];

    watch_set_due(&m->list, id, schedule_first(i, n, w->site->options->interval_ms * NS_PER_MS, now_ns), false, false);
}

static void plan_next(struct monitor *m, uint32_t id, int64_t now_ns, bool late)
{
    const struct watch *w = &m->list.watch[id];

    watch_set_due(&m->list, id, schedule_next(w->site->name, w->site->options->interval_ms * NS_PER_MS, now_ns), false, late);
}

static void set_paused(struct monitor *m, uint32_t id, bool paused, int64_t until_ns)
{
    struct watch *w = &m->list.watch[id];

    w->paused = paused;
    w->attempt = 1;
    status_pause(m->table, id, paused);
    if (paused && w->job_id)
        engine_cancel(m->engine, w->job_id);
    watch_set_due(&m->list, id, until_ns, w->job_id != 0, false);
}

static void change_site(struct monitor *m, uint32_t id, const struct site *site, int64_t now_ns)
{
    struct watch *w = &m->list.watch[id];
    const struct site *old = w->site;
    bool other_url = strcmp(old->url, site->url) != 0;

    w->generation = status_replace(m->table, id, site);
    w->site = site_ref(site);
    w->attempt = 1;
    if (other_url)
        w->method = (struct method_memory){ 0 };
    if (w->job_id) {
        engine_cancel(m->engine, w->job_id);
        w->again = true; /* its end is dropped; then the new one is asked */
    }
    if (site->options->paused != old->options->paused)
        set_paused(m, id, site->options->paused, site->options->paused ? INT64_MAX : now_ns);
    else if (!w->paused && other_url)
        watch_set_due(&m->list, id, now_ns, w->job_id != 0, false);
    else if (!w->paused)
        plan_next(m, id, now_ns, false);
    site_unref(old);
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
        if (!site_equal(w->site, site)) {
            change_site(m, *id, site, clock_mono_ns());
            changes->changed++;
        }
        return ERR_OK;
    }
    *fresh = !site->options->paused;
    changes->added++;
    return watch_add(&m->list, site, mine, id);
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
        watch_remove(&m->list, id);
        changes->removed++;
    }
}

static enum err take_sites(struct monitor *m, const struct site *const *site, size_t n, struct monitor_changes *changes)
{
    struct watch_names *names = watch_names_new(&m->list);
    uint32_t *fresh = malloc((n + m->nextra + 1) * sizeof(*fresh)), id;
    size_t nfresh = 0, i;
    enum err err = names && fresh ? ERR_OK : ERR_NOMEM;
    int64_t now = clock_mono_ns();

    memset(changes, 0, sizeof(*changes));
    m->list.reload++;
    for (i = 0; !err && i < m->nextra + n; i++) {
        bool mine = i < m->nextra, is_fresh;

        err = take_site(m, names, mine ? m->extra[i] : site[i - m->nextra], mine, changes, &is_fresh, &id);
        if (!err && is_fresh)
            fresh[nfresh++] = id;
    }
    if (!err)
        forget_unseen(m, changes);
    for (i = 0; i < nfresh; i++)
        plan_first(m, fresh[i], i, nfresh, now);
    status_set_hosts(m->table, watch_count_hosts(&m->list), m->anchors.n > 0);
    watch_names_free(names);
    free(fresh);
    return err;
}

/* --- our own network ---------------------------------------------------------------------------------------------- */

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
            plan_first(m, id, i++, n, now_ns);
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
static void ask_around(struct monitor *m, int most, int64_t now_ns)
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
}

static void come_online(struct monitor *m, int64_t now_ns)
{
    m->health.offline = false;
    log_line(LEVEL_WARNING, "online again after %lld s", (long long)((now_ns - m->health.offline_since_ns) / NS_PER_S));
    ask_failing(m, now_ns);
}

static void note_network(struct monitor *m, const struct journal_entry *e, int64_t now_ns)
{
    if (e->suspect && now_ns - m->asked_ns >= ASK_EVERY)
        ask_around(m, ASK_OTHERS, now_ns);
    if (e->went_offline)
        go_offline(m, now_ns);
    if (e->came_online)
        come_online(m, now_ns);
}

static void take_anchor(struct monitor *m, const struct result *r, int64_t now_ns)
{
    enum anchors_verdict verdict = anchors_take(&m->anchors, r);

    if (verdict == ANCHORS_WAIT || !status_set_anchors(m->table, verdict == ANCHORS_ANSWERED, now_ns))
        return;
    if (verdict == ANCHORS_SILENT)
        go_offline(m, now_ns);
    else
        come_online(m, now_ns);
}

/* --- the journal -------------------------------------------------------------------------------------------------- */

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
    if (!m->health.trouble[0])
        log_line(LEVEL_ERROR, "checks fail for our own reasons: %s", outcome_sentence(r->outcome));
    snprintf(m->health.trouble, sizeof(m->health.trouble), "%s", outcome_sentence(r->outcome));
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
        plan_next(m, id, now_ns, late);
    }
}

static void take_entry(struct monitor *m, const struct journal_entry *e, int64_t now_ns)
{
    uint32_t id = e->result.site_id;
    struct watch *w = id < m->list.n ? &m->list.watch[id] : NULL;
    int64_t late_ns = e->result.begun_ns - e->result.due_ns;
    bool late = late_ns > LATE_NS;

    m->in_flight--;
    if (anchors_own(id)) {
        take_anchor(m, &e->result, now_ns);
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
    }
    if (w->paused)
        watch_set_due(&m->list, id, heap_due(&m->list.due, id), false, late);
    else
        plan_after(m, id, e, late, now_ns);
    if (!e->dropped)
        note_network(m, e, now_ns);
}

static void take_journal(struct monitor *m)
{
    struct journal_entry entries[JOURNAL_BATCH];
    size_t n, i;

    do {
        n = status_take_journal(m->table, entries, JOURNAL_BATCH);
        for (i = 0; i < n; i++)
            take_entry(m, &entries[i], clock_mono_ns());
    } while (n);
}

/* --- engines ------------------------------------------------------------------------------------------------------ */

struct engine_broker monitor_broker(const struct settings *s)
{
    return (struct engine_broker){ .url = s->redis.url, .password = s->redis.password, .prefix = s->redis.prefix,
                                   .regions = &s->redis.regions, .quorum = s->redis.quorum };
}

static enum err open_engine(struct monitor *m, struct engine **out, const struct settings *s, const char *engine, int workers,
                            struct errmsg *why)
{
    struct engine_broker broker = monitor_broker(s);
    struct engine_env env = { .workers = workers, .slots = m->slots, .broker = &broker, .done = on_done, .context = m };
    enum err err = engine_open(out, engine, &env, why);

    if (!err)
        snprintf(m->health.engine, sizeof(m->health.engine), "%s", engine_kind(*out)->name);
    return err;
}

static enum err change_engine(struct monitor *m, const struct settings *s, const char *engine, struct errmsg *why)
{
    struct engine *other;
    enum err err;

    if (!strcmp(engine_kind(m->engine)->name, engine))
        return ERR_OK;
    err = open_engine(m, &other, s, engine, s->workers, why);

    if (err)
        return err;
    engine_close(m->engine); /* what is under way comes back as cancelled ... */
    take_journal(m);         /* ... and is planned anew */
    m->engine = other;
    m->health_ns = 0;
    log_line(LEVEL_INFO, "checks are run by '%s' from now on", engine);
    return ERR_OK;
}

/* --- commands ----------------------------------------------------------------------------------------------------- */

static void check_now(struct monitor *m, uint32_t id, int64_t now_ns)
{
    struct watch *w = &m->list.watch[id];

    if (w->site && !w->paused && !w->job_id)
        watch_set_due(&m->list, id, now_ns, false, false);
}

static void check_all(struct monitor *m, int64_t now_ns)
{
    uint32_t id;

    for (id = 0; id < m->list.n; id++)
        if (m->list.watch[id].site && !m->list.watch[id].paused && !m->list.watch[id].job_id)
            plan_first(m, id, id, m->list.n, now_ns);
}

static void obey(struct monitor *m, const struct command *c, int64_t now_ns)
{
    bool known = c->site_id < m->list.n && m->list.watch[c->site_id].site &&
                 m->list.watch[c->site_id].generation == c->generation;

    if (c->kind == COMMAND_CHECK_ALL)
        check_all(m, now_ns);
    if (!known)
        return;
    switch (c->kind) {
    case COMMAND_CHECK:
        check_now(m, c->site_id, now_ns);
        break;
    case COMMAND_PAUSE:
        set_paused(m, c->site_id, true, c->for_ms ? now_ns + c->for_ms * NS_PER_MS : INT64_MAX);
        break;
    case COMMAND_RESUME:
        set_paused(m, c->site_id, false, now_ns);
        break;
    case COMMAND_CHECK_ALL:
        break;
    }
}

static void take_commands(struct monitor *m)
{
    struct command c;

    while (queue_drain(m->commands, &c, 1))
        obey(m, &c, clock_mono_ns());
}

/* --- submitting --------------------------------------------------------------------------------------------------- */

static enum err submit(struct monitor *m, uint32_t id, int64_t due_ns, int64_t now_ns)
{
    struct watch *w = &m->list.watch[id];
    struct job job = {
        .id = m->jobs + 1,
        .site_id = id,
        .generation = w->generation,
        .attempt = w->attempt,
        .method = method_choose(&w->method, w->site->options, now_ns),
        .due_ns = due_ns,
        .site = w->site,
    };
    enum err err;

    if (m->in_flight >= engine_room(m->engine)->slots)
        return ERR_FULL;
    err = engine_submit(m->engine, &job);
    if (err)
        return err;
    m->jobs++;
    m->in_flight++;
    w->job_id = job.id;
    watch_set_due(&m->list, id, INT64_MAX, true, false);
    return ERR_OK;
}

static void start_due(struct monitor *m, int64_t now_ns)
{
    int64_t due_ns;
    uint32_t id;

    m->backlog = false;
    while (heap_first(&m->list.due, &id, &due_ns) && due_ns <= now_ns) {
        struct watch *w = &m->list.watch[id];

        if (w->paused) {
            set_paused(m, id, false, now_ns); /* its time is over */
            continue;
        }
        if (w->job_id) {
            w->again = true; /* never two checks of one site */
            watch_set_due(&m->list, id, INT64_MAX, true, false);
            continue;
        }
        if (submit(m, id, due_ns, now_ns) != ERR_OK) {
            m->backlog = true;
            break;
        }
    }
}

/* --- health ------------------------------------------------------------------------------------------------------- */

static void tell_health(struct monitor *m, int64_t now_ns)
{
    struct health *h = &m->health;
    const struct engine_room *room = engine_room(m->engine);

    if (now_ns < m->health_ns)
        return;
    m->health_ns = now_ns + HEALTH_EVERY;
    h->checks_per_s = (double)(h->checks - m->checks_at[m->second]) / RATE_SECONDS;
    m->checks_at[m->second] = h->checks;
    m->second = (m->second + 1) % RATE_SECONDS;
    h->lag_p99_ns = lag_p99(&m->lag, now_ns);
    h->in_flight = (uint32_t)m->in_flight;
    h->slots = (uint32_t)room->slots;
    h->workers = (uint32_t)room->workers;
    h->waiting = m->backlog;
    status_set_health(m->table, h);
}

/* --- the thread --------------------------------------------------------------------------------------------------- */

static enum err take_settings(struct monitor *m, const struct settings *s, struct monitor_changes *changes)
{
    anchors_set(&m->anchors, &s->anchors);
    m->health.anchors = (uint32_t)m->anchors.n;
    return take_sites(m, s->site, s->nsite, changes);
}

static void take_request(struct monitor *m, struct request *r)
{
    if (r->engine)
        r->err = change_engine(m, r->settings, r->engine, r->why);
    else
        r->err = take_settings(m, r->settings, r->changes);
    mutex_lock(&m->lock);
    r->done = true;
    m->request = NULL;
    mutex_unlock(&m->lock);
    cond_broadcast(&m->answered);
}

static int64_t next_wake(const struct monitor *m, int64_t now_ns)
{
    int64_t until_ns = m->health_ns, due_ns;
    uint32_t id;

    if (!m->backlog && heap_first(&m->list.due, &id, &due_ns)) {
        due_ns = (due_ns + SCHEDULE_TICK_NS - 1) / SCHEDULE_TICK_NS * SCHEDULE_TICK_NS;
        if (due_ns < until_ns)
            until_ns = due_ns;
    }
    if (m->health.offline && m->asked_ns + OFFLINE_EVERY < until_ns)
        until_ns = m->asked_ns + OFFLINE_EVERY;
    return until_ns > now_ns ? until_ns : now_ns;
}

/* Sleeps until something is to be done. A journal entry alone is left until the next tick, so that a thousand results a second
 * do not wake this thread a thousand times; with a backlog each free slot counts. False: close. */
static bool wait_for_work(struct monitor *m, struct request **request)
{
    int64_t until_ns = next_wake(m, clock_mono_ns());
    bool in_time = true, patient = !m->backlog, closing;

    mutex_lock(&m->lock);
    while (!m->woken && in_time)
        in_time = cond_wait(&m->wake, &m->lock, until_ns);
    if (patient && in_time && !m->urgent) {
        int64_t tick_ns = (clock_mono_ns() / SCHEDULE_TICK_NS + 1) * SCHEDULE_TICK_NS;

        while (!m->urgent && in_time)
            in_time = cond_wait(&m->wake, &m->lock, tick_ns < until_ns ? tick_ns : until_ns);
    }
    m->woken = m->urgent = false;
    *request = m->request;
    closing = m->closing;
    mutex_unlock(&m->lock);
    return !closing;
}

static void *conduct(void *context)
{
    struct monitor *m = context;
    struct request *request;

    do {
        int64_t now = clock_mono_ns();

        take_journal(m);
        take_commands(m);
        if (m->health.offline && now - m->asked_ns >= OFFLINE_EVERY)
            ask_around(m, 1, now);
        start_due(m, clock_mono_ns());
        tell_health(m, now);
        request = NULL;
        if (!wait_for_work(m, &request))
            break;
        if (request)
            take_request(m, request);
    } while (true);
    return NULL;
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

/* The table stays as large as it was made, whatever engine comes later. */
static enum err open_table(struct monitor *m, const struct settings *s, int workers, struct errmsg *why)
{
    size_t wanted = (size_t)s->max_in_flight;

    m->slots = limits_slots(wanted, workers);
    if (m->slots < wanted) {
        snprintf(m->health.trouble, sizeof(m->health.trouble), "only %zu checks at a time: too few descriptors (ulimit -n)",
                 m->slots);
        log_line(LEVEL_WARNING, "%s", m->health.trouble);
    }
    m->table = status_new(m->slots, on_journal, m);
    if (!m->table)
        return err_set(why, ERR_NOMEM, "cannot make the status table: out of memory");
    m->list.table = m->table;
    return ERR_OK;
}

static enum err keep_extra(struct monitor *m, const struct site *const *extra, size_t n)
{
    m->extra = calloc(n + 1, sizeof(m->extra[0]));
    if (!m->extra)
        return ERR_NOMEM;
    for (; m->nextra < n; m->nextra++)
        m->extra[m->nextra] = site_ref(extra[m->nextra]);
    return ERR_OK;
}

static void monitor_free(struct monitor *m)
{
    size_t i;

    engine_close(m->engine); /* its last results still go into the table */
    watch_list_release(&m->list);
    anchors_release(&m->anchors);
    status_free(m->table);
    queue_free(m->commands);
    for (i = 0; i < m->nextra; i++)
        site_unref(m->extra[i]);
    free(m->extra);
    cond_release(&m->wake);
    cond_release(&m->answered);
    mutex_release(&m->lock);
    free(m);
}

enum err monitor_open(struct monitor **out, const struct settings *s, const struct site *const *extra, size_t nextra,
                      const struct monitor_options *options, struct errmsg *why)
{
    struct monitor *m = calloc(1, sizeof(*m));
    int workers = options->workers ? options->workers : s->workers, number;
    struct monitor_changes changes;
    enum err err = ERR_NOMEM;

    if (!m)
        return err_set(why, err, "cannot start the monitor: out of memory");
    mutex_init(&m->lock);
    cond_init(&m->wake);
    cond_init(&m->answered);
    m->list.due = (struct heap)HEAP_INIT;
    m->commands = queue_new(COMMANDS, sizeof(struct command));
    if (m->commands)
        err = open_table(m, s, workers, why);
    else
        err_set(why, err, "cannot start the monitor: out of memory");
    if (!err)
        err = open_engine(m, &m->engine, s, options->engine ? options->engine : s->engine, workers, why);
    if (!err && (keep_extra(m, extra, nextra) || take_settings(m, s, &changes)))
        err = err_set(why, ERR_NOMEM, "cannot watch %zu sites: out of memory", s->nsite + nextra);
    if (!err) {
        tell_health(m, clock_mono_ns());
        number = pthread_create(&m->thread, NULL, conduct, m);
        if (number)
            err = err_errno(why, ERR_UNAVAILABLE, number, "cannot start the monitor's thread");
    }
    if (err) {
        monitor_free(m);
        return err;
    }
    *out = m;
    return ERR_OK;
}

void monitor_close(struct monitor *m)
{
    if (!m)
        return;
    mutex_lock(&m->lock);
    m->closing = m->woken = m->urgent = true;
    mutex_unlock(&m->lock);
    cond_signal(&m->wake);
    pthread_join(m->thread, NULL);
    monitor_free(m);
}

struct status_table *monitor_table(struct monitor *m)
{
    return m->table;
}

/* Hands a request to the monitor's thread, and waits until it is answered. */
static enum err ask_monitor(struct monitor *m, struct request *r)
{
    mutex_lock(&m->lock);
    while (m->request)
        cond_wait(&m->answered, &m->lock, COND_FOREVER); /* another one is under way */
    m->request = r;
    m->woken = m->urgent = true;
    cond_signal(&m->wake);
    while (!r->done)
        cond_wait(&m->answered, &m->lock, COND_FOREVER);
    mutex_unlock(&m->lock);
    return r->err;
}

enum err monitor_apply(struct monitor *m, const struct settings *s, struct monitor_changes *changes)
{
    return ask_monitor(m, &(struct request){ .settings = s, .changes = changes });
}

enum err monitor_change_engine(struct monitor *m, const struct settings *s, const char *engine, struct errmsg *why)
{
    return ask_monitor(m, &(struct request){ .settings = s, .engine = engine, .why = why });
}

enum err monitor_send(struct monitor *m, const struct command *command)
{
    enum err err = queue_push(m->commands, command);

    if (!err)
        wake_up(m, true);
    return err;
}
