#ifndef TESTS_STORE_PLACE_H
#define TESTS_STORE_PLACE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/history.h"

/* A directory of a test's own with a database in it, and questions put to that with plain SQL. */
struct place {
    char directory[64];
    char path[96];
    struct history *history;
};

int place_make(void **state);
int place_remove(void **state);

/* Opens the history there, which must go well. */
void place_open(struct place *p);
void place_close(struct place *p);
/* Waits until all is written. */
void place_settle(struct place *p);

/* The one value a statement gives, on a connection of its own. */
int64_t place_number(const struct place *p, const char *sql);
const char *place_text(const struct place *p, const char *sql);
/* Runs SQL on the file. */
void place_exec(const struct place *p, const char *sql);
/* How many files there are whose names begin with the database's name and `behind`. */
int place_files(const struct place *p, const char *behind);

/* A good sample of 20 ms. */
struct sample make_sample(uint32_t key, int64_t at_ms);

/* A batch that must be there. */
struct batch *make_batch(void);
/* Adds a site of that name to the list, under this key. */
void add_site(struct place *p, uint32_t key, const char *name, int64_t at_ms);

#endif
