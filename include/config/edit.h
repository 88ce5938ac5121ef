#ifndef CONFIG_EDIT_H
#define CONFIG_EDIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"

/* Edits of uptime.cfg that splice its text: every other byte stays, comments and order and white space and all. An edit
 * that can not be followed is refused, never guessed; one that would not read back as exactly what was wanted, and
 * nothing else changed, is dropped. What stands in a file that uptime.cfg includes is not edited from here. The main
 * thread only. */
struct edit;

/* Reads the file and finds the spans of its settings. ERR_IO when it can not be read; ERR_INVALID with the first of its
 * faults, or when libconfig and the spans disagree about it. */
enum err edit_open(struct edit **out, const char *path, struct errmsg *why);
/* NULL is fine. */
void edit_free(struct edit *e);

/* A setting of a site and its value as setting_parse() reads it; name and url count as settings. */
struct edit_value {
    const char *key;
    const char *text;               /* NULL: take the setting out, so that the default holds */
};

/* Each changes the text in memory alone: all that was asked for or, with ERR_INVALID and the reason, nothing.
 * ERR_NOTFOUND when there is no site of that name. */

/* Appends a site. A URL alone is written as a plain string, with other values as a group. */
enum err edit_add(struct edit *e, const char *url, const struct edit_value *value, size_t nvalue, struct errmsg *why);
/* Many at once, as one after the other, but the text is read once; name is not for more than one. */
enum err edit_add_all(struct edit *e, const char *const *url, size_t nurl, const struct edit_value *value, size_t nvalue,
                      struct errmsg *why);
/* Changes settings of the site of that name; a plain string becomes a group where it must. */
enum err edit_set(struct edit *e, const char *name, const struct edit_value *value, size_t nvalue, struct errmsg *why);
enum err edit_remove(struct edit *e, const char *name, struct errmsg *why);

/* Where the site of that name begins, in uptime.cfg or what that includes: *path is the caller's, absolute; *line from 1. */
enum err edit_place(const struct edit *e, const char *name, char **path, uint32_t *line, struct errmsg *why);

/* Changes settings of the group `screen` (src/config/groups.c), which is made where there is none. */
enum err edit_screen(struct edit *e, const struct edit_value *value, size_t nvalue, struct errmsg *why);

/* The text as it would be written, and as it was read or written last: borrowed, until the next call. */
const char *edit_text(const struct edit *e, size_t *length);
const char *edit_original(const struct edit *e, size_t *length);

/* A line for each line that differs, "-old" and "+new", for people; *out is the caller's. Secrets are masked. */
enum err edit_diff(const struct edit *e, char **out);

/* Writes: temporary file beside it, mode and owner kept, fsync, rename, fsync of the directory; what was there is
 * kept as uptime.cfg~. A link stays and its target is written. ERR_CHANGED when the file on disk is no longer what
 * was read; ERR_BUSY when somebody else holds the lock on its directory for a second; ERR_IO. Nothing is written
 * then, and it may be tried again. After success edits go on from what was written. */
enum err edit_save(struct edit *e, struct errmsg *why);

/* Undo: puts `text` back in place of a file that still holds exactly `expected`; else ERR_CHANGED. As edit_save(). */
enum err edit_restore(const char *path, const char *text, size_t length, const char *expected, size_t expected_length,
                      struct errmsg *why);

#endif
