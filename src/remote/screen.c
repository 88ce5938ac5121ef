/* What stands for a monitor of another process: a table that mirrors its own. The thread of this file owns the connection and
 * alone writes the table; commands come to it through a queue. */
#include "remote/screen.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "link.h"
#include "monitor/face.h"

#define EVERY_MS 250                 /* the table is brought up to date so often */
#define AGAIN_MS 500                 /* a monitor that is gone is looked for so often */
#define PATIENCE_MS 5000             /* for an answer */
#define MESSAGES_NS NS_PER_S         /* messages to owners are asked for so often at most */
#define COMMANDS 256

struct screen {
    struct monitor_face face;        /* first: how monitor.h finds us */
    pthread_t thread;
    bool started;
    struct status_table *table;
    struct queue *commands;          /* of struct command */
    int wake, stop;                  /* eventfds: something to do; the end */
    _Atomic bool gone;               /* no monitor is there */
    _Atomic bool reload;             /* it is to be asked to read its file again */
    bool readonly;
    struct sockaddr_un place[PLACES_MOST];
    size_t nplace;

    struct mutex lock;               /* leaf: for the members down to the blank line */
    struct alert *alert;             /* under lock; ALERTS_MOST of them */
    size_t nalert;                   /* under lock */
    uint64_t alerts;                 /* under lock; their revision here: counted on through every monitor */
    struct outbox_item *item;        /* under lock; MESSAGES_MOST of them */
    size_t nitem;                    /* under lock */
    struct outbox_counts counts;     /* under lock; revision: likewise */
    const struct settings *settings; /* under lock; borrowed: who looks gives new ones before it frees the old */
    uint64_t given;                  /* under lock: how often they were */

    /* the thread's alone */
    struct remote_link *link;
    uint64_t since;                  /* revisions of what is known, as the monitor counts */
    uint64_t known_alerts, known_messages;
    int64_t messages_ns;             /* when they are asked for next */
    uint64_t run;                    /* of the monitor the table is a copy of; 0: none yet */
    uint64_t taken;                  /* `given` as of the rows there are */
    bool *seen;                      /* by site id: it came in this walk */
    uint32_t nseen;
};

/* --- the table ---------------------------------------------------------------------------------------------------- */

static bool note_seen(struct screen *s, uint32_t id)
{
    uint32_t n = s->nseen ? s->nseen : 256;
    bool *more;

    while (n <= id)
        n *= 2;
    if (n != s->nseen) {
        more = realloc(s->seen, n * sizeof(*more));
        if (!more)
            return false;
        memset(more + s->nseen, 0, (n - s->nseen) * sizeof(*more));
        s->seen = more;
        s->nseen = n;
    }
    s->seen[id] = true;
    return true;
}

static const struct site *site_of(struct screen *s, const struct row_message *m)
{
    const struct site *own;

    mutex_lock(&s->lock);
    own = settings_site(s->settings, m->name);
    own = own ? site_ref(own) : NULL;
    mutex_unlock(&s->lock);
    return link_site(own, m);
}

static bool take_row(void *context, struct row_message *m)
{
    struct screen *s = context;
    const struct site *site = NULL;

    if (m->change.row.id >= UINT32_C(1) << 22)
        return true; /* more than anybody has */
    if (m->change.row.generation) {
        if (!note_seen(s, m->change.row.id))
            return false;
        site = site_of(s, m);
        if (!site)
            return false;
    }
    m->change.row.site = site;
    if (status_mirror(s->table, &m->change, m->region, m->nregion) == ERR_OK)
        return true;
    site_unref(site);
    return false;
}

static void take_alerts(void *context, const struct alert *alert, size_t n, uint64_t revision)
{
    struct screen *s = context;

    mutex_lock(&s->lock);
    if (n)
        memcpy(s->alert, alert, n * sizeof(*alert));
    s->nalert = n;
    s->alerts++;
    mutex_unlock(&s->lock);
    s->known_alerts = revision;
}

static void take_messages(void *context, const struct outbox_item *item, size_t n, const struct outbox_counts *counts)
{
    struct screen *s = context;
    uint64_t revision;

    mutex_lock(&s->lock);
    if (n)
        memcpy(s->item, item, n * sizeof(*item));
    s->nitem = n;
    revision = s->counts.revision;
    s->counts = *counts;
    s->counts.revision = revision + 1;
    mutex_unlock(&s->lock);
    s->known_messages = counts->revision;
}

/* Another monitor: what nothing is told of is not there. */
static void forget(struct screen *s)
{
    const struct outbox_counts none = { .saved = true };

    if (s->known_alerts)
        take_alerts(s, NULL, 0, 0);
    if (s->known_messages)
        take_messages(s, NULL, 0, &none);
    s->messages_ns = 0;
}

static void remove_row(struct screen *s, uint32_t id)
{
    struct row_change none = { .row = { .id = id } };

    status_mirror(s->table, &none, NULL, 0); /* needs no memory: the row is there */
}

