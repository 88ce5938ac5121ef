#ifndef MODEL_HISTOGRAM_H
#define MODEL_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

/* Durations counted by size, so that percentiles can be told of any span of time by adding up its parts: log-linear, 32
 * buckets for each doubling (as HdrHistogram). Merging is addition: exact, in any order. Pure; nothing is allocated but by
 * packing.
 *
 * The struct is dense and of a fixed size (7 KiB): for adding and asking, one at a time. What is kept and stored is the packed
 * form, sparse: two bytes or so for each bucket that counts anything. */
#define HISTOGRAM_BUCKETS 896u

struct histogram {
    uint64_t n;                            /* durations counted */
    uint64_t count[HISTOGRAM_BUCKETS];
};

#define HISTOGRAM_INIT { 0 }

/* us: the whole range of 32 bits. */
void histogram_add(struct histogram *h, uint32_t us);
void histogram_merge(struct histogram *h, const struct histogram *other);

/* The smallest duration (us) that at least so many per mille (0-1000) are at or below; 0 when there is none. Exact below
 * 64 us, else within 1/64 (1.6 %) of the true value. */
uint32_t histogram_quantile(const struct histogram *h, int permille);
/* The n of them at once, in one walk; permille ascends. */
void histogram_quantiles(const struct histogram *h, const int permille[], uint32_t us[], int n);

/* How finely it is kept: 32 buckets for each doubling, or 8 in fewer bytes (then within 1/12 of the true value, or
 * 2 us). */
enum histogram_grain { HISTOGRAM_FINE, HISTOGRAM_COARSE };

/* Appends the packed form; nothing at all for an empty one. It is the same on every machine. */
void histogram_pack(const struct histogram *h, enum histogram_grain grain, struct strbuf *out);

/* Adds what is packed there. ERR_INVALID for bytes nobody packed: h is as it was. */
enum err histogram_unpack(struct histogram *h, const void *bytes, size_t length);

#endif
