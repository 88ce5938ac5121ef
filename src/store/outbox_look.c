/* What people see of the outbox, and what they do to it. */
#include <stdlib.h>
#include <stdio.h>

#include "outbox_inside.h"
#include "write_message.h"

size_t outbox_items(struct outbox *o, struct outbox_item *out, size_t most)
{
    const struct line *l;
    const struct message *m;
    const struct dead *d;
    size_t n = 0, i;
    uint64_t k;

    mutex_lock(&o->lock);
    for (l = o->line; l; l = l->next)
        for (m = l->first, i = 0; m && n < most; m = m->next, i++) {
            out[n] = line_item(l, m);
            out[n].state = i < l->nparcel && l->busy ? OUTBOX_SENDING : OUTBOX_WAITING;
            if (i < l->nparcel) {
                out[n].tries = l->tries;
                out[n].next_ms = l->busy ? 0 : l->next_ms;
                snprintf(out[n].error, sizeof(out[n].error), "%s", l->error);
            }
            n++;
        }
    for (d = o->dead; d && n < most; d = d->next) {
        out[n] = line_item(d->line, d->message);
        out[n].state = OUTBOX_DEAD;
        out[n].tries = d->tries;
        out[n].next_ms = 0;
        out[n].ended_ms = d->ended_ms;
        snprintf(out[n++].error, sizeof(out[0].error), "%s", d->error);
    }
    for (k = o->nended; k > 0 && o->nended - k < ENDED_MOST && n < most; k--)
        out[n++] = o->ended[(k - 1) % ENDED_MOST];
    mutex_unlock(&o->lock);
    return n;
}

void outbox_counts(struct outbox *o, struct outbox_counts *out)
{
    struct line *l;
    const struct message *m;

    *out = (struct outbox_counts){ .next_ms = INT64_MAX };
    mutex_lock(&o->lock);
    for (l = o->line; l; l = l->next) {
        int64_t due_ms = l->nparcel ? l->next_ms : l->first ? l->first->not_before_ms : INT64_MAX;

        if (due_ms < out->next_ms)
            out->next_ms = due_ms;
        for (m = l->first; m; m = m->next)
            out->waiting++;
    }
    out->dead = (uint32_t)o->ndead;
    out->revision = o->revision;
    out->saved = o->saved;
    mutex_unlock(&o->lock);
    if (!out->waiting)
        out->next_ms = 0;
}

/* Takes the dead message of that number out; NULL. */
static struct dead *raise(struct outbox *o, uint64_t id)
{
    struct dead **at, *d;

    mutex_lock(&o->lock);
    for (at = &o->dead; *at && (*at)->message->id != id; at = &(*at)->next)
        ;
    d = *at;
    if (d) {
        *at = d->next;
        d->next = NULL;
        o->ndead--;
        o->revision++;
    }
    mutex_unlock(&o->lock);
    return d;
}

static void revive(struct outbox *o, struct dead *d, int64_t now_ms)
{
    struct batch *b = o->history ? batch_new() : NULL;

    batch_message_try(b, &(struct message_try){ .id = d->message->id });
    outbox_commit(o, b);
    d->message->not_before_ms = now_ms;
    mutex_lock(&o->lock);
    line_insert(d->line, d->message);
    d->line->hurried = true;
    o->revision++;
    mutex_unlock(&o->lock);
    free(d);
}

/* Whoever is before it in its line goes with it: the order stays. */
static void hurry_line(struct line *l, const struct message *last, size_t place, int64_t now_ms)
{
    struct message *m;

    if (place < l->nparcel) {
        l->next_ms = now_ms;
        return;
    }
    for (m = l->first; m; m = m->next) {
        if (m->not_before_ms > now_ms)
            m->not_before_ms = now_ms;
        if (m == last)
            break;
    }
    if (l->nparcel)
        l->next_ms = now_ms;
    l->hurried = true;
}

enum err outbox_hurry(struct outbox *o, uint64_t id, int64_t now_ms)
{
    struct dead *d = raise(o, id);
    enum err err = ERR_NOTFOUND;
    struct line *l;
    size_t place;

    if (d) {
        revive(o, d, now_ms);
        outbox_wake(o);
        return ERR_OK;
    }
    mutex_lock(&o->lock);
    for (l = o->line; l && err == ERR_NOTFOUND; l = l->next) {
        struct message *m = line_find(l, id, &place);

        if (!m)
            continue;
        err = l->busy && place < l->nparcel ? ERR_BUSY : ERR_OK;
        if (!err)
            hurry_line(l, m, place, now_ms);
        o->revision++;
    }
    mutex_unlock(&o->lock);
    if (!err)
        outbox_wake(o);
    return err;
}

/* The chain of what is dropped with that message, out of its line; NULL with *err. */
static struct message *take_dropped(struct outbox *o, uint64_t id, int64_t now_ms, enum err *err)
{
    struct message *gone = NULL, *m;
    struct line *l;
    size_t place;

    *err = ERR_NOTFOUND;
    mutex_lock(&o->lock);
    for (l = o->line; l && *err == ERR_NOTFOUND; l = l->next) {
        struct message *found = line_find(l, id, &place);

        if (!found)
            continue;
        *err = l->busy && place < l->nparcel ? ERR_BUSY : ERR_OK;
        if (*err)
            break;
        if (place < l->nparcel) {
            gone = line_take_parcel(l);
        } else {
            line_remove(l, found);
            gone = found;
        }
        for (m = gone; m; m = m->next) {
            struct outbox_item item = line_item(l, m);

            item.state = OUTBOX_DROPPED;
            item.next_ms = 0;
            item.ended_ms = now_ms;
            o->ended[o->nended++ % ENDED_MOST] = item;
        }
        o->revision++;
    }
    mutex_unlock(&o->lock);
    return gone;
}

enum err outbox_drop(struct outbox *o, uint64_t id, int64_t now_ms)
{
    struct dead *d = raise(o, id);
    struct batch *b;
    struct message *gone;
    enum err err = ERR_OK;

    gone = d ? d->message : take_dropped(o, id, now_ms, &err);
    free(d);
    if (err)
        return err;
    b = o->history ? batch_new() : NULL;
    while (gone) {
        struct message *next = gone->next;

        batch_message_end(b, gone->id, OUTBOX_DROPPED, now_ms, NULL);
        message_free(gone);
        gone = next;
    }
    outbox_commit(o, b);
    outbox_wake(o);
    return ERR_OK;
}

void outbox_shift(struct outbox *o, int64_t by_ms)
{
    struct line *l;

    mutex_lock(&o->lock);
    for (l = o->line; l; l = l->next)
        line_shift(l, by_ms);
    o->revision++;
    mutex_unlock(&o->lock);
    outbox_wake(o);
}
