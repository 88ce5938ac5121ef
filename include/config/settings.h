#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/site.h"

/* What uptime.cfg says, read and validated whole. Immutable once read; the main thread reads it, others only look. */

/* Hours of a day in which nobody is to be woken. From 22:00 to 07:00 is one span, over midnight. */
struct quiet {
    int from_min, until_min;            /* minutes of the day, 0 - 1439, distinct */
    char *zone;                         /* "Europe/Paris"; NULL: never quiet */
};

/* What must not be shown: the text, and the file or variable it came from. */
struct secret {
    char *text, *file, *variable;       /* all NULL: not set */
};

/* A person or team to be told. Each channel is a list of addresses; none: no such channel. */
struct owner {
    char *name;
    struct strings email, sms;
    struct strings ntfy, gotify;        /* URLs: of topics, of servers */
    struct strings slack, discord;      /* URLs that are secrets; the one from slack_file or slack_env is the last */
    struct strings webhook;             /* URLs; may hold secrets */
    struct strings pushover;            /* keys of users or groups */
    struct strings command;             /* a program and its arguments: templates (config/template.h) */
    struct secret ntfy_token, gotify_token, webhook_secret;
    struct secret slack_url, discord_url;
    char *ca_file;                      /* absolute; what their servers over HTTP are trusted by; NULL: the system's */
    int64_t remind_ms;                  /* 0: no reminders */
    struct quiet quiet;
    struct strings wake;                /* what comes in quiet hours all the same: kinds of notices, or "tag=NAME" */
    bool    degraded;                   /* is told of slow sites */
    char   *escalate;                   /* who is told what this owner does not acknowledge; NULL: nobody */
    int64_t escalate_after_ms;          /* 0: 15 min */
};

enum mail_tls { MAIL_TLS_REQUIRED, MAIL_TLS_TRY, MAIL_TLS_NONE };

/* Where mail is handed over. Passwords, here and below: text, and the file or variable it came from. */
struct mail_settings {
    char *url;                          /* smtp:// or smtps://; NULL: no mail is sent */
    char *user;
    char *password, *password_file, *password_env;
    char *from;
    char *ca_file;                      /* absolute; trusted instead of the system's */
    enum mail_tls tls;
};

struct sms_settings {
    char *url;                          /* of a Twilio-shaped service; NULL: no SMS is sent */
    char *user;
    char *password, *password_file, *password_env;
    char *from;
};

struct pushover_settings {
    char *url;                          /* NULL: Pushover's own */
    struct secret token;                /* the application's; not set: nothing is sent */
};

/* Words of one's own for messages about one site: templates (config/template.h). NULL: ours. */
struct message_settings {
    char *title, *text, *brief, *push;
};

struct broker_settings {
    char *url;                          /* redis:// or rediss://; NULL: there is none */
    char *password, *password_file, *password_env;
    struct strings regions;
    int quorum;                         /* regions that must agree; 0: most of them */
    char *prefix;                       /* of every key; NULL: the built-in one */
};

/* How the screen looks. */
struct screen_settings {
    struct strings titles;              /* titles of the grid's columns, in their order; none: those that fit */
    char *colours;                      /* a word of style.h; NULL: the default */
    bool rings;                         /* rings when a site goes down */
    bool tells;                         /* and tells the tmux around us (display-message) */
    int tree;                           /* enum tree_kind of the screen: 0 off, 1 by tag, 2 by dependency */
    bool mouse;                         /* clicks and the wheel are the screen's */
};

struct history_settings {
    int64_t samples_ms, hourly_ms;      /* how long each is kept */
};

/* A wall-clock time of a place, as written. */
struct moment {
    int year, month, day, hour, minute; /* month 1 - 12 */
    char *zone;                         /* "Europe/Paris" */
};

/* Maintenance: alarms of these sites are held. */
struct window {
    struct strings sites;               /* names; none: every site */
    struct moment start;
    int64_t duration_ms;
    int repeat;                         /* enum calendar_repeat (model/calendar.h) */
};

/* How messages are held back, collected and limited. */
struct alarm_settings {
    int64_t hold_ms;                    /* news wait so long for others to go with; 0: they do not */
    int per_hour;                       /* messages to one address in an hour; above it they become one digest. 0: no limit */
    int flaps;                          /* changes that are flapping; 0: nothing is */
    int64_t flap_window_ms;             /* within which they are counted */
};

/* Who may have targets checked that are in no list (/probe). */
enum probe_any { PROBE_ANY_OFF, PROBE_ANY_LOCAL, PROBE_ANY_ALL };

