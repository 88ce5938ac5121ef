#ifndef ASKING_H
#define ASKING_H

#include "hours.h"
#include "recent.h"
#include "store/query.h"

/* What the files of query*.c share. */
struct query {
    struct database db;
    struct outcomes outcomes;
    bool holding;                        /* query_hold() */
    struct recent held;
};

/* One state of the database for several statements: begin, and end whatever came between. */
enum err query_begin(struct query *q, struct errmsg *why);
void query_end(struct query *q);
/* What a walk came to, by the last code of its statement: SQLITE_DONE and SQLITE_ROW (the visitor had enough) are well. */
enum err query_ended(struct query *q, int code, struct errmsg *why);

/* A column of text; "" where there is none. */
const char *text_column(sqlite3_stmt *s, int at);
/* An enum state by its name; STATE_COUNT for 'gone' and for what this program does not know. */
int state_column(sqlite3_stmt *s, int at);

#endif
