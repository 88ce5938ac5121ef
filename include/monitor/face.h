#ifndef MONITOR_FACE_H
#define MONITOR_FACE_H

#include "monitor/monitor.h"

/* The functions of monitor.h reach the conductor of this process, or what stands for one in another (remote/screen.h): whoever
 * draws and types need not know. A struct monitor of any kind begins with its face. */
struct monitor_ops {
    struct status_table *(*table)(struct monitor *m);
    enum err (*apply)(struct monitor *m, const struct settings *s, struct monitor_changes *changes);
    enum err (*change_engine)(struct monitor *m, const struct settings *s, const char *engine, struct errmsg *why);
    enum err (*send)(struct monitor *m, const struct command *command);
    /* See monitor/alerts.h; NULL: it can not tell. */
    size_t (*alerts)(struct monitor *m, struct alert *out, size_t most, uint64_t *revision);
    uint64_t (*alerts_revision)(struct monitor *m);
    /* See monitor_messages(); NULL: it can not tell. */
    size_t (*messages)(struct monitor *m, struct outbox_item *out, size_t most, struct outbox_counts *counts);
    void (*close)(struct monitor *m);
};

struct monitor_face {
    const struct monitor_ops *ops;
};

#endif
