#ifndef CONFIG_URL_H
#define CONFIG_URL_H

#include "config/settings.h"

/* As url_normalize(), for other schemes: "smtp smtps", lower case, the first one is suggested where none is written. */
enum err url_normalize_for(char **out, const char *text, const char *schemes, struct errmsg *why);

/* True when the password of a URL is the *** it is shown as. */
bool url_is_masked(const char *url);

#endif
