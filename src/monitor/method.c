/* HEAD or GET for the next attempt. Pure. */
#include "method.h"

#include <string.h>

#include "base/clock.h"

#define REMEMBER_NS (7 * MS_PER_DAY * NS_PER_MS)

enum method method_choose(const struct method_memory *m, const struct options *o, int64_t now_ns)
{
    if (o->method == METHOD_GET || m->try_get || now_ns < m->get_until_ns)
        return METHOD_GET;
    return METHOD_HEAD;
}

static bool got_no_answer(const struct result *r)
{
    const char *class = outcome_class(r->outcome);

    return r->method == METHOD_HEAD && class && (!strcmp(class, "timeout") || !strcmp(class, "protocol"));
}

void method_note(struct method_memory *m, const struct options *o, const struct result *r, int64_t now_ns)
{
    if (outcome_is_local(r->outcome))
        return;
    if (result_good(r) && (r->head_failed || (m->try_get && r->method == METHOD_GET))) {
        /* without retries a HEAD that times out would be believed, so that it is not tried again */
        m->get_until_ns = m->try_get && !o->retries ? INT64_MAX : now_ns + REMEMBER_NS;
    }
    m->try_get = got_no_answer(r);
}