/* After a walk over all rows: what did not come is not there any more. */
static void remove_unseen(struct screen *s)
{
    uint32_t n = status_slots(s->table), id;
    struct row row;

    for (id = 0; id < n; id++) {
        if (id < s->nseen && s->seen[id])
            continue;
        if (status_row(s->table, id, &row, NULL))
            continue;
        site_unref(row.site);
        remove_row(s, id);
    }
}

/* --- talking ------------------------------------------------------------------------------------------------------ */

static void tell_gone(struct screen *s, const struct errmsg *why)
{
    struct health health;

    link_disconnect(s->link);
    if (atomic_exchange(&s->gone, true))
        return;
    status_health(s->table, &health);
    snprintf(health.trouble, sizeof(health.trouble), "%.100s; what is shown is old", why->text);
    health.checks_per_s = 0;
    health.in_flight = health.waiting = 0;
    status_mirror_health(s->table, &health);
}

static enum err ask(struct screen *s, struct errmsg *why)
{
    struct ask question = { .since = s->since, .which = REMOTE_ALL, .messages = NO_MESSAGES };
    int64_t now_ns = clock_mono_ns();
    struct answer_end end;
    uint64_t given;
    bool all;
    enum err err;

    mutex_lock(&s->lock);
    given = s->given;
    mutex_unlock(&s->lock);
    if (s->link->welcome.run != s->run || given != s->taken)
        question.since = 0; /* another monitor, or rows are to be told by other settings */
    if (s->link->welcome.run != s->run)
        forget(s);
    question.alerts = s->known_alerts;
    if (now_ns >= s->messages_ns)
        question.messages = s->known_messages;
    all = !question.since;
    if (all && s->nseen)
        memset(s->seen, 0, s->nseen * sizeof(*s->seen));
    err = link_ask(s->link, &question, take_row, s, &end, why);
    if (err)
        return err;
    if (all)
        remove_unseen(s);
    if (question.messages != NO_MESSAGES)
        s->messages_ns = now_ns + MESSAGES_NS;
    s->run = s->link->welcome.run;
    s->since = end.upto;
    s->taken = given;
    status_mirror_health(s->table, &end.health);
    atomic_store(&s->gone, false);
    return ERR_OK;
}

/* What was typed here; what the monitor has against it is told as any of its troubles. */
static enum err send_commands(struct screen *s, struct errmsg *why)
{
    struct errmsg said = ERRMSG_INIT;
    struct command c;
    enum err err;

    while (queue_drain(s->commands, &c, 1)) {
        err = remote_send(s->link, &c, &said);
        if (c.message)
            s->messages_ns = 0; /* what came of it is seen at once */
        if (s->link->fd < 0)
            return err_set(why, err, "%s", said.text);
        if (err)
            log_line(LEVEL_ERROR, "%s", said.text);
    }
    if (!atomic_exchange(&s->reload, false))
        return ERR_OK;
    err = remote_reload(s->link, &said);
    return s->link->fd < 0 ? err_set(why, err, "%s", said.text) : ERR_OK;
}

/* False when it is to end. */
static bool rest(struct screen *s, int ms)
{
    struct pollfd fds[] = { { .fd = s->stop, .events = POLLIN }, { .fd = s->wake, .events = POLLIN },
                            { .fd = s->link->fd, .events = 0 } };
    uint64_t count;

    poll(fds, s->link->fd >= 0 ? 3 : 2, ms);
    if (fds[1].revents && read(s->wake, &count, sizeof(count)) < 0)
        return true; /* somebody else's wake-up came and went */
    return !fds[0].revents;
}

static void turn(struct screen *s)
{
    struct errmsg why = ERRMSG_INIT;
    enum err err = ERR_OK;

    if (s->link->fd < 0)
        err = link_connect(s->link, s->place, s->nplace, s->readonly, &why);
    if (!err)
        err = send_commands(s, &why);
    if (!err)
        err = ask(s, &why);
    if (err)
        tell_gone(s, &why);
}

static void *work(void *context)
{
    struct screen *s = context;

    while (rest(s, s->link->fd < 0 ? AGAIN_MS : EVERY_MS))
        turn(s);
    return NULL;
}

/* --- as a monitor ------------------------------------------------------------------------------------------------- */

static struct status_table *table(struct monitor *m)
{
    return ((struct screen *)(void *)m)->table;
}

static void poke(struct screen *s)
{
    eventfd_write(s->wake, 1);
}

static enum err apply(struct monitor *m, const struct settings *settings, struct monitor_changes *changes)
{
    struct screen *s = (void *)m;

    *changes = (struct monitor_changes){ 0 };
    mutex_lock(&s->lock);
    s->settings = settings;
    s->given++;
    mutex_unlock(&s->lock);
    if (!s->readonly)
        atomic_store(&s->reload, true);
    poke(s);
    return ERR_OK;
}

static enum err change_engine(struct monitor *m, const struct settings *settings, const char *engine, struct errmsg *why)
{
    (void)m;
    (void)settings;
    return err_set(why, ERR_UNAVAILABLE, "the monitor runs elsewhere: write engine = \"%s\" into uptime.cfg", engine);
}

