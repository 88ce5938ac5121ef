#ifndef METHOD_H
#define METHOD_H

#include <stdbool.h>
#include <stdint.h>

#include "model/result.h"

/* HEAD or GET, learned from what came of it: after a HEAD that timed out or was cut the next attempt uses GET, and where GET
 * succeeded when HEAD failed it is remembered for a week. Pure. */
struct method_memory {
    int64_t get_until_ns;   /* monotonic; 0: nothing learned */
    bool    try_get;        /* the last HEAD got no answer: ask with GET next */
};

enum method method_choose(const struct method_memory *m, const struct options *o, int64_t now_ns);
void method_note(struct method_memory *m, const struct options *o, const struct result *r, int64_t now_ns);

#endif
