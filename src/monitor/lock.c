/* The lock beside uptime.cfg: flock(2) on "FILE.lock", which holds the number of the process for people. Where nothing can be
 * made beside the file, the lock is made in the run-time directory under a name of the file's own. The main thread. */
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

#include "base/strbuf.h"

struct list_lock {
    int fd;
    char *path;
};

static char *path_beside(const char *config_path)
{
    struct strbuf b = STRBUF_INIT;

    strbuf_addf(&b, "%s.lock", config_path);
    return strbuf_detach(&b);
}

/* "$XDG_RUNTIME_DIR/uptimesquirrel-<inode>.lock", or in /tmp with the user's number. */
static char *path_elsewhere(const char *config_path)
{
    const char *dir = getenv("XDG_RUNTIME_DIR");
    struct strbuf b = STRBUF_INIT;
    struct stat st;

    if (stat(config_path, &st) != 0)
        return NULL;
    if (dir && *dir == '/')
        strbuf_addf(&b, "%s/uptimesquirrel", dir);
    else
        strbuf_addf(&b, "/tmp/uptimesquirrel-%u", (unsigned)getuid());
    strbuf_addf(&b, "-%llx-%llx.lock", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
    return strbuf_detach(&b);
}

static int open_lock(const char *path)
{
    return path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
}

/* The lock is on the file that stands at path, not on one that was removed between open and flock. */
static bool still_there(const struct list_lock *l)
{
    struct stat ours, there;

    return fstat(l->fd, &ours) == 0 && stat(l->path, &there) == 0 && ours.st_dev == there.st_dev &&
           ours.st_ino == there.st_ino;
}

static enum err refuse_busy(int fd, const char *config_path, struct errmsg *why)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    long pid = n > 0 ? strtol(text, NULL, 10) : 0;

    if (pid > 0)
        return err_set(why, ERR_BUSY, "'%s' is being watched already, by process %ld; watching it twice would check every "
                       "site twice", config_path, pid);
    return err_set(why, ERR_BUSY, "'%s' is being watched already, by another process", config_path);
}

static void write_pid(int fd)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
        return; /* the number is for people; the lock holds without it */
}

static void close_lock(struct list_lock *l)
{
    if (l->fd >= 0)
        close(l->fd);
    free(l->path);
    free(l);
}

static enum err try_lock(struct list_lock *l, const char *config_path, struct errmsg *why)
{
    if (l->fd >= 0)
        close(l->fd);
    free(l->path);
    l->path = path_beside(config_path);
    l->fd = open_lock(l->path);
    if (l->fd < 0) {
        free(l->path);
        l->path = path_elsewhere(config_path);
        l->fd = open_lock(l->path);
    }
    if (l->fd < 0)
        return err_errno(why, ERR_IO, errno, "cannot make a lock for '%s'", config_path);
    if (flock(l->fd, LOCK_EX | LOCK_NB) == 0)
        return ERR_OK;
    return errno == EWOULDBLOCK ? refuse_busy(l->fd, config_path, why)
                                : err_errno(why, ERR_IO, errno, "cannot lock '%s'", l->path);
}

enum err list_lock_take(struct list_lock **out, const char *config_path, struct errmsg *why)
{
    struct list_lock *l = calloc(1, sizeof(*l));
    enum err err;

    if (!l)
        return err_set(why, ERR_NOMEM, "cannot lock '%s': out of memory", config_path);
    l->fd = -1;
    do
        err = try_lock(l, config_path, why);
    while (!err && !still_there(l));
    if (err) {
        close_lock(l);
        return err;
    }
    write_pid(l->fd);
    *out = l;
    return ERR_OK;
}

void list_lock_release(struct list_lock *l)
{
    if (!l)
        return;
    unlink(l->path);
    close_lock(l);
}
