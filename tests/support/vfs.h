#ifndef SUPPORT_VFS_H
#define SUPPORT_VFS_H

#include <stdbool.h>

/* A disk that fails when it is told to: a VFS of SQLite over the system's. Hand VFS_NAME to whoever opens a database; readers on
 * the system's own VFS see the same files. Any thread. */
#define VFS_NAME "failing"

enum vfs_fault {
    VFS_WELL,
    VFS_FULL,                        /* nothing can be written */
    VFS_READ_ONLY,                   /* nothing may be written */
    VFS_BROKEN                       /* whatever is read, written or synchronised fails */
};

/* Once, before any database is opened. */
void vfs_register(void);

/* From now on. */
void vfs_fail(enum vfs_fault fault);
/* The nth reading, writing, truncating, deleting or synchronising from now on fails, once; n >= 1. */
void vfs_fail_once(unsigned n);
/* True when that one came. None fails afterwards. */
bool vfs_failed(void);

#endif
