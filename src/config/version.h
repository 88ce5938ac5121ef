#ifndef CONFIG_VERSION_H
#define CONFIG_VERSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "config/settings.h"
#include "document.h"

/* One state of uptime.cfg, and everything known of it: text, spans, libconfig's settings and ours. */
struct version {
    struct strbuf text;              /* of the main file, byte order mark and all */
    struct document document;
    struct settings *settings;
};

/* Reads a text, which is taken over also on failure. ERR_INVALID with its first fault, or when libconfig and the spans
 * disagree about it. */
enum err version_new(struct version **out, const char *path, struct strbuf *text, struct errmsg *why);
/* NULL is fine. */
void version_free(struct version *v);

/* What is wrong with a text, in one line. Ends the report. */
enum err report_first(struct report *report, struct errmsg *why);

/* Both say the same but for that group of the top level. */
bool version_differs_in_group(const struct version *old, const struct version *new, const char *name);
/* Both say the same but for site number `without` of old and the nwith sites from number `with` of new; NO_SITE if that one
 * has none. */
#define NO_SITE SIZE_MAX
bool version_differs_in(const struct version *old, size_t without, const struct version *new, size_t with, size_t nwith);

#endif
