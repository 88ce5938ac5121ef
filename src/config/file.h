#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

#include "base/err.h"
#include "base/strbuf.h"

/* Whole files into memory, and the paths they have. */

/* Enough of a file to see that it is another, or has been written. */
struct stamp {
    dev_t  device;
    ino_t  inode;
    off_t  size;
    struct timespec written;
};

struct stamp stamp_of(const struct stat *st);
bool stamp_equal(const struct stamp *a, const struct stamp *b);

enum file_kind { FILE_REGULAR, FILE_ANY };   /* FILE_ANY: a pipe will do */

/* Appends what is in the file; *st (may be NULL) is what it was when reading began. ERR_IO: it can not be read, or
 * is larger than limit; the message ends with the cause. */
enum err file_read(struct strbuf *out, struct stat *st, const char *path, enum file_kind kind, size_t limit,
                   struct errmsg *why);

/* Absolute, links resolved as far as there is something; NULL when memory ran out. */
char *path_resolve(const char *path);
/* The directory a path stands in; NULL when memory ran out. */
char *path_directory(const char *path);
/* Its last part: borrowed. */
const char *path_name(const char *path);
/* path, seen from a directory; NULL when memory ran out. */
char *path_join(const char *directory, const char *path);

#endif
