#ifndef DNS_ANSWER_H
#define DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "model/outcome.h"

/* Answers of name servers (RFC 1035, section 4) as text. Pure; any thread; bears whatever strangers send. */

/* The number of a record type by its name, in any case: "A", "MX"; 0: not one of ours. */
int dns_type(const char *name, size_t length);
/* "A AAAA CNAME ...": all of them, n words. */
const char *const *dns_type_names(size_t *n);

/* What a datagram is. */
enum dns_reply {
    DNS_NOT_OURS,                    /* no answer to this question: go on waiting */
    DNS_CUT_OFF,                     /* too large for UDP: ask by TCP */
    DNS_READ,                        /* *outcome says what it means */
};

/* Reads an answer to question `id` for records of `type`; name as it was asked. The values found go into `values`, one a
 * line: "192.0.2.7", "10 mail.example.org", "v=spf1 -all". */
enum dns_reply dns_read_answer(const unsigned char *bytes, size_t length, uint16_t id, const char *name, int type,
                               enum outcome *outcome, struct strbuf *values);

/* True when one of the lines of values is `wanted`; case and a dot at the end count as nothing. */
bool dns_has_value(const char *values, const char *wanted);

#endif
