/* Notices made and timed: what is told of a site, under which id, and not before when. */
#include "alarms.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/curl_line.h"

int alarm_owner_find(const struct alarms *a, const char *name)
{
    size_t i;

    for (i = 0; i < a->rules->nowner; i++)
        if (!strcmp(a->rules->owner[i].name, name))
            return (int)i;
    return OWNER_NONE;
}

/* --- what ----------------------------------------------------------------------------------------------------------------- */

static void add_tags(char *text, size_t size, const struct strings *tags)
{
    char all[4 * NOTICE_TAGS_SIZE] = "";
    size_t i, at = 0;

    for (i = 0; i < tags->n && at < sizeof(all); i++)
        at += (size_t)snprintf(all + at, sizeof(all) - at, "%s%s", i ? ", " : "", tags->item[i]);
    text_clean(text, size, all, strlen(all));
}

/* What is down was confirmed by GET, whatever it is asked with. */
static void add_repeat(struct notice *n, const struct site *site)
{
    struct strbuf line = STRBUF_INIT;

    curl_line(&line, site, METHOD_GET);
    if (!line.failed && line.length < sizeof(n->repeat)) /* half a command is worse than none */
        memcpy(n->repeat, line.text, line.length + 1);
    strbuf_release(&line);
}

static enum state told_state(const struct alarm *al, enum notice_kind kind)
{
    if (kind == NOTICE_UP || kind == NOTICE_FINE)
        return STATE_UP;
    if (kind == NOTICE_DEGRADED)
        return STATE_DEGRADED;
    return al->m && al->m->down ? STATE_DOWN : STATE_UP;
}

static void add_outage(struct notice *n, const struct alarm_memory *m, int64_t now_ms)
{
    bool over = n->kind == NOTICE_UP || (n->kind == NOTICE_SETTLED && !m->down);

    n->outcome = m->outcome;
    n->status = m->status;
    n->phase = m->phase;
    n->attempts = m->attempts;
    n->certificate_until = m->certificate_until;
    memcpy(n->cause, m->cause, sizeof(n->cause));
    memcpy(n->address, m->address, sizeof(n->address));
    n->since_ms = m->since_ms;
    n->until_ms = over ? now_ms : 0;
    n->duration_ms = m->since_ms && now_ms > m->since_ms ? now_ms - m->since_ms : 0;
    memcpy(n->ack_by, m->ack_by, sizeof(n->ack_by));
    memcpy(n->ack_note, m->ack_note, sizeof(n->ack_note));
    if (n->certificate_until != CERTIFICATE_UNKNOWN)
        n->certificate_days = certificate_days(n->certificate_until, now_ms);
}

void alarm_notice(const struct alarms *a, const struct alarm *al, int owner, enum notice_kind kind, int64_t now_ms,
                  struct notice *out)
{
    notice_init(out, kind);
    alarm_name_copy(out->owner, sizeof(out->owner), a->rules->owner[owner].name);
    out->at_ms = now_ms;
    if (!al)
        return;
    alarm_name_copy(out->site, sizeof(out->site), al->site->name);
    text_mask_url(out->url, sizeof(out->url), al->site->url);
    add_tags(out->tags, sizeof(out->tags), &al->site->options->tags);
    add_repeat(out, al->site);
    out->state = told_state(al, kind);
}

/* --- when ------------------------------------------------------------------------------------------------------------------ */

static bool wakes(const struct alarm_owner *o, const struct alarm *al, enum notice_kind kind)
{
    size_t i;

    if (o->wake & 1u << kind)
        return true;
    for (i = 0; al && i < o->wake_tags.n; i++)
        if (strings_have(&al->site->options->tags, o->wake_tags.item[i]))
            return true;
    return false;
}

int64_t alarm_quiet_until(const struct alarms *a, const struct alarm *al, int owner, enum notice_kind kind, int64_t at_ms)
{
    const struct alarm_owner *o = &a->rules->owner[owner];

    return wakes(o, al, kind) ? 0 : calendar_quiet_until(&o->quiet, at_ms);
}

/* News of an owner are collected: the first opens the time in which others join it. */
static int64_t collect(struct alarms *a, int owner, enum notice_kind kind, int64_t now_ms)
{
    bool calm = kind == NOTICE_CERTIFICATE || kind == NOTICE_DEGRADED || kind == NOTICE_FINE;
    struct collecting *c = &a->collecting[owner];
    int64_t *until_ms = calm ? &c->calm_until_ms : &c->hold_until_ms, hold_ms = a->rules->hold_ms;

    if (calm && hold_ms && hold_ms < ALARM_CALM_MS)
        hold_ms = ALARM_CALM_MS;
    if (now_ms >= *until_ms)
        *until_ms = now_ms + hold_ms;
    return *until_ms;
}

