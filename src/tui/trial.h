#ifndef TRIAL_H
#define TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "config/settings.h"
#include "model/state.h"

/* URLs that are to be added, each tried once by a thread of its own, under the settings' defaults. */
struct trial;

struct tried {
    bool settled;                    /* false: there is no answer yet, and nothing below means anything */
    enum state state;                /* up, degraded, down or inconclusive */
    enum degraded degraded;
    char text[256];                  /* clean: "200 in 84 ms" */
};

/* URLs are normalized, distinct and not in s. wake is called on the trial's thread after each answer. ERR_NOMEM;
 * ERR_UNAVAILABLE: nothing can be tried here. */
enum err trial_start(struct trial **out, const struct settings *s, const char *const *url, size_t n,
                     void (*wake)(void *context), void *context);
/* It waits for nothing any more. */
bool trial_is_over(struct trial *t);
/* Takes back what is under way. NULL is fine. */
void trial_stop(struct trial *t);

/* Copies what is known of each, in the order given. */
void trial_look(struct trial *t, struct tried *out, size_t n);

#endif
