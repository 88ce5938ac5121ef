#ifndef ASKING_H
#define ASKING_H

#include "check/check.h"
#include "model/site.h"

/* Asks one question both ways a check can be run, for the tests of this room. */

/* Options a test can change before it asks: short timeout, no retries matter here. */
struct options asking_options(void);

/* By a blocking runner. Takes what o holds. */
struct result ask_runner(const char *url, struct options *o, enum method method);
/* By a loop, alone in it. Takes what o holds. */
struct result ask_loop(const char *url, struct options *o, enum method method);

/* By both; asserts that they find the same, and returns the runner's. */
struct result ask(const char *url, const struct options *o, enum method method);

/* Every promise a result makes whatever it found (model/result.h). */
void assert_result_is_sane(const struct result *r);

/* For cmocka's group set-up and tear-down. */
int asking_setup(void **state);
int asking_teardown(void **state);

#endif
