#ifndef CONFIG_CIVIL_H
#define CONFIG_CIVIL_H

#include "base/strbuf.h"
#include "config/settings.h"

/* Times as people write them, of a place. The zone must be one this machine knows (tzdata), if it knows any. */

/* "22:00-07:00 Europe/Paris" */
enum err quiet_parse(struct quiet *q, const char *text, struct errmsg *why);
void quiet_format(const struct quiet *q, struct strbuf *out);

/* "2026-12-01 02:00 Europe/Paris" */
enum err moment_parse(struct moment *m, const char *text, struct errmsg *why);
void moment_format(const struct moment *m, struct strbuf *out);

#endif
