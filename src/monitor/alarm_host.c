/* What alarms need of the conductor, and what people say of sites. The monitor's thread. */
#include "inside.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"

static struct batch *host_batch(void *context)
{
    struct monitor *m = context;

    return record_batch(m->record);
}

static void host_check_soon(void *context, uint32_t id)
{
    struct monitor *m = context;
    const struct watch *w = id < m->list.n ? &m->list.watch[id] : NULL;

    if (w && w->site && !w->paused && !w->job_id)
        watch_set_due(&m->list, id, clock_mono_ns(), false, false);
    else if (w && w->job_id)
        m->list.watch[id].again = true; /* what is under way began too early to tell */
}

static void host_maintain(void *context, uint32_t id, bool on)
{
    struct monitor *m = context;

    log_line(LEVEL_INFO, "%s: maintenance %s", m->list.watch[id].site->name, on ? "begins: it is checked, and nobody is told" : "ends");
    status_maintain(m->table, id, on);
    record_look(m->record, id);
    teller_look(m->teller, id, clock_wall_ms());
}

enum err alarm_host_open(struct monitor *m, struct outbox *outbox, struct history *history, struct errmsg *why)
{
    const struct alarming_host host = { .context = m, .batch = host_batch, .check_soon = host_check_soon, .maintain = host_maintain };

    return alarming_open(&m->alarming, &host, outbox, history, why);
}

static uint32_t generation_of(void *context, uint32_t id)
{
    struct monitor *m = context;

    return m->list.watch[id].generation;
}

void alarm_host_turn(struct monitor *m)
{
    alarming_tick(m->alarming);
    record_commit(m->record);
    alarming_publish(m->alarming, generation_of, m);
}

void alarm_host_catch_up(struct monitor *m, bool joined)
{
    struct errmsg why = ERRMSG_INIT;
    enum err err = ERR_OK;

    if (joined)
        err = alarming_join(m->alarming, m->history, &why);
    else
        alarming_say_again(m->alarming);
    record_commit(m->record);
    if (!err && joined && m->outbox)
        err = outbox_join(m->outbox, clock_wall_ms(), &why);
    if (m->outbox)
        outbox_say_again(m->outbox);
    if (err)
        log_line(LEVEL_ERROR, "what an earlier run left of alarms and messages is not taken over: %s", why.text);
}

static void acknowledge(struct monitor *m, const struct command *c)
{
    uint64_t incident;

    alarming_ack(m->alarming, c->site_id, c->by, c->note, &incident);
    if (!incident)
        return;
    log_line(LEVEL_INFO, "%s: acknowledged by %s: %s", m->list.watch[c->site_id].site->name, c->by, c->note);
    batch_incident_ack(record_batch(m->record), record_incident(m->record, c->site_id), clock_wall_ms(), c->note);
}

void alarm_host_obey(struct monitor *m, const struct command *c)
{
    if (c->kind == COMMAND_ACK)
        acknowledge(m, c);
    else if (c->kind == COMMAND_TEST)
        alarming_test(m->alarming, c->site_id);
    else if (c->kind == COMMAND_MUTE)
        alarming_mute(m->alarming, c->site_id, c->for_ms);
    else
        alarming_maintain(m->alarming, c->site_id, c->for_ms);
    record_commit(m->record);
}

size_t alarm_host_alerts(struct monitor *m, struct alert *out, size_t most, uint64_t *revision)
{
    return alarming_alerts(m->alarming, out, most, revision);
}

uint64_t alarm_host_revision(struct monitor *m)
{
    return alarming_revision(m->alarming);
}

size_t alarm_host_messages(struct monitor *m, struct outbox_item *out, size_t most, struct outbox_counts *counts)
{
    if (!m->outbox)
        return 0;
    outbox_counts(m->outbox, counts);
    return most ? outbox_items(m->outbox, out, most) : 0;
}

enum err alarm_host_meddle(struct monitor *m, const struct command *c)
{
    if (!m->outbox)
        return ERR_UNAVAILABLE;
    return c->kind == COMMAND_DROP ? outbox_drop(m->outbox, c->message, clock_wall_ms())
                                   : outbox_hurry(m->outbox, c->message, clock_wall_ms());
}
