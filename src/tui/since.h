#ifndef TUI_SINCE_H
#define TUI_SINCE_H

#include <stdbool.h>
#include <stdint.h>

struct app;

/* What happened since a person looked last: takes what was read, and the first time, when it is worth it and no key was pressed yet,
 * shows it in the grid's place; what is not is one line. Before anything is drawn. */
void since_take(struct app *a);

/* Somebody is here again who was last at from_ms: by a key, or, with `looks` alone, by coming to this terminal. What happened since is
 * read and told as at the opening. */
void since_come_back(struct app *a, int64_t from_ms, bool looks);

#endif
