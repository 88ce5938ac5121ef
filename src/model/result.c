/* Results as values, and their sentence for people. No state; any thread. */
#include "model/result.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"

#define SECONDS_PER_DAY 86400
#define MOST_DAYS 99999

void result_init(struct result *r, const struct job *job)
{
    int i;

    memset(r, 0, sizeof(*r));
    r->job_id = job->id;
    r->site_id = job->site_id;
    r->generation = job->generation;
    r->attempt = job->attempt;
    r->method = job->method;
    r->due_ns = job->due_ns;
    r->certificate_until = CERTIFICATE_UNKNOWN;
    for (i = 0; i < PHASE_COUNT; i++)
        r->phase_ns[i] = PHASE_NOT_REACHED;
}

void result_fail(struct result *r, const struct job *job, enum outcome outcome, int64_t now_ns, int64_t now_ms)
{
    result_init(r, job);
    r->outcome = outcome;
    r->begun_ns = now_ns;
    r->checked_at_ms = now_ms;
}

const char *phase_name(enum phase p)
{
    static const char *const names[PHASE_COUNT] = { "dns", "connect", "tls", "first byte", "body" };

    return names[p];
}

/* "(dns 2 ms, connect 21 ms)": how far a check came that ran out of time. */
static void add_phases(char *text, size_t size, const struct result *r)
{
    const char *before = " (";
    size_t used = strlen(text);
    int i;

    for (i = 0; i < PHASE_FIRST_BYTE && used < size; i++) {
        char took[DURATION_TEXT_SIZE];

        if (r->phase_ns[i] < 0)
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%s %s", before, phase_name((enum phase)i),
                                 duration_measured(took, r->phase_ns[i]));
        before = ", ";
    }
    if (*before == ',' && used < size)
        snprintf(text + used, size - used, ")");
}

const char *result_message(char text[RESULT_MESSAGE_SIZE], const struct result *r)
{
    const char *class = outcome_class(r->outcome);
    const char *colon = r->detail[0] ? ": " : "";
    char took[DURATION_TEXT_SIZE];

    duration_measured(took, r->took_ns);
    if (!class && r->status)
        snprintf(text, RESULT_MESSAGE_SIZE, "%d in %s", r->status, took);
    else if (!class && !r->took_ns && r->detail[0])
        snprintf(text, RESULT_MESSAGE_SIZE, "%s", r->detail); /* nobody was asked */
    else if (!class)
        snprintf(text, RESULT_MESSAGE_SIZE, r->detail[0] ? "%2$s (%1$s)" : "answered in %s", took, r->detail);
    else if (r->outcome == OUTCOME_STATUS)
        snprintf(text, RESULT_MESSAGE_SIZE, "HTTP %d%s%s", r->status, r->detail[0] ? " " : "", r->detail);
    else if (!strcmp(class, "timeout") || r->outcome == OUTCOME_DNS_TIMEOUT) {
        snprintf(text, RESULT_MESSAGE_SIZE, "%s in %s", outcome_sentence(r->outcome), took);
        add_phases(text, RESULT_MESSAGE_SIZE, r);
    } else
        snprintf(text, RESULT_MESSAGE_SIZE, "%s%s%s", outcome_sentence(r->outcome), colon, r->detail);
    return text;
}

void result_message_add_certificate(char text[RESULT_MESSAGE_SIZE], int64_t until, int64_t now_ms)
{
    int days = certificate_days(until, now_ms);
    size_t used = strlen(text);

    if (days < 0)
        snprintf(text + used, RESULT_MESSAGE_SIZE - used, "; certificate has ended");
    else
        snprintf(text + used, RESULT_MESSAGE_SIZE - used, "; certificate ends in %d day%s", days, days == 1 ? "" : "s");
}

int certificate_days(int64_t until, int64_t now_ms)
{
    int64_t left, days;

    if (__builtin_sub_overflow(until, now_ms / MS_PER_S, &left))
        left = until < 0 ? INT64_MIN : INT64_MAX;
    days = left / SECONDS_PER_DAY - (left % SECONDS_PER_DAY < 0);
    return days > MOST_DAYS ? MOST_DAYS : days < -MOST_DAYS ? -MOST_DAYS : (int)days;
}
