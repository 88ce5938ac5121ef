/* Whole files into memory, and the paths they have. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

struct stamp stamp_of(const struct stat *st)
{
    return (struct stamp){ st->st_dev, st->st_ino, st->st_size, st->st_mtim };
}

bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->written.tv_sec == b->written.tv_sec && a->written.tv_nsec == b->written.tv_nsec;
}

#define PATIENCE_MS 10000           /* for each piece of what is no file: a pipe that nobody writes to would be waited for for ever */

/* Waits until there is something to read, or the end. */
static enum err wait_for_more(int fd, const char *path, struct errmsg *why)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    struct shown name;
    int n;

    do
        n = poll(&p, 1, PATIENCE_MS);
    while (n < 0 && errno == EINTR);
    return n ? ERR_OK : err_set(why, ERR_IO, "cannot read '%s': nobody writes to it", shown(&name, path));
}

static enum err read_all(struct strbuf *out, int fd, size_t limit, const char *path, struct errmsg *why)
{
    char chunk[1 << 16];
    struct shown name;
    size_t total = 0;

    for (;;) {
        enum err err = wait_for_more(fd, path, why);
        ssize_t n;

        if (err)
            return err;
        n = read(fd, chunk, sizeof(chunk));
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return err_errno(why, ERR_IO, errno, "cannot read '%s'", shown(&name, path));
        if (n == 0)
            break;
        total += (size_t)n;
        if (total > limit)
            return err_set(why, ERR_IO, "cannot read '%s': it is larger than %zu %s", shown(&name, path),
                           limit >> 20 ? limit >> 20 : limit, limit >> 20 ? "MiB" : "bytes");
        strbuf_add(out, chunk, (size_t)n);
    }
    return out->failed ? err_set(why, ERR_NOMEM, "cannot read '%s': out of memory", shown(&name, path)) : ERR_OK;
}

enum err file_read(struct strbuf *out, struct stat *st, const char *path, enum file_kind kind, size_t limit,
                   struct errmsg *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct shown name;
    struct stat own;
    enum err err;

    if (!st)
        st = &own;
    if (fd < 0)
        return err_errno(why, ERR_IO, errno, "cannot read '%s'", shown(&name, path));
    if (fstat(fd, st))
        err = err_errno(why, ERR_IO, errno, "cannot read '%s'", shown(&name, path));
    else if (S_ISDIR(st->st_mode))
        err = err_errno(why, ERR_IO, EISDIR, "cannot read '%s'", shown(&name, path));
    else if (kind == FILE_REGULAR && !S_ISREG(st->st_mode))
        err = err_set(why, ERR_IO, "cannot read '%s': it is no file", shown(&name, path));
    else
        err = read_all(out, fd, limit, path, why);
    close(fd);
    return err;
}

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

char *path_directory(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

char *path_join(const char *directory, const char *path)
{
    struct strbuf joined = STRBUF_INIT;

    if (*path != '/') {
        strbuf_adds(&joined, directory);
        if (joined.length && joined.text[joined.length - 1] != '/')
            strbuf_addc(&joined, '/');
    }
    strbuf_adds(&joined, path);
    return strbuf_detach(&joined);
}

char *path_resolve(const char *path)
{
    char *whole = realpath(path, NULL);
    char *directory, *resolved;

    if (whole || errno == ENOMEM)
        return whole;
    directory = path_directory(path);
    if (!directory)
        return NULL;
    resolved = realpath(directory, NULL);
    whole = path_join(resolved ? resolved : directory, path_name(path));
    free(resolved);
    free(directory);
    return whole;
}
