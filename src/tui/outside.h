#ifndef OUTSIDE_H
#define OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app.h"
#include "config/settings.h"
#include "monitor/monitor.h"

/* What the controller asks for, done: the settings file edited, read again and applied, the monitor told. */

#define OUTSIDE_UNDO 8               /* edits that can be taken back, at most */

struct outside {
    struct monitor *monitor;         /* borrowed */
    struct settings **settings;      /* the caller's; replaced at each reading */
    struct edit_done {
        char  *label;                /* "delete shop" */
        char  *text;                 /* of the file before it */
        size_t length;
    } done[OUTSIDE_UNDO];            /* oldest first */
    size_t ndone;
    char  *now;                      /* what the file holds after the last of them */
    size_t now_length;
    uint64_t tried;                  /* what the files were when they were last found wrong */
    char   trouble[96];              /* what is wrong with the file: "uptime.cfg: 3 faults"; "" nothing */
    bool   applied;                  /* set at each reading that was applied; the caller's to set back */
};

extern const struct app_ops outside_ops; /* self is a struct outside */

void outside_init(struct outside *o, struct monitor *m, struct settings **settings);
void outside_release(struct outside *o);

/* Reads the file again if somebody changed it. True when there is something to say: *err tells of what kind. A file
 * that is wrong is told once, not at each look. */
bool outside_look(struct outside *o, enum err *err, struct errmsg *said);

#endif
