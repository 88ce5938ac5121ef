#ifndef CONFIG_GROUPS_H
#define CONFIG_GROUPS_H

#include <stddef.h>

#include "config/schema.h"

/* The settings of everything but sites: a table for each group, whose offsets are those of its own struct
 * (config/settings.h). */
struct table {
    const struct setting *rows;
    size_t n;
};

extern const struct table table_top;         /* struct settings */
extern const struct table table_owner;
extern const struct table table_smtp;
extern const struct table table_sms;
extern const struct table table_pushover;
extern const struct table table_messages;
extern const struct table table_redis;
extern const struct table table_screen;
extern const struct table table_history;
extern const struct table table_alarms;
extern const struct table table_window;

#endif
