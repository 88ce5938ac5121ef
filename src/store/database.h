#ifndef DATABASE_H
#define DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A connection to SQLite with its prepared statements. One thread at a time. */

#define DATABASE_ID 0x55505351           /* application_id: "UPSQ" */
#define DATABASE_STATEMENTS 96

struct database {
    sqlite3 *handle;
    char *path;                          /* for messages */
    bool damaged;                        /* a failure has told so */
    size_t nstatement;
    struct {
        const char *sql;                 /* a literal: known by its address */
        sqlite3_stmt *prepared;
    } statement[DATABASE_STATEMENTS];
};

enum database_use { DATABASE_WRITES, DATABASE_READS };

/* Opens the file; for writing it is made, mode 0600, when it is not there. vfs may be NULL. ERR_NOTFOUND: no such file to read;
 * ERR_IO, ERR_NOMEM. What is in the file is not looked at. */
enum err database_open(struct database *d, const char *path, enum database_use use, const char *vfs, struct errmsg *why);
void database_close(struct database *d);

/* What the last failure was, "cannot ACT 'PATH': CAUSE", and its kind: ERR_NOMEM, ERR_BUSY, ERR_INVALID for what is no
 * database or a damaged one, else ERR_IO. */
enum err database_failed(struct database *d, const char *act, struct errmsg *why);
/* The file is damaged, or is no database: the last failure, or an earlier one, told so. */
bool database_is_damaged(const struct database *d);

/* A value to be bound: borrowed. */
struct value {
    enum { VALUE_NULL, VALUE_NUMBER, VALUE_TEXT, VALUE_BLOB } kind;
    int64_t number;
    const void *bytes;
    size_t length;
};
#define NUMBER(n) ((struct value){ .kind = VALUE_NUMBER, .number = (int64_t)(n) })
#define NUMBER_OR_NULL(n, null) ((n) == (null) ? (struct value){ .kind = VALUE_NULL } : NUMBER(n))
#define TEXT(t) ((struct value){ .kind = VALUE_TEXT, .bytes = (t) }) /* NULL: null */
#define BLOB(b, n) ((struct value){ .kind = VALUE_BLOB, .bytes = (b), .length = (n) }) /* no bytes: null */

/* A statement, prepared once for each connection, with its values bound; NULL on failure. Give it back with database_reset().
 * sql is a literal. */
sqlite3_stmt *database_bind(struct database *d, const char *sql, const struct value *value, size_t n);
void database_reset(sqlite3_stmt *s);

/* Runs a statement that gives no rows. SQLite's code: SQLITE_DONE, or what failed. */
int database_run_bound(struct database *d, const char *sql, const struct value *value, size_t n);

#define VALUES(...) (const struct value[]){ __VA_ARGS__ }, sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value)
#define database_run(d, sql, ...) database_run_bound(d, sql, VALUES(__VA_ARGS__))
#define database_select(d, sql, ...) database_bind(d, sql, VALUES(__VA_ARGS__))

/* Runs statements without values: schema, pragmas, BEGIN. SQLite's code. */
int database_exec(struct database *d, const char *sql);

/* The one number a statement gives; `none` when it gives nothing or fails. */
int64_t database_number(struct database *d, const char *sql, int64_t none);

#endif
