#ifndef CONFIG_URL_H
#define CONFIG_URL_H

#include "config/settings.h"

/* As url_normalize(), for other schemes: "smtp smtps", lower case, the first one is suggested where none is written. */
enum err url_normalize_for(char **out, const char *text, const char *schemes, struct errmsg *why);

/* As url_normalize(), for web pages alone. */
enum err url_normalize_web(char **out, const char *text, struct errmsg *why);
/* As url_normalize(), for what uptime.cfg itself says: it may name a program to run, too. */
enum err url_normalize_own(char **out, const char *text, struct errmsg *why);

/* True when the password of a URL is the *** it is shown as. */
bool url_is_masked(const char *url);

#endif
