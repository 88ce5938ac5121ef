/* Writes what the server would answer into files. One thread of its own, which alone owns the snapshot. */
#include "web/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "web/pages.h"

#define PIECE 65536u
#define ROWS_ON_A_PAGE 1000u

struct web_files {
    pthread_t thread;
    struct status_table *table;
    char *directory;

    struct mutex lock;               /* leaf: for closing */
    struct cond wake;
    bool closing;

    /* the thread's alone, once it runs */
    struct snapshot snapshot;
    bool failing;                    /* the last time failed, and was told */
};

/* --- the files ---------------------------------------------------------------------------------------------------- */

static bool write_page(struct strbuf *out, struct place *at, const struct snapshot *s, size_t enough)
{
    (void)at;
    (void)enough;
    status_page(out, s, ROWS_ON_A_PAGE);
    return false;
}

static bool write_badge(struct strbuf *out, struct place *at, const struct snapshot *s, size_t enough)
{
    (void)at;
    (void)enough;
    status_badge(out, s, NULL);
    return false;
}

static const struct file {
    const char *name;
    bool (*write_some)(struct strbuf *out, struct place *at, const struct snapshot *s, size_t enough);
} files[] = {
    { "index.html", write_page },
    { "status.json", status_json },
    { "badge.svg", write_badge },
    { "uptimesquirrel.prom", metrics_write },
};

static bool put(int fd, const char *text, size_t length)
{
    while (length) {
        ssize_t n = write(fd, text, length);

        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            text += n;
            length -= (size_t)n;
        }
    }
    return true;
}

/* False with errno. */
static bool put_all(int fd, const struct file *file, const struct snapshot *s)
{
    struct strbuf piece = STRBUF_INIT;
    struct place at = { 0 };
    bool more = true, good = true;

    while (good && more) {
        strbuf_reset(&piece);
        more = file->write_some(&piece, &at, s, PIECE);
        errno = ENOMEM;
        good = !piece.failed && put(fd, piece.text, piece.length);
    }
    strbuf_release(&piece);
    return good;
}

/* Written beside it and renamed: a reader sees the old one or the new one. */
static enum err write_file(const struct web_files *f, int directory, const struct file *file, struct errmsg *why)
{
    char fresh[64];
    bool good;
    int fd, number;

    snprintf(fresh, sizeof(fresh), ".%s.new", file->name);
    fd = openat(directory, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    good = fd >= 0 && fchmod(fd, 0644) == 0 && put_all(fd, file, &f->snapshot);
    number = errno;
    if (fd >= 0 && close(fd) < 0 && good) {
        good = false;
        number = errno;
    }
    if (good && renameat(directory, fresh, directory, file->name) == 0)
        return ERR_OK;
    if (good)
        number = errno;
    unlinkat(directory, fresh, 0);
    return err_errno(why, ERR_IO, number, "cannot write '%s/%s'", f->directory, file->name);
}

static enum err write_files(struct web_files *f, struct errmsg *why)
{
    enum err err = snapshot_refresh(&f->snapshot, f->table, clock_mono_ns(), clock_wall_ms());
    int directory;
    size_t i;

    if (err)
        return err_set(why, err, "cannot write into '%s': out of memory", f->directory);
    directory = open(f->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return err_errno(why, ERR_IO, errno, "cannot write into '%s'", f->directory);
    for (i = 0; !err && i < sizeof(files) / sizeof(files[0]); i++)
        err = write_file(f, directory, &files[i], why);
    close(directory);
    return err;
}

/* --- the thread --------------------------------------------------------------------------------------------------- */

static bool wait_a_while(struct web_files *f)
{
    int64_t until_ns = clock_mono_ns() + WEB_FILES_EVERY_MS * NS_PER_MS;
    bool in_time = true, closing;

    mutex_lock(&f->lock);
    while (!f->closing && in_time)
        in_time = cond_wait(&f->wake, &f->lock, until_ns);
    closing = f->closing;
    mutex_unlock(&f->lock);
    return !closing;
}

static void *keep_writing(void *context)
{
    struct web_files *f = context;
    struct errmsg why;
    bool more;

    do {
        bool failed;

        more = wait_a_while(f);
        failed = write_files(f, &why) != ERR_OK;
        if (failed && !f->failing)
            log_line(LEVEL_WARNING, "%s", why.text);
        f->failing = failed;
    } while (more);
    return NULL;
}

static void files_free(struct web_files *f)
{
    snapshot_release(&f->snapshot);
    cond_release(&f->wake);
    mutex_release(&f->lock);
    free(f->directory);
    free(f);
}

enum err web_files_open(struct web_files **out, struct status_table *t, const char *directory, struct errmsg *why)
{
    struct web_files *f = calloc(1, sizeof(*f));
    enum err err;
    int number;

    if (!f)
        return err_set(why, ERR_NOMEM, "cannot write into '%s': out of memory", directory);
    mutex_init(&f->lock);
    cond_init(&f->wake);
    f->table = t;
    f->directory = strdup(directory);
    err = f->directory ? ERR_OK : err_set(why, ERR_NOMEM, "cannot write into '%s': out of memory", directory);
    if (!err && mkdir(directory, 0755) < 0 && errno != EEXIST)
        err = err_errno(why, ERR_IO, errno, "cannot make '%s'", directory);
    if (!err)
        err = write_files(f, why);
    if (!err && (number = pthread_create(&f->thread, NULL, keep_writing, f)))
        err = err_errno(why, ERR_UNAVAILABLE, number, "cannot start the thread that writes into '%s'", directory);
    if (err) {
        files_free(f);
        return err;
    }
    *out = f;
    return ERR_OK;
}

void web_files_close(struct web_files *f)
{
    if (!f)
        return;
    mutex_lock(&f->lock);
    f->closing = true;
    mutex_unlock(&f->lock);
    cond_signal(&f->wake);
    pthread_join(f->thread, NULL);
    files_free(f);
}
