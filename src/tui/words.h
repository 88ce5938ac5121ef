#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "style.h"

/* What is said of a site in a few columns. Pure: the time is the snapshot's. */
#define WORDS_SIZE 32

/* CODE: "200" "TMO" "DNS" "?"; "-" when nothing is known. */
const char *words_code(char text[WORDS_SIZE], const struct row *r);
/* A latency in at most `width` columns: "38" (ms) "2.4s" "12s"; "-" for 0. */
const char *words_latency(char text[WORDS_SIZE], uint32_t us, int width);
/* Uptime in at most 6 columns: "100.0" "99.96" "99.992", cut and never rounded up; "99.96*" when less than nine tenths of the
 * window were observed; "-" for SHARE_NONE. Shares as in model/uptime.h. */
const char *words_uptime(char text[WORDS_SIZE], int32_t up, int32_t seen);
/* Time since then, "9s" "40m" "41d". */
const char *words_age(char text[WORDS_SIZE], int64_t then_ns, int64_t now_ns);
/* Time until then, "0:21" "2h"; 0:00 when it has come. */
const char *words_until(char text[WORDS_SIZE], int64_t then_ns, int64_t now_ns);
/* The same until its next check, "now" while it is checked; "-" when there is no such time. */
const char *words_countdown(char text[WORDS_SIZE], const struct row *r, int64_t now_ns);
/* The same in steps of five seconds, but for the last ten, so that a column of them does not change in every row every second. */
const char *words_countdown_calm(char text[WORDS_SIZE], const struct row *r, int64_t now_ns);
/* Until the certificate ends, negative afterwards; of dates beyond ten thousand years a part. It is known. */
int64_t words_certificate_left_ms(const struct row *r, int64_t now_ms);
/* CERT: days, "EXP" or "-". */
const char *words_certificate(char text[WORDS_SIZE], const struct row *r, int64_t now_ms);

/* The last result is older than two intervals: nothing here is news. */
bool words_is_old(const struct row *r, int64_t now_ns);

/* True for rows that spend their number columns on a sentence. */
bool words_has_reason(const struct row *r);
/* That sentence, worded to fit `width` columns if it can. */
#define WORDS_REASON_SIZE 320
const char *words_reason(char text[WORDS_REASON_SIZE], const struct row *r, const struct snapshot *s, int width);

enum style words_state_style(const struct row *r);
enum style words_shown_style(enum state s);

/* What stands for each state where there is room for one letter, and the word it counts under: "DOWN" "D". Index by the
 * order in which they are listed, worst first; n of them. */
struct tally {
    const char *word;
    char letter;
    enum style style;
    uint32_t count;
};
#define TALLY_COUNT (STATE_COUNT + 1) /* degraded counts as SLOW and as WARN */
void words_tally(struct tally tally[TALLY_COUNT], const struct status_counts *c);

/* "12:41:09", of another day "24 Nov 12:41"; not wide: "12:41", "24 Nov". */
#define WORDS_MOMENT_SIZE 32
void words_moment(char text[WORDS_MOMENT_SIZE], int64_t at_ms, int64_t now_ms, bool wide);

#endif
