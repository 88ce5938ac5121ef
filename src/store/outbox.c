/* The outbox: messages come in with their transaction, go out as parcels, and come to an end. The truth while the program runs is
 * in memory; the database has what the next start needs. */
#include "outbox_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "write_message.h"

/* --- open and free ------------------------------------------------------------------------------------------------------- */

static void sweep(struct outbox *o, int64_t now_ms)
{
    struct batch *b = o->history ? batch_new() : NULL;

    batch_message_sweep(b, now_ms - KEEP_MS);
    outbox_commit(o, b);
}

enum err outbox_open(struct outbox **out, struct history *history, int64_t now_ms, struct errmsg *why)
{
    struct outbox *o = calloc(1, sizeof(*o));
    struct history_health health = { .present = false };
    enum err err = ERR_OK;

    if (!o)
        return err_set(why, ERR_NOMEM, "cannot open the outbox: out of memory");
    mutex_init(&o->lock);
    cond_init(&o->begun);
    o->history = history;
    if (history)
        history_health(history, &health);
    o->saved = health.present;
    o->last_id = (uint64_t)now_ms; /* nobody else's, unless the database says otherwise */
    if (health.present)
        err = outbox_read(o, now_ms, why);
    if (err) {
        outbox_free(o);
        return err;
    }
    o->first_id = o->last_id + 1;
    o->revision = o->line || o->dead; /* what was left is seen */
    sweep(o, now_ms);
    *out = o;
    return ERR_OK;
}

static void free_chain(struct message *m)
{
    while (m) {
        struct message *next = m->next;

        message_free(m);
        m = next;
    }
}

static void free_dead(struct dead *d)
{
    while (d) {
        struct dead *next = d->next;

        message_free(d->message);
        free(d);
        d = next;
    }
}

void outbox_free(struct outbox *o)
{
    if (!o)
        return;
    free_dead(o->dead);
    while (o->line) {
        struct line *next = o->line->next;

        free_chain(o->line->first);
        free(o->line);
        o->line = next;
    }
    cond_release(&o->begun);
    mutex_release(&o->lock);
    free(o);
}

void outbox_limit(struct outbox *o, int per_hour)
{
    mutex_lock(&o->lock);
    o->per_hour = per_hour;
    mutex_unlock(&o->lock);
}

void outbox_set_wake(struct outbox *o, void (*wake)(void *context), void *context)
{
    mutex_lock(&o->lock);
    o->wake = wake;
    o->wake_context = context;
    mutex_unlock(&o->lock);
}

void outbox_wake(struct outbox *o)
{
    void (*wake)(void *context);
    void *context;

    mutex_lock(&o->lock);
    wake = o->wake;
    context = o->wake_context;
    mutex_unlock(&o->lock);
    if (wake)
        wake(context);
}

/* --- putting in ------------------------------------------------------------------------------------------------------------ */

static struct line *find_line(const struct outbox *o, const char *owner, const char *channel, const char *address)
{
    struct line *l;

    for (l = o->line; l; l = l->next)
        if (line_is(l, owner, channel, address))
            return l;
    return NULL;
}

struct line *outbox_line(struct outbox *o, const char *owner, const char *channel, const char *address)
{
    struct line *fresh = calloc(1, sizeof(*fresh)), *l;

    if (!fresh)
        return NULL;
    snprintf(fresh->owner, sizeof(fresh->owner), "%s", owner);
    snprintf(fresh->channel, sizeof(fresh->channel), "%s", channel);
    snprintf(fresh->address, sizeof(fresh->address), "%s", address);
    mutex_lock(&o->lock);
    l = find_line(o, fresh->owner, fresh->channel, fresh->address);
    if (!l) {
        fresh->next = o->line;
        o->line = l = fresh;
        fresh = NULL;
    }
    mutex_unlock(&o->lock);
    free(fresh);
    return l;
}

static void on_written(void *context, uint64_t number, bool written)
{
    struct outbox *o = context;

    mutex_lock(&o->lock);
    if (number > o->released_id)
        o->released_id = number;
    if (o->saved != written)
        o->revision++;
    o->saved = written;
    mutex_unlock(&o->lock);
    outbox_wake(o);
}

static struct message *new_message(const struct outbox_message *m, uint64_t id, int64_t now_ms)
{
    struct message *fresh = calloc(1, sizeof(*fresh));

    if (!fresh)
        return NULL;
    *fresh = (struct message){ .id = id, .incident_id = m->incident_id, .created_ms = now_ms, .not_before_ms = m->not_before_ms,
                               .site = strdup(m->site ? m->site : ""), .subject = strdup(m->subject),
                               .notice_id = strdup(m->notice_id), .notice = strdup(m->notice) };
    if (fresh->site && fresh->subject && fresh->notice_id && fresh->notice)
        return fresh;
    message_free(fresh);
    return NULL;
}

enum err outbox_put(struct outbox *o, struct batch *b, const struct outbox_message *m, int64_t now_ms)
{
    struct line *l = outbox_line(o, m->owner, m->channel, m->address);
    struct message *fresh = l ? new_message(m, o->last_id + 1, now_ms) : NULL;

