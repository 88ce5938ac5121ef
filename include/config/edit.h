#ifndef CONFIG_EDIT_H
#define CONFIG_EDIT_H

#include <stddef.h>

#include "base/err.h"
#include "config/settings.h"

/* Edits of uptime.cfg that splice its text: every other byte stays, comments, order and white space and all. An edit
 * that can not be followed is refused, never guessed; one that would not read back as exactly what was wanted is
 * dropped. The main thread only. */
struct edit;

/* Reads the file and finds the spans of its settings. ERR_INVALID when libconfig or the spans disagree about it. */
enum err edit_open(struct edit **out, const char *path, struct errmsg *why);
void edit_free(struct edit *e);

/* Each changes the text in memory alone. Values are as setting_parse() reads them; name and url count as settings. */
struct edit_value {
    const char *key;
    const char *text;               /* NULL: take the setting out */
};

/* Appends a site. A URL alone is written as a plain string, with other values as a group. */
enum err edit_add(struct edit *e, const char *url, const struct edit_value *value, size_t nvalue, struct errmsg *why);
/* Changes settings of the site of that name; a plain string becomes a group where it must. */
enum err edit_set(struct edit *e, const char *name, const struct edit_value *value, size_t nvalue, struct errmsg *why);
enum err edit_remove(struct edit *e, const char *name, struct errmsg *why);

/* The text as it would be written, and as it was read: borrowed, until the next call. */
const char *edit_text(const struct edit *e, size_t *length);
const char *edit_original(const struct edit *e, size_t *length);

/* A line for each line that differs, "-old" and "+new", for people; *out is the caller's. Secrets are masked. */
enum err edit_diff(const struct edit *e, char **out);

/* Writes: temporary file beside it, mode and owner kept, fsync, rename, fsync of the directory. ERR_CHANGED when the
 * file on disk is no longer what was read; ERR_INVALID when the new text does not read back as wanted; nothing is
 * written then. */
enum err edit_save(struct edit *e, struct errmsg *why);

/* Undo: puts `text` back in place of a file that still holds exactly `expected`; else ERR_CHANGED. */
enum err edit_restore(const char *path, const char *text, size_t length, const char *expected, size_t expected_length,
                      struct errmsg *why);

#endif
