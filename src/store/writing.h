#ifndef WRITING_H
#define WRITING_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "store/batch.h"
#include "store/history.h"

/* What a batch is made of, and what the functions that write it are given: private to this room. */

enum write_kind {
#define WRITE(NAME, function, worth) WRITE_##NAME,
#include "writes.def"
#undef WRITE
    WRITE_KINDS
};

/* One write: a row of its kind's own shape. */
struct write {
    struct write *next;
    enum write_kind kind;
    alignas(16) unsigned char row[];
};

struct batch {
    struct batch *next;              /* for whoever keeps it in a list */
    uint64_t after;                  /* samples handed over before it */
    struct write *first, *last;
    struct chunk *chunk;             /* the memory of all rows and texts */
    size_t bytes;                    /* of all that */
    bool failed;
    bool once;                       /* something in it can not be said again */
    batch_end_fn *end;               /* NULL: nobody wants to know */
    void *end_context;
    uint64_t end_number;
    bool told;                       /* that it could not be written yet */
};

/* Adds a write with a zeroed row of so many bytes. NULL when b is NULL or memory ran out. */
void *batch_put(struct batch *b, enum write_kind kind, size_t row_bytes);
/* Memory that lives as long as the batch; NULL when there is none. */
void *batch_memory_of(struct batch *b, size_t bytes);
/* A copy of a text, or of a clean one with its URLs' passwords masked; "" when memory ran out; NULL of NULL. */
const char *batch_text(struct batch *b, const char *text);
const char *batch_masked(struct batch *b, const char *url);

/* Tells whoever wants to know that it was written, or once that it could not be. */
void batch_tell_end(struct batch *b, bool written);

/* The writer's hands. */
struct writing {
    struct database *db;
    int64_t run;                     /* the run of observation that goes on; 0: none */
    int64_t alive_ms;                /* the last sign of life */
    int64_t outcome_id[OUTCOME_COUNT]; /* of this file */
};

/* Runs every write of a batch. SQLITE_OK or SQLITE_DONE, or what failed. */
int batch_write(struct writing *w, const struct batch *b);

/* Learns the numbers of outcomes of this file. SQLITE_OK, or what failed. */
int writing_learn(struct writing *w);

/* Ends the run that goes on, if any, at until_ms, and begins another at from_ms, in which every site has the state it is
 * remembered in. why: "start", or a gap's name. */
int write_run(struct writing *w, int64_t until_ms, int64_t from_ms, const char *why);

/* One sample into the table of those that came last. */
int write_sample(struct writing *w, const struct sample *s);
/* As the last of its site, for the next start and for people. */
int write_last(struct writing *w, const struct sample *s);

#define WRITE(NAME, function, worth) int write_##function(struct writing *w, const void *row);
#include "writes.def"
#undef WRITE

#define PHASE_VALUE(us) NUMBER_OR_NULL(us, UINT32_MAX)

#endif
