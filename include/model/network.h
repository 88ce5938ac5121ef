#ifndef MODEL_NETWORK_H
#define MODEL_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/outcome.h"

/* Is it them, or is it us? When at least three hosts, and all that were checked within one timeout, fail below HTTP, our
 * own network is gone: OFFLINE, until any HTTP answer comes. A failure of that kind with no answer from anybody within one
 * timeout before it is suspect: it is not confirmed until somebody else was asked. Where there are anchors - addresses of
 * the owner's choice - they are asked, and they alone decide. Pure: time comes with each note. */
#define NETWORK_HOSTS 3

enum network_view { NETWORK_FINE, NETWORK_SUSPECT, NETWORK_OFFLINE };

struct network {
    size_t  hosts;          /* distinct hosts being checked; below NETWORK_HOSTS nothing is ever suspect */
    int64_t answered_ns;    /* the last HTTP answer; INT64_MIN: none yet */
    bool    anchored;       /* there are anchors: sites that fail are suspect, and never prove anything */
    bool    offline;
    struct {
        uint64_t host;
        int64_t  failed_ns;
    } failed[NETWORK_HOSTS]; /* the hosts that failed last, distinct; failed_ns INT64_MIN: empty */
};

void network_init(struct network *n);

/* Notes a result of `host` (a hash) that came at now_ns. already_down: the site was known to be down, so its failing
 * tells nothing new. Returns what to think of this result. */
enum network_view network_note(struct network *n, uint64_t host, enum outcome outcome, bool already_down,
                               int64_t now_ns, int64_t timeout_ns);

/* What the anchors found, all of them asked within one timeout: one answered, or none. */
void network_anchors(struct network *n, bool answered, int64_t now_ns);

#endif
