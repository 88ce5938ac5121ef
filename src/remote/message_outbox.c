/* Messages to owners as bytes, and back. Pure; any thread. */
#include <string.h>

#include "message.h"

static void put_item(struct strbuf *out, const struct outbox_item *m)
{
    pack_number(out, m->id);
    pack_number(out, m->incident_id);
    pack_number(out, m->state);
    pack_number(out, m->tries);
    pack_signed(out, m->created_ms);
    pack_signed(out, m->next_ms);
    pack_signed(out, m->ended_ms);
    pack_text(out, m->owner);
    pack_text(out, m->channel);
    pack_text(out, m->site);
    pack_text(out, m->subject);
    pack_text(out, m->error);
}

static void get_item(struct unpack *u, struct outbox_item *m)
{
    memset(m, 0, sizeof(*m));
    m->id = unpack_number(u, UINT64_MAX);
    m->incident_id = unpack_number(u, UINT64_MAX);
    m->state = (enum outbox_state)unpack_number(u, OUTBOX_STATES - 1);
    m->tries = (uint32_t)unpack_number(u, UINT32_MAX);
    m->created_ms = unpack_signed(u);
    m->next_ms = unpack_signed(u);
    m->ended_ms = unpack_signed(u);
    unpack_text(u, m->owner, sizeof(m->owner));
    unpack_text(u, m->channel, sizeof(m->channel));
    unpack_text(u, m->site, sizeof(m->site));
    unpack_text(u, m->subject, sizeof(m->subject));
    unpack_text(u, m->error, sizeof(m->error));
}

void put_messages(struct strbuf *out, const struct outbox_item *item, size_t n, const struct outbox_counts *counts)
{
    size_t begun = frame_begin(out, FRAME_MESSAGES), i;

    pack_number(out, counts->revision);
    pack_number(out, counts->waiting);
    pack_number(out, counts->dead);
    pack_signed(out, counts->next_ms);
    pack_number(out, counts->saved);
    pack_number(out, n);
    for (i = 0; i < n; i++)
        put_item(out, &item[i]);
    frame_end(out, begun);
}

bool get_messages(struct unpack *u, struct outbox_item *item, size_t *n, struct outbox_counts *counts)
{
    size_t i;

    memset(counts, 0, sizeof(*counts));
    counts->revision = unpack_number(u, UINT64_MAX);
    counts->waiting = (uint32_t)unpack_number(u, UINT32_MAX);
    counts->dead = (uint32_t)unpack_number(u, UINT32_MAX);
    counts->next_ms = unpack_signed(u);
    counts->saved = unpack_number(u, 1);
    *n = (size_t)unpack_number(u, MESSAGES_MOST);
    for (i = 0; i < *n && !u->bad; i++)
        get_item(u, &item[i]);
    return unpack_is_whole(u);
}
