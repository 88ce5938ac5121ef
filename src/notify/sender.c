/* The sender: its own thread takes parcels that are due out of the outbox and hands each to a worker. */
#include "notify/sender.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/executor.h"
#include "base/log.h"
#include "base/mutex.h"
#include "notify/notice_json.h"
#include "notify/notifier.h"
#include "notify/words.h"

#define WORKERS 32                   /* receivers that may hang before others have to wait */
#define WRITTEN_NS (2 * NS_PER_S)    /* a try waits no longer than this for the disk */
#define IDLE_NS (60 * NS_PER_S)
#define RANDOM_STEP UINT32_C(2654435761)

struct sender {
    pthread_t thread;
    struct outbox *outbox;
    struct executor *workers;
    atomic_bool stop;
    atomic_uint random;

    struct mutex lock;               /* leaf: for all below */
    struct cond wake;
    bool woken;
    struct settings *settings;       /* a reference */
};

/* One parcel on its way. */
struct delivering {
    struct sender *sender;
    struct outbox_parcel *parcel;
    struct settings *settings;       /* a reference */
};

/* --- one parcel ---------------------------------------------------------------------------------------------------------- */

/* The notices of a parcel; those that can not be read are left out, which is logged. NULL when memory ran out. */
static struct notice *read_notices(const struct outbox_parcel *p, size_t *n)
{
    struct notice *notice = malloc((p->n + 1) * sizeof(*notice));
    size_t i;

    *n = 0;
    for (i = 0; notice && i < p->n; i++)
        if (!notice_from_json(&notice[*n], p->notice[i]))
            ++*n;
        else
            log_line(LEVEL_ERROR, "outbox: message %llu can not be read: it is left out", (unsigned long long)p->id);
    return notice;
}

static enum err write_letter(struct letter *letter, const struct outbox_parcel *p, const struct settings *s)
{
    size_t n, i;
    struct notice *notice = read_notices(p, &n);
    const struct notice **list = calloc(p->n + 1, sizeof(*list));
    enum err err = notice && list ? ERR_OK : ERR_NOMEM;
    struct bundle bundle;

    if (!err && !n)
        err = ERR_INVALID;
    for (i = 0; !err && i < n; i++)
        list[i] = &notice[i];
    if (!err) {
        bundle_init(&bundle, list, n, p->digest ? BUNDLE_DIGEST : n > 1 ? BUNDLE_STORM : BUNDLE_ONE);
        err = words_letter(letter, &bundle, &s->messages);
    }
    free(notice);
    free(list);
    return err;
}

/* Where it goes; false with the reason when the settings know it no more. */
static bool find_destination(const struct outbox_parcel *p, const struct settings *s, const struct notifier_ops **ops,
                             struct destination *to, struct delivery *d)
{
    *ops = notifier_find(p->channel);
    *to = (struct destination){ .settings = s, .owner = settings_owner(s, p->owner) };
    if (*ops && to->owner && notifier_address(*ops, to->owner, p->address, &to->address))
        return true;
    delivery_set(d, DELIVERY_PERMANENT, 0, "the settings know no such address any more");
    return false;
}

static void send_parcel(struct sender *sender, struct outbox_parcel *p, const struct settings *s, struct delivery *d)
{
    const struct notifier_ops *ops;
    struct destination to;
    struct letter letter = LETTER_INIT;
    enum err err;

    if (!find_destination(p, s, &ops, &to, d))
        return;
    err = write_letter(&letter, p, s);
    if (err) {
        delivery_set(d, err == ERR_NOMEM ? DELIVERY_PASSING : DELIVERY_PERMANENT, 0, "cannot write it: %s", err_name(err));
        return;
    }
    letter.tries = (int)p->tries;
    outbox_begin(sender->outbox, p, clock_mono_ns() + WRITTEN_NS);
    notifier_send_once(ops, &to, &letter, &sender->stop, clock_mono_ns() + NOTIFIER_LIMIT_NS, d);
    letter_release(&letter);
}

static void tell(const struct outbox_parcel *p, const struct delivery *d)
{
    if (d->end == DELIVERY_PERMANENT)
        log_line(LEVEL_ERROR, "outbox: %s by %s to '%s' was refused: %s", p->owner, p->channel, p->address, d->message);
    else if (d->end == DELIVERY_PASSING && !p->tries)
        log_line(LEVEL_WARNING, "outbox: %s by %s to '%s' can not be told yet: %s", p->owner, p->channel, p->address, d->message);
    else if (d->end == DELIVERY_SENT)
        log_line(LEVEL_INFO, "outbox: %s by %s to '%s': %s", p->owner, p->channel, p->address, d->message);
}

