#ifndef ALARMING_INSIDE_H
#define ALARMING_INSIDE_H

#include <stdio.h>

#include "alarming.h"
#include "base/mutex.h"
#include "base/text.h"
#include "model/alarm.h"

/* What an earlier run left of a site that is not in the list yet. */
struct remembered {
    char *site;
    bool taken;                      /* by the site of that name */
    struct alarm_memory memory;
};

struct alarming {
    struct alarming_host host;
    struct alarms *book;
    struct outbox *outbox;           /* NULL: nobody is told */
    struct settings *settings;       /* a reference: owners and their addresses */
    const struct site **site;        /* by number; references */
    size_t nsite;
    struct remembered *remembered;   /* by name, once all are read */
    size_t nremembered, remembered_size;
    int64_t ahead_ms;                /* the wall clock before the one that only runs on */
    bool changed;                    /* since it was published last */
    int64_t publish_ns;              /* not before */

    struct mutex lock;               /* leaf: for all below */
    struct alert *alert;
    size_t nalert;
    uint64_t revision;
};

#endif
