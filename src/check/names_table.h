#ifndef NAMES_TABLE_H
#define NAMES_TABLE_H

#include "names_inside.h"

/* Names by host and family, under the lock of whoever has it: nothing here takes one, or gets memory but names_table_buckets(). */
struct names_table {
    struct name **bucket;
    size_t nbucket, nname;
};

/* Zeroed memory for so many buckets; NULL when there is none. */
struct name **names_table_buckets(size_t n);
#define NAMES_BUCKETS_FIRST 64u

struct name *names_table_find(const struct names_table *t, const char *host, size_t length, enum ip_family family);
void names_table_put(struct names_table *t, struct name *n);
/* Takes what nobody needs any more out, into a list for names_free_list(). */
struct name *names_table_sweep(struct names_table *t, int64_t now_ns);
/* Goes over to these buckets; the old ones are the caller's to free. */
struct name **names_table_spread(struct names_table *t, struct name **bucket, size_t nbucket);
void names_free_list(struct name *n);

#endif
