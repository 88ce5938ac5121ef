#ifndef TUI_SINCE_H
#define TUI_SINCE_H

struct app;

/* What happened since a person looked last: takes what was read, and the first time, when it is worth it and no key was pressed yet,
 * shows it in the grid's place; what is not is one line. Before anything is drawn. */
void since_take(struct app *a);

#endif
