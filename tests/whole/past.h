#ifndef WHOLE_PAST_H
#define WHOLE_PAST_H

#include <stdint.h>

/* A database of thirty days that never were, the same in every run: beside uptime.cfg, which names it. Its sites:
 *
 *   shop        up, with two outages, one of them over a stop of the program for two hours three days before the end
 *   legacy-crm  fast, then slow for a week; down for the last forty minutes, acknowledged
 *   old-wiki    removed five days before the end
 *   one whose name, URL, owner, tags, message and note would break a page, a spreadsheet or a terminal
 */
#define PAST_UNTIL_MS INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */
#define PAST_UNTIL "2026-11-23T12:00:00Z"
#define PAST_HOSTILE "=HYPERLINK(\"x\")<script>alert('1')</script>,&amp;"

void past_write(void);

#endif
