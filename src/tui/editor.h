#ifndef EDITOR_H
#define EDITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* The person's own editor ($VISUAL, $EDITOR, else vi), with arguments of its own if the variable has some, but no shell; `+line` as
 * vi, nano and emacs take it. The terminal is to be its own meanwhile. Waits until it ends; signals that come in that time are read
 * from the descriptor `signals` (signalfd(2)) and dropped, but for SIGTERM, which ends the editor and sets *told_to_end.
 * ERR_UNAVAILABLE when it can not be run, or ended badly. The main thread. */
enum err editor_run(const char *path, uint32_t line, int signals, bool *told_to_end, struct errmsg *why);

#endif
