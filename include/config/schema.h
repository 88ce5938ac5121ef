#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/site.h"

/* The settings a site can have, one row each: what the reader accepts, what `defaults` takes, what the form on the
 * screen edits, and what help and README say all come from this table (src/config/settings.def). `name` and `url`
 * are no rows of it: they are not options. */

/* What a value is made of and where it is kept. */
enum setting_type {
    SETTING_TEXT,                   /* char *, NULL when not set */
    SETTING_TEXTS,                  /* struct strings; written as one text or a list of them */
    SETTING_STRINGS,                /* struct strings; written as a list */
    SETTING_DURATION,               /* int64_t, ms */
    SETTING_INTEGER,                /* int */
    SETTING_SIZE,                   /* int64_t, bytes */
    SETTING_BOOLEAN,                /* bool */
    SETTING_WORD,                   /* an enum, 0 for the first word */
    SETTING_STATUSES,               /* struct status_set */
    SETTING_PROXY,                  /* enum proxy_use; the URL in proxy_url */
    SETTING_FILE,                   /* char *, absolute; a file that can be read */
    SETTING_PATH,                   /* char *, absolute; need not be there */
    SETTING_PASSWORD_FILE,          /* char *[3]: the password, the file it came from, NULL */
    SETTING_PASSWORD_ENV,           /* char *[3]: the password, NULL, the variable it came from */
    SETTING_QUIET,                  /* struct quiet */
    SETTING_MOMENT,                 /* struct moment */
    SETTING_TYPES
};

struct setting {
    const char *name;               /* the key in uptime.cfg */
    enum setting_type type;
    size_t  offset;                 /* of the member of struct options */
    int64_t least, most;            /* ms for durations; both included. A duration's zero is more: see words */
    const char *words;              /* "HEAD GET": the values there are, in the enum's order; may be NULL. A duration
                                     * with "off" can be zero, which switches it off */
    const char *help;               /* one sentence, without a full stop */
    bool    required;

    /* Checks one text and gives what to keep of it, the caller's to free; NULL: any text, as it is. */
    enum err (*refine)(char **out, const char *text, struct errmsg *why);
};

const struct setting *schema_site(size_t *n);
/* All of uptime.cfg, group by group, for the manual. name "": the top level; list: there may be several of it. rows NULL: of
 * free names. */
struct schema_group {
    const char *name;
    bool list;
    const struct setting *rows;
    size_t n;
    const char *help;               /* one sentence, without a full stop */
};
/* The group number i; n 0 and name NULL behind the last. */
struct schema_group schema_group(size_t i);

/* NULL for no such setting. */
const struct setting *schema_find(const char *name);

/* The value as a person types it ("30s", "true", "eu, money"; an item with a comma stands in quotes); "" when not set.
 * *out is the caller's. A secret in a header or a URL is shown as ***. */
enum err setting_format(char **out, const struct setting *row, const struct options *o);

/* Reads such text into o. ERR_INVALID says what is wrong with it and leaves o unchanged. "" clears what can be cleared.
 * A *** is refused: it stands for a secret that was not shown. base_dir is what relative paths are relative to. */
enum err setting_parse(const struct setting *row, const char *text, const char *base_dir, struct options *o,
                       struct errmsg *why);

#endif
