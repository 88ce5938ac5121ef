#ifndef KEEPER_H
#define KEEPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "latest.h"
#include "writing.h"

/* The file and its connection through good and bad times: opened and set up, set aside when it is damaged, found again when
 * somebody took it away. The writer's, and its opener's before there is one. */
struct keeper {
    char *path, *vfs;
    enum err (*admit)(void *context, struct errmsg *why); /* NULL: nobody is asked */
    void *admit_context;
    struct database db;
    struct writing writing;
    struct latest latest;
    bool open;
    uint32_t renewed;                /* new, empty files begun in place of damaged ones */
    dev_t dev;
    ino_t ino;
};

struct history_options;

/* Nothing is opened yet. ERR_NOMEM: close it all the same. */
enum err keeper_init(struct keeper *k, const struct history_options *o);
void keeper_close(struct keeper *k);

/* Before something is written: opens what is not open - makes the directory, brings the schema up to date and begins a run at
 * wall_ms; a damaged file is set aside, and a new one begun; fails as history_open() does - and sees that the file is still where
 * it was: what was moved or removed is written anew, what somebody put in its place is set aside. */
enum err keeper_check(struct keeper *k, int64_t wall_ms, struct errmsg *why);

/* Writing has failed: what it was. A damaged file is set aside, and the next keeper_check() begins a new one. */
enum err keeper_failed(struct keeper *k, const char *act, struct errmsg *why);

#endif