static void *deliver(void *context)
{
    static const enum outbox_end ends[] = {
        [DELIVERY_SENT] = OUTBOX_ARRIVED, [DELIVERY_PASSING] = OUTBOX_AGAIN, [DELIVERY_PERMANENT] = OUTBOX_REFUSED,
    };
    struct delivering *w = context;
    struct sender *sender = w->sender;
    struct delivery d;

    if (atomic_load(&sender->stop))
        delivery_set(&d, DELIVERY_PASSING, 0, "the program ended before it was sent");
    else
        send_parcel(sender, w->parcel, w->settings, &d);
    tell(w->parcel, &d);
    outbox_end(sender->outbox, w->parcel, ends[d.end], d.retry_after_ms, d.message,
               atomic_fetch_add(&sender->random, RANDOM_STEP), clock_wall_ms());
    settings_free(w->settings);
    free(w);
    return NULL;
}

/* --- the thread ------------------------------------------------------------------------------------------------------------ */

static struct settings *take_settings(struct sender *sender)
{
    struct settings *s;

    mutex_lock(&sender->lock);
    s = settings_ref(sender->settings);
    mutex_unlock(&sender->lock);
    return s;
}

static void give_back(struct sender *sender, struct outbox_parcel *p)
{
    outbox_end(sender->outbox, p, OUTBOX_AGAIN, 0, "no worker could be started", 0, clock_wall_ms());
}

/* A worker that never began: the executor is closing. */
static void on_end(void *context, struct future *f)
{
    struct delivering *w = context;

    if (future_state(f) == FUTURE_CANCELLED)
        deliver(w);
}

static void hand_out(struct sender *sender, struct outbox_parcel *p)
{
    struct delivering *w = malloc(sizeof(*w));

    if (!w) {
        give_back(sender, p);
        return;
    }
    *w = (struct delivering){ .sender = sender, .parcel = p, .settings = take_settings(sender) };
    if (executor_submit(sender->workers, deliver, w, on_end, w, NULL)) {
        settings_free(w->settings);
        free(w);
        give_back(sender, p);
    }
}

/* Hands out what is due; until when nothing is, on the monotonic clock. */
static int64_t hand_out_due(struct sender *sender)
{
    int64_t now_ms = clock_wall_ms(), next_ms, now_ns = clock_mono_ns();
    struct outbox_parcel *p;

    while (!atomic_load(&sender->stop) && (p = outbox_next(sender->outbox, now_ms, &next_ms)))
        hand_out(sender, p);
    if (atomic_load(&sender->stop) || next_ms - now_ms > IDLE_NS / NS_PER_MS)
        return now_ns + IDLE_NS;
    return now_ns + (next_ms - now_ms) * NS_PER_MS;
}

static void *watch_outbox(void *context)
{
    struct sender *sender = context;

    while (!atomic_load(&sender->stop)) {
        int64_t until_ns = hand_out_due(sender);
        bool in_time = true;

        mutex_lock(&sender->lock);
        while (!sender->woken && in_time)
            in_time = cond_wait(&sender->wake, &sender->lock, until_ns);
        sender->woken = false;
        mutex_unlock(&sender->lock);
    }
    return NULL;
}

static void wake_up(void *context)
{
    struct sender *sender = context;

    mutex_lock(&sender->lock);
    sender->woken = true;
    mutex_unlock(&sender->lock);
    cond_signal(&sender->wake);
}

/* --- open and close -------------------------------------------------------------------------------------------------------- */

static void sender_free(struct sender *sender)
{
    executor_close(sender->workers); /* what has not begun is cancelled: see sender_close() */
    settings_free(sender->settings);
    cond_release(&sender->wake);
    mutex_release(&sender->lock);
    free(sender);
}

enum err sender_open(struct sender **out, struct outbox *outbox, const struct settings *s, struct errmsg *why)
{
    struct sender *sender = calloc(1, sizeof(*sender));
    int number;

    if (!sender)
        return err_set(why, ERR_NOMEM, "cannot start the sender: out of memory");
    sender->outbox = outbox;
    sender->settings = settings_ref(s);
    atomic_store(&sender->random, (unsigned)clock_wall_ms());
    mutex_init(&sender->lock);
    cond_init(&sender->wake);
    sender->workers = executor_new(WORKERS);
    if (!sender->workers) {
        sender_free(sender);
        return err_set(why, ERR_NOMEM, "cannot start the sender: out of memory");
    }
    outbox_set_wake(outbox, wake_up, sender);
    number = pthread_create(&sender->thread, NULL, watch_outbox, sender);
    if (number) {
        outbox_set_wake(outbox, NULL, NULL);
        sender_free(sender);
        return err_errno(why, ERR_UNAVAILABLE, number, "cannot start the sender's thread");
    }
    *out = sender;
    return ERR_OK;
}

void sender_close(struct sender *sender)
{
    if (!sender)
        return;
    atomic_store(&sender->stop, true);
    wake_up(sender);
    pthread_join(sender->thread, NULL);
    outbox_set_wake(sender->outbox, NULL, NULL);
    sender_free(sender);
}

void sender_apply(struct sender *sender, const struct settings *s)
{
    struct settings *old, *fresh = settings_ref(s);

    mutex_lock(&sender->lock);
    old = sender->settings;
    sender->settings = fresh;
    mutex_unlock(&sender->lock);
    settings_free(old);
    wake_up(sender);
}
