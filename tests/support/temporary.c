/* Directories for tests, and an end to those of tests that were killed. */
#include "support/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

void temporary_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* "name-PID-XXXXXX" */
static bool has_lost_its_owner(const char *name)
{
    const char *end = strrchr(name, '-'), *at = end;
    long pid;

    while (at && at > name && at[-1] != '-')
        at--;
    pid = at && at < end ? strtol(at, NULL, 10) : 0;
    return pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static void sweep(const char *parent)
{
    DIR *directory = opendir(parent);
    struct dirent *e;

    while (directory && (e = readdir(directory))) {
        char path[PATH_MAX];

        if (!has_lost_its_owner(e->d_name))
            continue;
        snprintf(path, sizeof(path), "%.2048s/%s", parent, e->d_name);
        temporary_remove(path);
    }
    if (directory)
        closedir(directory);
}

/* Ours and nobody else's, or none. */
static bool make_parent(const char *parent)
{
    struct stat st;

    return (mkdir(parent, 0700) == 0 || errno == EEXIST) && lstat(parent, &st) == 0 && S_ISDIR(st.st_mode) &&
           st.st_uid == geteuid();
}

bool temporary_make(char *path, size_t size, const char *name)
{
    const char *tmp = getenv("TMPDIR");
    char parent[PATH_MAX];
    int n;

    snprintf(parent, sizeof(parent), "%s/squirrel-tests-%u", tmp && *tmp ? tmp : "/tmp", (unsigned)geteuid());
    if (!make_parent(parent))
        return false;
    sweep(parent);
    n = snprintf(path, size, "%s/%s-%ld-XXXXXX", parent, name, (long)getpid());
    return n > 0 && (size_t)n < size && mkdtemp(path);
}
