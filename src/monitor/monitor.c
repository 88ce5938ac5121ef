/* The conductor. Its thread sleeps until the next due time, a journal entry, a command or a reload; it submits jobs and learns
 * from the journal what came of them. It alone owns the list of sites, the heap of due times and the engine. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/service.h"
#include "base/text.h"
#include "monitor/limits.h"
#include "schedule.h"

#define COMMANDS 4096
#define HEALTH_EVERY NS_PER_S
#define USAGE_EVERY (5 * NS_PER_S)
#define FOR_MOST_MS (36500 * MS_PER_DAY) /* of a command: in nanoseconds, and added to a time, it still is a number */

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

static void on_past(void *context)
{
    wake_up(context, true);
}

static void on_done(void *context, const struct result *result)
{
    struct monitor *m = context;

    status_publish(m->table, result, clock_mono_ns());
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

    err = open_engine(m, &other, s, engine, s->workers, why);
    if (err)
        return err;
    engine_close(m->engine); /* what is under way comes back as cancelled ... */
    journal_take(m);         /* ... and is planned anew */
    m->engine = other;
    m->health_ns = 0;
    log_line(LEVEL_INFO, "checks are run by '%s' from now on", engine);
    return ERR_OK;
}

/* All that the settings say of engines, to be compared; for the caller to free(). */
static char *way_of(const struct settings *s)
{
    struct strbuf b = STRBUF_INIT;
    size_t i;

    strbuf_addf(&b, "%s %d", s->engine, s->workers);
    if (!strcmp(s->engine, "redis")) {
        strbuf_addf(&b, " %d %s %s", s->redis.quorum, s->redis.url ? s->redis.url : "", s->redis.prefix ? s->redis.prefix : "");
        for (i = 0; i < s->redis.regions.n; i++)
            strbuf_addf(&b, " %s", s->redis.regions.item[i]);
    }
    return strbuf_detach(&b);
}

/* The file wants checks to be run in another way: then they are. What can not be opened leaves the old way. */
static void follow_file(struct monitor *m, const struct settings *s)
{
    struct errmsg why = ERRMSG_INIT;
    char *way = m->way ? way_of(s) : NULL;

    if (!way || !strcmp(m->way, way)) {
        free(way);
        return;
    }
    free(m->way);
    m->way = way;
    if (change_engine(m, s, s->engine, &why) != ERR_OK)
        log_line(LEVEL_ERROR, "checks are still run by '%s': %s", engine_kind(m->engine)->name, why.text);
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
            sites_plan_first(m, id, id, m->list.n, now_ns);
}

static void pause_site(struct monitor *m, uint32_t id, int64_t until_ns)
{
    sites_pause(m, id, true, until_ns);
    record_paused(m->record, id, until_ns);
    record_commit(m->record);
}

static void resume_site(struct monitor *m, uint32_t id, int64_t now_ns)
{
    sites_pause(m, id, false, now_ns);
    record_paused(m->record, id, 0);
    record_commit(m->record);
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
        pause_site(m, c->site_id, c->for_ms ? now_ns + c->for_ms * NS_PER_MS : INT64_MAX);
        break;
    case COMMAND_RESUME:
        resume_site(m, c->site_id, now_ns);
        break;
    case COMMAND_REPORT:
    case COMMAND_REPORT_FAILED:
        report_take(m, c->site_id, c->kind == COMMAND_REPORT, now_ns);
        break;
    case COMMAND_ACK:
    case COMMAND_MUTE:
    case COMMAND_MAINTAIN:
    case COMMAND_TEST:
        alarm_host_obey(m, c);
        break;
    case COMMAND_CHECK_ALL:
    case COMMAND_SEND_NOW:
    case COMMAND_DROP:
    case COMMAND_COUNT:
        break;
    }
}

