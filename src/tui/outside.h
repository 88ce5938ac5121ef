#ifndef OUTSIDE_H
#define OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app.h"
#include "chains.h"
#include "config/settings.h"
#include "monitor/monitor.h"

/* What the controller asks for, done: the settings file edited, read again and applied, the monitor told. */

#define OUTSIDE_TRIALS 4
#define OUTSIDE_UNDO 8               /* edits that can be taken back, at most */

struct outside {
    struct monitor *monitor;         /* borrowed */
    struct settings **settings;      /* the caller's; replaced at each reading */
    struct edit_done {
        char  *label;                /* "delete shop" */
        char  *site;                 /* what it was about, as it was named before; NULL: no one site */
        char  *text;                 /* of the file before it */
        size_t length;
    } done[OUTSIDE_UNDO];            /* oldest first */
    size_t ndone;
    char  *now;                      /* what the file holds after the last of them */
    size_t now_length;
    uint64_t tried;                  /* what the files were when they were last found wrong */
    char   trouble[96];              /* what is wrong with the file: "uptime.cfg: 3 faults"; "" nothing */
    void  (*wake)(void *context);    /* to be called on other threads */
    void   *wake_context;
    struct trial *trial[OUTSIDE_TRIALS]; /* lists being tried; the first is the one that is looked over */
    struct lookback_reader *reader;  /* NULL: there is no history */
    struct lookback lookback;        /* what was read last */
    char    wanted[LOOKBACK_NAME_SIZE]; /* and asked for last */
    int64_t wanted_window_ms, wanted_until_ms, wanted_ns;
    int64_t since_ms, since_again_ns; /* of the last look; when it is read once more. 0: not */
    struct evidence evidence;
    int64_t evidence_of, evidence_wanted; /* incidents; 0: none */
    struct chains *chains;           /* NULL: nobody has looked at a certificate yet */
    struct chain chain;              /* what was seen last */
    char  *chain_url;                /* the site that is looked at, since when, and when it was asked for */
    int64_t chain_ns, chain_asked_ns;
    bool   readonly;                 /* nothing is to be changed */
    bool   applied;                  /* set at each reading that was applied; the caller's to set back */
};

extern const struct app_ops outside_ops; /* self is a struct outside */

void outside_init(struct outside *o, struct monitor *m, struct settings **settings);
void outside_release(struct outside *o);

/* wake is called on another thread when there is something new to draw: of the history, which is read from now on, or of a
 * list that is tried. Without a database the screen goes on, and tells of no past. */
void outside_open(struct outside *o, void (*wake)(void *context), void *context);

/* Somebody looked at this moment: for the next visit. Not when nothing is to be changed. */
void outside_seen(struct outside *o, int64_t at_ms);

/* Reads the file again if somebody changed it. True when there is something to say: *err tells of what kind. A file
 * that is wrong is told once, not at each look. */
bool outside_look(struct outside *o, enum err *err, struct errmsg *said);

#endif
