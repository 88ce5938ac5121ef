#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

/* Where the door of a monitor is: a name made of the path of its database, in the directory for such things. */

#define PLACES_MOST 6

/* Places to look, the likeliest first; how many. */
size_t places_to_look(struct sockaddr_un place[PLACES_MOST], const char *database);
/* Where to open one; false when its path is too long for a socket. */
bool place_to_open(struct sockaddr_un *place, const char *database);

#endif
