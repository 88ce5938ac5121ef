#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/result.h"
#include "store/batch.h"

/* What a monitor knows, kept in SQLite: the writing side. One thread, the writer, owns the connection; whoever hands
 * something over never waits for it. Reading is store/query.h, on connections of its own.
 *
 * While the disk fails, what there is to write waits in memory, as far as there is room, and is written in its order when the disk
 * is well again. Room is kept for what matters most:
 *   - samples (one is 48 bytes): of samples_most the oldest goes, and is counted;
 *   - batches (store/batch.h): to half of batches_bytes every batch is taken; from there on those that can be said again (what is
 *     remembered of sites, owners and rules, tries of messages) are not; when all of it is full none is, until all that waits is
 *     written. Then that time is noted as not observed, and everything is said again (struct history_health).
 * So that is the bound: 3 MiB and 32 MiB. Messages to owners are sent all the same; the outbox has them in memory.
 *
 * Sites are known here by a key: given once, kept through edits and renames, never used again. Wall-clock times are
 * milliseconds since 1970. */
struct history;

struct history_options {
    const char *path;                /* of the database; its directory is made, 0700, when it is not there */
    int64_t samples_ms, hourly_ms;   /* how long samples are kept, and everything else */
    int64_t flush_ms;                /* samples are written so often; 0: 5 s. A batch is written at once */
    int64_t retry_ms;                /* the first wait after a failure, each one is twice the last, up to 8 s; 0: 0.5 s */
    size_t  samples_most;            /* that may wait in memory; 0: 65,536 */
    size_t  batches_bytes;           /* likewise; 0: 32 MiB */
    const char *vfs;                 /* of SQLite, for tests; NULL: the system's */
    bool later;                      /* a disk that can not be used (ERR_IO) is tried again, with growing waits: the history
                                      * opens all the same, and is not present until then */
    enum err (*admit)(void *context, struct errmsg *why); /* asked before every try to open: may the file be ours? NULL: yes. On
                                      * the opener's thread, then on the writer's */
    void *admit_context;
};

/* Makes the directories on the way to path that are missing, each 0700. ERR_IO, ERR_NOMEM. */
enum err history_make_directory(const char *path, struct errmsg *why);

/* Opens the database, brings its schema up to date and starts the writer, unless that is to be later. A file that is damaged is set aside under another
 * name, which is logged, and a new one begun. ERR_BUSY: another program holds it locked; ERR_INVALID: it is no database
 * of ours, or of a newer version: the file is untouched; ERR_IO. */
enum err history_open(struct history **out, const struct history_options *options, struct errmsg *why);

/* Writes what there is to write, as far as the disk lets it, ends the run and joins the writer. NULL is fine. */
void history_close(struct history *h);

/* The database's path: for query_open(). Lives as long as h. */
const char *history_path(const struct history *h);

/* One result, as it is kept. */
struct sample {
    uint32_t site;                   /* key */
    uint16_t status;                 /* HTTP; 0: none */
    uint8_t  outcome;                /* enum outcome */
    uint8_t  method;                 /* enum method */
    uint8_t  attempt;                /* 1; retries 2, 3, ... */
    bool     counts;                 /* a verdict: false for one that was inconclusive, whatever its outcome */
    int64_t  at_ms;                  /* when it began */
    uint32_t took_us;
    uint32_t phase_us[PHASE_COUNT];  /* UINT32_MAX: not reached */
};

/* Any thread; never waits. When too many wait the oldest goes, and is counted. */
void history_sample(struct history *h, const struct sample *s);

/* Hands a batch over, to be written in one transaction, after every sample and batch before it. Without room for it it is freed,
 * and its end told. Any thread; never waits. NULL is fine. */
void history_commit(struct history *h, struct batch *b);

/* The program was alive and watching at this moment: moves the end of the run of observation. The monitor calls it about
 * once a second; it is written with the next flush. Any thread. */
void history_alive(struct history *h, int64_t wall_ms);

/* Settings changed. Any thread. */
void history_keep(struct history *h, int64_t samples_ms, int64_t hourly_ms);

struct history_health {
    bool     present;                /* it has been opened: there is something to read, and a run has begun. For good */
    char     trouble[128];           /* "" when all is well: what is wrong with the database, in words */
    uint64_t lost;                   /* samples lost since the start */
    uint64_t turned_away;            /* batches likewise */
    uint64_t bytes;                  /* of the database and its log, after the last transaction */
    int64_t  write_ns;               /* how long that took */
    size_t   waiting;                /* samples and batches in memory, not written yet */
    size_t   waiting_bytes;          /* of the batches */
    uint32_t say_again;              /* one more each time that the database lacks what was said: a new, empty one was begun in
                                      * place of a damaged one, or batches were turned away. Whoever has something to say of
                                      * sites, owners, rules and messages says it again */
};
/* Any thread; never waits for the disk. */
void history_health(struct history *h, struct history_health *out);

/* Waits until everything handed over before is written; false when until_ns (monotonic) passed first. For tests and for the end
 * of a program; never called by the monitor. */
bool history_settle(struct history *h, int64_t until_ns);

/* "SQLite 3.40.1": for --version. */
const char *store_library(void);

#endif
