#ifndef TESTS_NOTIFY_PARTS_H
#define TESTS_NOTIFY_PARTS_H

#include <stdbool.h>

#include "config/settings.h"
#include "notify/notifier.h"

/* What the tests of this room share: real servers (parts.py), a private directory, settings and letters. What can not be had
 * ends the program. */

/* cmocka's setup and teardown of a group: a directory of its own, and a secret in $NOTIFY_SECRET. */
int parts_begin(void **state);
int parts_end(void **state);
#define PARTS_SECRET "sEcrEt-4711"

/* A path in the directory; good until the eighth call after it. */
const char *parts_path(const char *name);
/* The text of a file, for the caller to free(); NULL: there is none. */
char *parts_read(const char *path);
/* Waits until there is a file whose path fits the pattern of glob(3); its text, for the caller to free(). */
char *parts_wait(const char *pattern);

/* Starts one of parts.py; what it told in its one line: a port, or a path. */
struct part;
struct part *part_start(const char *const *words);
#define part(...) part_start((const char *const[]){ __VA_ARGS__, NULL })
const char *part_told(const struct part *p);
void part_end(struct part *p);

/* Settings that must be good: @A@ and @B@ in the text stand for these. */
struct settings *parts_settings(const char *text, const char *a, const char *b);

/* A letter with something in every form. Borrowed. */
const struct letter *parts_letter(void);
/* One that would like to be more than text: lines, markup, mentions, quotes, options. */
const struct letter *parts_hostile(void);

/* Sends it to the first owner's first address, with a minute of time. */
struct delivery parts_send(const char *channel, const struct settings *s, const struct letter *l);

#endif
