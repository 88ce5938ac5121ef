#ifndef MODEL_ROW_TEXT_H
#define MODEL_ROW_TEXT_H

#include "model/snapshot.h"

/* The sentence of its last result, as `check` prints it: "200 in 84 ms", "HTTP 502 Bad Gateway". Clean. */
const char *row_message(char text[RESULT_MESSAGE_SIZE], const struct row *r);

/* True when there is a last result that is worth telling of: it was checked, and is not paused. */
bool row_is_told(const struct row *r);

#endif
