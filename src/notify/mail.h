#ifndef MAIL_H
#define MAIL_H

#include "base/strbuf.h"
#include "notify/letter.h"

/* A letter as the text of a mail (RFC 5322, MIME), lines ending in CRLF. Pure: the same letter gives the same text at every
 * try. from and to are plain addresses that the settings have checked. */
void mail_compose(struct strbuf *out, const struct letter *l, const char *from, const char *to);

/* A header's value: folded encoded words (RFC 2047) unless it is plain ASCII. Nothing in it can end the header. */
void mail_add_text(struct strbuf *out, const char *text);
/* Lines of any text as quoted-printable (RFC 2045, section 6.7). */
void mail_add_quoted(struct strbuf *out, const char *text);

#endif
