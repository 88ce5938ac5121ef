#ifndef HISTORY_H
#define HISTORY_H

#include <stddef.h>

#include "base/err.h"

/* What was typed at one kind of prompt, to be had again with Up and Down. Pure. */
#define HISTORY_MOST 50

enum history_kind { HISTORY_NONE, HISTORY_COMMAND, HISTORY_FIND, HISTORY_FILTER, HISTORY_COUNT };

struct history {
    char  *line[HISTORY_MOST];       /* oldest first, each once */
    size_t n;
    size_t at;                       /* the one in the prompt; n: none of them */
    char  *typed;                    /* what stood there before the first Up */
};

void history_release(struct history *h);
/* A prompt begins. */
void history_begin(struct history *h);
/* Something was done with that line. Memory may run out: then it is not kept. */
void history_add(struct history *h, const char *line);
/* The line before (step -1) or after the one that is in the prompt now; NULL when there is none. Borrowed. */
const char *history_step(struct history *h, int step, const char *now);

#endif
