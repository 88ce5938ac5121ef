/* A row as a sentence. Pure. */
#include "model/row_text.h"

#include <stdio.h>

#include "base/clock.h"

bool row_is_told(const struct row *r)
{
    return r->checks && state_shown(&r->state) != STATE_PAUSED;
}

const char *row_message(char text[RESULT_MESSAGE_SIZE], const struct row *r)
{
    struct result result = { .outcome = (enum outcome)r->outcome, .status = r->status, .method = (enum method)r->method,
                             .took_ns = r->latency_us * NS_PER_US, .request_ns = r->latency_us * NS_PER_US };
    enum phase p;

    if (!row_is_told(r)) {
        snprintf(text, RESULT_MESSAGE_SIZE, "%s", state_shown(&r->state) == STATE_PAUSED ? "paused" : "not checked yet");
        return text;
    }
    for (p = 0; p < PHASE_COUNT; p++)
        result.phase_ns[p] = r->phase_us[p] == UINT32_MAX ? PHASE_NOT_REACHED : r->phase_us[p] * NS_PER_US;
    snprintf(result.address, sizeof(result.address), "%s", r->address);
    snprintf(result.detail, sizeof(result.detail), "%s", r->detail);
    result_message(text, &result);
    if (state_shown(&r->state) == STATE_DEGRADED && r->state.degraded == DEGRADED_CERTIFICATE)
        result_message_add_certificate(text, r->certificate_until, r->checked_ms);
    return text;
}
