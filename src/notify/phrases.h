#ifndef PHRASES_H
#define PHRASES_H

#include "facts.h"
#include "notify/letter.h"

/* Our own words about one notice. Each appends to out. Pure. */

/* "[DOWN] shop", "[UP] shop after 12m", "[CERT] shop: 7 days left": a subject. */
void phrase_title(struct strbuf *out, const struct facts *f);
/* "shop is DOWN: connected, but no first byte in 10 s": one sentence that says all. */
void phrase_sentence(struct strbuf *out, const struct facts *f);
/* "DOWN shop: ...", state and site first. */
void phrase_brief(struct strbuf *out, const struct facts *f);
/* A few lines under the title. */
void phrase_push(struct strbuf *out, const struct facts *f);
/* The whole story, by lines. */
void phrase_text(struct strbuf *out, const struct facts *f);

enum letter_priority phrase_priority(const struct notice *n);
enum letter_tone phrase_tone(const struct notice *n);

#endif
