#ifndef NOTIFY_NOTICE_JSON_H
#define NOTIFY_NOTICE_JSON_H

#include "base/err.h"
#include "model/alarm.h"
#include "model/notice.h"

/* Notices, and what the rules remember, as JSON: how they are kept in the database. Names of outcomes and states, not numbers,
 * which may change; what is unknown or does not fit is left as it was made. *out is the caller's to free(). Pure; any thread. */

enum err notice_to_json(char **out, const struct notice *n);
/* ERR_INVALID for what is no notice. */
enum err notice_from_json(struct notice *out, const char *text);

enum err alarm_memory_to_json(char **out, const struct alarm_memory *m);
enum err alarm_memory_from_json(struct alarm_memory *out, const char *text);

#endif
