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
void published_close(struct published *p);

#endif
