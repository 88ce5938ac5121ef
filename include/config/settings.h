#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/site.h"

/* What uptime.cfg says, read and validated whole. Immutable once read; the main thread reads it, others only look. */

struct owner {
    char *name;
    char *email, *sms, *ntfy, *webhook; /* NULL: no such channel */
    int64_t remind_ms;                  /* 0: no reminders */
    char *quiet;                        /* "22:00-07:00 Europe/Paris"; NULL: never quiet */
};

struct settings {
    char    *path;                      /* of the file, absolute, links resolved; NULL: there is no file */
    char    *database;                  /* absolute */
    char    *engine;                    /* a word of the engine table; default "events" */
    char    *listen;                    /* NULL: no port is opened */
    int      workers;                   /* 0: the engine's own default */
    int      max_in_flight;             /* 1 - 100000 */
    const struct options *defaults;     /* what a new site begins with */
    struct owner *owner;
    size_t   nowner;
    const struct site **site;           /* in the order of the file, names distinct; references of our own */
    size_t   nsite;
    struct strings anchors;             /* URLs */
    struct strings files;               /* every file read, absolute: the first is path, then what it includes */
};

/* Every fault found in one reading, each one line: "uptime.cfg:12: sites[3] 'shop': unknown setting 'intervall' (did you mean
 * 'interval'?)". Clean text. */
struct faults {
    struct strings line;
};

void faults_release(struct faults *f);

/* Finds the file to use: `named` if not NULL, else $UPTIMESQUIRREL_CONFIG, ./uptime.cfg,
 * $XDG_CONFIG_HOME/uptimesquirrel/uptime.cfg (~/.config), /etc/uptimesquirrel/uptime.cfg, the first that exists.
 * *path is the caller's to free. ERR_NOTFOUND names the places looked at. */
enum err settings_find(char **path, const char *named, struct errmsg *why);

/* Reads and validates. ERR_OK; ERR_INVALID with every fault of the file in *faults; ERR_IO or ERR_NOMEM with one line
 * there. *out is written only on success. */
enum err settings_read(struct settings **out, const char *path, struct faults *faults);

/* As settings_read(), of text in memory that would be written to path: what an edit is tried with. */
enum err settings_read_text(struct settings **out, const char *path, const char *text, size_t length,
                            struct faults *faults);

/* Settings without a file: built-in defaults, no sites. NULL when memory ran out. */
struct settings *settings_new(void);
void settings_free(struct settings *s);

const struct site *settings_site(const struct settings *s, const char *name);
const struct owner *settings_owner(const struct settings *s, const char *name);

/* Checks and normalizes a URL: http or https, a host, no blank or control character. *out is the caller's. ERR_INVALID says
 * what is wrong, and suggests https:// where the scheme is missing. The message shows no password. */
enum err url_normalize(char **out, const char *text, struct errmsg *why);

/* Sites for URLs given on a command line, under s->defaults and with names that are free in s and among themselves:
 * the host, with port and path added while that is taken. URLs already given or in s come once. Writes *nout
 * references, the caller's, in an array the caller frees. ERR_INVALID: a line in *faults for each bad URL, no sites. */
enum err settings_url_sites(const struct site ***out, size_t *nout, const struct settings *s,
                            const char *const *url, size_t nurl, struct faults *faults);

/* True when a file of s is no longer the one that was read (another inode, size or time). */
bool settings_changed(const struct settings *s);

#endif
