#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* The database among other files, by its path. */

/* Makes an empty file, mode 0600, when there is none; one that is there, and what lies beside it, is taken from other people's
 * eyes. ERR_IO: it can not be made, or is no plain file. */
enum err files_prepare(const char *path, struct errmsg *why);

/* Gives the file and its companions another name, one that nobody has, and logs it. what: one word for why. */
enum err files_set_aside(const char *path, const char *what, struct errmsg *why);

/* The file and its log together; 0: there is none. */
uint64_t files_bytes(const char *path);

/* It begins as a database does, or with a page that was never written: not with what somebody else put there. */
bool files_began_as_database(const char *path);

#endif
