/* The database's file and its connection. The writer's thread. */
#include "keeper.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "files.h"
#include "schema.h"

/* --- opening ------------------------------------------------------------------------------------------------------ */

static void note_file(struct keeper *k)
{
    struct stat st;

    if (stat(k->path, &st) == 0) {
        k->dev = st.st_dev;
        k->ino = st.st_ino;
    }
}

/* Reads a little of every table: what is damaged at its root is found now. */
static bool reads_well(struct database *d)
{
    static const char *const looks[] = {
        "SELECT max(key) FROM site", "SELECT max(site) FROM memory", "SELECT max(id) FROM sample", "SELECT max(id) FROM run",
        "SELECT max(site) FROM block", "SELECT max(site) FROM hour", "SELECT max(site) FROM change", "SELECT max(id) FROM incident",
    };
    size_t i;

    for (i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
        if (database_number(d, looks[i], -1) < 0)
            return false;
    return true;
}

static enum err set_up(struct keeper *k, int64_t wall_ms, struct errmsg *why)
{
    enum err err = schema_update(&k->db, why);

    if (err)
        return err;
    k->writing = (struct writing){ .db = &k->db };
    if (!reads_well(&k->db) || writing_learn(&k->writing) != SQLITE_OK)
        return database_failed(&k->db, "read", why);
    database_exec(&k->db, "PRAGMA journal_size_limit = 4194304; PRAGMA wal_autocheckpoint = 1000");
    if (database_exec(&k->db, "BEGIN IMMEDIATE") != SQLITE_OK ||
        write_run(&k->writing, 0, wall_ms, "start") != SQLITE_DONE || database_exec(&k->db, "COMMIT") != SQLITE_OK)
        return database_failed(&k->db, "write", why);
    return ERR_OK;
}

/* One try. *damaged: the file is, and was closed. */
static enum err try_open(struct keeper *k, int64_t wall_ms, bool *damaged, struct errmsg *why)
{
    enum err err = database_open(&k->db, k->path, DATABASE_WRITES, k->vfs, why);

    *damaged = false;
    if (err)
        return err;
    err = set_up(k, wall_ms, why);
    if (err) {
        *damaged = database_is_damaged(&k->db) && files_began_as_database(k->path);
        database_close(&k->db);
        return err;
    }
    note_file(k);
    k->open = true;
    return ERR_OK;
}

static enum err open_file(struct keeper *k, int64_t wall_ms, struct errmsg *why)
{
    enum err err = k->admit ? k->admit(k->admit_context, why) : ERR_OK;
    bool damaged = false;

    if (!err)
        err = history_make_directory(k->path, why);
    if (!err)
        err = try_open(k, wall_ms, &damaged, why);
    if (!damaged)
        return err;
    err = files_set_aside(k->path, "damaged", why);
    if (!err)
        err = try_open(k, wall_ms, &damaged, why);
    if (!err)
        k->renewed++;
    return err;
}

enum err keeper_init(struct keeper *k, const struct history_options *o)
{
    *k = (struct keeper){ .path = strdup(o->path), .vfs = o->vfs ? strdup(o->vfs) : NULL, .admit = o->admit,
                          .admit_context = o->admit_context };
    return k->path && (k->vfs || !o->vfs) ? ERR_OK : ERR_NOMEM;
}

void keeper_close(struct keeper *k)
{
    if (k->open)
        database_close(&k->db);
    latest_release(&k->latest);
    free(k->path);
    free(k->vfs);
    memset(k, 0, sizeof(*k));
}

/* --- bad times ---------------------------------------------------------------------------------------------------- */

static bool is_in_place(const struct keeper *k)
{
    struct stat st;

    return stat(k->path, &st) == 0 && st.st_dev == k->dev && st.st_ino == k->ino;
}

/* Copies all of it from the connection that still has it into a file of its own. */
static enum err copy_to(struct keeper *k, const char *path, struct errmsg *why)
{
    struct database to;
    sqlite3_backup *backup;
    enum err err;

    unlink(path);
    err = database_open(&to, path, DATABASE_WRITES, k->vfs, why);
    if (err)
        return err;
    backup = sqlite3_backup_init(to.handle, "main", k->db.handle, "main");
    if (!backup || sqlite3_backup_step(backup, -1) != SQLITE_DONE)
        err = ERR_IO;
    sqlite3_backup_finish(backup);
    if (err || sqlite3_errcode(to.handle) != SQLITE_OK)
        err = database_failed(&to, "save", why);
    database_close(&to);
    if (err)
        unlink(path);
    return err;
}

/* The file is gone, or another one stands there; our connection still has it whole. */
static enum err put_back(struct keeper *k, struct errmsg *why)
{
    struct strbuf copy = STRBUF_INIT;
    enum err err;

    strbuf_addf(&copy, "%s.saved", k->path);
    if (copy.failed)
        return err_set(why, ERR_NOMEM, "cannot save history '%s': out of memory", k->path);
    err = history_make_directory(k->path, why);
    if (!err)
        err = copy_to(k, copy.text, why);
    if (!err && access(k->path, F_OK) == 0)
        err = files_set_aside(k->path, "replaced", why);
    if (!err) {
        database_close(&k->db); /* takes what lay beside the file with it */
        k->open = false;
        if (rename(copy.text, k->path) != 0)
            err = err_errno(why, ERR_IO, errno, "cannot save history '%s'", k->path);
    }
    if (!err)
        log_line(LEVEL_WARNING, "history '%s' was taken away while it was written; it was put back", k->path);
    strbuf_release(&copy);
    return err;
}

/* Opens what was open before, and goes on with its run. */
static enum err open_again(struct keeper *k, int64_t run, struct errmsg *why)
{
    enum err err = database_open(&k->db, k->path, DATABASE_WRITES, k->vfs, why);

    if (err)
        return err;
    k->writing.run = run;
    k->open = true;
    note_file(k);
    return ERR_OK;
}

enum err keeper_check(struct keeper *k, int64_t wall_ms, struct errmsg *why)
{
    int64_t run = k->writing.run;
    enum err err;

    if (!k->open)
        return open_file(k, wall_ms, why);
    if (is_in_place(k))
        return ERR_OK;
    err = put_back(k, why);
    return err ? err : open_again(k, run, why);
}

enum err keeper_failed(struct keeper *k, const char *act, struct errmsg *why)
{
    bool damaged = database_is_damaged(&k->db);
    enum err err = database_failed(&k->db, act, why);
    struct errmsg unused;

    if (!damaged)
        return err;
    database_close(&k->db);
    k->open = false;
    if (files_set_aside(k->path, "damaged", &unused) == ERR_OK)
        k->renewed++; /* the new file knows no site */
    return err;
}
