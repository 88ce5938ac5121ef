/* Messages as bytes, and back. Pure; any thread; bears whatever comes. */
#include "message.h"

#include <string.h>

/* --- frames ------------------------------------------------------------------------------------------------------- */

size_t frame_begin(struct strbuf *out, enum frame_kind kind)
{
    size_t begun = out->length;

    strbuf_add(out, "\0\0\0\0", FRAME_HEAD);
    strbuf_addc(out, (char)kind);
    return begun;
}

void frame_end(struct strbuf *out, size_t begun)
{
    size_t length = out->length - begun - FRAME_HEAD, i;

    for (i = 0; !out->failed && i < FRAME_HEAD; i++)
        out->text[begun + i] = (char)(length >> 8 * i & 0xff);
}

size_t frame_length(const char *bytes, size_t length, size_t most)
{
    size_t body = 0, i;

    if (length < FRAME_HEAD)
        return 0;
    for (i = 0; i < FRAME_HEAD; i++)
        body |= (size_t)(unsigned char)bytes[i] << 8 * i;
    if (!body || body + FRAME_HEAD > most)
        return SIZE_MAX;
    return length < body + FRAME_HEAD ? 0 : body + FRAME_HEAD;
}

/* --- small ones --------------------------------------------------------------------------------------------------- */

void put_hello(struct strbuf *out, const struct hello *h)
{
    size_t begun = frame_begin(out, FRAME_HELLO);

    pack_number(out, h->version);
    pack_number(out, h->readonly);
    frame_end(out, begun);
}

/* Only the version is certain to stand where it stands: what follows may be another one's. */
bool get_hello(struct unpack *u, struct hello *h)
{
    memset(h, 0, sizeof(*h));
    h->version = unpack_number(u, UINT64_MAX);
    if (u->bad || h->version != REMOTE_VERSION)
        return !u->bad;
    h->readonly = unpack_number(u, 1);
    return unpack_is_whole(u);
}

void put_welcome(struct strbuf *out, const struct welcome *w)
{
    size_t begun = frame_begin(out, FRAME_WELCOME);

    pack_number(out, w->version);
    pack_number(out, w->run);
    pack_number(out, w->pid);
    pack_text(out, w->program);
    pack_text(out, w->settings);
    frame_end(out, begun);
}

bool get_welcome(struct unpack *u, struct welcome *w)
{
    memset(w, 0, sizeof(*w));
    w->version = unpack_number(u, UINT64_MAX);
    if (u->bad || w->version != REMOTE_VERSION)
        return !u->bad;
    w->run = unpack_number(u, UINT64_MAX);
    w->pid = (uint32_t)unpack_number(u, UINT32_MAX);
    unpack_text(u, w->program, sizeof(w->program));
    unpack_text(u, w->settings, sizeof(w->settings));
    return unpack_is_whole(u);
}

void put_ask(struct strbuf *out, const struct ask *a)
{
    size_t begun = frame_begin(out, FRAME_ASK);

    pack_number(out, a->since);
    pack_number(out, a->alerts);
    pack_number(out, a->which);
    pack_number(out, a->messages);
    frame_end(out, begun);
}

bool get_ask(struct unpack *u, struct ask *a)
{
    a->since = unpack_number(u, UINT64_MAX);
    a->alerts = unpack_number(u, UINT64_MAX);
    a->which = (enum remote_which)unpack_number(u, REMOTE_WHICH_COUNT - 1);
    a->messages = unpack_number(u, UINT64_MAX);
    return unpack_is_whole(u);
}

void put_command(struct strbuf *out, const struct command *c)
{
    size_t begun = frame_begin(out, FRAME_COMMAND);

    pack_number(out, c->kind);
    pack_number(out, c->site_id);
    pack_number(out, c->generation);
    pack_signed(out, c->for_ms);
    pack_text(out, c->by);
    pack_text(out, c->note);
    pack_number(out, c->message);
    frame_end(out, begun);
}

bool get_command(struct unpack *u, struct command *c)
{
    memset(c, 0, sizeof(*c));
    c->kind = (enum command_kind)unpack_number(u, COMMAND_COUNT - 1);
    c->site_id = (uint32_t)unpack_number(u, UINT32_MAX);
    c->generation = (uint32_t)unpack_number(u, UINT32_MAX);
    c->for_ms = unpack_signed(u);
    unpack_text(u, c->by, sizeof(c->by));
    unpack_text(u, c->note, sizeof(c->note));
    c->message = unpack_number(u, UINT64_MAX);
    return unpack_is_whole(u) && c->for_ms >= 0;
}

void put_reload(struct strbuf *out)
{
    frame_end(out, frame_begin(out, FRAME_RELOAD));
}

void put_done(struct strbuf *out, enum err err, const char *text)
{
    size_t begun = frame_begin(out, FRAME_DONE);

    pack_number(out, err);
    pack_text(out, text);
    frame_end(out, begun);
}

bool get_done(struct unpack *u, struct answer_done *d)
{
    d->err = (enum err)unpack_number(u, ERR_COUNT - 1);
    unpack_text(u, d->text, sizeof(d->text));
    return unpack_is_whole(u);
}

/* --- alerts ------------------------------------------------------------------------------------------------------- */

static void put_alert(struct strbuf *out, const struct alert *a)
{
    pack_number(out, a->site_id);
    pack_number(out, a->generation);
    pack_number(out, a->incident_id);
    pack_number(out, a->down);
    pack_number(out, a->flapping);
    pack_number(out, a->told);
    pack_number(out, a->hold);
    pack_signed(out, a->since_ms);
    pack_signed(out, a->acked_ms);
    pack_signed(out, a->mute_until_ms);
    pack_signed(out, a->maintain_until_ms);
    pack_number(out, a->reminders);
    pack_signed(out, a->remind_ms);
    pack_signed(out, a->escalate_ms);
    pack_text(out, a->site);
    pack_text(out, a->cause);
    pack_text(out, a->address);
    pack_text(out, a->ack_by);
    pack_text(out, a->ack_note);
    pack_text(out, a->owners);
}

