/* The settings of everything but sites. */
#include "groups.h"

#include "base/clock.h"
#include "config/settings.h"
#include "refine.h"

#define TABLE(name, array) const struct table name = { array, sizeof(array) / sizeof(array[0]) }
#define MAY false
#define MUST true

/* The two ways to a password that is not written in uptime.cfg. */
#define PASSWORD(at)                                                                                                   \
    { "password_file", SETTING_PASSWORD_FILE, at, 0, 0, NULL, "The file that begins with the password", MAY, NULL },   \
    { "password_env", SETTING_PASSWORD_ENV, at, 0, 0, NULL, "The variable that holds the password", MAY, NULL }

static const struct setting top[] = {
#define AT(member) offsetof(struct settings, member)
    { "database", SETTING_PATH, AT(database), 0, 0, NULL, "The SQLite file of history and alarms", MAY, NULL },
    { "engine", SETTING_TEXT, AT(engine), 0, 0, "serial threads futures processes events redis", "How checks are run",
      MAY, NULL },
    { "workers", SETTING_INTEGER, AT(workers), 1, 1024, NULL, "How many threads or processes run checks", MAY, NULL },
    { "max_in_flight", SETTING_INTEGER, AT(max_in_flight), 1, 100000, NULL, "How many checks run at a time at most",
      MAY, NULL },
    { "listen", SETTING_TEXT, AT(listen), 0, 0, NULL, "Where metrics and the status page are served", MAY,
      refine_listen },
    { "anchors", SETTING_STRINGS, AT(anchors), 0, 0, NULL, "URLs that fail together only when we are offline", MAY,
      url_normalize },
#undef AT
};
TABLE(table_top, top);

static const struct setting owner[] = {
#define AT(member) offsetof(struct owner, member)
    { "name", SETTING_TEXT, AT(name), 0, 0, NULL, "What sites call this owner", MUST, refine_name },
    { "email", SETTING_TEXTS, AT(email), 0, 0, NULL, "Mail addresses", MAY, refine_mail_address },
    { "sms", SETTING_TEXTS, AT(sms), 0, 0, NULL, "Telephone numbers", MAY, refine_phone },
    { "ntfy", SETTING_TEXTS, AT(ntfy), 0, 0, NULL, "URLs of ntfy topics", MAY, url_normalize },
    { "webhook", SETTING_TEXTS, AT(webhook), 0, 0, NULL, "URLs that are sent JSON", MAY, url_normalize },
    { "remind", SETTING_DURATION, AT(remind_ms), MS_PER_MIN, 30 * MS_PER_DAY, "off",
      "How often to be told again while a site is down", MAY, NULL },
    { "quiet", SETTING_QUIET, AT(quiet), 0, 0, NULL, "Hours without messages", MAY, NULL },
#undef AT
};
TABLE(table_owner, owner);

static const struct setting smtp[] = {
#define AT(member) offsetof(struct mail_settings, member)
    { "url", SETTING_TEXT, AT(url), 0, 0, NULL, "The mail server", MUST, refine_mail_url },
    { "user", SETTING_TEXT, AT(user), 0, 0, NULL, "The user name there", MAY, refine_line },
    PASSWORD(AT(password)),
    { "from", SETTING_TEXT, AT(from), 0, 0, NULL, "The sender's address", MUST, refine_mail_address },
    { "tls", SETTING_WORD, AT(tls), 0, 0, "required try none", "Whether the connection must be encrypted", MAY, NULL },
#undef AT
};
TABLE(table_smtp, smtp);

static const struct setting sms[] = {
#define AT(member) offsetof(struct sms_settings, member)
    { "url", SETTING_TEXT, AT(url), 0, 0, NULL, "Where messages are posted", MUST, url_normalize },
    { "user", SETTING_TEXT, AT(user), 0, 0, NULL, "The account", MAY, refine_line },
    PASSWORD(AT(password)),
    { "from", SETTING_TEXT, AT(from), 0, 0, NULL, "The sender's number or service", MUST, refine_line },
#undef AT
};
TABLE(table_sms, sms);

static const struct setting redis[] = {
#define AT(member) offsetof(struct broker_settings, member)
    { "url", SETTING_TEXT, AT(url), 0, 0, NULL, "The Redis server", MUST, refine_broker_url },
    PASSWORD(AT(password)),
    { "regions", SETTING_STRINGS, AT(regions), 0, 0, NULL, "Where workers are", MAY, refine_name },
    { "quorum", SETTING_INTEGER, AT(quorum), 1, 1024, NULL, "How many regions must find a site down", MAY, NULL },
    { "prefix", SETTING_TEXT, AT(prefix), 0, 0, NULL, "What every key begins with", MAY, refine_name },
#undef AT
};
TABLE(table_redis, redis);

static const struct setting history[] = {
#define AT(member) offsetof(struct history_settings, member)
    { "samples", SETTING_DURATION, AT(samples_ms), MS_PER_H, 3650 * MS_PER_DAY, NULL, "How long each result is kept",
      MAY, NULL },
    { "hourly", SETTING_DURATION, AT(hourly_ms), MS_PER_H, 3650 * MS_PER_DAY, NULL, "How long hourly figures are kept",
      MAY, NULL },
#undef AT
};
TABLE(table_history, history);

static const struct setting window[] = {
#define AT(member) offsetof(struct window, member)
    { "sites", SETTING_STRINGS, AT(sites), 0, 0, NULL, "The sites it holds for; without it all", MAY, refine_name },
    { "start", SETTING_MOMENT, AT(start), 0, 0, NULL, "When it begins", MUST, NULL },
    { "duration", SETTING_DURATION, AT(duration_ms), MS_PER_MIN, 30 * MS_PER_DAY, NULL, "How long it lasts", MUST,
      NULL },
#undef AT
};
TABLE(table_window, window);
