/* Judging the monitor itself. Pure. */
#include "model/status.h"

#include "base/clock.h"

#define LAG_BAD NS_PER_S

bool health_is_well(const struct health *h)
{
    return !h->trouble[0] && h->lag_p99_ns < LAG_BAD;
}
