#ifndef ACT_H
#define ACT_H

#include "app.h"

/* What the keys do, one function for each row of keys.def. argument is what stood behind the word after ':', NULL
 * when it was a key, "" when there was nothing. */
#define KEY(id, function, ...) void action_##function(struct app *a, const char *argument);
#include "keys.def"
#undef KEY

/* A key while a list is looked over. */
void act_on_adding(struct app *a, uint32_t stroke);

/* A key while the setup page is open. */
void act_on_setup(struct app *a, uint32_t stroke);

/* A key while the form is open. */
void act_on_form(struct app *a, uint32_t stroke);

/* Tells how an operation of the outside went; true when it did. */
bool act_tell(struct app *a, enum err err, const struct errmsg *said);

/* The question is whether to leave: the Ctrl-C that asked it answers it, too. */
bool act_asks_to_leave(const struct app *a);

/* Calls that of the action. */
void act(struct app *a, enum action action, const char *argument);

#endif
