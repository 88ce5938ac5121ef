/* Our own fault: while nothing can be learned nobody is told anything; afterwards each owner concerned gets one notice with the
 * span. */
#include "alarms.h"

#include <stdio.h>

static bool counts(enum outcome o)
{
    return o != OUTCOME_LOCAL_SETTINGS && o != OUTCOME_CANCELLED; /* one site's own trouble */
}

static void open_span(struct alarms *a, enum outcome outcome, int64_t now_ms)
{
    if (a->span_open)
        return;
    a->span_open = true;
    a->span++;
    a->span_ms = now_ms;
    a->span_outcome = outcome;
}

static uint32_t count_sites(const struct alarms *a, int owner)
{
    uint32_t n = 0;
    size_t i;

    for (i = 0; i < a->n; i++)
        n += a->alarm[i].site && a->alarm[i].owner == owner && a->alarm[i].span == a->span;
    return n;
}

static void close_span(struct alarms *a, int64_t now_ms)
{
    size_t i;

    if (!a->span_open || a->offline || a->nunsure)
        return;
    a->span_open = false;
    for (i = 0; i < a->rules->nowner && now_ms - a->span_ms >= a->rules->hold_ms; i++) {
        struct notice n;

        alarm_notice(a, NULL, (int)i, NOTICE_OURS, now_ms, &n);
        n.count = count_sites(a, (int)i);
        if (!n.count)
            continue;
        n.state = STATE_INCONCLUSIVE;
        n.outcome = a->span_outcome;
        n.since_ms = a->span_ms;
        n.until_ms = now_ms;
        snprintf(n.cause, sizeof(n.cause), "%s", outcome_sentence(a->span_outcome));
        alarm_tell_single(a, NULL, (int)i, &n, now_ms);
    }
}

void alarm_ours(struct alarms *a, struct alarm *al, bool unsure, enum outcome outcome, int64_t now_ms)
{
    if (unsure && (!outcome_is_local(outcome) || counts(outcome))) {
        open_span(a, outcome_is_local(outcome) ? outcome : OUTCOME_LOCAL_NETWORK, now_ms);
        al->span = a->span;
        a->nunsure += !al->unsure;
        al->unsure = true;
    } else if (al->unsure) {
        al->unsure = false;
        a->nunsure--;
        close_span(a, now_ms);
    }
}

void alarms_offline(struct alarms *a, bool offline, int64_t now_ms)
{
    size_t i;

    if (offline == a->offline)
        return;
    a->offline = offline;
    if (offline)
        open_span(a, OUTCOME_LOCAL_NETWORK, now_ms);
    for (i = 0; offline && i < a->n; i++) {
        struct alarm *al = &a->alarm[i];

        if (!al->site || !al->failing_ms || (al->m && al->m->down))
            continue;
        al->failing_ms = 0; /* it was not the site */
        al->span = a->span;
    }
    if (!offline) {
        close_span(a, now_ms);
        a->next_ms = 0;     /* what waited for it is judged again */
    }
}
