#ifndef MODEL_SAMPLES_H
#define MODEL_SAMPLES_H

#include <stdint.h>

#include "model/result.h"
#include "model/state.h"

/* The recent past of one site in a fixed number of bytes: a ring of latencies for percentiles, and a trend in which each
 * cell is the worst of its slot of time, so that a single failure cannot vanish. Pure. */
#define SAMPLES_KEPT 96
#define TREND_SLOTS 24

enum mark { MARK_NONE, MARK_GOOD, MARK_MAINTENANCE, MARK_INCONCLUSIVE, MARK_FAILED };

struct samples {
    uint32_t slot;                   /* number of the newest slot: monotonic seconds / slot length */
    uint8_t  newest;                 /* index of that slot in mark[] and worst[] */
    uint8_t  next;                   /* index in latency[] to write next */
    uint8_t  kept;                   /* latencies there are */
    uint8_t  mark[TREND_SLOTS];      /* enum mark */
    uint16_t worst[TREND_SLOTS];     /* latency code of the slowest good check in the slot */
    uint16_t latency[SAMPLES_KEPT];  /* latency codes of good checks */
    uint16_t usual[PHASE_COUNT];     /* latency codes of what each phase takes; 0: it was never reached */
};

/* Latencies are kept as 16-bit floating codes, exact to 0.05 %; the order of codes is the order of latencies. */
uint16_t latency_code(uint32_t us);
uint32_t latency_us(uint16_t code);

/* A slot's length: one cell of the trend stands for so many seconds. */
uint32_t trend_slot_s(int64_t interval_ms);

/* A slot before the newest counts as the newest: results may overtake each other by a moment. */
void samples_add(struct samples *s, enum mark mark, uint32_t us, uint32_t slot);

/* Notes the phases of a good check, UINT32_MAX for those not reached. `usual` is a running median: each check moves it by a
 * few per cent at most, the first ones by more. */
void samples_add_phases(struct samples *s, const uint32_t us[PHASE_COUNT]);

/* When slots get another length; the latencies stay. */
void samples_forget_trend(struct samples *s);

/* The percentiles (0-1000 per mille each) of the latencies kept, in us; 0 when there are none. Sorts a copy. */
void samples_percentiles(const struct samples *s, const int permille[], uint32_t us[], int n);

/* The n newest cells of the trend as seen in `slot`, oldest first: marks, and codes of the slowest. n <= TREND_SLOTS. Returns
 * the slot the last cell stands for: `slot`, or the newest if that is later. */
uint32_t samples_trend(const struct samples *s, uint32_t slot, int n, uint8_t mark[], uint16_t worst[]);

#endif
