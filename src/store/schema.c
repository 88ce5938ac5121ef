/* The schema and its steps. The writer's connection brings it up to date, readers only look. */
#include "schema.h"

#include <stdio.h>

#include "model/outcome.h"

static const char *const steps[] = {
#include "schema_1.sql.h"
    ,
#include "schema_2.sql.h"
    ,
};
#define STEPS ((int)(sizeof(steps) / sizeof(steps[0])))

int schema_version(void)
{
    return STEPS;
}

/* Outcomes that are new to this file get a number. */
static int add_outcomes(struct database *d)
{
    int code = SQLITE_DONE, o;

    for (o = 0; o < OUTCOME_COUNT && code == SQLITE_DONE; o++)
        code = database_run(d, "INSERT OR IGNORE INTO outcome (name, class) VALUES (?, ?)", TEXT(outcome_name((enum outcome)o)),
                            TEXT(outcome_class((enum outcome)o)));
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int climb(struct database *d, int from, int to)
{
    char pragma[96];
    int code = SQLITE_OK, i;

    for (i = from; i < to && code == SQLITE_OK; i++)
        code = database_exec(d, steps[i]);
    snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d; PRAGMA user_version = %d", DATABASE_ID, to);
    if (code == SQLITE_OK)
        code = database_exec(d, pragma);
    return code == SQLITE_OK ? add_outcomes(d) : code;
}

#define UNREAD INT64_MIN                 /* what nobody's number is: both are 32 bits, of either sign */

static enum err look(struct database *d, int64_t *version, struct errmsg *why)
{
    int64_t id = database_number(d, "PRAGMA application_id", UNREAD), tables;

    *version = database_number(d, "PRAGMA user_version", UNREAD);
    tables = database_number(d, "SELECT count(*) FROM sqlite_schema", UNREAD);
    if (id == UNREAD || *version == UNREAD || tables == UNREAD)
        return database_failed(d, "read", why);
    if ((tables && id != DATABASE_ID) || *version < 0)
        return err_set(why, ERR_INVALID, "cannot use '%s' for history: it is another program's database", d->path);
    if (*version > STEPS)
        return err_set(why, ERR_INVALID, "cannot use history '%s': it was written by a newer version of this program", d->path);
    return ERR_OK;
}

enum err schema_update_to(struct database *d, int version, struct errmsg *why)
{
    int64_t found;
    enum err err = look(d, &found, why);

    if (err)
        return err;
    /* both hold for a file in which nothing is written yet, or for ever */
    if (!found && database_exec(d, "PRAGMA auto_vacuum = INCREMENTAL") != SQLITE_OK)
        return database_failed(d, "make", why);
    if (database_exec(d, "PRAGMA journal_mode = WAL; BEGIN IMMEDIATE") != SQLITE_OK)
        return database_failed(d, "open", why);
    if (climb(d, (int)found, version) != SQLITE_OK || database_exec(d, "COMMIT") != SQLITE_OK) {
        err = database_failed(d, found ? "bring up to date" : "make", why);
        database_exec(d, "ROLLBACK");
    }
    return err;
}

enum err schema_update(struct database *d, struct errmsg *why)
{
    return schema_update_to(d, STEPS, why);
}

enum err schema_check(struct database *d, struct errmsg *why)
{
    int64_t version;
    enum err err = look(d, &version, why);

    if (!err && version != STEPS)
        err = err_set(why, ERR_INVALID, "cannot read history '%s': it is of version %d, this program's is %d; start the monitor "
                      "once", d->path, (int)version, STEPS);
    return err;
}
