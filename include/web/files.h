#ifndef WEB_FILES_H
#define WEB_FILES_H

#include "base/err.h"
#include "model/status.h"

/* The same as files in a directory, for those who open no port: index.html, status.json, badge.svg, and uptimesquirrel.prom for
 * node_exporter's textfile collector. Each is replaced whole, never seen half written. */
struct web_files;

#define WEB_FILES_EVERY_MS 15000

/* Makes the directory if its parent is there, writes all files once, and from then on every WEB_FILES_EVERY_MS on a thread of its
 * own, a last time when it is closed. ERR_IO when that first time fails; later failures are told in the log, once each. */
enum err web_files_open(struct web_files **out, struct status_table *t, const char *directory, struct errmsg *why);
/* NULL is fine. */
void web_files_close(struct web_files *f);

#endif
