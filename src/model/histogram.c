/* Durations counted by size. A bucket's number is an exponent over five bits of fraction: durations below 64 us have a bucket
 * each. Pure; any thread. */
#include "model/histogram.h"

#include <stdbool.h>

#include "base/varint.h"

#define FRACTION_BITS 5
#define COARSE_SHIFT 2                     /* four fine buckets are one coarse one */

static unsigned bucket_of(uint32_t us)
{
    int shift = 31 - __builtin_clz(us | 1u) - FRACTION_BITS;

    if (shift <= 0)
        return us;
    return ((unsigned)shift << FRACTION_BITS) + (us >> shift);
}

/* The middle of a bucket: what everything in it is told as. */
static uint32_t middle_of(unsigned bucket)
{
    unsigned shift = bucket >> FRACTION_BITS;
    uint64_t first;

    if (shift <= 1)
        return bucket;
    shift--;
    first = (uint64_t)((bucket & ((1u << FRACTION_BITS) - 1)) | 1u << FRACTION_BITS) << shift;
    return (uint32_t)(first + (UINT64_C(1) << shift) / 2);
}

void histogram_add(struct histogram *h, uint32_t us)
{
    h->count[bucket_of(us)]++;
    h->n++;
}

void histogram_merge(struct histogram *h, const struct histogram *other)
{
    unsigned i;

    h->n += other->n;
    for (i = 0; i < HISTOGRAM_BUCKETS; i++)
        h->count[i] += other->count[i];
}

/* The nearest rank: ceil(n * permille / 1000), at least 1; n may be large. */
static uint64_t rank_of(uint64_t n, int permille)
{
    uint64_t share = (uint64_t)permille, rank = n / 1000 * share + (n % 1000 * share + 999) / 1000;

    return rank ? rank : 1;
}

void histogram_quantiles(const struct histogram *h, const int permille[], uint32_t us[], int n)
{
    uint64_t below = 0;                    /* durations in the buckets before this one */
    unsigned bucket = 0;
    int i;

    for (i = 0; i < n; i++) {
        uint64_t rank = rank_of(h->n, permille[i]);

        while (bucket < HISTOGRAM_BUCKETS && below + h->count[bucket] < rank)
            below += h->count[bucket++];
        us[i] = h->n ? middle_of(bucket) : 0;
    }
}

uint32_t histogram_quantile(const struct histogram *h, int permille)
{
    uint32_t us;

    histogram_quantiles(h, &permille, &us, 1);
    return us;
}

/* --- the packed form ---------------------------------------------------------------------------------------------- */

/* A byte for the grain; then for each bucket that counts anything, in order, a varint of the buckets skipped, doubled, plus
 * one when the count is 1; else the count follows, less two. */

static uint64_t count_of_group(const struct histogram *h, unsigned group, unsigned shift)
{
    uint64_t count = 0;
    unsigned i;

    for (i = 0; i < 1u << shift; i++)
        count += h->count[(group << shift) + i];
    return count;
}

void histogram_pack(const struct histogram *h, enum histogram_grain grain, struct strbuf *out)
{
    unsigned shift = grain == HISTOGRAM_COARSE ? COARSE_SHIFT : 0, group, next = 0;

    if (!h->n)
        return;
    strbuf_addc(out, (char)grain);
    for (group = 0; group < HISTOGRAM_BUCKETS >> shift; group++) {
        uint64_t count = count_of_group(h, group, shift);

        if (!count)
            continue;
        varint_put(out, (uint64_t)(group - next) << 1 | (count == 1));
        if (count > 1)
            varint_put(out, count - 2);
        next = group + 1;
    }
}

struct packed {
    const unsigned char *bytes;
    size_t left;
    unsigned shift, next;                  /* next: the group after the last one read */
};

static bool packed_begin(struct packed *p, const void *bytes, size_t length)
{
    p->bytes = bytes;
    p->left = length;
    p->next = 0;
    if (!length || p->bytes[0] > HISTOGRAM_COARSE)
        return false;
    p->shift = p->bytes[0] == HISTOGRAM_COARSE ? COARSE_SHIFT : 0;
    p->bytes++;
    p->left--;
    return p->left > 0;
}

static bool packed_number(struct packed *p, uint64_t *value)
{
    size_t n = varint_get(p->bytes, p->left, value);

    p->bytes += n;
    p->left -= n;
    return n > 0;
}

/* The next group and its count; false at the first thing wrong. */
static bool packed_next(struct packed *p, unsigned *group, uint64_t *count)
{
    uint64_t head, more = 0;

    if (!packed_number(p, &head) || head >> 1 >= (HISTOGRAM_BUCKETS >> p->shift) - p->next)
        return false;
    if (!(head & 1) && (!packed_number(p, &more) || more > UINT64_MAX / 2))
        return false;
    *group = p->next + (unsigned)(head >> 1);
    *count = head & 1 ? 1 : more + 2;
    p->next = *group + 1;
    return true;
}

static bool is_packed(const void *bytes, size_t length)
{
    struct packed p;
    uint64_t count, n = 0;
    unsigned group;

    if (!packed_begin(&p, bytes, length))
        return false;
    while (p.left) {
        if (!packed_next(&p, &group, &count) || n + count < n)
            return false;
        n += count;
    }
    return true;
}

enum err histogram_unpack(struct histogram *h, const void *bytes, size_t length)
{
    struct packed p;
    uint64_t count;
    unsigned group;

    if (!length)
        return ERR_OK;
    if (!is_packed(bytes, length))
        return ERR_INVALID;
    packed_begin(&p, bytes, length);
    while (p.left && packed_next(&p, &group, &count)) {
        unsigned middle = p.shift ? 1u << (p.shift - 1) : 0;

        h->count[(group << p.shift) + middle] += count;
        h->n += count;
    }
    return ERR_OK;
}
