#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/site.h"

/* The settings a site can have, one row each: what the reader accepts, what `defaults` takes, what the form on the screen
 * edits, and what help and README say all come from this table (src/config/settings.def). */
enum setting_type {
    SETTING_TEXT, SETTING_SECRET, SETTING_FILE, SETTING_DURATION, SETTING_INTEGER, SETTING_BOOLEAN, SETTING_WORD,
    SETTING_STATUSES, SETTING_STRINGS, SETTING_PROXY
};

struct setting {
    const char *name;               /* the key in uptime.cfg */
    enum setting_type type;
    size_t  offset;                 /* of the member of struct options */
    int64_t least, most;            /* ms for durations; both included */
    const char *words;              /* SETTING_WORD: "HEAD GET", in the order of the enum's values */
    const char *help;               /* one sentence, without a full stop */
};

const struct setting *schema_site(size_t *n);
const struct setting *schema_find(const char *name);

/* The value as a person types it ("30s", "true", "eu, money"); "" when not set. Secrets come as "". */
enum err setting_format(char **out, const struct setting *row, const struct options *o);

/* Reads such text into o. ERR_INVALID says what is wrong with it and leaves o unchanged. "" clears what can be cleared.
 * base_dir is what relative paths are relative to. */
enum err setting_parse(const struct setting *row, const char *text, const char *base_dir, struct options *o,
                       struct errmsg *why);

#endif
