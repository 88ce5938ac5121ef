/* The list of alerts, taken over when it changes, and asked by the lines that show it. Pure. */
#include "alerts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/duration.h"

static int by_site(const void *a, const void *b, void *list)
{
    const struct alert *alert = ((const struct alert_list *)list)->alert;
    uint32_t x = alert[*(const uint32_t *)a].site_id, y = alert[*(const uint32_t *)b].site_id;

    return (x > y) - (x < y);
}

void alert_list_index(struct alert_list *l)
{
    size_t i;

    free(l->place);
    l->place = malloc((l->n + 1) * sizeof(*l->place));
    for (i = 0; l->place && i < l->n; i++)
        l->place[i] = (uint32_t)i;
    if (l->place)
        qsort_r(l->place, l->n, sizeof(*l->place), by_site, l);
}

static void copy_all(struct alert_list *l, alert_source_fn *source, void *self)
{
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

void alert_list_take(struct alert_list *l, alert_source_fn *source, void *self)
{
    uint64_t revision;

    source(self, NULL, 0, &revision);
    if (revision == l->revision)
        return;
    copy_all(l, source, self);
    alert_list_index(l);
}

void alert_list_release(struct alert_list *l)
{
    free(l->alert);
    free(l->place);
    *l = (struct alert_list){ .alert = NULL };
}

const struct alert *alert_list_find(const struct alert_list *l, uint32_t site_id)
{
    size_t low = 0, high = l->n, i;

    for (i = 0; !l->place && i < l->n; i++)
        if (l->alert[i].site_id == site_id)
            return &l->alert[i];
    while (l->place && low < high) {
        size_t middle = low + (high - low) / 2;

        if (l->alert[l->place[middle]].site_id < site_id)
            low = middle + 1;
        else
            high = middle;
    }
    return l->place && low < l->n && l->alert[l->place[low]].site_id == site_id ? &l->alert[l->place[low]] : NULL;
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
