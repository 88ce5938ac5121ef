#ifndef ALERTS_H
#define ALERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "monitor/alerts.h"

/* The monitor's list of alerts as the screen has it. One thread. */
struct alert_list {
    struct alert *alert;
    size_t n, size;
    uint32_t *place;                 /* of each, by site; NULL: they are walked through */
    uint64_t revision;
};

/* Copies up to most of them, as monitor_alerts() does. */
typedef size_t alert_source_fn(void *self, struct alert *out, size_t most, uint64_t *revision);

/* Takes the list over if it is another one. */
void alert_list_take(struct alert_list *l, alert_source_fn *source, void *self);
void alert_list_release(struct alert_list *l);
/* After alert and n were set by hand. */
void alert_list_index(struct alert_list *l);

/* That of a site; NULL. */
const struct alert *alert_list_find(const struct alert_list *l, uint32_t site_id);
/* Somebody has taken it on, or wants to hear nothing of it: no bell, and last in the line of alerts. */
bool alert_is_quiet(const struct alert *alert, int64_t now_ms);
bool alert_list_is_quiet(const struct alert_list *l, uint32_t site_id, int64_t now_ms);
/* "ACK sam", "MUTED 40m", "MAINT 2h", "" for a plain one. */
#define ALERT_MARK_SIZE 160
const char *alert_mark(char text[ALERT_MARK_SIZE], const struct alert *alert, int64_t now_ms);

#endif
