#ifndef PUBLISHED_H
#define PUBLISHED_H

#include "config/settings.h"
#include "monitor/monitor.h"
#include "web/files.h"
#include "web/web.h"

/* What the settings want to be told to others: over HTTP (listen), in files (status_dir). Begin with { 0 }. */
struct published {
    struct web *web;
    struct web_files *files;
};

enum err published_open(struct published *p, const struct settings *s, struct monitor *m, struct errmsg *why);
/* Goes over to other settings; what they do not change goes on undisturbed. What can not be opened is told in the log, and tried
 * again at the next reload. */
void published_reload(struct published *p, const struct settings *old, const struct settings *s, struct monitor *m);
void published_close(struct published *p);

#endif
