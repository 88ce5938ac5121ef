#ifndef WAITING_H
#define WAITING_H

#include "base/mutex.h"
#include "writing.h"

/* What waits to be written, in the order it came: samples in a ring, of which the oldest goes when it is full, and batches, which
 * are turned away when they have too much memory (store/history.h). Producers put in at one end on any thread; the writer looks at the other end, and takes out only what
 * it has written. */
struct turned_away {
    uint64_t n;                      /* batches, ever */
    bool some;                       /* of late: something is to be said again */
    bool once;                       /* of late, what can not be: none goes in until waiting_resume() */
    int64_t since_ms;                /* once: the first of them, wall clock */
};

struct waiting {
    struct mutex lock;               /* leaf: no I/O, wait or allocation under it */
    struct cond changed;
    struct sample *ring;             /* under lock */
    size_t most;
    uint64_t head, tail;             /* under lock; samples ever put in; ever written or lost */
    uint64_t lost;                   /* under lock */
    struct batch *first, *last;      /* under lock */
    size_t nbatch, bytes;            /* under lock */
    size_t large;                    /* under lock; of these bytes: of one batch that is more than half of bytes_most */
    size_t bytes_most;
    uint64_t batches;                /* under lock; ever put in */
    struct turned_away away;         /* under lock */
    bool closing;                    /* under lock */
    bool urged;                      /* under lock; somebody waits for all to be written */
};

/* A look at the end: samples copied, batches borrowed. */
struct portion {
    uint64_t start;
    size_t n;
    struct sample *sample;           /* room for PORTION_MOST */
    struct batch *first;             /* NULL: none */
    size_t nbatch;
};
#define PORTION_MOST 4096

enum err waiting_init(struct waiting *w, size_t most, size_t bytes_most);
void waiting_release(struct waiting *w);
void waiting_sample(struct waiting *w, const struct sample *s);
/* False when there was no room for it, or is none until all is out: it is the caller's still. What waits has bytes_most, and
 * one large batch beside. */
bool waiting_batch(struct waiting *w, struct batch *b, int64_t wall_ms);
/* All is out: what is known to have been turned away is forgotten, and there is room again, unless there came more meanwhile. b,
 * which may be NULL, goes in. */
void waiting_resume(struct waiting *w, const struct turned_away *known, struct batch *b);
struct turned_away waiting_turned_away(struct waiting *w);

/* Waits until there is a batch, many samples, or until_ns has passed. False: closing. */
bool waiting_wait(struct waiting *w, int64_t until_ns);
/* Waits until until_ns, whatever comes. False: closing. */
bool waiting_pause(struct waiting *w, int64_t until_ns);
void waiting_close(struct waiting *w);

/* Sees what comes next: samples, and the batches that belong before, among or right behind them. */
void waiting_look(struct waiting *w, struct portion *p);
/* It was written: takes it out, and frees the batches. */
void waiting_done(struct waiting *w, struct portion *p);
/* It could not be written: tells those who wait for its batches. */
void waiting_failed(const struct portion *p);
bool waiting_is_empty(struct waiting *w);
bool waiting_is_closing(struct waiting *w);

/* Waits until all that is in now is out; false when until_ns passed first. */
bool waiting_drained(struct waiting *w, int64_t until_ns);
struct history_health;
/* Fills in what is lost and what waits. */
void waiting_count(struct waiting *w, struct history_health *out);

#endif
