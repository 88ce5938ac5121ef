/* The rules of alarms, made of the settings: owners, quiet hours, maintenance windows and their time zones. */
#include "alarm_policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define ESCALATE_MS (15 * MS_PER_MIN)
#define TAG "tag="

/* Zones opened once each, by name. */
struct zones {
    struct alarm_rules *rules;
    const char **name;
    size_t n;
};

static const struct zone *zone_of(struct zones *z, const char *name)
{
    struct errmsg why = ERRMSG_INIT;
    size_t i;

    for (i = 0; i < z->n; i++)
        if (!strcmp(z->name[i], name))
            return z->rules->zone[i];
    if (zone_open(&z->rules->zone[z->n], name, &why))
        log_line(LEVEL_WARNING, "%s; its times are taken as UTC", why.text);
    z->name[z->n] = name;
    return z->rules->zone[z->n++];
}

static enum err set_wake(struct alarm_owner *to, const struct strings *wake)
{
    size_t i;

    for (i = 0; i < wake->n; i++) {
        int kind = notice_kind_parse(wake->item[i]);

        if (kind >= 0)
            to->wake |= 1u << kind;
        else if (strings_add(&to->wake_tags, wake->item[i] + strlen(TAG)))
            return ERR_NOMEM;
    }
    if (to->wake & 1u << NOTICE_DOWN)
        to->wake |= 1u << NOTICE_PARENT_BACK | 1u << NOTICE_FLAPPING; /* as bad as down */
    return ERR_OK;
}

static enum err set_owner(struct zones *z, struct alarm_owner *to, const struct owner *from)
{
    to->name = strdup(from->name);
    to->remind_ms = from->remind_ms;
    to->degraded = from->degraded;
    if (from->quiet.zone)
        to->quiet = (struct calendar_quiet){ .on = true, .from_min = from->quiet.from_min, .until_min = from->quiet.until_min,
                                             .zone = zone_of(z, from->quiet.zone) };
    to->escalate_ms = from->escalate_after_ms ? from->escalate_after_ms : ESCALATE_MS;
    to->next = from->escalate ? strdup(from->escalate) : NULL;
    if (!to->name || (from->escalate && !to->next))
        return ERR_NOMEM;
    return set_wake(to, &from->wake);
}

static enum err set_window(struct zones *z, struct alarm_window *to, const struct window *from)
{
    size_t i;

    to->when = (struct calendar_window){
        .start = { .year = from->start.year, .month = from->start.month, .day = from->start.day, .hour = from->start.hour,
                   .minute = from->start.minute },
        .repeat = (enum calendar_repeat)from->repeat,
        .duration_ms = from->duration_ms,
        .zone = zone_of(z, from->start.zone),
    };
    for (i = 0; i < from->sites.n; i++)
        if (strings_add(&to->sites, from->sites.item[i]))
            return ERR_NOMEM;
    return ERR_OK;
}

struct alarm_rules *alarm_policy(const struct settings *s)
{
    size_t nzone = s->nowner + s->nwindow, i;
    struct zones z = { .rules = alarm_rules_new(s->nowner, s->nwindow, nzone), .name = calloc(nzone + 1, sizeof(*z.name)) };
    enum err err = z.rules && z.name ? ERR_OK : ERR_NOMEM;

    if (!err) {
        z.rules->hold_ms = s->alarms.hold_ms;
        z.rules->flaps = s->alarms.flaps;
        z.rules->flap_ms = s->alarms.flap_window_ms;
    }
    for (i = 0; !err && i < s->nowner; i++)
        err = set_owner(&z, &z.rules->owner[i], &s->owner[i]);
    for (i = 0; !err && i < s->nwindow; i++)
        err = set_window(&z, &z.rules->window[i], &s->window[i]);
    free(z.name);
    if (!err)
        return z.rules;
    alarm_rules_free(z.rules);
    return NULL;
}
