/* Lines typed before. Pure. */
#include "history.h"

#include <stdlib.h>
#include <string.h>

void history_release(struct history *h)
{
    while (h->n)
        free(h->line[--h->n]);
    free(h->typed);
    *h = (struct history){ 0 };
}

void history_begin(struct history *h)
{
    h->at = h->n;
    free(h->typed);
    h->typed = NULL;
}

static void take_out(struct history *h, size_t i)
{
    free(h->line[i]);
    memmove(&h->line[i], &h->line[i + 1], (--h->n - i) * sizeof(*h->line));
}

void history_add(struct history *h, const char *line)
{
    char *copy;
    size_t i;

    if (!line[strspn(line, " ")])
        return;
    copy = strdup(line);
    if (!copy)
        return;
    for (i = 0; i < h->n; i++)
        if (!strcmp(h->line[i], line)) {
            take_out(h, i);
            break;
        }
    if (h->n == HISTORY_MOST)
        take_out(h, 0);
    h->line[h->n++] = copy;
}

const char *history_step(struct history *h, int step, const char *now)
{
    if (step < 0 ? !h->at : h->at >= h->n)
        return NULL;
    if (h->at == h->n) {
        free(h->typed);
        h->typed = strdup(now);
    }
    h->at = step < 0 ? h->at - 1 : h->at + 1;
    if (h->at < h->n)
        return h->line[h->at];
    return h->typed ? h->typed : "";
}
