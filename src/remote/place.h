#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

/* Where the door of a monitor is: a socket in the directory for such things, its name made of the path of its database, and a
 * link to it whose name is made of the path of its settings, so that a file with a fault in it locks nobody out. In the
 * directory of a service there is the latter alone: of its $STATE_DIRECTORY, and so of its database, nobody else knows. */

#define PLACES_MOST 8

/* Places to look, the likeliest first; how many. */
size_t places_to_look(struct sockaddr_un place[PLACES_MOST], const char *config_path, const char *database);
/* Where to open one, and where to put the link ("": nowhere); false when a path is too long for a socket. */
bool place_to_open(struct sockaddr_un *place, struct sockaddr_un *other, const char *config_path, const char *database);

/* The path of the settings without links, for two programs to compare; "" when it has none, or too long a one. */
void place_of_settings(char *text, size_t size, const char *config_path);

#endif
