#ifndef PAST_READER_H
#define PAST_READER_H

#include <stdint.h>

#include "base/err.h"
#include "model/past.h"

/* A thread that reads of history what the figures of sites need, so that nobody waits for SQL: of those asked for, and every hour how long the last day's results took. What it has read is taken piece by piece. */
struct past_reader;

enum past_part { PAST_COURSE, PAST_DAY, PAST_HOUR };

/* A piece of one site's past; whoever takes it frees it. */
struct past_piece {
    struct past_piece *next;
    uint32_t key;                    /* of the site, in history */
    enum past_part part;
    struct course course;            /* PAST_COURSE: up to since_ms */
    char    *bytes;                  /* PAST_DAY, PAST_HOUR: a packed histogram, for past_take_day() or past_join_hour() */
    uint32_t length;
    int64_t  hour_number;
};
void past_piece_free(struct past_piece *p);

/* Reads database as it is asked to. since_ms (wall clock): when the program began to watch, and to note for itself what happens. ready
 * is called on the reader's thread, without a lock, when there is something to take. */
enum err past_reader_open(struct past_reader **out, const char *database, int64_t since_ms, void (*ready)(void *context),
                          void *context, struct errmsg *why);
/* Waits for the row that is being read at most. NULL is fine. */
void past_reader_close(struct past_reader *r);

/* A site came that has a past, perhaps: reads what was before since_ms. key 0: of every site. */
enum err past_reader_ask(struct past_reader *r, uint32_t key, int64_t since_ms);

/* All that was read since the last time, a list; NULL: nothing. */
struct past_piece *past_reader_take(struct past_reader *r);

#endif
