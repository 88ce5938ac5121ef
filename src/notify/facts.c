/* A notice as short texts. Pure but for the time zone. */
#include "facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/site.h"

const char *facts_moment(char text[2 * DAY_TEXT_SIZE], int64_t at_ms)
{
    char minute[DAY_TEXT_SIZE], zone[DAY_TEXT_SIZE];

    *text = '\0';
    if (at_ms)
        snprintf(text, 2 * DAY_TEXT_SIZE, "%s %s", day_minute(minute, at_ms), day_zone(zone, at_ms));
    return text;
}

const char *facts_lasting(char text[DURATION_TEXT_SIZE], int64_t ms)
{
    int64_t unit = ms >= MS_PER_DAY ? MS_PER_H : ms >= MS_PER_H ? MS_PER_MIN : ms >= MS_PER_S ? MS_PER_S : 1;

    return duration_format(text, ms - ms % unit);
}

const char *facts_label(const struct notice *n)
{
    static const char *const labels[NOTICE_KINDS] = {
        [NOTICE_DOWN] = "DOWN", [NOTICE_UP] = "UP", [NOTICE_REMINDER] = "DOWN", [NOTICE_PARENT_BACK] = "DOWN",
        [NOTICE_DEGRADED] = "SLOW", [NOTICE_FINE] = "UP", [NOTICE_CERTIFICATE] = "CERT", [NOTICE_FLAPPING] = "FLAP",
        [NOTICE_OURS] = "MONITOR", [NOTICE_TEST] = "TEST",
    };

    if (n->kind == NOTICE_SETTLED)
        return n->state == STATE_DOWN ? "DOWN" : "UP";
    return labels[n->kind];
}

/* CODE of the grid. */
static void set_code(struct facts *f)
{
    const char *tag = outcome_tag(f->notice->outcome);

    if (tag)
        snprintf(f->code, sizeof(f->code), "%s", tag);
    else if (f->notice->status)
        snprintf(f->code, sizeof(f->code), "%d", f->notice->status);
}

static void set_number(char *text, size_t size, uint64_t number)
{
    if (number)
        snprintf(text, size, "%" PRIu64, number);
}

void facts_init(struct facts *f, const struct notice *n)
{
    const char *host;
    size_t length = site_host(n->url, &host);

    *f = (struct facts){ .notice = n, .state = facts_label(n) };
    snprintf(f->host, sizeof(f->host), "%.*s", (int)length, host);
    set_code(f);
    facts_moment(f->at, n->at_ms);
    facts_moment(f->since, n->since_ms);
    facts_moment(f->until, n->until_ms);
    if (n->since_ms)
        facts_lasting(f->duration, n->duration_ms);
    set_number(f->attempts, sizeof(f->attempts), n->attempts);
    set_number(f->count, sizeof(f->count), n->count);
    set_number(f->incident, sizeof(f->incident), n->incident_id);
    if (n->certificate_until == CERTIFICATE_UNKNOWN)
        return;
    facts_moment(f->certificate, n->certificate_until * MS_PER_S);
    snprintf(f->days, sizeof(f->days), "%d", n->certificate_days);
}

const char *facts_field(const struct facts *f, enum message_field field)
{
    const struct notice *n = f->notice;
    const char *const values[MESSAGE_FIELDS] = {
        [MESSAGE_STATE] = f->state,       [MESSAGE_SITE] = n->site,         [MESSAGE_URL] = n->url,
        [MESSAGE_HOST] = f->host,         [MESSAGE_OWNER] = n->owner,       [MESSAGE_TAGS] = n->tags,
        [MESSAGE_CAUSE] = n->cause,       [MESSAGE_CODE] = f->code,         [MESSAGE_ADDRESS] = n->address,
        [MESSAGE_AT] = f->at,             [MESSAGE_SINCE] = f->since,       [MESSAGE_UNTIL] = f->until,
        [MESSAGE_DURATION] = f->duration, [MESSAGE_ATTEMPTS] = f->attempts, [MESSAGE_COUNT] = f->count,
        [MESSAGE_CERTIFICATE] = f->certificate, [MESSAGE_DAYS] = f->days,   [MESSAGE_REPEAT] = n->repeat,
        [MESSAGE_WHY_NOW] = n->why_now,   [MESSAGE_PARENT] = n->parent,     [MESSAGE_ACK_BY] = n->ack_by,
        [MESSAGE_ACK_NOTE] = n->ack_note, [MESSAGE_INCIDENT] = f->incident,
    };

    return values[field];
}
