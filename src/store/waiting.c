/* What waits to be written. Producers on any thread, one writer. */
#include "waiting.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define TRIM_BYTES (1u << 20)

enum err waiting_init(struct waiting *w, size_t most, size_t bytes_most)
{
    memset(w, 0, sizeof(*w));
    w->ring = calloc(most, sizeof(*w->ring));
    if (!w->ring)
        return ERR_NOMEM;
    w->most = most;
    w->bytes_most = bytes_most;
    mutex_init(&w->lock);
    cond_init(&w->changed);
    return ERR_OK;
}

void waiting_release(struct waiting *w)
{
    if (!w->ring)
        return;
    while (w->first) {
        struct batch *next = w->first->next;

        batch_free(w->first);
        w->first = next;
    }
    cond_release(&w->changed);
    mutex_release(&w->lock);
    free(w->ring);
}

void waiting_sample(struct waiting *w, const struct sample *s)
{
    bool many;

    mutex_lock(&w->lock);
    if (w->head - w->tail == w->most) {
        w->tail++;
        w->lost++;
    }
    w->ring[w->head++ % w->most] = *s;
    many = w->head - w->tail == PORTION_MOST;
    mutex_unlock(&w->lock);
    if (many)
        cond_broadcast(&w->changed);
}

/* The list of 100,000 sites with their states is one batch, larger than all others may be together: one such waits beside them. */
static bool is_large(const struct waiting *w, const struct batch *b)
{
    return b->bytes > w->bytes_most / 2;
}

static void append_locked(struct waiting *w, struct batch *b) NEEDS(w->lock);
static void append_locked(struct waiting *w, struct batch *b)
{
    b->after = w->head;
    b->next = NULL;
    if (w->last)
        w->last->next = b;
    else
        w->first = b;
    w->last = b;
    w->nbatch++;
    w->bytes += b->bytes;
    w->large += is_large(w, b) ? b->bytes : 0;
    w->batches++;
}

static bool has_room_locked(const struct waiting *w, const struct batch *b) NEEDS(w->lock);
static bool has_room_locked(const struct waiting *w, const struct batch *b)
{
    size_t most = b->once ? w->bytes_most : w->bytes_most / 2;

    return !w->away.once && (is_large(w, b) ? !w->large : w->bytes - w->large + b->bytes <= most);
}

bool waiting_batch(struct waiting *w, struct batch *b, int64_t wall_ms)
{
    bool room;

    mutex_lock(&w->lock);
    room = has_room_locked(w, b);
    if (room) {
        append_locked(w, b);
    } else {
        if (b->once && !w->away.once)
            w->away.since_ms = wall_ms;
        w->away.once = w->away.once || b->once;
        w->away.some = true;
        w->away.n++;
    }
    mutex_unlock(&w->lock);
    cond_broadcast(&w->changed);
    return room;
}

void waiting_resume(struct waiting *w, const struct turned_away *known, struct batch *b)
{
    mutex_lock(&w->lock);
    if (w->away.n == known->n)
        w->away.some = w->away.once = false;
    if (b)
        append_locked(w, b);
    mutex_unlock(&w->lock);
    cond_broadcast(&w->changed);
}

struct turned_away waiting_turned_away(struct waiting *w)
{
    struct turned_away away;

    mutex_lock(&w->lock);
    away = w->away;
    mutex_unlock(&w->lock);
    return away;
}

bool waiting_wait(struct waiting *w, int64_t until_ns)
{
    bool in_time = true, closing;

    mutex_lock(&w->lock);
    while (in_time && !w->closing && !w->urged && !w->first && w->head - w->tail < PORTION_MOST)
        in_time = cond_wait(&w->changed, &w->lock, until_ns);
    w->urged = false;
    closing = w->closing;
    mutex_unlock(&w->lock);
    return !closing;
}

