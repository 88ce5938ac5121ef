/* The list of alerts, taken over when it changes, and asked by the lines that show it. Pure. */
#include "alerts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/duration.h"

void alert_list_take(struct alert_list *l, alert_source_fn *source, void *self)
{
    uint64_t revision;

    source(self, NULL, 0, &revision);
    if (revision == l->revision)
        return;
    for (;;) {
        size_t size = l->size ? 2 * l->size : 16;
        struct alert *grown;

        l->n = l->size ? source(self, l->alert, l->size, &l->revision) : 0;
        if (l->n < l->size || l->size >= ALERTS_MOST)
            return;
        grown = realloc(l->alert, size * sizeof(*grown));
        if (!grown)
            return; /* some of them are better than none */
        l->alert = grown;
        l->size = size;
    }
}

void alert_list_release(struct alert_list *l)
{
    free(l->alert);
    *l = (struct alert_list){ .alert = NULL };
}

const struct alert *alert_list_find(const struct alert_list *l, uint32_t site_id)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        if (l->alert[i].site_id == site_id)
            return &l->alert[i];
    return NULL;
}

bool alert_is_quiet(const struct alert *a, int64_t now_ms)
{
    return a->acked_ms || a->mute_until_ms > now_ms;
}

bool alert_list_is_quiet(const struct alert_list *l, uint32_t site_id, int64_t now_ms)
{
    const struct alert *a = alert_list_find(l, site_id);

    return a && alert_is_quiet(a, now_ms);
}

const char *alert_mark(char text[ALERT_MARK_SIZE], const struct alert *a, int64_t now_ms)
{
    char left[DURATION_TEXT_SIZE];

    text[0] = '\0';
    if (a->acked_ms)
        snprintf(text, ALERT_MARK_SIZE, "ACK%s%s", *a->ack_by ? " " : "", a->ack_by);
    else if (a->mute_until_ms > now_ms)
        snprintf(text, ALERT_MARK_SIZE, "MUTED %s", duration_glance(left, a->mute_until_ms - now_ms));
    else if (a->maintain_until_ms > now_ms)
        snprintf(text, ALERT_MARK_SIZE, "MAINT %s", duration_glance(left, a->maintain_until_ms - now_ms));
    else if (a->flapping)
        snprintf(text, ALERT_MARK_SIZE, "FLAPPING");
    return text;
}
