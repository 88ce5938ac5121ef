/* Where uptime.cfg and the database are when nobody says. */
#include "find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "config/settings.h"
#include "file.h"

/* NULL for a variable that is not set, or empty. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

/* $XDG_..._HOME/rest, or ~/fallback/rest; relative ones do not count (XDG Base Directory). NULL in *path if there is
 * none. ERR_NOMEM. */
static enum err under_home(char **path, const char *xdg, const char *fallback, const char *rest)
{
    const char *own = variable(xdg), *home = variable("HOME");
    struct strbuf joined = STRBUF_INIT;

    *path = NULL;
    if (own && *own == '/')
        strbuf_addf(&joined, "%s/%s", own, rest);
    else if (home && *home == '/')
        strbuf_addf(&joined, "%s/%s/%s", home, fallback, rest);
    else
        return ERR_OK;
    *path = strbuf_detach(&joined);
    return *path ? ERR_OK : ERR_NOMEM;
}

/* A file that is there but can not be looked at is there: reading it will say why. */
static bool exists(const char *path)
{
    struct stat st;

    return !stat(path, &st) || (errno != ENOENT && errno != ENOTDIR);
}

static enum err give(char **path, const char *found, struct errmsg *why)
{
    *path = strdup(found);
    return *path ? ERR_OK : err_set(why, ERR_NOMEM, "out of memory");
}

enum err settings_find(char **path, const char *named, struct errmsg *why)
{
    static const char here[] = "uptime.cfg", etc[] = FIND_SYSTEM_FILE;
    char *home;
    enum err err;

    if (!named)
        named = variable("UPTIMESQUIRREL_CONFIG");
    if (named || exists(here))
        return give(path, named ? named : here, why);
    if (under_home(&home, "XDG_CONFIG_HOME", ".config", "uptimesquirrel/uptime.cfg"))
        return err_set(why, ERR_NOMEM, "out of memory");

    if (home && exists(home))
        err = give(path, home, why);
    else if (exists(etc))
        err = give(path, etc, why);
    else
        err = err_set(why, ERR_NOTFOUND, "there is no ./%s%s%.300s nor %s: name a file with -c", here,
                      home ? ", no " : "", home ? home : "", etc);
    free(home);
    return err;
}

static const char name[] = "uptime.db";

char *find_database(const char *directory)
{
    const char *state = variable("STATE_DIRECTORY"); /* systemd.exec(5): may be several, with colons between */
    char *first, *path;

    if (state && *state == '/') {
        first = strndup(state, strcspn(state, ":"));
        path = first ? path_join(first, name) : NULL;
        free(first);
        return path;
    }
    if (under_home(&path, "XDG_STATE_HOME", ".local/state", "uptimesquirrel/uptime.db"))
        return NULL;
    return path ? path : path_join(directory, name);
}

char *find_database_of_service(const char *path, const char *system, const char *state)
{
    if (strcmp(path, system) != 0 || variable("STATE_DIRECTORY") || access(state, W_OK | X_OK) != 0)
        return NULL;
    return path_join(state, name);
}
