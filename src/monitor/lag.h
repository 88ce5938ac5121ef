#ifndef LAG_H
#define LAG_H

#include <stdint.h>

/* How late checks begin, over the last minute or so: two halves of half a minute, each a histogram by powers of 2^(1/4). */
#define LAG_BUCKETS 128
#define LATE_NS (INT64_C(1000000000)) /* a check that begins so much after its time is counted as late */

struct lag {
    uint32_t half[2][LAG_BUCKETS];
    uint64_t n[2];
    int64_t  turned_ns;   /* when the current half was begun */
    int      current;
};

void lag_note(struct lag *l, int64_t late_ns, int64_t now_ns);
/* 0 when nothing began lately; else exact to a fifth. */
int64_t lag_p99(struct lag *l, int64_t now_ns);

#endif
