#ifndef FACTS_H
#define FACTS_H

#include <stdbool.h>

#include "base/day.h"
#include "base/duration.h"
#include "base/strbuf.h"
#include "config/template.h"
#include "model/notice.h"

/* A notice as short texts: what templates can name, and what our own words are made of. Pure. */
struct facts {
    const struct notice *notice;     /* borrowed */
    const char *state;               /* "DOWN" */
    char host[NOTICE_URL_SIZE];
    char code[16];
    char at[2 * DAY_TEXT_SIZE], since[2 * DAY_TEXT_SIZE], until[2 * DAY_TEXT_SIZE], certificate[2 * DAY_TEXT_SIZE];
    char duration[DURATION_TEXT_SIZE];
    char attempts[16], count[16], days[16], incident[24];
};

void facts_init(struct facts *f, const struct notice *n);
/* "" for what is not known. Borrowed from f and its notice. */
const char *facts_field(const struct facts *f, enum message_field field);

/* "2026-11-23 13:41 CET"; "" for 0. */
const char *facts_moment(char text[2 * DAY_TEXT_SIZE], int64_t at_ms);
/* "1h12m", "3m20s", "41s": two units. */
const char *facts_lasting(char text[DURATION_TEXT_SIZE], int64_t ms);
/* What a kind of notice is called in capitals: "DOWN" "CERT". */
const char *facts_label(const struct notice *n);

#endif
