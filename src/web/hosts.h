#ifndef HOSTS_H
#define HOSTS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "model/site.h"

/* Whether a request that names this host (its Host header; NULL: it names none, as no browser does) is meant for us. A page from
 * anywhere can have a browser ask an address of ours under a name of its own (DNS rebinding), and read the answer; a name we
 * know can not be turned like that. Any port will do. loopback: that is where we listen. Pure. */
bool host_is_ours(const char *host, bool loopback, const struct strings *names);

/* Of this machine, and reached from it alone. */
bool address_is_loopback(const struct sockaddr *a);

#endif