/* Whether a message can be meddled with, by what is known here: who typed is told at once. */
static enum err is_on_its_way(struct screen *s, uint64_t id)
{
    enum err err = ERR_NOTFOUND;
    size_t i;

    mutex_lock(&s->lock);
    for (i = 0; i < s->nitem; i++)
        if (s->item[i].id == id && s->item[i].state == OUTBOX_SENDING)
            err = ERR_BUSY;
        else if (s->item[i].id == id && (s->item[i].state == OUTBOX_WAITING || s->item[i].state == OUTBOX_DEAD))
            err = ERR_OK;
    mutex_unlock(&s->lock);
    return err;
}

static enum err send_command(struct monitor *m, const struct command *command)
{
    struct screen *s = (void *)m;
    enum err err = s->readonly || atomic_load(&s->gone) ? ERR_UNAVAILABLE : ERR_OK;

    if (!err && (command->kind == COMMAND_SEND_NOW || command->kind == COMMAND_DROP))
        err = is_on_its_way(s, command->message);
    if (!err)
        err = queue_push(s->commands, command);

    if (!err)
        poke(s);
    return err;
}

static size_t alerts(struct monitor *m, struct alert *out, size_t most, uint64_t *revision)
{
    struct screen *s = (void *)m;
    size_t n;

    mutex_lock(&s->lock);
    n = s->nalert < most ? s->nalert : most;
    if (n)
        memcpy(out, s->alert, n * sizeof(*out));
    *revision = s->alerts;
    mutex_unlock(&s->lock);
    return n;
}

static uint64_t alerts_revision(struct monitor *m)
{
    struct screen *s = (void *)m;
    uint64_t revision;

    mutex_lock(&s->lock);
    revision = s->alerts;
    mutex_unlock(&s->lock);
    return revision;
}

static size_t messages(struct monitor *m, struct outbox_item *out, size_t most, struct outbox_counts *counts)
{
    struct screen *s = (void *)m;
    size_t n;

    mutex_lock(&s->lock);
    n = s->nitem < most ? s->nitem : most;
    if (n)
        memcpy(out, s->item, n * sizeof(*out));
    *counts = s->counts;
    mutex_unlock(&s->lock);
    return n;
}

static void close_screen(struct monitor *m)
{
    struct screen *s = (void *)m;

    if (s->started) {
        eventfd_write(s->stop, 1);
        pthread_join(s->thread, NULL);
    }
    remote_link_close(s->link);
    status_free(s->table);
    queue_free(s->commands);
    if (s->wake >= 0)
        close(s->wake);
    if (s->stop >= 0)
        close(s->stop);
    free(s->seen);
    free(s->alert);
    free(s->item);
    mutex_release(&s->lock);
    free(s);
}

static const struct monitor_ops elsewhere = {
    .table = table,
    .apply = apply,
    .change_engine = change_engine,
    .send = send_command,
    .alerts = alerts,
    .alerts_revision = alerts_revision,
    .messages = messages,
    .close = close_screen,
};

/* --- opening ------------------------------------------------------------------------------------------------------ */

static enum err start(struct screen *s, struct errmsg *why)
{
    sigset_t all, before;
    int number;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    number = pthread_create(&s->thread, NULL, work, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    s->started = !number;
    return number ? err_errno(why, ERR_UNAVAILABLE, number, "cannot start a thread") : ERR_OK;
}

static enum err prepare(struct screen *s, struct errmsg *why)
{
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->table = status_new(1, NULL, NULL);
    s->commands = queue_new(COMMANDS, sizeof(struct command));
    s->link = link_new(NULL, PATIENCE_MS, s->stop);
    s->alert = calloc(ALERTS_MOST, sizeof(*s->alert));
    s->item = calloc(MESSAGES_MOST, sizeof(*s->item));
    if (!s->table || !s->commands || !s->link || !s->alert || !s->item)
        return err_set(why, ERR_NOMEM, "out of memory");
    if (s->wake < 0 || s->stop < 0)
        return err_errno(why, ERR_IO, errno, "cannot open a screen on the monitor");
    s->link->alerts = take_alerts;
    s->link->messages = take_messages;
    s->counts.saved = true;
    return ERR_OK;
}

enum err remote_screen_open(struct monitor **out, const struct settings *settings, bool readonly, struct errmsg *why)
{
    struct screen *s = calloc(1, sizeof(*s));
    enum err err;

    if (!s)
        return err_set(why, ERR_NOMEM, "out of memory");
    s->face.ops = &elsewhere;
    s->settings = settings;
    s->readonly = readonly;
    s->wake = s->stop = -1;
    mutex_init(&s->lock);
    if (settings->path)
        s->nplace = places_to_look(s->place, settings->path, settings->database);
    err = prepare(s, why);
    if (!err) {
        place_of_settings(s->link->own, sizeof(s->link->own), settings->path);
        err = link_connect(s->link, s->place, s->nplace, readonly, why);
    }
    if (!err)
        err = ask(s, why);
    if (!err)
        err = start(s, why);
    if (err)
        close_screen((struct monitor *)(void *)s);
    else
        *out = (struct monitor *)(void *)s;
    return err;
}
