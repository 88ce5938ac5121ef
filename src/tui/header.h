#ifndef HEADER_H
#define HEADER_H

#include "alerts.h"
#include "cells.h"
#include "model/snapshot.h"
#include "order.h"
#include "replay.h"
#include "store/outbox.h"

/* The lines above the grid: counts by state, the monitor's own health, and what is wrong. Pure. */
#define HEADER_WIDE 100              /* from here on the first line tells program and date */
#define HEADER_ONE_LINE 160          /* and from here on health is in it, too */

/* frozen: the picture is held, and says so where its clock would be. */
void header_draw_counts(struct cells *c, int y, const struct snapshot *s, const struct outbox_counts *outbox, const char *host,
                        bool frozen);
/* "D3 S2 U130  12:41:09": where there is no room for words. */
void header_draw_letters(struct cells *c, int y, const struct snapshot *s, bool frozen);
/* That this is the past, and which moment of it. */
void header_draw_replay(struct cells *c, int y, const struct replay_banner *b);
void header_draw_health(struct cells *c, int y, const struct snapshot *s, const struct outbox_counts *outbox);

/* True when there is something to tell: a site is down, we are offline, or the monitor has a trouble of its own. */
bool header_has_alert(const struct snapshot *s);
/* alerts: the sites in trouble, worst and newest first; those somebody has taken on or muted come last, with the word for it.
 * known may be NULL. */
void header_draw_alert(struct cells *c, int y, const struct snapshot *s, const struct order *alerts,
                       const struct alert_list *known);

/* All in one line, for screens with room for no more: "D3 S2 U130 legacy-crm 40m"; shorter, if it can be, where that is
 * more than width. */
void header_one_line(struct strbuf *out, const struct snapshot *s, const struct order *alerts, int width);

#endif