bool waiting_pause(struct waiting *w, int64_t until_ns)
{
    bool in_time = true, closing;

    mutex_lock(&w->lock);
    while (in_time && !w->closing)
        in_time = cond_wait(&w->changed, &w->lock, until_ns);
    closing = w->closing;
    mutex_unlock(&w->lock);
    return !closing;
}

void waiting_close(struct waiting *w)
{
    mutex_lock(&w->lock);
    w->closing = true;
    mutex_unlock(&w->lock);
    cond_broadcast(&w->changed);
}

void waiting_look(struct waiting *w, struct portion *p)
{
    struct batch *b;
    size_t i;

    mutex_lock(&w->lock);
    p->start = w->tail;
    p->n = w->head - w->tail < PORTION_MOST ? (size_t)(w->head - w->tail) : PORTION_MOST;
    for (i = 0; i < p->n; i++)
        p->sample[i] = w->ring[(p->start + i) % w->most];
    p->first = w->first;
    p->nbatch = 0;
    for (b = w->first; b && b->after <= p->start + p->n; b = b->next)
        p->nbatch++;
    mutex_unlock(&w->lock);
}

static void tell_ends(const struct portion *p, bool written)
{
    struct batch *b = p->first;
    size_t i;

    for (i = 0; i < p->nbatch; i++) {
        batch_tell_end(b, written);
        if (i + 1 < p->nbatch)
            b = b->next; /* the last one's link belongs to producers */
    }
}

void waiting_done(struct waiting *w, struct portion *p)
{
    struct batch *b = p->first;
    uint64_t end = p->start + p->n, pushed_out;
    size_t i, bytes = 0;

    tell_ends(p, true);
    mutex_lock(&w->lock);
    pushed_out = (w->tail < end ? w->tail : end) - p->start;
    w->lost -= pushed_out; /* out of the ring meanwhile, but written */
    if (w->tail < end)
        w->tail = end;
    for (i = 0; i < p->nbatch; i++) {
        w->bytes -= w->first->bytes;
        w->large -= is_large(w, w->first) ? w->first->bytes : 0;
        w->first = w->first->next;
    }
    if (!w->first)
        w->last = NULL;
    w->nbatch -= p->nbatch;
    mutex_unlock(&w->lock);
    cond_broadcast(&w->changed);

    for (i = 0; i < p->nbatch; i++) {
        struct batch *next = b->next;

        bytes += b->bytes;
        batch_free(b);
        b = next;
    }
    if (bytes >= TRIM_BYTES)
        malloc_trim(0); /* else it stays ours for good: the list of all sites at the start is tens of megabytes */
}

void waiting_failed(const struct portion *p)
{
    tell_ends(p, false);
}

bool waiting_is_empty(struct waiting *w)
{
    bool empty;

    mutex_lock(&w->lock);
    empty = w->head == w->tail && !w->first;
    mutex_unlock(&w->lock);
    return empty;
}

bool waiting_is_closing(struct waiting *w)
{
    bool closing;

    mutex_lock(&w->lock);
    closing = w->closing;
    mutex_unlock(&w->lock);
    return closing;
}

bool waiting_drained(struct waiting *w, int64_t until_ns)
{
    uint64_t head, batches;
    bool in_time = true;

    mutex_lock(&w->lock);
    head = w->head;
    batches = w->batches;
    w->urged = true;
    cond_broadcast(&w->changed);
    while (in_time && (w->tail < head || w->batches - w->nbatch < batches))
        in_time = cond_wait(&w->changed, &w->lock, until_ns);
    in_time = w->tail >= head && w->batches - w->nbatch >= batches;
    mutex_unlock(&w->lock);
    return in_time;
}

void waiting_count(struct waiting *w, struct history_health *out)
{
    mutex_lock(&w->lock);
    out->lost = w->lost;
    out->turned_away = w->away.n;
    out->waiting = (size_t)(w->head - w->tail) + w->nbatch;
    out->waiting_bytes = w->bytes;
    mutex_unlock(&w->lock);
}
