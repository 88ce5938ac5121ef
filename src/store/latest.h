#ifndef LATEST_H
#define LATEST_H

#include "writing.h"

/* The latest sample of each site, written into its row of `memory` now and then, not with every sample. The writer's. */
struct latest {
    struct {
        struct sample sample;
        enum { LATEST_WRITTEN, LATEST_WRITING, LATEST_NEW } state;
    } *site;                         /* indexed by key */
    size_t size;
};

/* Without memory the sample is not noted; the next one is. */
void latest_note(struct latest *l, const struct sample *s);
/* Writes what is new, within a transaction. SQLITE_DONE, or what failed. */
int latest_write(struct latest *l, struct writing *w);
/* The transaction came to its end, or to nothing. */
void latest_settle(struct latest *l, bool committed);
void latest_release(struct latest *l);

#endif
