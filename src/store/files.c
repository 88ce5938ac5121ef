/* The database among other files: its directory, its mode, its names. Nothing here knows what is in it. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/owner.h"
#include "base/strbuf.h"
#include "store/history.h"

static const char *const companions[] = { "", "-wal", "-shm" }; /* the file, and what SQLite keeps beside it */
#define COMPANIONS (sizeof(companions) / sizeof(companions[0]))
#define ASIDE_MOST 100                   /* files set aside in one second */

/* --- directories -------------------------------------------------------------------------------------------------- */

enum err history_make_directory(const char *path, struct errmsg *why)
{
    char *copy = strdup(path), *slash;
    enum err err = ERR_OK;

    if (!copy)
        return err_set(why, ERR_NOMEM, "cannot open history '%s': out of memory", path);
    for (slash = strchr(copy + 1, '/'); slash && !err; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0700) != 0 && errno != EEXIST && access(copy, F_OK) != 0)
            err = err_errno(why, ERR_IO, errno, "cannot make the directory '%s' for history", copy);
        *slash = '/';
    }
    free(copy);
    return err;
}

/* --- aside -------------------------------------------------------------------------------------------------------- */

/* No file of that name, nor any companion of one. */
static bool is_free(struct strbuf *name)
{
    size_t length = name->length, i;
    bool taken = false;

    for (i = 0; i < COMPANIONS && !taken && !name->failed; i++) {
        strbuf_adds(name, companions[i]);
        taken = access(name->text, F_OK) == 0 || errno != ENOENT;
        strbuf_splice(name, length, name->length - length, NULL, 0);
    }
    return !taken && !name->failed;
}

/* A name nobody has: "uptime.db.WHY-20261123T124109Z", and "-2", "-3", ... behind it. False when memory ran out, or when there
 * are so many that something else must be wrong. */
static bool name_aside(struct strbuf *name, const char *path, const char *what)
{
    char when[32];
    time_t now = time(NULL);
    struct tm tm;
    int i;

    strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
    for (i = 1; i <= ASIDE_MOST; i++) {
        strbuf_reset(name);
        strbuf_addf(name, "%s.%s-%s", path, what, when);
        if (i > 1)
            strbuf_addf(name, "-%d", i);
        if (is_free(name))
            return true;
    }
    return false;
}

enum err files_set_aside(const char *path, const char *what, struct errmsg *why)
{
    struct strbuf name = STRBUF_INIT, to = STRBUF_INIT, from = STRBUF_INIT;
    enum err err = name_aside(&name, path, what) ? ERR_OK : err_set(why, ERR_IO, "cannot set '%s' aside: no name is free", path);
    size_t i;

    for (i = 0; i < COMPANIONS && !err; i++) {
        strbuf_reset(&from);
        strbuf_reset(&to);
        strbuf_addf(&from, "%s%s", path, companions[i]);
        strbuf_addf(&to, "%s%s", name.text, companions[i]);
        if (from.failed || to.failed)
            err = err_set(why, ERR_NOMEM, "cannot set '%s' aside: out of memory", path);
        else if (rename(from.text, to.text) != 0 && errno != ENOENT)
            err = err_errno(why, ERR_IO, errno, "cannot set '%s' aside as '%s'", from.text, to.text);
        else if (i == 0)
            log_line(LEVEL_ERROR, "history '%s' was %s; that file is now '%s'", path, what, to.text);
    }
    strbuf_release(&from);
    strbuf_release(&to);
    strbuf_release(&name);
    return err;
}

/* --- what is there ------------------------------------------------------------------------------------------------ */

bool files_began_as_database(const char *path)
{
    static const char magic[16] = "SQLite format 3", nothing[16];
    char found[16] = { 1 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool read_well = fd >= 0 && pread(fd, found, sizeof(found), 0) == (ssize_t)sizeof(found);

    if (fd >= 0)
        close(fd);
    return read_well && (!memcmp(found, magic, sizeof(found)) || !memcmp(found, nothing, sizeof(found)));
}

/* Takes from others what they may do to a file of ours. It is not opened for that: closing it would give up the locks of every
 * other connection of this process (fcntl(2), POSIX). */
static void tighten(const char *path)
{
    struct stat st;

    if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || !(st.st_mode & 077))
        return;
    if (chmod(path, st.st_mode & 0700) != 0)
        log_line(LEVEL_WARNING, "history '%s' can be read by others: %s", path, strerror(errno));
    else
        log_line(LEVEL_WARNING, "history '%s' could be read by others; it is its owner's alone now", path);
}

static enum err make(const char *path, struct errmsg *why)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* SQLite would make it under the umask's mode */

    if (fd < 0)
        return err_errno(why, ERR_IO, errno, "cannot open history '%s'", path);
    owner_give(fd, path);
    close(fd);
    return ERR_OK;
}

enum err files_prepare(const char *path, struct errmsg *why)
{
    struct strbuf name = STRBUF_INIT;
    struct stat st;
    size_t i;

    if (lstat(path, &st) != 0)
        return make(path, why);
    if (!S_ISREG(st.st_mode))
        return err_errno(why, ERR_IO, S_ISDIR(st.st_mode) ? EISDIR : ELOOP, "cannot open history '%s'", path);
    for (i = 0; i < COMPANIONS; i++) {
        strbuf_reset(&name);
        strbuf_addf(&name, "%s%s", path, companions[i]);
        if (!name.failed)
            tighten(name.text);
    }
    strbuf_release(&name);
    return ERR_OK;
}

uint64_t files_bytes(const char *path)
{
    struct strbuf name = STRBUF_INIT;
    uint64_t bytes = 0;
    struct stat st;
    size_t i;

    for (i = 0; i < COMPANIONS - 1; i++) {
        strbuf_reset(&name);
        strbuf_addf(&name, "%s%s", path, companions[i]);
        if (!name.failed && stat(name.text, &st) == 0)
            bytes += (uint64_t)st.st_size;
    }
    strbuf_release(&name);
    return bytes;
}
