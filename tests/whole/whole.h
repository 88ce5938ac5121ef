#ifndef WHOLE_WHOLE_H
#define WHOLE_WHOLE_H

#include <stdbool.h>

#include "support/server.h"
#include "support/tests.h"

/* What every test of the finished program begins with: a place to live, a web server that misbehaves on request, and a name
 * server that answers for all names there are. Nothing leaves the machine. */

#define WHOLE(test) cmocka_unit_test_setup_teardown(test, whole_begin, whole_end)
int whole_begin(void **state);
int whole_end(void **state);

/* Runs the tests after a name server and a UTF-8 locale were set up; with UPTIME_TEST in the environment those alone that fit
 * its pattern. */
#define WHOLE_RUN(tests) (whole_set_up(), cmocka_run_group_tests(tests, NULL, NULL))
void whole_set_up(void);

/* The server of this test; an address of it, good until the sixteenth call after it. */
extern struct server *web;
const char *url(const char *path);

/* The text holds that piece, or does not. */
#define assert_says(text, piece) whole_says(text, piece, true, __FILE__, __LINE__)
#define assert_silent(text, piece) whole_says(text, piece, false, __FILE__, __LINE__)
void whole_says(const char *text, const char *piece, bool wanted, const char *file, int line);
/* Nothing in it can move a cursor, set a title, turn the direction of writing or break a reader of UTF-8: no control characters but
 * newlines, neither C0, DEL nor C1, no bidirectional ones, no broken UTF-8. */
#define assert_safe(text) whole_safe(text, __FILE__, __LINE__)
void whole_safe(const char *text, const char *file, int line);
/* Newlines in it. */
unsigned count_lines(const char *text);

/* Asks until ready() says so, with short pauses in between; false after SERVER_PATIENCE_S. */
bool whole_wait(bool (*ready)(void *context), void *context);
void whole_pause(void);

/* Milliseconds since some moment. */
long whole_now_ms(void);

#endif