static int64_t deliver_at(struct alarms *a, const struct alarm *al, int owner, enum notice_kind kind, int64_t now_ms)
{
    int64_t at_ms = collect(a, owner, kind, now_ms), quiet_ms;

    if (al && al->m && al->m->mute_until_ms > at_ms)
        at_ms = al->m->mute_until_ms;
    quiet_ms = alarm_quiet_until(a, al, owner, kind, at_ms);
    return quiet_ms ? quiet_ms : at_ms;
}

/* --- telling ------------------------------------------------------------------------------------------------------------------ */

static struct alarm_told *find_told(struct alarm_memory *m, const char *owner)
{
    uint32_t i;

    for (i = 0; i < m->ntold; i++)
        if (!strcmp(m->told[i].owner, owner))
            return &m->told[i];
    return NULL;
}

static struct alarm_told *add_told(struct alarm_memory *m, const struct notice *n)
{
    struct alarm_told *t;

    if (m->ntold == ALARM_TOLD_MOST)
        return NULL;
    t = &m->told[m->ntold++];
    *t = (struct alarm_told){ .not_before_ms = 0 };
    memcpy(t->owner, n->owner, sizeof(t->owner));
    memcpy(t->thread, n->id, sizeof(t->thread));
    return t;
}

void alarm_tell(struct alarms *a, struct alarm *al, int owner, enum notice_kind kind, const char *why, int64_t now_ms)
{
    struct alarm_memory *m = al->m;
    struct alarm_told *told;
    int64_t not_before_ms;
    struct notice n;

    alarm_notice(a, al, owner, kind, now_ms, &n);
    n.incident_id = m->incident_id;
    add_outage(&n, m, now_ms);
    snprintf(n.id, sizeof(n.id), "%llu.%u", (unsigned long long)m->incident_id, m->notices++);
    snprintf(n.why_now, sizeof(n.why_now), "%s", why);
    if (kind == NOTICE_REMINDER)
        n.count = m->reminders;
    if (kind == NOTICE_FLAPPING)
        n.count = m->nchange;
    if (kind == NOTICE_PARENT_BACK)
        memcpy(n.parent, m->parent, sizeof(n.parent));
    told = find_told(m, n.owner);
    n.is_first = !told;
    if (!told)
        told = add_told(m, &n);
    memcpy(n.thread, told ? told->thread : n.id, sizeof(n.thread));
    not_before_ms = deliver_at(a, al, owner, kind, now_ms);
    if (told && told->not_before_ms > not_before_ms)
        not_before_ms = told->not_before_ms;
    if (told)
        told->not_before_ms = not_before_ms;
    al->dirty = true;
    a->sink.tell(a->sink.context, alarm_id(a, al), &n, not_before_ms);
}

void alarm_tell_all(struct alarms *a, struct alarm *al, enum notice_kind kind, const char *why, int64_t now_ms)
{
    uint32_t i, ntold = al->m->ntold;

    for (i = 0; i < ntold; i++) {
        int owner = alarm_owner_find(a, al->m->told[i].owner);

        if (owner != OWNER_NONE)
            alarm_tell(a, al, owner, kind, why, now_ms);
    }
}

/* FNV-1a: the same name gives the same id after a restart, so that a repeat is known. */
static uint32_t name_number(const char *name)
{
    uint32_t h = UINT32_C(2166136261);

    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * UINT32_C(16777619);
    return h;
}

void alarm_tell_single(struct alarms *a, struct alarm *al, int owner, struct notice *n, int64_t now_ms)
{
    int64_t which = n->kind == NOTICE_CERTIFICATE ? n->certificate_until : n->since_ms;

    snprintf(n->id, sizeof(n->id), "%c%08x.%lld.%u", notice_kind_name(n->kind)[0], name_number(al ? n->site : n->owner),
             (long long)which, n->count);
    memcpy(n->thread, n->id, sizeof(n->thread));
    n->is_first = true;
    if (n->since_ms)
        n->duration_ms = (n->until_ms ? n->until_ms : n->at_ms) - n->since_ms;
    if (n->duration_ms < 0)
        n->duration_ms = 0;
    a->sink.tell(a->sink.context, al ? alarm_id(a, al) : UINT32_MAX, n, deliver_at(a, al, owner, n->kind, now_ms));
}
