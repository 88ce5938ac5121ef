#ifndef WORDS_JSON_H
#define WORDS_JSON_H

#include "model/notice.h"
#include "notify/letter.h"

/* What webhooks and commands are sent, from a letter whose id and title are there. The caller's to free(); NULL when memory
 * ran out. */
char *words_json(const struct letter *l, const struct bundle *b);

#endif
