/* Three clocks compared. Pure. */
#include "observed.h"

#include "base/clock.h"

#define STEP_MS 2000                     /* clocks drift, and are slewed; a step is more */
#define STOPPED_MS 15000                 /* no look for so long: the program did not run */

static int64_t distance(int64_t ms)
{
    return ms < 0 ? -ms : ms;
}

bool observed_look(struct observed *o, int64_t mono_ns, int64_t boot_ns, int64_t wall_ms, struct unobserved *out)
{
    int64_t ran_ms = (mono_ns - o->mono_ns) / NS_PER_MS, passed_ms = (boot_ns - o->boot_ns) / NS_PER_MS;
    int64_t wall_passed_ms = wall_ms - o->wall_ms, before_ms = o->wall_ms;
    bool first = !o->mono_ns;

    *o = (struct observed){ mono_ns, boot_ns, wall_ms };
    if (first)
        return false;
    *out = (struct unobserved){ .from_ms = before_ms, .until_ms = wall_ms };
    if (passed_ms - ran_ms > STEP_MS) {
        out->why = GAP_ASLEEP;
        return true;
    }
    if (ran_ms > STOPPED_MS) {
        out->why = GAP_STOPPED;
        return true;
    }
    out->from_ms = before_ms + ran_ms;
    out->why = GAP_CLOCK;
    return distance(wall_passed_ms - ran_ms) > STEP_MS;
}
