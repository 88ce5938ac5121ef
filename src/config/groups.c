/* The settings of everything but sites. */
#include "groups.h"

#include "base/clock.h"
#include "config/settings.h"
#include "refine.h"
#include "url.h"

#define TABLE(name, array) const struct table name = { array, sizeof(array) / sizeof(array[0]) }
#define MAY false
#define MUST true

/* The two ways to a secret that is not written in uptime.cfg. */
#define SECRET(name, at, what)                                                                                         \
    { name "_file", SETTING_PASSWORD_FILE, at, 0, 0, NULL, "The file that begins with the " what, MAY, NULL },         \
    { name "_env", SETTING_PASSWORD_ENV, at, 0, 0, NULL, "The variable that holds the " what, MAY, NULL }
#define PASSWORD(at) SECRET("password", at, "password")

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
    { "hosts", SETTING_STRINGS, AT(hosts), 0, 0, NULL,
      "Names by which that is asked for, beside localhost; without them any, unless listen is a loopback address", MAY, refine_host },
    { "probe_any", SETTING_WORD, AT(probe_any), 0, 0, "off local all",
      "Whether /probe checks targets that are no sites: for nobody, for programs of this machine, or for all who reach it", MAY, NULL },
    { "status_dir", SETTING_PATH, AT(status_dir), 0, 0, NULL, "Where metrics and the status page are written as files", MAY,
      NULL },
    { "anchors", SETTING_STRINGS, AT(anchors), 0, 0, NULL, "URLs that fail together only when we are offline", MAY,
      url_normalize },
    { "heartbeat_url", SETTING_TEXT, AT(heartbeat_url), 0, 0, NULL,
      "A URL that is asked once a minute while all is well with the monitor itself", MAY, url_normalize_web },
#undef AT
};
TABLE(table_top, top);

static const struct setting owner[] = {
#define AT(member) offsetof(struct owner, member)
    { "name", SETTING_TEXT, AT(name), 0, 0, NULL, "What sites call this owner", MUST, refine_name },
    { "email", SETTING_TEXTS, AT(email), 0, 0, NULL, "Mail addresses", MAY, refine_mail_address },
    { "sms", SETTING_TEXTS, AT(sms), 0, 0, NULL, "Telephone numbers", MAY, refine_phone },
    { "ntfy", SETTING_TEXTS, AT(ntfy), 0, 0, NULL, "URLs of ntfy topics", MAY, refine_topic },
    SECRET("ntfy_token", AT(ntfy_token), "access token of ntfy"),
    { "pushover", SETTING_TEXTS, AT(pushover), 0, 0, NULL, "User or group keys of Pushover", MAY, refine_key },
    { "gotify", SETTING_TEXTS, AT(gotify), 0, 0, NULL, "URLs of Gotify servers", MAY, url_normalize_web },
    SECRET("gotify_token", AT(gotify_token), "application token of Gotify"),
    { "slack", SETTING_TEXTS, AT(slack), 0, 0, NULL, "URLs of incoming webhooks of Slack", MAY,
      refine_secret_url },
    SECRET("slack", AT(slack_url), "URL of an incoming webhook of Slack"),
    { "discord", SETTING_TEXTS, AT(discord), 0, 0, NULL, "URLs of webhooks of Discord", MAY, refine_secret_url },
    SECRET("discord", AT(discord_url), "URL of a webhook of Discord"),
    { "webhook", SETTING_TEXTS, AT(webhook), 0, 0, NULL, "URLs that are sent JSON", MAY, url_normalize_web },
    SECRET("webhook_secret", AT(webhook_secret), "secret that webhooks are signed with"),
    { "ca_file", SETTING_FILE, AT(ca_file), 0, 0, NULL,
      "Certificates that ntfy, gotify, slack, discord and webhook are trusted by, instead of the system's", MAY, NULL },
    { "command", SETTING_STRINGS, AT(command), 0, 0, NULL, "A program to start, and its arguments", MAY,
      refine_argument },
    { "remind", SETTING_DURATION, AT(remind_ms), MS_PER_MIN, 30 * MS_PER_DAY, "off",
      "How often to be told again while a site is down", MAY, NULL },
    { "quiet", SETTING_QUIET, AT(quiet), 0, 0, NULL, "Hours without messages", MAY, NULL },
    { "wake", SETTING_STRINGS, AT(wake), 0, 0, NULL, "What comes in quiet hours all the same: down, up, or tag=NAME", MAY,
      refine_wake },
    { "degraded", SETTING_BOOLEAN, AT(degraded), 0, 0, NULL, "Whether to be told of slow sites", MAY, NULL },
    { "escalate", SETTING_TEXT, AT(escalate), 0, 0, NULL, "The owner who is told what this one does not acknowledge", MAY,
      refine_name },
    { "escalate_after", SETTING_DURATION, AT(escalate_after_ms), MS_PER_S, 7 * MS_PER_DAY, NULL, "How long that is waited for",
      MAY, NULL },
#undef AT
};
TABLE(table_owner, owner);

