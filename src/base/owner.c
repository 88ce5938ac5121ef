/* Whose a new file is. No state; any thread. */
#include "base/owner.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void owner_give(int fd, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    struct stat st;

    if (directory && geteuid() == 0 && stat(directory, &st) == 0 && st.st_uid != 0 && fchown(fd, st.st_uid, st.st_gid) != 0)
        st.st_uid = 0; /* it stays root's, and whoever can not open it says so */
    free(directory);
}
