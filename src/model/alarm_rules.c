/* The rules of alarms and what is remembered of a site, as values. */
#include "model/alarm.h"

#include <stdlib.h>
#include <string.h>

struct alarm_rules *alarm_rules_new(size_t nowner, size_t nwindow, size_t nzone)
{
    struct alarm_rules *r = calloc(1, sizeof(*r));

    if (!r)
        return NULL;
    *r = (struct alarm_rules){
        .hold_ms = ALARM_HOLD_MS,
        .flaps = ALARM_FLAPS,
        .flap_ms = ALARM_FLAP_MS,
        .owner = calloc(nowner + 1, sizeof(*r->owner)),
        .window = calloc(nwindow + 1, sizeof(*r->window)),
        .zone = calloc(nzone + 1, sizeof(*r->zone)),
        .nowner = nowner,
        .nwindow = nwindow,
        .nzone = nzone,
    };
    if (r->owner && r->window && r->zone)
        return r;
    alarm_rules_free(r);
    return NULL;
}

void alarm_rules_free(struct alarm_rules *r)
{
    size_t i;

    if (!r)
        return;
    for (i = 0; r->owner && i < r->nowner; i++) {
        free(r->owner[i].name);
        free(r->owner[i].next);
        strings_release(&r->owner[i].wake_tags);
    }
    for (i = 0; r->window && i < r->nwindow; i++)
        strings_release(&r->window[i].sites);
    for (i = 0; r->zone && i < r->nzone; i++)
        zone_free(r->zone[i]);
    free(r->owner);
    free(r->window);
    free(r->zone);
    free(r);
}

bool alarm_memory_is_empty(const struct alarm_memory *m)
{
    return !m->down && !m->ntold && !m->mute_until_ms && !m->maintain_until_ms && !m->degraded_ms && !m->nchange &&
           !m->flapping && !m->certificate[0].until_s;
}

const char *alarm_hold_name(enum alarm_hold h)
{
    static const char *const names[HOLD_COUNT] = {
        "", "paused", "maintenance", "muted", "depends", "flapping", "offline",
    };

    return names[h];
}
