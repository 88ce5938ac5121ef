#ifndef CHECK_OPS_H
#define CHECK_OPS_H

#include "check/kind.h"
#include "probe.h"

/* One kind of check, as a probe runs it. What libcurl runs (`curl`) has no functions here but kind.examine: probe_*.c know it.
 * The others are state machines over one descriptor at a time: each function does what it can without waiting and says
 * in p->talk what is to be waited for (talk.h). Called by the probe's thread. */
struct check_ops {
    struct check_kind kind;
    bool curl;
    bool handshake_only;             /* curl: over when TLS stands, nothing is asked */

    /* The addresses of its host are in p->query.answer, if it has one. */
    enum probe_want (*begin)(struct probe *p);
    /* What was waited for is there, or talk.next_ns has come. */
    enum probe_want (*ready)(struct probe *p);
    /* The time is over: writes the outcome. */
    void (*expire)(struct probe *p);
    /* Lets go of what it holds, whatever the end; the descriptor is closed by others. May be NULL. */
    void (*end)(struct probe *p);
};

/* NULL: no kind has this URL's scheme. */
const struct check_ops *check_ops_of(const char *url);

#define CHECK(name) extern const struct check_ops check_##name##_ops;
#include "checks.def"
#undef CHECK

#endif
