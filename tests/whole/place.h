#ifndef WHOLE_PLACE_H
#define WHOLE_PLACE_H

#include <stdbool.h>

/* Where the programs of one test live: a private directory that is their HOME, their working directory and all of XDG_* at
 * once, with an environment made from nothing, so that no test depends on whose machine it runs on, nor leaves anything
 * there. What goes wrong in here ends the program: no test can go on without it. */

void place_open(void);
/* What serves a place without living there, as terminals do, bears this name with place_directory() for its value: it is
 * ended with the rest when the test was killed. */
#define PLACE_SERVED "UPTIME_TEST_SERVED"
/* Ends what still lives here and removes all. Fails the test when a sanitizer had something to report. */
void place_close(void);

/* The path of the directory; of a file here, which is good until the eighth call after it. */
const char *place_directory(void);
const char *place_path(const char *name);
/* Writes a file; returns its path. */
const char *place_write(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What is in it, for the caller to free(); NULL: there is none. */
char *place_read(const char *name);
bool place_has(const char *name);

/* The environment of those who live here: "NAME=value" strings up to NULL, to be freed by place_free_environment(). Each
 * change is "NAME=value", or "NAME" alone to take it away; the list ends with NULL, and NULL is none. */
char **place_environment(const char *const *changes);
void place_free_environment(char **environment);

/* How many processes live here. */
unsigned place_population(void);
/* Waits until nobody lives here; false when that takes longer than anybody's patience. */
bool place_wait_empty(void);

#endif
