/* A connection to SQLite: opened with the settings every connection of ours has, its statements prepared once. */
#include "database.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "store/history.h"

#define BUSY_MS 2000                     /* a lock that is held longer is somebody else's, for good */

const char *store_library(void)
{
    return "SQLite " SQLITE_VERSION;
}

static int set_up(struct database *d, enum database_use use)
{
    int code = sqlite3_extended_result_codes(d->handle, 1);

    sqlite3_busy_timeout(d->handle, BUSY_MS);
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (code == SQLITE_OK)
        code = database_exec(d, "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0");
    if (code == SQLITE_OK && use == DATABASE_READS)
        code = database_exec(d, "PRAGMA query_only = ON");
    return code;
}

enum err database_open(struct database *d, const char *path, enum database_use use, const char *vfs, struct errmsg *why)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_READWRITE;
    enum err err = ERR_OK;

    memset(d, 0, sizeof(*d));
    if (use == DATABASE_WRITES)
        err = files_prepare(path, why);
    else if (access(path, F_OK) != 0)
        return err_errno(why, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, errno, "cannot open history '%s'", path);
    if (err)
        return err;
    d->path = strdup(path);
    if (!d->path)
        return err_set(why, ERR_NOMEM, "cannot open history '%s': out of memory", path);
    if (sqlite3_open_v2(path, &d->handle, flags, vfs) != SQLITE_OK || set_up(d, use) != SQLITE_OK)
        err = database_failed(d, "open", why);
    if (err)
        database_close(d);
    return err;
}

void database_close(struct database *d)
{
    size_t i;

    for (i = 0; i < d->nstatement; i++)
        sqlite3_finalize(d->statement[i].prepared);
    sqlite3_close(d->handle);
    free(d->path);
    memset(d, 0, sizeof(*d));
}

bool database_is_damaged(const struct database *d)
{
    int code = sqlite3_errcode(d->handle) & 0xff;

    return d->damaged || code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

enum err database_failed(struct database *d, const char *act, struct errmsg *why)
{
    int code = sqlite3_errcode(d->handle) & 0xff, number = sqlite3_system_errno(d->handle);

    d->damaged = database_is_damaged(d);
    switch (code) {
    case SQLITE_NOMEM:
        return err_set(why, ERR_NOMEM, "cannot %s history '%s': out of memory", act, d->path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(why, ERR_BUSY, "cannot %s history '%s': another program holds it locked", act, d->path);
    case SQLITE_FULL:
        return err_set(why, ERR_IO, "cannot %s history '%s': the disk is full", act, d->path);
    case SQLITE_READONLY:
        return err_set(why, ERR_IO, "cannot %s history '%s': it can only be read", act, d->path);
    case SQLITE_CORRUPT:
        return err_set(why, ERR_INVALID, "cannot %s history '%s': it is damaged", act, d->path);
    case SQLITE_NOTADB:
        return err_set(why, ERR_INVALID, "cannot %s history '%s': it is no SQLite database", act, d->path);
    default:
        break;
    }
    if (number)
        return err_errno(why, ERR_IO, number, "cannot %s history '%s'", act, d->path);
    return err_set(why, ERR_IO, "cannot %s history '%s': %s", act, d->path, sqlite3_errmsg(d->handle));
}

/* --- statements --------------------------------------------------------------------------------------------------- */

static sqlite3_stmt *prepare(struct database *d, const char *sql)
{
    sqlite3_stmt *s;
    size_t i;

    for (i = 0; i < d->nstatement; i++)
        if (d->statement[i].sql == sql)
            return d->statement[i].prepared;
    if (d->nstatement == DATABASE_STATEMENTS ||
        sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK)
        return NULL;
    d->statement[d->nstatement].sql = sql;
    d->statement[d->nstatement++].prepared = s;
    return s;
}

static int bind(sqlite3_stmt *s, int at, const struct value *v)
{
    switch (v->kind) {
    case VALUE_NUMBER:
        return sqlite3_bind_int64(s, at, v->number);
    case VALUE_TEXT:
        return sqlite3_bind_text(s, at, v->bytes, -1, SQLITE_STATIC);
    case VALUE_BLOB:
        return v->length ? sqlite3_bind_blob64(s, at, v->bytes, v->length, SQLITE_STATIC) : sqlite3_bind_null(s, at);
    default:
        return sqlite3_bind_null(s, at);
    }
}

sqlite3_stmt *database_bind(struct database *d, const char *sql, const struct value *value, size_t n)
{
    sqlite3_stmt *s = prepare(d, sql);
    size_t i;

    for (i = 0; s && i < n; i++)
        if (bind(s, (int)i + 1, &value[i]) != SQLITE_OK)
            return NULL;
    return s;
}

void database_reset(sqlite3_stmt *s)
{
    if (!s)
        return;
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
}

int database_run_bound(struct database *d, const char *sql, const struct value *value, size_t n)
{
    sqlite3_stmt *s = database_bind(d, sql, value, n);
    int code = s ? sqlite3_step(s) : sqlite3_errcode(d->handle);

    database_reset(s);
    return code;
}

int database_exec(struct database *d, const char *sql)
{
    return sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
}

int64_t database_number(struct database *d, const char *sql, int64_t none)
{
    sqlite3_stmt *s = database_bind(d, sql, NULL, 0);
    int64_t number = none;

    if (s && sqlite3_step(s) == SQLITE_ROW)
        number = sqlite3_column_int64(s, 0);
    database_reset(s);
    return number;
}
