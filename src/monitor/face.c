/* Which monitor a call is for. Any thread. */
#include "monitor/face.h"

#include <stddef.h>

static const struct monitor_ops *ops_of(const struct monitor *m)
{
    return ((const struct monitor_face *)(const void *)m)->ops;
}

struct status_table *monitor_table(struct monitor *m)
{
    return ops_of(m)->table(m);
}

enum err monitor_apply(struct monitor *m, const struct settings *s, struct monitor_changes *changes)
{
    return ops_of(m)->apply(m, s, changes);
}

enum err monitor_change_engine(struct monitor *m, const struct settings *s, const char *engine, struct errmsg *why)
{
    return ops_of(m)->change_engine(m, s, engine, why);
}

enum err monitor_send(struct monitor *m, const struct command *command)
{
    return ops_of(m)->send(m, command);
}

size_t monitor_alerts(struct monitor *m, struct alert *out, size_t most, uint64_t *revision)
{
    *revision = 0;
    return ops_of(m)->alerts ? ops_of(m)->alerts(m, out, most, revision) : 0;
}

uint64_t monitor_alerts_revision(struct monitor *m)
{
    return ops_of(m)->alerts_revision ? ops_of(m)->alerts_revision(m) : 0;
}

size_t monitor_messages(struct monitor *m, struct outbox_item *out, size_t most, struct outbox_counts *counts)
{
    *counts = (struct outbox_counts){ .saved = true };
    return ops_of(m)->messages ? ops_of(m)->messages(m, out, most, counts) : 0;
}

void monitor_close(struct monitor *m)
{
    if (m)
        ops_of(m)->close(m);
}
