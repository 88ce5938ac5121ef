/* A bounded queue: a ring of items under one leaf lock. Any thread. */
#include "base/queue.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mutex.h"

struct queue {
    struct mutex lock;
    struct cond  ready;      /* enough items came, or the queue was closed */
    char        *items;      /* under lock; capacity * item_size bytes */
    size_t       head;       /* under lock; index of the oldest item */
    size_t       used;       /* under lock */
    size_t       least;      /* under lock; items that are enough */
    bool         closed;     /* under lock */
    size_t       capacity;
    size_t       item_size;
};

struct queue *queue_new(size_t capacity, size_t item_size)
{
    struct queue *q = calloc(1, sizeof(*q));

    if (!q)
        return NULL;
    q->items = calloc(capacity, item_size);
    if (!q->items) {
        free(q);
        return NULL;
    }
    q->least = 1;
    q->capacity = capacity;
    q->item_size = item_size;
    mutex_init(&q->lock);
    cond_init(&q->ready);
    return q;
}

void queue_free(struct queue *q)
{
    if (!q)
        return;
    cond_release(&q->ready);
    mutex_release(&q->lock);
    free(q->items);
    free(q);
}

static void take_locked(struct queue *q, char *item) NEEDS(q->lock)
{
    memcpy(item, q->items + q->head * q->item_size, q->item_size);
    q->head = (q->head + 1) % q->capacity;
    q->used--;
}

enum err queue_push(struct queue *q, const void *item)
{
    enum err err = ERR_OK;
    bool enough;

    mutex_lock(&q->lock);
    if (q->closed)
        err = ERR_CLOSED;
    else if (q->used == q->capacity)
        err = ERR_FULL;
    else
        memcpy(q->items + (q->head + q->used++) % q->capacity * q->item_size, item, q->item_size);
    enough = q->used >= q->least;
    mutex_unlock(&q->lock);
    if (!err && enough)
        cond_signal(&q->ready);
    return err;
}

enum err queue_pop(struct queue *q, void *item, int64_t until_ns)
{
    enum err err = ERR_OK;
    bool in_time = true;

    mutex_lock(&q->lock);
    while (!q->used && !q->closed && in_time)
        in_time = cond_wait(&q->ready, &q->lock, until_ns);
    if (q->used)
        take_locked(q, item);
    else
        err = q->closed ? ERR_CLOSED : ERR_FULL;
    mutex_unlock(&q->lock);
    return err;
}

static size_t drain_locked(struct queue *q, char *items, size_t max) NEEDS(q->lock)
{
    size_t n = 0;

    while (q->used && n < max)
        take_locked(q, items + n++ * q->item_size);
    return n;
}

size_t queue_take(struct queue *q, void *items, size_t max, size_t least, int64_t until_ns)
{
    bool in_time = true;
    size_t n;

    mutex_lock(&q->lock);
    q->least = least;
    while (q->used < least && !q->closed && in_time)
        in_time = cond_wait(&q->ready, &q->lock, until_ns);
    q->least = 1;
    n = drain_locked(q, items, max);
    mutex_unlock(&q->lock);
    return n;
}

size_t queue_drain(struct queue *q, void *items, size_t max)
{
    size_t n;

    mutex_lock(&q->lock);
    n = drain_locked(q, items, max);
    mutex_unlock(&q->lock);
    return n;
}

void queue_close(struct queue *q)
{
    mutex_lock(&q->lock);
    q->closed = true;
    mutex_unlock(&q->lock);
    cond_broadcast(&q->ready);
}

size_t queue_length(struct queue *q)
{
    size_t used;

    mutex_lock(&q->lock);
    used = q->used;
    mutex_unlock(&q->lock);
    return used;
}
