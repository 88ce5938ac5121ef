/* Our own sign of life. The monitor's thread. */
#include "pulse.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define TIMEOUT_MS (10 * MS_PER_S)

void pulse_release(struct pulse *p)
{
    site_unref(p->site);
    p->site = NULL;
}

enum err pulse_set(struct pulse *p, const char *url)
{
    const struct options *shared;
    struct options o;

    if (p->site && url && !strcmp(p->site->url, url))
        return ERR_OK;
    pulse_release(p);
    p->due_ns = INT64_MIN;
    if (!url)
        return ERR_OK;
    options_init(&o);
    o.timeout_ms = TIMEOUT_MS;
    o.method = METHOD_GET;
    shared = options_share(&o);
    p->site = shared ? site_new("heartbeat", url, shared) : NULL;
    options_unref(shared);
    return p->site ? ERR_OK : ERR_NOMEM;
}

bool pulse_due(struct pulse *p, uint64_t job_id, int64_t now_ns, struct job *job)
{
    if (!p->site || p->asked || now_ns < p->due_ns)
        return false;
    p->asked = true;
    p->due_ns = now_ns + PULSE_EVERY;
    *job = (struct job){ .id = job_id, .site_id = PULSE_ID, .attempt = 1, .method = METHOD_GET, .due_ns = now_ns, .site = p->site };
    return true;
}

void pulse_unask(struct pulse *p)
{
    p->asked = false;
}

void pulse_take(struct pulse *p, const struct result *r)
{
    char message[RESULT_MESSAGE_SIZE];
    bool failed = !result_good(r);

    p->asked = false;
    if (failed && !p->failed && r->outcome != OUTCOME_CANCELLED)
        log_line(LEVEL_WARNING, "our sign of life (heartbeat_url) is not heard: %s", result_message(message, r));
    p->failed = failed;
}
