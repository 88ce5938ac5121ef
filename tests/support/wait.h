#ifndef SUPPORT_WAIT_H
#define SUPPORT_WAIT_H

#include <poll.h>

#include "base/clock.h"
#include "support/tests.h"

/* Waits until a condition holds that nobody tells of: looked at again each millisecond, and given up long after any machine would
 * have come to it. */
#define WAIT_PATIENCE_NS (60 * NS_PER_S)
#define WAIT_FOR(condition)                                                            \
    do {                                                                               \
        int64_t give_up_ = clock_mono_ns() + WAIT_PATIENCE_NS;                         \
        while (!(condition)) {                                                         \
            if (clock_mono_ns() > give_up_)                                            \
                fail_msg("never came: %s", #condition);                                \
            poll(NULL, 0, 1);                                                          \
        }                                                                              \
    } while (0)

#endif
