#ifndef BLOCK_H
#define BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "store/history.h"

/* Samples of one site packed into bytes: each is told by its difference from the one before. About 14 bytes a sample where a
 * row of a table needs 36. Exact but for phases, which are kept to 0.05 % (model/samples.h). Pure.
 *
 * A block is a sequence of samples, each
 *
 *     flags    1 byte    what differs from the sample before: BLOCK_HEAD, BLOCK_MASK
 *     time     varint    zigzag: the step in ms since the sample before, less the step before that
 *     [head]   varints   outcome, status, then one of method, attempt and counts
 *     [mask]   1 byte    a bit for each phase that was reached
 *     phases   varints   zigzag: the code of each reached phase, less that phase's code before
 *     whole    varint    zigzag: took_us, less the sum of its phases as they will be read
 *
 * Varints have seven bits a byte, lowest first. */
struct block_end {                       /* what the next sample is told against */
    int64_t at_ms, step_ms;
    uint32_t outcome;
    uint16_t status;
    uint8_t what, mask;
    uint16_t code[PHASE_COUNT];
};

struct block_writer {
    struct strbuf *out;
    struct block_end end;
};
/* from_ms: when the first sample was taken. */
void block_begin(struct block_writer *w, struct strbuf *out, int64_t from_ms);
/* outcome: the file's number of it. */
void block_add(struct block_writer *w, const struct sample *s, uint32_t outcome);

struct block_reader {
    const unsigned char *at, *stop;
    struct block_end end;
};
void block_open(struct block_reader *r, const void *bytes, size_t length, int64_t from_ms);
/* True with the next sample, of which site is left alone and the outcome is in *outcome. False at the end, or with *bad set
 * for bytes nobody packed. */
bool block_next(struct block_reader *r, struct sample *s, uint32_t *outcome, bool *bad);

#endif
