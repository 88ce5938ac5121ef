/* A VFS of SQLite that fails when it is told to. */
#include "support/vfs.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>

struct file {
    sqlite3_file base;
    sqlite3_file *real;              /* behind this struct */
};

static _Atomic enum vfs_fault fault;
static _Atomic int countdown;        /* 0: none */
static _Atomic bool came;
static sqlite3_vfs *system_vfs;
static sqlite3_vfs failing;
static sqlite3_io_methods methods;

static sqlite3_file *real(sqlite3_file *f)
{
    return ((struct file *)(void *)f)->real;
}

/* True when this one is to fail. */
static bool its_turn(void)
{
    if (atomic_load(&countdown) <= 0 || atomic_fetch_sub(&countdown, 1) != 1)
        return false;
    atomic_store(&came, true);
    return true;
}

static int write_code(int code)
{
    switch (atomic_load(&fault)) {
    case VFS_FULL:
        return SQLITE_FULL;
    case VFS_READ_ONLY:
        return SQLITE_READONLY;
    case VFS_BROKEN:
        return code;
    default:
        return its_turn() ? code : SQLITE_OK;
    }
}

static int read_code(int code)
{
    return atomic_load(&fault) == VFS_BROKEN || its_turn() ? code : SQLITE_OK;
}

static int file_close(sqlite3_file *f)
{
    return real(f)->pMethods->xClose(real(f));
}

static int file_read(sqlite3_file *f, void *bytes, int n, sqlite3_int64 at)
{
    int code = read_code(SQLITE_IOERR_READ);

    return code ? code : real(f)->pMethods->xRead(real(f), bytes, n, at);
}

static int file_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    int code = write_code(SQLITE_IOERR_WRITE);

    return code ? code : real(f)->pMethods->xWrite(real(f), bytes, n, at);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int code = write_code(SQLITE_IOERR_TRUNCATE);

    return code ? code : real(f)->pMethods->xTruncate(real(f), size);
}

static int file_sync(sqlite3_file *f, int flags)
{
    int code = read_code(SQLITE_IOERR_FSYNC);

    return code ? code : real(f)->pMethods->xSync(real(f), flags);
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real(f)->pMethods->xFileSize(real(f), size);
}

static int file_lock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xLock(real(f), level);
}

static int file_unlock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xUnlock(real(f), level);
}

static int file_reserved(sqlite3_file *f, int *out)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int file_control(sqlite3_file *f, int op, void *argument)
{
    return real(f)->pMethods->xFileControl(real(f), op, argument);
}

static int sector_size(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}

static int characteristics(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}

static int shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void shm_barrier(sqlite3_file *f)
{
    real(f)->pMethods->xShmBarrier(real(f));
}

static int shm_unmap(sqlite3_file *f, int remove)
{
    return real(f)->pMethods->xShmUnmap(real(f), remove);
}

static int open_file(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct file *file = (struct file *)(void *)f;
    int code;

    (void)v;
    file->base.pMethods = NULL;
    file->real = (sqlite3_file *)(void *)(file + 1);
    code = system_vfs->xOpen(system_vfs, name, file->real, flags, out);
    if (file->real->pMethods)
        file->base.pMethods = &methods;
    return code;
}

static int delete_file(sqlite3_vfs *v, const char *name, int sync)
{
    int code = write_code(SQLITE_IOERR_DELETE);

    (void)v;
    return code ? code : system_vfs->xDelete(system_vfs, name, sync);
}

void vfs_register(void)
{
    system_vfs = sqlite3_vfs_find(NULL);
    failing = *system_vfs;
    failing.pNext = NULL;
    failing.zName = VFS_NAME;
    failing.szOsFile = (int)sizeof(struct file) + system_vfs->szOsFile;
    failing.xOpen = open_file;
    failing.xDelete = delete_file;
    methods = (sqlite3_io_methods){
        .iVersion = 2, .xClose = file_close, .xRead = file_read, .xWrite = file_write, .xTruncate = file_truncate,
        .xSync = file_sync, .xFileSize = file_size, .xLock = file_lock, .xUnlock = file_unlock,
        .xCheckReservedLock = file_reserved, .xFileControl = file_control, .xSectorSize = sector_size,
        .xDeviceCharacteristics = characteristics, .xShmMap = shm_map, .xShmLock = shm_lock, .xShmBarrier = shm_barrier,
        .xShmUnmap = shm_unmap,
    };
    sqlite3_vfs_register(&failing, 0);
}

void vfs_fail(enum vfs_fault what)
{
    atomic_store(&fault, what);
}

void vfs_fail_once(unsigned n)
{
    atomic_store(&came, false);
    atomic_store(&countdown, (int)n);
}

bool vfs_failed(void)
{
    atomic_store(&countdown, 0);
    return atomic_load(&came);
}
