/* What the outbox has in memory, said once more to a database that lacks it; and what a database has that was not there at the
 * start. The monitor's thread. */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "outbox_inside.h"
#include "write_message.h"

/* A message and how far it has come, copied out of the outbox, which may free it the next moment. */
struct said {
    uint64_t id;
    int64_t created_ms, ended_ms;    /* ended_ms 0: it waits */
    struct outbox_message m;         /* of a line's texts, which stay, and of copies */
    struct message_try t;
};

struct saying {
    struct said *said;
    char *text;
    size_t n, nbyte;                 /* used */
    size_t n_most, byte_most;        /* there is room for */
};

static const char *copy_text(struct saying *s, const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0, at = s->nbyte;

    s->nbyte += size;
    return text && s->nbyte <= s->byte_most ? memcpy(s->text + at, text, size) : NULL;
}

/* Counts on where there is no room. */
static struct said *copy_message(struct saying *s, const struct line *l, const struct message *m)
{
    struct said said = { .id = m->id, .created_ms = m->created_ms,
                         .m = { .owner = l->owner, .channel = l->channel, .address = l->address, .site = *m->site ? copy_text(s, m->site) : NULL,
                                .subject = copy_text(s, m->subject), .notice_id = copy_text(s, m->notice_id),
                                .notice = copy_text(s, m->notice), .incident_id = m->incident_id, .not_before_ms = m->not_before_ms } };

    if (s->n++ >= s->n_most)
        return NULL;
    s->said[s->n - 1] = said;
    return &s->said[s->n - 1];
}

static void copy_line(struct saying *s, const struct line *l)
{
    const struct message *m;
    size_t i = 0;

    for (m = l->first; m; m = m->next, i++) {
        struct said *said = copy_message(s, l, m);

        if (said && i < l->nparcel)
            said->t = (struct message_try){ .id = m->id, .parcel = l->parcel, .tries = l->tries, .first_ms = l->first_ms,
                                            .next_ms = l->next_ms };
    }
}

/* True when there was room for all. */
static bool copy_all(struct outbox *o, struct saying *s)
{
    const struct line *l;
    const struct dead *d;

    s->n = s->nbyte = 0;
    mutex_lock(&o->lock);
    for (l = o->line; l; l = l->next)
        copy_line(s, l);
    for (d = o->dead; d; d = d->next) {
        struct said *said = copy_message(s, d->line, d->message);

        if (said)
            said->ended_ms = d->ended_ms;
    }
    mutex_unlock(&o->lock);
    return s->n <= s->n_most && s->nbyte <= s->byte_most;
}

/* Memory is got without the lock; by then there may be more. */
static bool make_room(struct saying *s)
{
    free(s->said);
    free(s->text);
    s->n_most = s->n;
    s->byte_most = s->nbyte;
    s->said = calloc(s->n_most + 1, sizeof(*s->said));
    s->text = malloc(s->byte_most + 1);
    if (s->said && s->text)
        return true;
    s->n_most = s->byte_most = s->n = 0;
    return false;
}

static void say_unfinished(struct outbox *o, struct batch *b)
{
    struct saying s = { .n = 0 };
    bool room = true;
    size_t i;

    while (!copy_all(o, &s) && (room = make_room(&s)))
        continue;
    for (i = 0; i < s.n && room; i++) {
        const struct said *said = &s.said[i];

        batch_message(b, said->id, &said->m, said->created_ms);
        if (said->t.id)
            batch_message_try(b, &said->t);
        if (said->ended_ms)
            batch_message_end(b, said->id, OUTBOX_DEAD, said->ended_ms, NULL);
    }
    free(s.said);
    free(s.text);
}

/* So that none of them is sent again after the next start. */
static void say_ended(struct outbox *o, struct batch *b)
{
    struct outbox_item item;
    uint64_t k = 0;
    bool more = true;

    while (more) {
        mutex_lock(&o->lock);
        if (o->nended > ENDED_MOST && k < o->nended - ENDED_MOST)
            k = o->nended - ENDED_MOST;
        more = k < o->nended;
        if (more)
            item = o->ended[k++ % ENDED_MOST];
        mutex_unlock(&o->lock);
        if (more)
            batch_message_end(b, item.id, item.state, item.ended_ms, NULL);
    }
}

void outbox_say_again(struct outbox *o)
{
    struct batch *b = o->history ? batch_new() : NULL;

    if (!b)
        return;
    say_unfinished(o, b);
    say_ended(o, b); /* behind them: who came to its end meanwhile */
    outbox_commit(o, b);
}

enum err outbox_join(struct outbox *o, int64_t now_ms, struct errmsg *why)
{
    enum err err = o->read ? ERR_OK : outbox_read(o, now_ms, why);

    mutex_lock(&o->lock);
    o->revision++;
    mutex_unlock(&o->lock);
    outbox_wake(o);
    return err;
}