static void get_alert(struct unpack *u, struct alert *a)
{
    memset(a, 0, sizeof(*a));
    a->site_id = (uint32_t)unpack_number(u, UINT32_MAX);
    a->generation = (uint32_t)unpack_number(u, UINT32_MAX);
    a->incident_id = unpack_number(u, UINT64_MAX);
    a->down = unpack_number(u, 1);
    a->flapping = unpack_number(u, 1);
    a->told = unpack_number(u, 1);
    a->hold = (enum alarm_hold)unpack_number(u, HOLD_COUNT - 1);
    a->since_ms = unpack_signed(u);
    a->acked_ms = unpack_signed(u);
    a->mute_until_ms = unpack_signed(u);
    a->maintain_until_ms = unpack_signed(u);
    a->reminders = (uint32_t)unpack_number(u, UINT32_MAX);
    a->remind_ms = unpack_signed(u);
    a->escalate_ms = unpack_signed(u);
    unpack_text(u, a->site, sizeof(a->site));
    unpack_text(u, a->cause, sizeof(a->cause));
    unpack_text(u, a->address, sizeof(a->address));
    unpack_text(u, a->ack_by, sizeof(a->ack_by));
    unpack_text(u, a->ack_note, sizeof(a->ack_note));
    unpack_text(u, a->owners, sizeof(a->owners));
}

void put_alerts(struct strbuf *out, const struct alert *alert, size_t n, uint64_t revision)
{
    size_t begun = frame_begin(out, FRAME_ALERTS), i;

    pack_number(out, revision);
    pack_number(out, n);
    for (i = 0; i < n; i++)
        put_alert(out, &alert[i]);
    frame_end(out, begun);
}

bool get_alerts(struct unpack *u, struct alert *alert, size_t *n, uint64_t *revision)
{
    size_t i;

    *revision = unpack_number(u, UINT64_MAX);
    *n = (size_t)unpack_number(u, ALERTS_MOST);
    for (i = 0; i < *n && !u->bad; i++)
        get_alert(u, &alert[i]);
    return unpack_is_whole(u);
}

/* --- the end of an answer ----------------------------------------------------------------------------------------- */

void put_end(struct strbuf *out, const struct answer_end *e)
{
    size_t begun = frame_begin(out, FRAME_END), i;
    const struct health *h = &e->health;

    pack_number(out, e->upto);
    pack_number(out, e->slots);
    pack_number(out, e->counts.total);
    for (i = 0; i < STATE_COUNT; i++)
        pack_number(out, e->counts.state[i]);
    pack_number(out, e->counts.warning);
    pack_number(out, (uint64_t)(h->checks_per_s * 1000 + 0.5));
    pack_signed(out, h->lag_p99_ns);
    pack_number(out, h->in_flight);
    pack_number(out, h->slots);
    pack_number(out, h->waiting);
    pack_number(out, h->checks);
    pack_number(out, h->late);
    pack_number(out, h->anchors);
    pack_number(out, h->offline);
    pack_signed(out, h->offline_since_ns);
    pack_number(out, h->workers);
    pack_signed(out, h->told_ns);
    pack_number(out, h->descriptors);
    pack_number(out, h->descriptors_most);
    pack_number(out, h->memory_bytes);
    pack_number(out, h->database_bytes);
    pack_signed(out, h->write_ns);
    pack_number(out, h->unwritten);
    pack_text(out, h->engine);
    pack_text(out, h->trouble);
    frame_end(out, begun);
}

bool get_end(struct unpack *u, struct answer_end *e)
{
    struct health *h = &e->health;
    size_t i;

    memset(e, 0, sizeof(*e));
    e->upto = unpack_number(u, UINT64_MAX);
    e->slots = (uint32_t)unpack_number(u, UINT32_MAX);
    e->counts.total = (uint32_t)unpack_number(u, UINT32_MAX);
    for (i = 0; i < STATE_COUNT; i++)
        e->counts.state[i] = (uint32_t)unpack_number(u, UINT32_MAX);
    e->counts.warning = (uint32_t)unpack_number(u, UINT32_MAX);
    h->checks_per_s = (double)unpack_number(u, UINT32_MAX) / 1000;
    h->lag_p99_ns = unpack_signed(u);
    h->in_flight = (uint32_t)unpack_number(u, UINT32_MAX);
    h->slots = (uint32_t)unpack_number(u, UINT32_MAX);
    h->waiting = (uint32_t)unpack_number(u, UINT32_MAX);
    h->checks = unpack_number(u, UINT64_MAX);
    h->late = unpack_number(u, UINT64_MAX);
    h->anchors = (uint32_t)unpack_number(u, UINT32_MAX);
    h->offline = unpack_number(u, 1);
    h->offline_since_ns = unpack_signed(u);
    h->workers = (uint32_t)unpack_number(u, UINT32_MAX);
    h->told_ns = unpack_signed(u);
    h->descriptors = (uint32_t)unpack_number(u, UINT32_MAX);
    h->descriptors_most = (uint32_t)unpack_number(u, UINT32_MAX);
    h->memory_bytes = unpack_number(u, UINT64_MAX);
    h->database_bytes = unpack_number(u, UINT64_MAX);
    h->write_ns = unpack_signed(u);
    h->unwritten = unpack_number(u, UINT64_MAX);
    unpack_text(u, h->engine, sizeof(h->engine));
    unpack_text(u, h->trouble, sizeof(h->trouble));
    return unpack_is_whole(u);
}
