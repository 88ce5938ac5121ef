/* Messages to owners, taken over when they change. Pure. */
#include "post.h"

#include <stdlib.h>

void post_take(struct post **p, post_source_fn *source, void *self)
{
    struct outbox_counts counts;

    source(self, NULL, 0, &counts);
    if (!*p && counts.revision)
        *p = calloc(1, sizeof(**p));
    if (*p && counts.revision != (*p)->counts.revision)
        (*p)->n = source(self, (*p)->item, MESSAGES_MOST, &(*p)->counts);
}