static void take_commands(struct monitor *m)
{
    struct command c;

    while (queue_drain(m->commands, &c, 1)) {
        if (c.for_ms > FOR_MOST_MS)
            c.for_ms = FOR_MOST_MS;
        obey(m, &c, clock_mono_ns());
    }
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

    if (w->reports)
        return report_due(m, id, due_ns, now_ns);
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
            resume_site(m, id, now_ns); /* its time is over */
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

/* Our own sign of life, while there is reason for one. */
static void send_pulse(struct monitor *m, int64_t now_ns)
{
    struct job job;

    if (!health_is_well(&m->health) || m->health.offline || m->in_flight >= engine_room(m->engine)->slots ||
        !pulse_due(&m->pulse, m->jobs + 1, now_ns, &job))
        return;
    m->jobs++;
    if (engine_submit(m->engine, &job) == ERR_OK)
        m->in_flight++;
    else
        pulse_unask(&m->pulse);
}

/* Trouble with the database is told as long as it lasts; a lack of descriptors, for good. */
static void note_history(struct monitor *m)
{
    const struct history_health *h = record_health(m->record);

    snprintf(m->health.trouble, sizeof(m->health.trouble), "%s", *h->trouble ? h->trouble : m->own_trouble);
    m->health.database_bytes = h->bytes;
    m->health.write_ns = h->write_ns;
    m->health.unwritten = h->waiting;
}

/* The database was not there, or lacks something: so do all that keep something in it. */
static void catch_up(struct monitor *m, enum record_news news)
{
    uint32_t id;

    if (news == RECORD_NOTHING)
        return;
    if (news == RECORD_JOINED) {
        for (id = 0; id < m->list.n; id++)
            teller_found(m->teller, id, record_key(m->record, id));
        teller_read_past(m->teller);
    }
    alarm_host_catch_up(m, news == RECORD_JOINED);
}

static void tell_health(struct monitor *m, int64_t now_ns)
{
    struct health *h = &m->health;
    const struct engine_room *room = engine_room(m->engine);

    if (now_ns < m->health_ns)
        return;
    m->health_ns = now_ns + HEALTH_EVERY;
    service_alive(now_ns);
    catch_up(m, record_tick(m->record, now_ns, clock_boot_ns(), clock_wall_ms()));
    note_history(m);
    if (now_ns - m->usage_ns >= USAGE_EVERY) {
        limits_usage(&h->descriptors, &h->descriptors_most, &h->memory_bytes);
        m->usage_ns = now_ns;
    }
    send_pulse(m, now_ns);
    h->checks_per_s = (double)(h->checks - m->checks_at[m->second]) / RATE_SECONDS;
    m->checks_at[m->second] = h->checks;
    m->second = (m->second + 1) % RATE_SECONDS;
    h->lag_p99_ns = lag_p99(&m->lag, now_ns);
    h->in_flight = (uint32_t)m->in_flight;
    h->slots = (uint32_t)room->slots;
    h->workers = (uint32_t)room->workers;
    h->waiting = m->backlog;
    h->told_ns = now_ns;
    status_set_health(m->table, h);
}

/* --- the thread --------------------------------------------------------------------------------------------------- */

static enum err take_settings(struct monitor *m, const struct settings *s, struct monitor_changes *changes)
{
    anchors_set(&m->anchors, &s->anchors);
    m->health.anchors = (uint32_t)m->anchors.n;
    if (pulse_set(&m->pulse, s->heartbeat_url) != ERR_OK)
        return ERR_NOMEM;
    if (m->sender)
        sender_apply(m->sender, s);
    return sites_take(m, s, changes);
}

static void take_request(struct monitor *m, struct request *r)
{
    if (!r->engine) {
        r->err = take_settings(m, r->settings, r->changes);
        follow_file(m, r->settings);
    } else if (strcmp(engine_kind(m->engine)->name, r->engine) != 0) {
        r->err = change_engine(m, r->settings, r->engine, r->why);
    }
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
    if (alarming_next_ns(m->alarming) < until_ns)
        until_ns = alarming_next_ns(m->alarming);
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

        journal_take(m);
        teller_tick(m->teller, now, clock_boot_ns(), clock_wall_ms());
        take_commands(m);
        if (m->health.offline && now - m->asked_ns >= OFFLINE_EVERY)
            doubt_ask(m, 1, now);
        alarm_host_turn(m);
        start_due(m, clock_mono_ns());
        tell_health(m, now);
        request = NULL;
        if (!wait_for_work(m, &request))
            break;
        if (request)
            take_request(m, request);
    } while (true);
    journal_take(m); /* what is known already is kept */
    return NULL;
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

/* The table stays as large as it was made, whatever engine comes later. */
static enum err open_table(struct monitor *m, const struct settings *s, int workers, struct errmsg *why)
{
    size_t wanted = (size_t)s->max_in_flight;

    m->slots = limits_slots(wanted, workers);
    if (m->slots < wanted) {
        snprintf(m->own_trouble, sizeof(m->own_trouble), "only %zu checks at a time: too few descriptors (ulimit -n)",
                 m->slots);
        log_line(LEVEL_WARNING, "%s", m->own_trouble);
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
    pulse_release(&m->pulse);
    alarming_close(m->alarming);
    teller_close(m->teller);
    record_close(m->record);
    status_free(m->table);
    queue_free(m->commands);
    for (i = 0; i < m->nextra; i++)
        site_unref(m->extra[i]);
    free(m->extra);
    free(m->way);
    cond_release(&m->wake);
    cond_release(&m->answered);
    mutex_release(&m->lock);
    free(m);
}

static void close_here(struct monitor *m)
{
    mutex_lock(&m->lock);
    m->closing = m->woken = m->urgent = true;
    mutex_unlock(&m->lock);
    cond_signal(&m->wake);
    pthread_join(m->thread, NULL);
    monitor_free(m);
}

static struct status_table *table_here(struct monitor *m)
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

static enum err apply_here(struct monitor *m, const struct settings *s, struct monitor_changes *changes)
{
    return ask_monitor(m, &(struct request){ .settings = s, .changes = changes });
}

static enum err change_engine_here(struct monitor *m, const struct settings *s, const char *engine, struct errmsg *why)
{
    return ask_monitor(m, &(struct request){ .settings = s, .engine = engine, .why = why });
}

static enum err send_here(struct monitor *m, const struct command *command)
{
    enum err err;

    if (command->kind == COMMAND_SEND_NOW || command->kind == COMMAND_DROP)
        return alarm_host_meddle(m, command);
    err = queue_push(m->commands, command);
    if (!err)
        wake_up(m, true);
    return err;
}

static const struct monitor_ops here = {
    .table = table_here,
    .apply = apply_here,
    .change_engine = change_engine_here,
    .send = send_here,
    .alerts = alarm_host_alerts,
    .alerts_revision = alarm_host_revision,
    .messages = alarm_host_messages,
    .close = close_here,
};

enum err monitor_open(struct monitor **out, const struct settings *s, const struct site *const *extra, size_t nextra,
                      const struct monitor_options *options, struct errmsg *why)
{
    struct monitor *m = calloc(1, sizeof(*m));
    int workers = options->workers ? options->workers : s->workers, number;
    struct monitor_changes changes;
    enum err err = ERR_NOMEM;

    if (!m)
        return err_set(why, err, "cannot start the monitor: out of memory");
    m->face.ops = &here;
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
        err = record_open(&m->record, options->history, m->table, why);
    m->history = options->history;
    m->outbox = options->outbox;
    m->sender = options->sender;
    if (!err)
        err = alarm_host_open(m, options->outbox, options->history, why);
    if (!err && m->outbox && record_has_joined(m->record))
        err = outbox_join(m->outbox, clock_wall_ms(), why);
    if (!err)
        err = teller_open(&m->teller, m->table, options->history ? history_path(options->history) : NULL,
                          record_start_ms(m->record), on_past, m, why);
    if (!err && record_has_joined(m->record))
        teller_read_past(m->teller);
    if (!err)
        err = open_engine(m, &m->engine, s, options->engine ? options->engine : s->engine, workers, why);
    if (!err && !options->engine && !options->workers)
        m->way = way_of(s);
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
