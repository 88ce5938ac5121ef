/* The multi handles of one thread, by CA file. One thread. */
#include "lanes.h"

#include <stdlib.h>
#include <string.h>

static int same_file(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

struct lane *lane_for(struct lane **lanes, const char *ca_file, void (*setup)(struct lane *lane, void *context),
                      void *context)
{
    struct lane *lane;

    for (lane = *lanes; lane; lane = lane->next)
        if (same_file(lane->ca_file, ca_file))
            return lane;

    lane = calloc(1, sizeof(*lane));
    if (!lane)
        return NULL;
    lane->timer_ns = INT64_MAX;
    lane->context = context;
    lane->multi = curl_multi_init();
    lane->ca_file = ca_file ? strdup(ca_file) : NULL;
    if (!lane->multi || (ca_file && !lane->ca_file)) {
        lanes_free(lane);
        return NULL;
    }
    if (setup)
        setup(lane, context);
    lane->next = *lanes;
    *lanes = lane;
    return lane;
}

void lanes_free(struct lane *lanes)
{
    while (lanes) {
        struct lane *next = lanes->next;

        curl_multi_cleanup(lanes->multi);
        free(lanes->ca_file);
        free(lanes);
        lanes = next;
    }
}
