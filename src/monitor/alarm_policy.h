#ifndef ALARM_POLICY_H
#define ALARM_POLICY_H

#include "config/settings.h"
#include "model/alarm.h"

/* The rules of alarms as the settings say. Zones this machine does not know count as UTC, which is logged. NULL when memory ran
 * out; the caller's to free. */
struct alarm_rules *alarm_policy(const struct settings *s);

#endif
