#ifndef WRITE_MESSAGE_H
#define WRITE_MESSAGE_H

#include "store/outbox.h"
#include "writing.h"

/* Writes of the outbox, added to a batch; NULL as in store/batch.h. What is given is copied. */
void batch_message(struct batch *b, uint64_t id, const struct outbox_message *m, int64_t now_ms);

struct message_try {
    uint64_t id, parcel;             /* parcel 0: of none yet */
    uint32_t tries;                  /* begun so far */
    int64_t first_ms, next_ms;
    const char *error;               /* NULL: as it was */
};
void batch_message_try(struct batch *b, const struct message_try *t);
void batch_message_end(struct batch *b, uint64_t id, enum outbox_state state, int64_t at_ms, const char *error);
/* Those that ended before are no longer kept. */
void batch_message_sweep(struct batch *b, int64_t before_ms);

#endif
