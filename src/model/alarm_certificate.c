/* Certificates near their end: one notice a step and certificate, whoever else is served in turn. */
#include "alarms.h"

#include "base/clock.h"

static const int steps[] = { 1, 7, 14, 30 }; /* days left */

/* The step that so many days have reached; 0: none. */
static int step_of(int days)
{
    size_t i;

    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (days < steps[i])
            return steps[i];
    return 0;
}

/* What was told of that certificate, or room for it: in place of the one that ends first. */
static struct alarm_certificate *certificate_of(struct alarm_memory *m, int64_t until_s)
{
    struct alarm_certificate *oldest = &m->certificate[0];
    int i;

    for (i = 0; i < ALARM_CERTIFICATES_MOST; i++) {
        if (m->certificate[i].until_s == until_s)
            return &m->certificate[i];
        if (m->certificate[i].until_s < oldest->until_s)
            oldest = &m->certificate[i];
    }
    return oldest;
}

void alarm_certificate(struct alarms *a, struct alarm *al, const struct result *r, int64_t now_ms)
{
    int days, step;
    struct alarm_certificate *c;
    struct notice n;

    if (r->certificate_until == CERTIFICATE_UNKNOWN || !al->site->options->certificate_warning_ms || al->owner == OWNER_NONE)
        return;
    days = certificate_days(r->certificate_until, now_ms);
    step = step_of(days);
    if (!step || days < 0) /* when it has ended the site is down for it, and that is told */
        return;
    if (alarm_held(a, al, now_ms) != HOLD_NONE || !alarm_remember(a, al))
        return;
    c = certificate_of(al->m, r->certificate_until);
    if (c->until_s == r->certificate_until && c->step <= step)
        return;
    *c = (struct alarm_certificate){ r->certificate_until, step };
    al->dirty = true;
    alarm_notice(a, al, al->owner, NOTICE_CERTIFICATE, now_ms, &n);
    n.certificate_until = r->certificate_until;
    n.certificate_days = days;
    n.count = (uint32_t)step;
    alarm_tell_single(a, al, al->owner, &n, now_ms);
}