    if (!fresh)
        return ERR_NOMEM;
    o->last_id++;
    if (!o->history)
        b = NULL;
    fresh->written = !b;
    batch_message(b, fresh->id, m, now_ms);
    batch_on_end(b, on_written, o, fresh->id);
    mutex_lock(&o->lock);
    line_insert(l, fresh);
    o->revision++;
    mutex_unlock(&o->lock);
    if (!b)
        outbox_wake(o);
    return ERR_OK;
}

/* --- sending ----------------------------------------------------------------------------------------------------------------- */

/* A parcel and whose it is. */
struct sending {
    struct outbox_parcel parcel;
    struct line *line;
    const char *notice[];
};

/* The line whose parcel is due first, made busy; NULL with *next_ms. */
static struct line *take_line(struct outbox *o, int64_t now_ms, int64_t *next_ms, size_t *n)
{
    struct line *l, *first = NULL;

    *next_ms = INT64_MAX;
    mutex_lock(&o->lock);
    for (l = o->line; l; l = l->next) {
        int64_t due_ms = line_due(l, o->per_hour, o->released_id, now_ms);

        if (due_ms < *next_ms) {
            *next_ms = due_ms;
            first = l;
        }
    }
    if (first && *next_ms <= now_ms) {
        line_form(first, o->released_id, now_ms);
        first->busy = true;
        *n = first->nparcel;
        o->revision++;
    } else {
        first = NULL;
    }
    mutex_unlock(&o->lock);
    return first;
}

/* The first messages of a busy line are its sender's alone. */
static struct sending *make_sending(struct line *l, size_t n)
{
    struct sending *s = calloc(1, sizeof(*s) + n * sizeof(s->notice[0]));
    const struct message *m = l->first;
    size_t i;

    if (!s)
        return NULL;
    for (i = 0; i < n; i++) {
        s->notice[i] = m->notice;
        if (i + 1 < n)
            m = m->next;
    }
    s->line = l;
    s->parcel = (struct outbox_parcel){ .id = l->parcel, .owner = l->owner, .channel = l->channel, .address = l->address,
                                        .notice = s->notice, .n = n, .digest = l->limited && n > 1, .tries = l->tries };
    return s;
}

struct outbox_parcel *outbox_next(struct outbox *o, int64_t now_ms, int64_t *next_ms)
{
    size_t n = 0;
    struct line *l = take_line(o, now_ms, next_ms, &n);
    struct sending *s = l ? make_sending(l, n) : NULL;

    if (s || !l)
        return s ? &s->parcel : NULL;
    mutex_lock(&o->lock); /* no memory: a little later */
    l->busy = false;
    l->next_ms = now_ms + MS_PER_S;
    mutex_unlock(&o->lock);
    *next_ms = now_ms + MS_PER_S;
    return NULL;
}

static struct sending *sending_of(struct outbox_parcel *p)
{
    return (struct sending *)((char *)p - offsetof(struct sending, parcel));
}

/* Notes the state of a busy line's parcel. */
static void note_try(struct batch *b, const struct line *l, size_t n, uint32_t tries, int64_t next_ms, const char *error)
{
    const struct message *m = l->first;
    size_t i;

    for (i = 0; i < n; i++) {
        batch_message_try(b, &(struct message_try){ .id = m->id, .parcel = l->parcel, .tries = tries, .first_ms = l->first_ms,
                                                    .next_ms = next_ms, .error = error });
        if (i + 1 < n)
            m = m->next;
    }
}

static void on_begun(void *context, uint64_t number, bool written)
{
    struct outbox *o = context;

    (void)written;
    mutex_lock(&o->lock);
    if (number > o->answered)
        o->answered = number;
    mutex_unlock(&o->lock);
    cond_broadcast(&o->begun);
}

void outbox_begin(struct outbox *o, struct outbox_parcel *p, int64_t until_ns)
{
    struct sending *s = sending_of(p);
    struct batch *b = o->history ? batch_new() : NULL;
    bool in_time = true;
    uint64_t number;

    p->begun = true;
    if (!b)
        return;
    note_try(b, s->line, p->n, p->tries + 1, s->line->first_ms, NULL);
    mutex_lock(&o->lock); /* numbers in the order in which they are written */
    number = ++o->asked;
    mutex_unlock(&o->lock);
    batch_on_end(b, on_begun, o, number);
    history_commit(o->history, b);
    mutex_lock(&o->lock);
    while (o->answered < number && in_time)
        in_time = cond_wait(&o->begun, &o->lock, until_ns);
    mutex_unlock(&o->lock);
}

/* --- the end of a try ----------------------------------------------------------------------------------------------------------- */

/* Room for so many that come to nothing; as many as there is memory for. */
static struct dead *make_dead(size_t n)
{
    struct dead *first = NULL, *d;

    while (n-- && (d = calloc(1, sizeof(*d)))) {
        d->next = first;
        first = d;
    }
    return first;
}