struct key_binding {
    char *action, *key;                 /* "add", "a" */
};

struct settings {
    char    *path;                      /* of the file, absolute, links resolved; NULL: there is no file */
    char    *database;                  /* absolute */
    char    *engine;                    /* a word of the engine table; default "events" */
    char    *listen;                    /* host:port; NULL: no port is opened */
    struct strings hosts;               /* names it is asked by there; none: this machine's own, or any (web/web.h) */
    enum probe_any probe_any;
    char    *status_dir;                /* where metrics and the status page are written; NULL: nowhere */
    int      workers;                   /* 0: the engine's own default */
    int      max_in_flight;             /* 1 - 100000 */
    const struct options *defaults;     /* what a new site begins with */
    struct owner *owner;
    size_t   nowner;
    const struct site **site;           /* in the order of the file, names distinct; references of our own */
    size_t   nsite;
    struct strings anchors;             /* URLs */
    char    *heartbeat_url;             /* asked while all is well with the monitor itself; NULL: nobody waits for it */
    struct mail_settings smtp;
    struct sms_settings sms;
    struct pushover_settings pushover;
    struct message_settings messages;
    struct broker_settings redis;
    struct history_settings history;
    struct alarm_settings alarms;
    struct screen_settings screen;
    struct window *window;
    size_t   nwindow;
    struct key_binding *key;
    size_t   nkey;
    struct strings files;               /* every file read, absolute: the first is path, then what it includes */

    atomic_uint references;             /* private: besides the first */
    struct textmap *index;              /* private: names of sites */
    struct stamp *stamp;                /* private: what each of files was when it was read */
};

/* Every fault found in one reading, each one line: "uptime.cfg:12: sites[3] 'shop': unknown setting 'intervall' (did
 * you mean 'interval'?)", in the order of the file; sites are counted from 0. Clean text. */
struct faults {
    struct strings line;
};

void faults_release(struct faults *f);

/* Finds the file to use: `named` if not NULL, else $UPTIMESQUIRREL_CONFIG, each taken as it is; else the first that
 * exists of ./uptime.cfg, $XDG_CONFIG_HOME/uptimesquirrel/uptime.cfg (~/.config), /etc/uptimesquirrel/uptime.cfg.
 * *path is the caller's to free. ERR_NOTFOUND names the places looked at. */
enum err settings_find(char **path, const char *named, struct errmsg *why);

/* Reads and validates. ERR_OK; ERR_INVALID with every fault of the file in *faults; ERR_IO or ERR_NOMEM with one line
 * there (none when memory is really out). *out is written only on success, faults only on failure. */
enum err settings_read(struct settings **out, const char *path, struct faults *faults);

/* As settings_read(), of text in memory that would be written to path: what an edit is tried with. */
enum err settings_read_text(struct settings **out, const char *path, const char *text, size_t length,
                            struct faults *faults);

/* Settings without a file: built-in defaults, no sites. NULL when memory ran out. */
struct settings *settings_new(void);
/* Gives a reference back; the last one frees. NULL is fine. */
void settings_free(struct settings *s);
/* One more reference, for another thread to look at them as long as it likes. */
struct settings *settings_ref(const struct settings *s);

/* NULL when there is none of that name. */
const struct site *settings_site(const struct settings *s, const char *name);
const struct owner *settings_owner(const struct settings *s, const char *name);

/* Checks and normalizes a URL of any kind of check (check/kind.h) but those only uptime.cfg itself may name: a host in small
 * letters, no blank or control character, no default port, no fragment. *out is the caller's. ERR_INVALID says what is wrong, and suggests https:// where the scheme is
 * missing. The message shows no password. Any thread. */
enum err url_normalize(char **out, const char *text, struct errmsg *why);

/* Sites for URLs given on a command line, under s->defaults and with names that are free in s and among themselves:
 * the host, with port and path added while that is taken. A URL given twice comes once, one that s has not at all.
 * Writes *nout references, the caller's, in an array the caller frees. ERR_INVALID: a line in *faults for each bad
 * URL, no sites. */
enum err settings_url_sites(const struct site ***out, size_t *nout, const struct settings *s,
                            const char *const *url, size_t nurl, struct faults *faults);

/* True when a file of s is no longer the one that was read (another inode, size or time). */
bool settings_changed(const struct settings *s);
/* A number that changes when one of the files of s does. */
uint64_t settings_look(const struct settings *s);

#endif
