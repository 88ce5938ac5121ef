#ifndef WHOLE_GOLDEN_H
#define WHOLE_GOLDEN_H

#include "terminal.h"

/* Waits until the screen, masked (mask.h), is that of tests/whole/golden/NAME.txt; what never is fails the test, with both.
 * With UPTIME_GOLDEN=write in the environment, waits until the screen stands still and writes it there. */
void golden_wait(struct terminal *t, const char *name);

/* Compares with tests/whole/golden/FILE, or writes it, likewise. */
void golden_text(const char *file, const char *text);

#endif
