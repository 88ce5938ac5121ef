/* The state machine of one site, drawn as a table. Pure; any thread. */
#include "model/state.h"

#include "base/clock.h"

#define SLOW_WINDOW 5u  /* good results looked back upon */
#define SLOW_ENOUGH 3   /* so many of them slow make the site degraded */

/* What a verdict becomes, by event. */
static const uint8_t next_verdict[VERDICT_COUNT][EVENT_COUNT] = {
    /*                     GOOD      DEGRADED        FAILED          CONFIRMED   INCONCLUSIVE    RESET     */
    [STATE_NEW]      = { STATE_UP, STATE_DEGRADED, STATE_CHECKING, STATE_DOWN, STATE_NEW,      STATE_NEW },
    [STATE_UP]       = { STATE_UP, STATE_DEGRADED, STATE_CHECKING, STATE_DOWN, STATE_UP,       STATE_NEW },
    [STATE_DEGRADED] = { STATE_UP, STATE_DEGRADED, STATE_CHECKING, STATE_DOWN, STATE_DEGRADED, STATE_NEW },
    [STATE_CHECKING] = { STATE_UP, STATE_DEGRADED, STATE_CHECKING, STATE_DOWN, STATE_CHECKING, STATE_NEW },
    [STATE_DOWN]     = { STATE_UP, STATE_DEGRADED, STATE_DOWN,     STATE_DOWN, STATE_DOWN,     STATE_NEW },
};

enum state state_shown(const struct site_state *s)
{
    if (s->paused)
        return STATE_PAUSED;
    if (s->maintenance)
        return STATE_MAINTENANCE;
    return s->unsure ? STATE_INCONCLUSIVE : (enum state)s->verdict;
}

bool certificate_is_near(const struct options *o, const struct result *r)
{
    return o->certificate_warning_ms && r->certificate_until != CERTIFICATE_UNKNOWN &&
           r->certificate_until < r->checked_at_ms / MS_PER_S + o->certificate_warning_ms / MS_PER_S;
}

static enum event judge_good(struct site_state *s, const struct options *o, const struct result *r)
{
    bool slow = o->slow_above_ms && r->took_ns > o->slow_above_ms * NS_PER_MS;

    s->slow = (uint8_t)((s->slow << 1 | slow) & ((1u << SLOW_WINDOW) - 1));
    if (__builtin_popcount(s->slow) >= SLOW_ENOUGH)
        s->degraded = DEGRADED_SLOW;
    else if (r->warning)
        s->degraded = DEGRADED_WARNING;
    else
        s->degraded = certificate_is_near(o, r) ? DEGRADED_CERTIFICATE : DEGRADED_NOT;
    return s->degraded ? EVENT_DEGRADED : EVENT_GOOD;
}

enum event state_judge(struct site_state *s, const struct options *o, const struct result *r, bool hold)
{
    if (outcome_is_local(r->outcome))
        return EVENT_INCONCLUSIVE;
    if (result_good(r))
        return judge_good(s, o, r);
    return s->failures < o->retries || hold ? EVENT_FAILED : EVENT_CONFIRMED;
}

void state_step(struct site_state *s, enum event event)
{
    bool failed = event == EVENT_FAILED || event == EVENT_CONFIRMED;

    if (failed && s->verdict != STATE_CHECKING)
        s->calm = s->verdict;
    s->verdict = next_verdict[s->verdict][event];
    s->unsure = event == EVENT_INCONCLUSIVE;
    if (failed)
        s->failures += s->failures < UINT8_MAX;
    else if (event != EVENT_INCONCLUSIVE)
        s->failures = 0;
    if (event == EVENT_RESET)
        s->slow = 0;
}

const char *state_name(enum state s)
{
    static const char *const names[STATE_COUNT] = {
        "new", "up", "degraded", "checking", "down", "inconclusive", "maintenance", "paused",
    };

    return names[s];
}

const char *state_label(enum state s, enum degraded why)
{
    static const char *const labels[STATE_COUNT] = { "NEW", "UP", "SLOW", "CHECK", "DOWN", "?", "MAINT", "PAUSE" };

    return s == STATE_DEGRADED && (why == DEGRADED_CERTIFICATE || why == DEGRADED_WARNING) ? "WARN" : labels[s];
}
