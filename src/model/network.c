/* Whether our own network is to blame. Pure; the status table steps it under its lock. */
#include "model/network.h"

void network_init(struct network *n)
{
    int i;

    *n = (struct network){ .answered_ns = INT64_MIN };
    for (i = 0; i < NETWORK_HOSTS; i++)
        n->failed[i].failed_ns = INT64_MIN;
}

static void note_failure(struct network *n, uint64_t host, int64_t now_ns)
{
    int i, oldest = 0;

    for (i = 0; i < NETWORK_HOSTS; i++) {
        if (n->failed[i].failed_ns != INT64_MIN && n->failed[i].host == host) {
            oldest = i;
            break;
        }
        if (n->failed[i].failed_ns < n->failed[oldest].failed_ns)
            oldest = i;
    }
    n->failed[oldest].host = host;
    n->failed[oldest].failed_ns = now_ns;
}

static bool all_failed_since(const struct network *n, int64_t since_ns)
{
    int i;

    for (i = 0; i < NETWORK_HOSTS; i++)
        if (n->failed[i].failed_ns == INT64_MIN || n->failed[i].failed_ns < since_ns)
            return false;
    return true;
}

/* Somebody answered: all doubts begin anew. */
static void answered(struct network *n, int64_t now_ns)
{
    struct network fresh;

    network_init(&fresh);
    fresh.hosts = n->hosts;
    fresh.anchored = n->anchored;
    fresh.answered_ns = now_ns;
    *n = fresh;
}

void network_anchors(struct network *n, bool answer, int64_t now_ns)
{
    if (answer)
        answered(n, now_ns);
    else
        n->offline = true;
}

enum network_view network_note(struct network *n, uint64_t host, enum outcome outcome, bool already_down,
                               int64_t now_ns, int64_t timeout_ns)
{
    int64_t since_ns = now_ns - timeout_ns;

    if (outcome_is_local(outcome))
        return n->offline ? NETWORK_OFFLINE : NETWORK_FINE;
    if (!outcome_is_network(outcome)) {
        /* who refuses, resets or shows a strange certificate lives, perhaps next door; only HTTP proves a way out */
        if (n->offline && !outcome_has_answer(outcome))
            return NETWORK_FINE;
        answered(n, now_ns);
        return NETWORK_FINE;
    }
    if (n->offline)
        return NETWORK_OFFLINE;
    if (!already_down)
        note_failure(n, host, now_ns);
    if (n->answered_ns >= since_ns || already_down || (n->hosts < NETWORK_HOSTS && !n->anchored))
        return NETWORK_FINE;
    if (n->anchored)
        return NETWORK_SUSPECT;
    n->offline = all_failed_since(n, since_ns);
    return n->offline ? NETWORK_OFFLINE : NETWORK_SUSPECT;
}
