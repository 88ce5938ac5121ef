#ifndef LOOKBACK_H
#define LOOKBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/evidence.h"
#include "model/outcome.h"
#include "model/uptime.h"
#include "store/query.h"

/* What the history knows of one site, read for the detail pane by a thread of its own, which alone owns its connection: a key is
 * never slower for it. */
#define LOOKBACK_NAME_SIZE 160
#define LOOKBACK_DAYS 90
#define LOOKBACK_SLOTS 240
#define LOOKBACK_OUTAGES 8

struct since;                        /* since_read.h */
struct replay_want;                  /* replay_read.h */
struct replay_picture;
struct replay_asks;
struct replay_chunk;

enum day { DAY_UNSEEN, DAY_GOOD, DAY_BAD };

/* One reading: a plain value. */
struct lookback {
    char    name[LOOKBACK_NAME_SIZE]; /* the site; "": nothing was read yet */
    int64_t window_ms;               /* of the chart */
    int64_t read_ms;                 /* wall clock: the end of every window */
    int64_t until_ms;                /* which was wanted; 0: the present */
    bool    known;                   /* the history knows that site */
    uint8_t day[LOOKBACK_DAYS];      /* enum day, the last one is today's 24 hours */
    uint8_t outages_of_day[LOOKBACK_DAYS]; /* that went on in it; at most 255 */
    struct outages outages;          /* of all these days, and how they were spent: for MTTR and MTBF */
    struct uptime  spent;
    struct {
        int64_t id, began_ms, ended_ms; /* ended 0: it goes on */
        enum outcome outcome;
        int     status;
        bool    has_evidence;
    } outage[LOOKBACK_OUTAGES];      /* latest first */
    int     noutage;
    uint32_t slot[LOOKBACK_SLOTS];   /* of the window, as chart.h has it: the slowest, or CHART_FAILED */
    uint32_t checks;                 /* in the window */
};

/* Reads it all, up to now_ms. ERR_OK with known false when there is nothing of that site. */
enum err lookback_read(struct lookback *out, struct query *q, const char *name, int64_t window_ms, int64_t now_ms,
                       struct errmsg *why);

/* What changed its state before, for the Log pane: the latest of them, oldest first. */
#define LOOKBACK_EVENTS 400
struct past_event {
    int64_t at_ms;
    uint32_t site;                   /* key of the history */
    int     state;                   /* enum state */
    char    name[48];
    char    text[120];               /* of a site that went down, its incident's; else "" */
};
struct past_log {
    struct past_event event[LOOKBACK_EVENTS];
    size_t n;
};
enum err lookback_read_log(struct past_log *out, struct query *q, int64_t before_ms, struct errmsg *why);

/* --- the thread --------------------------------------------------------------------------------------------------- */

struct lookback_reader;

/* path: of the database, which need not be there yet. wake is called on the reader's thread when something was read. */
enum err lookback_start(struct lookback_reader **out, const char *path, void (*wake)(void *context), void *context);
/* Waits for what it is reading. NULL is fine. */
void lookback_stop(struct lookback_reader *r);

/* Wants that site, over that window up to that moment, 0: now; what was wanted before and not begun is dropped. Never waits; NULL is
 * fine. */
void lookback_want(struct lookback_reader *r, const char *name, int64_t window_ms, int64_t until_ms);
/* Wants what an incident's failing check met. */
void lookback_want_evidence(struct lookback_reader *r, int64_t incident);
/* Wants what happened before that moment. */
void lookback_want_log(struct lookback_reader *r, int64_t before_ms);
/* The caller's to free(); NULL: it was not read, or given already. */
struct past_log *lookback_take_log(struct lookback_reader *r);
/* What was read last, if anything was since the last call. */
bool lookback_take(struct lookback_reader *r, struct lookback *out);
bool lookback_take_evidence(struct lookback_reader *r, struct evidence *out);

/* Wants what has happened since then; the caller's to free, NULL: it was not read, or given already. */
void lookback_want_since(struct lookback_reader *r, int64_t from_ms);
struct since *lookback_take_since(struct lookback_reader *r);

/* Wants a moment of the past, or figures of some sites then, in place of those wanted before, which are given up even when they are
 * being read; takes what it is given. Figures come in pieces, and before them the picture they are for. */
void lookback_want_replay(struct lookback_reader *r, struct replay_want *want);
void lookback_want_figures(struct lookback_reader *r, struct replay_asks *asks);
/* The caller's to free; NULL: nothing came. Of figures all pieces, the first one first. */
struct replay_picture *lookback_take_replay(struct lookback_reader *r);
struct replay_chunk *lookback_take_figures(struct lookback_reader *r);

#endif
