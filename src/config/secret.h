#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

#include <stdbool.h>

#include "base/err.h"

/* Passwords come from outside uptime.cfg. No message holds any of one. */

/* The first line of a file, without its end. *password is the caller's. */
enum err secret_from_file(char **password, const char *path, struct errmsg *why);
/* What an environment variable holds. */
enum err secret_from_variable(char **password, const char *name, struct errmsg *why);

/* Where a file named in the settings is: in $CREDENTIALS_DIRECTORY (systemd.exec(5)) if there is one of that name,
 * else seen from base_dir. NULL when memory ran out. */
char *secret_path(const char *base_dir, const char *path);

/* The value of a header whose name says that it is a secret (Authorization, Cookie, X-Api-Key); NULL for others. */
const char *secret_in_header(const char *header);
/* True when that secret is the *** it is shown as. */
bool secret_header_is_masked(const char *header);

#endif
