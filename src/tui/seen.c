/* The time of the last look, as one line of text. The main thread. */
#include "seen.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"

static char *path_of(const char *database, const char *end)
{
    struct strbuf path = STRBUF_INIT;

    strbuf_addf(&path, "%s.seen%s", database, end);
    if (path.failed) {
        strbuf_release(&path);
        return NULL;
    }
    return strbuf_detach(&path);
}

int64_t seen_read(const char *database)
{
    char *path = path_of(database, "");
    FILE *f = path ? fopen(path, "re") : NULL;
    int64_t at_ms = 0;

    if (f && (fscanf(f, "%" SCNd64, &at_ms) != 1 || at_ms < 0))
        at_ms = 0;
    if (f)
        fclose(f);
    free(path);
    return at_ms;
}

static enum err write_line(const char *path, int64_t at_ms)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    char line[32];
    int n = snprintf(line, sizeof(line), "%" PRId64 "\n", at_ms);
    bool written = fd >= 0 && write(fd, line, (size_t)n) == n;

    if (fd >= 0 && close(fd) != 0)
        written = false;
    return written ? ERR_OK : ERR_IO;
}

/* By another name first, so that a reader finds one time or the other. A time that is yet to come is of a clock that was put back. */
enum err seen_write(const char *database, int64_t at_ms)
{
    char end[32], *path = path_of(database, ""), *beside;
    enum err err = ERR_NOMEM;
    int64_t seen_ms;

    snprintf(end, sizeof(end), ".%d", (int)getpid());
    beside = path_of(database, end);
    if (access(database, F_OK) != 0)
        err = ERR_NOTFOUND;
    else if (path && beside && (seen_ms = seen_read(database)) >= at_ms && seen_ms <= clock_wall_ms())
        err = ERR_OK;
    else if (path && beside) {
        err = write_line(beside, at_ms);
        if (!err && rename(beside, path) != 0)
            err = ERR_IO;
        if (err)
            unlink(beside);
    }
    free(path);
    free(beside);
    return err;
}
