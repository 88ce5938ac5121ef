/* The lock beside the database: flock(2) on "FILE.lock", which holds the number of the process for people. The main thread. */
#include "monitor/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/owner.h"
#include "base/strbuf.h"

struct monitor_lock {
    int fd;
    char *path;
};

static char *path_beside(const char *database)
{
    struct strbuf b = STRBUF_INIT;

    strbuf_addf(&b, "%s.lock", database);
    return strbuf_detach(&b);
}

/* The one that stands there, or a new one. */
static int open_lock(const char *path)
{
    int fd;

    if (!path)
        return -1;
    do {
        fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0)
            owner_give(fd, path);
        else if (errno == EEXIST)
            fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        else
            break;
    } while (fd < 0 && errno == ENOENT); /* it was removed in between */
    return fd;
}

/* The lock is on the file that stands at path, not on one that was removed between open and flock. */
static bool still_there(const struct monitor_lock *l)
{
    struct stat ours, there;

    return fstat(l->fd, &ours) == 0 && stat(l->path, &there) == 0 && ours.st_dev == there.st_dev &&
           ours.st_ino == there.st_ino;
}

static enum err refuse_busy(int fd, const char *database, struct errmsg *why)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    long pid = n > 0 ? strtol(text, NULL, 10) : 0;

    if (pid > 0)
        return err_set(why, ERR_BUSY, "a monitor is running already, process %ld: it writes to '%s'", pid, database);
    return err_set(why, ERR_BUSY, "a monitor is running already: another process writes to '%s'", database);
}

static void write_pid(int fd)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
        return; /* the number is for people; the lock holds without it */
}

static void close_lock(struct monitor_lock *l)
{
    if (l->fd >= 0)
        close(l->fd);
    free(l->path);
    free(l);
}

static enum err try_lock(struct monitor_lock *l, const char *database, struct errmsg *why)
{
    if (l->fd >= 0)
        close(l->fd);
    free(l->path);
    l->path = path_beside(database);
    l->fd = open_lock(l->path);
    if (l->fd < 0)
        return err_errno(why, ERR_IO, errno, "cannot make a lock for '%s'", database);
    if (flock(l->fd, LOCK_EX | LOCK_NB) == 0)
        return ERR_OK;
    return errno == EWOULDBLOCK ? refuse_busy(l->fd, database, why)
                                : err_errno(why, ERR_IO, errno, "cannot lock '%s'", l->path);
}

enum err monitor_lock_take(struct monitor_lock **out, const char *database, struct errmsg *why)
{
    struct monitor_lock *l = calloc(1, sizeof(*l));
    enum err err;

    if (!l)
        return err_set(why, ERR_NOMEM, "cannot lock '%s': out of memory", database);
    l->fd = -1;
    do
        err = try_lock(l, database, why);
    while (!err && !still_there(l));
    if (err) {
        close_lock(l);
        return err;
    }
    write_pid(l->fd);
    *out = l;
    return ERR_OK;
}

void monitor_lock_release(struct monitor_lock *l)
{
    if (!l)
        return;
    unlink(l->path);
    close_lock(l);
}