static const struct setting smtp[] = {
#define AT(member) offsetof(struct mail_settings, member)
    { "url", SETTING_TEXT, AT(url), 0, 0, NULL, "The mail server", MUST, refine_mail_url },
    { "user", SETTING_TEXT, AT(user), 0, 0, NULL, "The user name there", MAY, refine_line },
    PASSWORD(AT(password)),
    { "from", SETTING_TEXT, AT(from), 0, 0, NULL, "The sender's address", MUST, refine_mail_address },
    { "ca_file", SETTING_FILE, AT(ca_file), 0, 0, NULL, "Certificates to trust instead of the system's", MAY, NULL },
    { "tls", SETTING_WORD, AT(tls), 0, 0, "required try none", "Whether the connection must be encrypted", MAY, NULL },
#undef AT
};
TABLE(table_smtp, smtp);

static const struct setting sms[] = {
#define AT(member) offsetof(struct sms_settings, member)
    { "url", SETTING_TEXT, AT(url), 0, 0, NULL, "Where messages are posted", MUST, url_normalize_web },
    { "user", SETTING_TEXT, AT(user), 0, 0, NULL, "The account", MAY, refine_line },
    PASSWORD(AT(password)),
    { "from", SETTING_TEXT, AT(from), 0, 0, NULL, "The sender's number or service", MUST, refine_line },
#undef AT
};
TABLE(table_sms, sms);

static const struct setting pushover[] = {
#define AT(member) offsetof(struct pushover_settings, member)
    { "url", SETTING_TEXT, AT(url), 0, 0, NULL, "Where messages are posted", MAY, url_normalize_web },
    SECRET("token", AT(token), "token of the application"),
#undef AT
};
TABLE(table_pushover, pushover);

static const struct setting messages[] = {
#define AT(member) offsetof(struct message_settings, member)
    { "title", SETTING_TEXT, AT(title), 0, 0, NULL, "The subject of a mail, the title of a push", MAY, refine_message },
    { "text", SETTING_TEXT, AT(text), 0, 0, NULL, "The body of a mail", MAY, refine_message },
    { "short", SETTING_TEXT, AT(brief), 0, 0, NULL, "A text message", MAY, refine_message },
    { "push", SETTING_TEXT, AT(push), 0, 0, NULL, "The body of a push", MAY, refine_message },
#undef AT
};
TABLE(table_messages, messages);

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

static const struct setting screen[] = {
#define AT(member) offsetof(struct screen_settings, member)
    { "columns", SETTING_STRINGS, AT(titles), 0, 0, NULL, "The columns of the grid, by their titles, in this order", MAY,
      refine_name },
    { "colours", SETTING_TEXT, AT(colours), 0, 0, "default light colour-blind monochrome", "How it is coloured", MAY, NULL },
    { "bell", SETTING_BOOLEAN, AT(rings), 0, 0, NULL, "Whether it rings when a site goes down", MAY, NULL },
    { "message", SETTING_BOOLEAN, AT(tells), 0, 0, NULL, "Whether tmux shows a message when a site goes down", MAY, NULL },
    { "tree", SETTING_WORD, AT(tree), 0, 0, "off tag dependency", "How the list is grouped when the screen opens", MAY, NULL },
    { "mouse", SETTING_BOOLEAN, AT(mouse), 0, 0, NULL, "Whether the screen takes clicks and the wheel", MAY, NULL },
#undef AT
};
TABLE(table_screen, screen);

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
    { "repeat", SETTING_WORD, AT(repeat), 0, 0, "none daily weekly", "When it comes again, at the same time of day", MAY, NULL },
#undef AT
};
TABLE(table_window, window);

static const struct setting alarms[] = {
#define AT(member) offsetof(struct alarm_settings, member)
    { "hold", SETTING_DURATION, AT(hold_ms), MS_PER_S, MS_PER_H, "off", "How long news wait for others to go with", MAY, NULL },
    { "per_hour", SETTING_INTEGER, AT(per_hour), 0, 100, NULL, "Messages to one address in an hour; 0: no limit", MAY, NULL },
    { "flaps", SETTING_INTEGER, AT(flaps), 0, 16, NULL, "So many changes are flapping; 0: nothing is", MAY, NULL },
    { "flap_window", SETTING_DURATION, AT(flap_window_ms), MS_PER_MIN, MS_PER_DAY, NULL, "Within which changes are counted", MAY,
      NULL },
#undef AT
};
TABLE(table_alarms, alarms);
