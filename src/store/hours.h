#ifndef HOURS_H
#define HOURS_H

#include "base/strbuf.h"
#include "block.h"
#include "database.h"
#include "model/rollup.h"

/* Samples read back, and added up by the hour. One thread each. */

/* Outcomes of the file become the program's through this. */
struct outcomes {
    size_t n;
    uint8_t *of;                             /* by the file's number */
};
/* SQLITE_OK, or what failed. */
int outcomes_learn(struct outcomes *o, struct database *d);
enum outcome outcomes_of(const struct outcomes *o, int64_t id);
void outcomes_release(struct outcomes *o);

/* The beginning of the hour of UTC. */
int64_t hour_of(int64_t at_ms);

/* What `sample` is read with: the columns that sample_columns() takes, from number `at` on. */
#define SAMPLE_COLUMNS "site, at_ms, outcome, status, method, attempt, counts, took_us, dns_us, connect_us, tls_us," \
                       " first_byte_us, body_us"
/* UINT32_MAX where the phase was not reached. */
uint32_t phase_column(sqlite3_stmt *s, int at);
/* The file's number of the outcome is in *outcome; s->outcome is not set. */
void sample_columns(sqlite3_stmt *s, int at, struct sample *to, uint32_t *outcome);

/* Adds a sample, with its outcome known. */
void hours_add(struct rollup *r, const struct sample *s);

/* Adds up the samples of all blocks of that site and hour. SQLITE_DONE, or what failed. */
int hours_of_blocks(struct rollup *r, struct database *d, const struct outcomes *o, uint32_t site, int64_t hour_ms);

/* All histograms of a rollup, packed. */
struct packed_hour {
    struct strbuf bytes[ROLLUP_COUNT];
};
void packed_init(struct packed_hour *p);
void packed_release(struct packed_hour *p);
/* False: memory ran out. */
bool packed_make(struct packed_hour *p, const struct rollup *r);

#endif
