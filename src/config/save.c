/* Writes a file so that the old text or the new one is there, whole. Writers of one directory take turns by a lock
 * on the directory itself, which leaves nothing behind. */
#include "save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "report.h"
#include "source.h"

#define LOCK_WAIT_NS NS_PER_S

/* A file written beside another, to take a name of its in one step. */
struct beside {
    char *path;                      /* NULL: there is none, or none any more */
    int   file;
};

/* A write under way. */
struct saving {
    const char *path;
    int  directory;                  /* locked; -1: not yet */
    struct stat was;                 /* what path was */
    struct beside next, backup;
    struct errmsg *why;
};

static enum err fail(const struct saving *s, const char *act)
{
    int number = errno;
    struct shown name;

    return err_errno(s->why, ERR_IO, number, "cannot %s '%s'", act, shown(&name, s->path));
}

/* --- the lock --------------------------------------------------------------------------------------------------- */

/* A write takes a moment. Who holds the lock for longer is not waited for: the screen would stand still. */
static enum err lock_directory(struct saving *s)
{
    static const struct timespec pause = { .tv_nsec = 10 * NS_PER_MS };
    char *directory = path_directory(s->path);
    int64_t until = clock_mono_ns() + LOCK_WAIT_NS;
    struct shown name;

    if (!directory)
        return err_set(s->why, ERR_NOMEM, "out of memory");
    s->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(directory);
    if (s->directory < 0)
        return fail(s, "open the directory of");
    while (flock(s->directory, LOCK_EX | LOCK_NB)) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail(s, "lock the directory of");
        if (clock_mono_ns() > until)
            return err_set(s->why, ERR_BUSY, "cannot write '%s': somebody else is writing it", shown(&name, s->path));
        nanosleep(&pause, NULL);
    }
    return ERR_OK;
}

/* --- what is there ---------------------------------------------------------------------------------------------- */

static enum err check_expected(struct saving *s, const struct expected *expected)
{
    struct strbuf text = STRBUF_INIT;
    struct stat link;
    struct stamp now;
    struct shown name;
    enum err err = file_read(&text, &s->was, s->path, FILE_REGULAR, SOURCE_LIMIT, s->why);
    bool same;

    now = err ? (struct stamp){ 0 } : stamp_of(&s->was);
    same = !err && !lstat(s->path, &link) && S_ISREG(link.st_mode) && text.length == expected->length &&
           !memcmp(text.text, expected->text, text.length) && (!expected->stamp || stamp_equal(&now, expected->stamp));
    strbuf_release(&text);
    if (err)
        return err == ERR_IO ? ERR_CHANGED : err;
    return same ? ERR_OK : err_set(s->why, ERR_CHANGED, "'%s' was changed by somebody else: nothing is written",
                                   shown(&name, s->path));
}

/* --- what shall be there ---------------------------------------------------------------------------------------- */

/* The mode last: a change of owner takes bits from it, and until then nobody else may read. */
static enum err keep_owner_and_mode(struct saving *s, int file)
{
    struct stat st;

    if (fstat(file, &st))
        return fail(s, "write");
    if ((st.st_uid != s->was.st_uid || st.st_gid != s->was.st_gid) && fchown(file, s->was.st_uid, s->was.st_gid))
        return fail(s, "keep the owner of");
    return fchmod(file, s->was.st_mode & 07777) ? fail(s, "keep the mode of") : ERR_OK;
}

static enum err write_all(struct saving *s, int file, const char *text, size_t length)
{
    size_t done = 0;

    while (done < length) {
        ssize_t n = write(file, text + done, length - done);

        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            return fail(s, "write");
    }
    return fsync(file) ? fail(s, "write") : ERR_OK;
}

static enum err write_beside(struct saving *s, struct beside *b, const char *text, size_t length)
{
    struct strbuf name = STRBUF_INIT;
    enum err err;

    strbuf_addf(&name, "%s.XXXXXX", s->path);
    b->path = strbuf_detach(&name);
    if (!b->path)
        return err_set(s->why, ERR_NOMEM, "out of memory");
    b->file = mkostemp(b->path, O_CLOEXEC);
    if (b->file < 0) {
        err = fail(s, "write beside");
        free(b->path);
        b->path = NULL;
        return err;
    }
    err = keep_owner_and_mode(s, b->file);
    return err ? err : write_all(s, b->file, text, length);
}

/* It takes its name: from here on it is no longer ours to take away. */
static enum err put_in_place(struct saving *s, struct beside *b, const char *path)
{
    if (rename(b->path, path))
        return fail(s, "replace");
    free(b->path);
    b->path = NULL;
    return ERR_OK;
}

/* The old text under its new name first: who finds no new text then has lost nothing. */
static enum err put_both_in_place(struct saving *s)
{
    struct strbuf backup = STRBUF_INIT;
    enum err err;

    strbuf_addf(&backup, "%s~", s->path);
    err = backup.failed ? err_set(s->why, ERR_NOMEM, "out of memory") : put_in_place(s, &s->backup, backup.text);
    strbuf_release(&backup);
    if (!err)
        err = put_in_place(s, &s->next, s->path);
    if (!err)
        fsync(s->directory); /* what this might tell comes too late to change anything */
    return err;
}

static void release_beside(struct beside *b)
{
    if (b->path)
        unlink(b->path);
    free(b->path);
    if (b->file >= 0)
        close(b->file);
}

enum err save(const char *path, const char *text, size_t length, const struct expected *expected, struct stamp *stamp,
              struct errmsg *why)
{
    struct saving s = { .path = path, .directory = -1, .next.file = -1, .backup.file = -1, .why = why };
    struct stat st;
    enum err err = lock_directory(&s);

    if (!err)
        err = check_expected(&s, expected);
    if (!err)
        err = write_beside(&s, &s.backup, expected->text, expected->length);
    if (!err)
        err = write_beside(&s, &s.next, text, length);
    if (!err && fstat(s.next.file, &st))
        err = fail(&s, "write");
    if (!err)
        err = put_both_in_place(&s);
    if (!err && stamp)
        *stamp = stamp_of(&st);
    release_beside(&s.next);
    release_beside(&s.backup);
    if (s.directory >= 0)
        close(s.directory); /* and the lock is gone */
    return err;
}
