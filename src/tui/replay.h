#ifndef REPLAY_H
#define REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerts.h"
#include "base/err.h"
#include "keys.h"
#include "model/snapshot.h"
#include "replay_read.h"

/* Replay: the whole screen as it was at a moment of the past. The moment is read elsewhere (replay_read.h) and becomes a snapshot
 * in place of the live one, under the same site ids: whatever draws a snapshot draws the past. Sites that have left the list
 * since have ids of their own, those that came later are not shown. Pure; one thread. */
struct app;

struct replay {
    bool     on;                     /* a moment of the past is shown, or on its way */
    bool     shown;                  /* the app's snapshot is the one below */
    bool     waiting;                /* the moment wanted last has not come yet */
    uint64_t number;                 /* of that want */
    int64_t  at_ms;                  /* the moment that is shown */
    int64_t  base_ms, ahead_ms;      /* what is wanted: from there, so many turns, and then so far */
    int      steps;
    struct replay_picture *picture;
    struct snapshot snapshot;
    struct alert_list alerts;
    uint32_t *id;                    /* of each site of the picture */
    bool     *known;                 /* by id: its figures came */
    uint32_t *asked;                 /* ids on the screen whose figures were asked for last */
    size_t   nasked, asked_size;
    bool     asked_all;
};

/* What the banner above the grid says. */
struct replay_banner {
    bool    on, waiting;
    int64_t at_ms, now_ms;           /* the moment, and the present */
    bool    unobserved;
    int64_t unseen_from_ms, unseen_until_ms;
};
struct replay_banner replay_banner_of(const struct app *a);
#define REPLAY_TEXT_SIZE 192
const char *replay_banner_text(char text[REPLAY_TEXT_SIZE], const struct replay_banner *b, int width);

/* To that moment; or from where one is by turns, each to where a site that the filter shows changed or REPLAY_STEP_MS at most,
 * and then so far. Never waits. */
void replay_go(struct app *a, int64_t at_ms);
void replay_step(struct app *a, int turns, int64_t ahead_ms);
/* Back to now. */
void replay_leave(struct app *a);

/* Takes over what was read since; before anything is drawn. */
void replay_take(struct app *a);
/* Asks for the figures of the rows on the screen, which is settled. */
void replay_ask(struct app *a);

/* It would change something: the past stays as it is. */
bool replay_stops(enum action action);
/* True, and said, when it is so and the past is shown. */
bool replay_refuses(struct app *a, enum action action);

void replay_release(struct replay *r);

/* "03:12" "03:12:30" "2h" "yesterday 14:00" "2026-11-20 14:00": a moment before now_ms, of the screen's time zone. */
enum err replay_parse(const char *text, int64_t now_ms, int64_t *at_ms, struct errmsg *why);

/* A snapshot of the picture. id[i] becomes the row of its site i. ERR_NOMEM. */
enum err replay_build(struct snapshot *out, uint32_t *id, const struct replay_picture *p, const struct snapshot *live);
/* Puts what is known of one site into its row; true when its place in the counts is another one. */
bool replay_fill(struct snapshot *s, uint32_t id, const struct replay_figures *f);

#endif