/* The oldest ones are in the database alone: taken out. */
static struct dead *trim_dead(struct outbox *o) NEEDS(o->lock);
static struct dead *trim_dead(struct outbox *o)
{
    struct dead **at = &o->dead, *rest;
    size_t i;

    if (o->ndead <= DEAD_MOST)
        return NULL;
    for (i = 0; i < DEAD_MOST; i++)
        at = &(*at)->next;
    rest = *at;
    *at = NULL;
    o->ndead = DEAD_MOST;
    return rest;
}

/* Keeps a chain of messages that came to nothing, so that they can be sent anew, in the room given; the rest of the chain. */
static struct message *bury(struct outbox *o, struct line *l, struct message *m, struct dead *room, const char *error,
                            int64_t now_ms) NEEDS(o->lock);
static struct message *bury(struct outbox *o, struct line *l, struct message *m, struct dead *room, const char *error,
                            int64_t now_ms)
{
    while (m && room) {
        struct message *next = m->next;
        struct dead *d = room;

        room = room->next;
        *d = (struct dead){ .next = o->dead, .line = l, .message = m, .ended_ms = now_ms, .tries = l->tries };
        snprintf(d->error, sizeof(d->error), "%s", error);
        m->next = NULL;
        o->dead = d;
        o->ndead++;
        m = next;
    }
    return m;
}

/* Takes the parcel of a busy line out and notes how it ended. */
static void end_parcel(struct outbox *o, struct line *l, size_t n, enum outbox_state state, const char *error, int64_t now_ms)
{
    struct dead *room = state == OUTBOX_DEAD ? make_dead(n) : NULL, *trimmed;
    struct message *gone, *m;

    mutex_lock(&o->lock);
    gone = line_take_parcel(l);
    if (state == OUTBOX_DEAD)
        gone = bury(o, l, gone, room, error, now_ms);
    for (m = gone; m && state != OUTBOX_DEAD; m = m->next) {
        struct outbox_item item = line_item(l, m);

        item.state = state;
        item.tries = l->tries;
        item.ended_ms = now_ms;
        item.next_ms = 0;
        snprintf(item.error, sizeof(item.error), "%s", error);
        o->ended[o->nended++ % ENDED_MOST] = item;
    }
    if (state == OUTBOX_SENT)
        line_note_sent(l, now_ms);
    trimmed = trim_dead(o);
    l->tries = 0;
    l->limited = l->busy = false;
    o->revision++;
    mutex_unlock(&o->lock);
    free_chain(gone);
    free_dead(trimmed);
}

void outbox_commit(struct outbox *o, struct batch *b)
{
    if (o->history)
        history_commit(o->history, b);
    else
        batch_free(b);
}

static void write_end(struct outbox *o, const struct line *l, size_t n, enum outbox_state state, const char *error, int64_t now_ms)
{
    struct batch *b = o->history ? batch_new() : NULL;
    const struct message *m = l->first;
    size_t i;

    for (i = 0; i < n; i++) {
        batch_message_end(b, m->id, state, now_ms, error);
        if (i + 1 < n)
            m = m->next;
    }
    outbox_commit(o, b);
}

static void again(struct outbox *o, struct line *l, const struct outbox_parcel *p, int64_t wait_ms, const char *error, int64_t now_ms)
{
    struct batch *b = o->history ? batch_new() : NULL;

    note_try(b, l, p->n, p->tries + 1, now_ms + wait_ms, error);
    outbox_commit(o, b);
    mutex_lock(&o->lock);
    snprintf(l->error, sizeof(l->error), "%s", error);
    l->next_ms = now_ms + wait_ms;
    l->busy = false;
    o->revision++;
    mutex_unlock(&o->lock);
}

void outbox_end(struct outbox *o, struct outbox_parcel *p, enum outbox_end end, int64_t retry_after_ms, const char *error,
                uint32_t random, int64_t now_ms)
{
    struct sending *s = sending_of(p);
    struct line *l = s->line;
    int64_t age_ms = now_ms - l->first_ms, wait_ms = outbox_wait_ms(p->tries + 1, age_ms, random);
    char clean[OUTBOX_ERROR_SIZE];

    text_clean(clean, sizeof(clean), error, strlen(error));
    if (retry_after_ms > wait_ms)
        wait_ms = retry_after_ms < OUTBOX_LIFE_MS ? retry_after_ms : OUTBOX_LIFE_MS;
    mutex_lock(&o->lock);
    l->tries = p->tries + 1;
    mutex_unlock(&o->lock);
    if (end == OUTBOX_AGAIN && age_ms + wait_ms <= OUTBOX_LIFE_MS) {
        again(o, l, p, wait_ms, clean, now_ms);
    } else if (end == OUTBOX_ARRIVED) {
        write_end(o, l, p->n, OUTBOX_SENT, clean, now_ms);
        end_parcel(o, l, p->n, OUTBOX_SENT, clean, now_ms);
    } else {
        write_end(o, l, p->n, OUTBOX_DEAD, clean, now_ms);
        end_parcel(o, l, p->n, OUTBOX_DEAD, clean, now_ms);
    }
    free(s);
    outbox_wake(o);
}
