/* Samples packed into bytes. Pure; any thread. */
#include "block.h"

#include <string.h>

#include "base/varint.h"
#include "model/samples.h"

enum { BLOCK_HEAD = 1, BLOCK_MASK = 2, BLOCK_FLAGS = 3 };

static void put_signed(struct strbuf *out, int64_t n)
{
    varint_put(out, (uint64_t)n << 1 ^ (uint64_t)(n >> 63));
}

/* method, attempt and counts in one */
static uint8_t what_of(const struct sample *s)
{
    unsigned attempt = s->attempt < 63 ? s->attempt : 63;

    return (uint8_t)(attempt << 2 | (unsigned)(s->method & 1) << 1 | s->counts);
}

static uint8_t mask_of(const struct sample *s)
{
    unsigned mask = 0;
    int i;

    for (i = 0; i < PHASE_COUNT; i++)
        mask |= (unsigned)(s->phase_us[i] != UINT32_MAX) << i;
    return (uint8_t)mask;
}

void block_begin(struct block_writer *w, struct strbuf *out, int64_t from_ms)
{
    *w = (struct block_writer){ .out = out, .end.at_ms = from_ms };
}

void block_add(struct block_writer *w, const struct sample *s, uint32_t outcome)
{
    struct block_end *e = &w->end;
    uint8_t what = what_of(s), mask = mask_of(s);
    bool head = outcome != e->outcome || s->status != e->status || what != e->what;
    int64_t step = s->at_ms - e->at_ms, sum = 0;
    int i;

    strbuf_addc(w->out, (char)((head ? BLOCK_HEAD : 0) | (mask != e->mask ? BLOCK_MASK : 0)));
    put_signed(w->out, step - e->step_ms);
    if (head) {
        varint_put(w->out, outcome);
        varint_put(w->out, s->status);
        varint_put(w->out, what);
    }
    if (mask != e->mask)
        strbuf_addc(w->out, (char)mask);
    for (i = 0; i < PHASE_COUNT; i++) {
        uint16_t code = latency_code(s->phase_us[i]);

        if (!(mask & 1u << i))
            continue;
        put_signed(w->out, code - e->code[i]);
        e->code[i] = code;
        sum += latency_us(code);
    }
    put_signed(w->out, s->took_us - sum);
    e->step_ms = step;
    e->at_ms = s->at_ms;
    e->outcome = outcome;
    e->status = s->status;
    e->what = what;
    e->mask = mask;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static uint64_t get(struct block_reader *r, bool *bad)
{
    uint64_t n = 0;
    size_t bytes = varint_get(r->at, (size_t)(r->stop - r->at), &n);

    *bad = *bad || !bytes;
    r->at += bytes;
    return bytes ? n : 0;
}

static int64_t get_signed(struct block_reader *r, bool *bad)
{
    uint64_t n = get(r, bad);

    return (int64_t)(n >> 1 ^ (~(n & 1) + 1));
}

static uint8_t get_byte(struct block_reader *r, bool *bad)
{
    if (r->at < r->stop)
        return *r->at++;
    *bad = true;
    return 0;
}

void block_open(struct block_reader *r, const void *bytes, size_t length, int64_t from_ms)
{
    *r = (struct block_reader){ .at = bytes, .stop = (const unsigned char *)bytes + length, .end.at_ms = from_ms };
}

static void get_head(struct block_reader *r, bool *bad)
{
    uint64_t outcome = get(r, bad), status = get(r, bad), what = get(r, bad);

    if (outcome > UINT32_MAX || status > 999 || what > UINT8_MAX)
        *bad = true;
    r->end.outcome = (uint32_t)outcome;
    r->end.status = (uint16_t)status;
    r->end.what = (uint8_t)what;
}

/* The phases; their sum. */
static int64_t get_phases(struct block_reader *r, struct sample *s, bool *bad)
{
    int64_t sum = 0;
    int i;

    for (i = 0; i < PHASE_COUNT; i++) {
        s->phase_us[i] = UINT32_MAX;
        if (!(r->end.mask & 1u << i))
            continue;
        r->end.code[i] = (uint16_t)(r->end.code[i] + (uint64_t)get_signed(r, bad)); /* unsigned, as above */
        s->phase_us[i] = latency_us(r->end.code[i]);
        sum += s->phase_us[i];
    }
    return sum;
}

bool block_next(struct block_reader *r, struct sample *s, uint32_t *outcome, bool *bad)
{
    struct block_end *e = &r->end;
    uint8_t flags;
    int64_t took;

    *bad = false;
    if (r->at == r->stop)
        return false;
    flags = get_byte(r, bad);
    if (flags & ~BLOCK_FLAGS)
        *bad = true;
    e->step_ms = (int64_t)((uint64_t)e->step_ms + (uint64_t)get_signed(r, bad)); /* what is no block may overflow: unsigned */
    e->at_ms = (int64_t)((uint64_t)e->at_ms + (uint64_t)e->step_ms);
    if (flags & BLOCK_HEAD)
        get_head(r, bad);
    if (flags & BLOCK_MASK)
        e->mask = get_byte(r, bad);
    took = get_phases(r, s, bad);
    if (__builtin_add_overflow(took, get_signed(r, bad), &took) || took < 0 || took > UINT32_MAX)
        *bad = true;
    if (*bad)
        return false;
    s->at_ms = e->at_ms;
    s->status = e->status;
    s->attempt = e->what >> 2;
    s->method = e->what >> 1 & 1;
    s->counts = e->what & 1;
    s->took_us = (uint32_t)took;
    *outcome = e->outcome;
    return true;
}
