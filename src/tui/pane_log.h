#ifndef PANE_LOG_H
#define PANE_LOG_H

#include <stdbool.h>

struct app;

/* A line in the Log pane that is about no site: what was said at the bottom of the screen, and would be gone. */
void log_say(struct app *a, bool fault, const char *text);

#endif
