#ifndef CONFIG_WANTED_H
#define CONFIG_WANTED_H

#include <stdbool.h>

#include "config/edit.h"
#include "config/schema.h"

/* What a site shall be after an edit: worked out from the site as it was and the values given, and not from any
 * text, so that the text can be judged by it. */
struct wanted {
    const struct settings *settings;
    const char *base_dir;
    struct options options;
    char *name, *url;                /* name NULL: any will do */
};

/* Begins with a site; with NULL, with a new one under the defaults. Release it either way. */
enum err wanted_begin(struct wanted *w, const struct settings *settings, const struct site *site, const char *base_dir,
                      struct errmsg *why);
void wanted_any_name(struct wanted *w);
/* is_written: the site has the setting in the file, and not by default. ERR_INVALID says what is wrong with the
 * value. */
enum err wanted_set(struct wanted *w, const struct edit_value *v, bool is_written, struct errmsg *why);
bool wanted_is(const struct wanted *w, const struct site *site);
void wanted_release(struct wanted *w);

/* The row of a key, `name` and `url` included; NULL for no such setting. */
const struct setting *wanted_row(const char *key);

#endif
