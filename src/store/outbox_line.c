/* The line of messages to one address: their order, the limit of the hour, and the waits between tries. Pure. */
#include "outbox_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define WAIT_FIRST_MS (5 * MS_PER_S)
#define WAIT_HOUR_MS (45 * MS_PER_S)  /* the longest in the first hour */
#define PARCEL_MOST 1000u

int64_t outbox_wait_ms(uint32_t tries, int64_t age_ms, uint32_t random)
{
    int64_t wait_ms = WAIT_FIRST_MS, most_ms = WAIT_HOUR_MS;
    uint32_t i;

    if (age_ms > MS_PER_H)
        most_ms += (age_ms - MS_PER_H) / 20;
    for (i = 1; i < tries && wait_ms < most_ms; i++)
        wait_ms += wait_ms / 2;
    if (wait_ms > most_ms)
        wait_ms = most_ms;
    return wait_ms + wait_ms / 5 * (int64_t)(random % 2001) / 1000 - wait_ms / 5;
}

bool line_is(const struct line *l, const char *owner, const char *channel, const char *address)
{
    return !strcmp(l->address, address) && !strcmp(l->channel, channel) && !strcmp(l->owner, owner);
}

static bool goes_before(const struct message *a, const struct message *b)
{
    return a->not_before_ms < b->not_before_ms || (a->not_before_ms == b->not_before_ms && a->id < b->id);
}

void line_insert(struct line *l, struct message *m)
{
    struct message **at = &l->first;
    size_t i;

    for (i = 0; *at && (i < l->nparcel || !goes_before(m, *at)); i++)
        at = &(*at)->next;
    m->next = *at;
    *at = m;
}

void line_note_sent(struct line *l, int64_t at_ms)
{
    l->sent_ms[l->nsent++ % LINE_LIMIT_MOST] = at_ms;
}

/* When the limit lets the next message go. The last one of the hour is kept for a digest, which collects for a while. */
static int64_t room_ms(const struct line *l, int per_hour, int64_t now_ms)
{
    uint32_t most = l->nsent < LINE_LIMIT_MOST ? l->nsent : LINE_LIMIT_MOST, n = 0, limit = (uint32_t)per_hour;
    int64_t at_ms;

    if (per_hour <= 0 || per_hour > LINE_LIMIT_MOST || !most)
        return 0;
    while (n < most && l->sent_ms[(l->nsent - 1 - n) % LINE_LIMIT_MOST] > now_ms - MS_PER_H)
        n++;
    if (n + 1 < limit || !n)
        return 0;
    at_ms = l->sent_ms[(l->nsent - 1) % LINE_LIMIT_MOST] + MS_PER_H / per_hour;
    if (n >= limit) {
        int64_t oldest_ms = l->sent_ms[(l->nsent - limit) % LINE_LIMIT_MOST];

        if (oldest_ms + MS_PER_H > at_ms)
            at_ms = oldest_ms + MS_PER_H;
    }
    return at_ms;
}

static bool may_go(const struct message *m, uint64_t released_id)
{
    return m->written || m->id <= released_id;
}

int64_t line_due(struct line *l, int per_hour, uint64_t released_id, int64_t now_ms)
{
    int64_t room;

    if (!l->first || l->busy)
        return INT64_MAX;
    if (l->nparcel)
        return l->next_ms;
    if (!may_go(l->first, released_id))
        return INT64_MAX;
    if (l->first->not_before_ms > now_ms || l->hurried)
        return l->first->not_before_ms;
    room = room_ms(l, per_hour, now_ms);
    l->limited = l->limited || room > now_ms;
    return room > l->first->not_before_ms ? room : l->first->not_before_ms;
}

void line_form(struct line *l, uint64_t released_id, int64_t now_ms)
{
    struct message *m;

    if (l->nparcel || !l->first)
        return;
    l->parcel = l->first->id;
    for (m = l->first; m && m->not_before_ms <= now_ms && may_go(m, released_id) && l->nparcel < PARCEL_MOST; m = m->next)
        l->nparcel++;
    l->tries = 0;
    l->first_ms = now_ms;
    l->hurried = false;
    l->error[0] = '\0';
}

struct message *line_take_parcel(struct line *l)
{
    struct message *first = l->first, **at = &l->first;
    size_t i;

    if (!l->nparcel)
        return NULL;
    for (i = 0; i < l->nparcel; i++)
        at = &(*at)->next;
    l->first = *at;
    *at = NULL;
    l->nparcel = 0;
    l->error[0] = '\0';
    return first;
}

struct message *line_find(const struct line *l, uint64_t id, size_t *place)
{
    struct message *m;

    for (m = l->first, *place = 0; m && m->id != id; m = m->next)
        ++*place;
    return m;
}

void line_remove(struct line *l, struct message *m)
{
    struct message **at = &l->first;

    while (*at != m)
        at = &(*at)->next;
    *at = m->next;
    m->next = NULL;
}

void line_shift(struct line *l, int64_t by_ms)
{
    struct message *m;
    uint32_t i;

    for (m = l->first; m; m = m->next) {
        m->not_before_ms += by_ms;
        m->created_ms += by_ms;
    }
    l->first_ms += by_ms;
    l->next_ms += by_ms;
    for (i = 0; i < LINE_LIMIT_MOST; i++)
        l->sent_ms[i] += by_ms;
}

struct outbox_item line_item(const struct line *l, const struct message *m)
{
    struct outbox_item item = { .id = m->id, .incident_id = m->incident_id, .created_ms = m->created_ms,
                                .next_ms = m->not_before_ms };

    memcpy(item.owner, l->owner, sizeof(item.owner));
    memcpy(item.channel, l->channel, sizeof(item.channel));
    memcpy(item.address, l->address, sizeof(item.address));
    snprintf(item.site, sizeof(item.site), "%s", m->site);
    snprintf(item.subject, sizeof(item.subject), "%s", m->subject);
    return item;
}

void message_free(struct message *m)
{
    if (!m)
        return;
    free(m->site);
    free(m->subject);
    free(m->notice);
    free(m->notice_id);
    free(m);
}
