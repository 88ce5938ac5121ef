#ifndef COMPARISON_H
#define COMPARISON_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/engine.h"
#include "one_pass.h"

/* The passes of all engines, and what is told of them: figures side by side, bars to scale, whether they found the same, and
 * whether results came in the same order each time. */
struct comparison {
    const struct engine_ops *const *engine;
    const struct site *const *site;
    size_t nsite;
    bool json, ascii;
    size_t nengine;
    int rounds;
    struct run_figures *figures;     /* private; one for each engine */
};

enum err comparison_open(struct comparison *c, size_t nengine, int rounds);
void comparison_close(struct comparison *c);
/* Takes what p holds. */
void comparison_take(struct comparison *c, size_t engine, struct one_pass *p);
/* True when this engine can not run here: its other rounds need not be tried. */
bool comparison_gave_up(const struct comparison *c, size_t engine);
/* Prints; false when engines did not find the same. */
bool comparison_print(const struct comparison *c);

#endif
