#ifndef REMOTE_SERVER_H
#define REMOTE_SERVER_H

#include "base/err.h"
#include "config/settings.h"
#include "monitor/monitor.h"

/* The door of a monitor to screens and commands of other processes: a Unix socket of mode 0600, for processes of the same user
 * (and root's) alone. A thread of its own answers what it is asked, so that nobody who asks, or stops reading, ever
 * makes the monitor wait. */
struct remote_server;

/* Opens the door for the monitor of these settings, which has the lock of their database: in $RUNTIME_DIRECTORY, else $XDG_RUNTIME_DIR, else beside the
 * database. reload is called by the server's thread when somebody asks for the file to be read again; it must not wait. ERR_IO
 * says why there is no door. m, reload and context must live longer. */
enum err remote_server_open(struct remote_server **out, struct monitor *m, const struct settings *settings,
                            void (*reload)(void *context), void *context, struct errmsg *why);
/* NULL is fine. */
void remote_server_close(struct remote_server *s);

#endif
