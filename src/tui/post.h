#ifndef POST_H
#define POST_H

#include <stddef.h>

#include "monitor/monitor.h"
#include "store/outbox.h"

/* Messages to owners as the screen has them: as outbox_items() gives them. One thread. */
struct post {
    struct outbox_item item[MESSAGES_MOST];
    size_t n;
    struct outbox_counts counts;
};

/* Copies up to most of them, as monitor_messages() does. */
typedef size_t post_source_fn(void *self, struct outbox_item *out, size_t most, struct outbox_counts *counts);

/* Takes them over if they are others. *p is NULL as long as there was never any; the caller's to free(). */
void post_take(struct post **p, post_source_fn *source, void *self);

#endif
