#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A bounded first-in first-out queue of fixed-size items, copied in and out, between any number of threads.
 * When it is full a push is refused, never waited for: whoever pushes says in its own header what that means. */
struct queue;

/* NULL when memory ran out. capacity and item_size are at least 1. */
struct queue *queue_new(size_t capacity, size_t item_size);
/* Nobody may be waiting in it. NULL is fine. */
void queue_free(struct queue *q);

/* ERR_OK, ERR_FULL, or ERR_CLOSED after queue_close(). Never waits. */
enum err queue_push(struct queue *q, const void *item);

/* Waits until until_ns (monotonic, COND_FOREVER for no limit) for an item. ERR_OK; ERR_FULL when the time has passed
 * (there was none); ERR_CLOSED when the queue is closed and empty. */
enum err queue_pop(struct queue *q, void *item, int64_t until_ns);

/* Waits until there are `least` items (1 to max) or until_ns has passed, and takes up to max of them; how many. Pushing fewer
 * wakes nobody, so that whoever has time is woken once for many. One thread at a time may wait so. */
size_t queue_take(struct queue *q, void *items, size_t max, size_t least, int64_t until_ns);

/* Up to max items at once, without waiting; how many. */
size_t queue_drain(struct queue *q, void *items, size_t max);

/* Wakes everybody; later pushes are refused, what is inside can still be taken. */
void queue_close(struct queue *q);

size_t queue_length(struct queue *q);

#endif
