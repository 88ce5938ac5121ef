/* Answers of name servers as text. Pure; any thread. */
#include "dns_answer.h"

#include <ares.h>
#include <ares_dns.h>
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define HEADER_SIZE 12
#define RECORD_SIZE 10             /* type, class, time to live, length of data */
#define CLASS_IN 1
#define RECORDS_MOST 256

/* A part of the message: names in it may point anywhere into the message. */
struct part {
    const unsigned char *message;
    size_t length;                 /* of the message */
    const unsigned char *at, *end;
};

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool add_name(struct part *d, struct strbuf *out)
{
    char *name = NULL;
    long used = 0;

    if (d->at >= d->end || ares_expand_name(d->at, d->message, (int)d->length, &name, &used) != ARES_SUCCESS)
        return false;
    if (used > d->end - d->at) {
        ares_free_string(name);
        return false;
    }
    d->at += used;
    if (out)
        strbuf_adds(out, *name ? name : ".");
    ares_free_string(name);
    return true;
}

static bool get_16(struct part *d, unsigned *number)
{
    if (d->end - d->at < 2)
        return false;
    *number = (unsigned)d->at[0] << 8 | d->at[1];
    d->at += 2;
    return true;
}

/* --- values ------------------------------------------------------------------------------------------------------- */

static bool show_address(struct part *d, struct strbuf *out, int family, size_t size)
{
    char text[INET6_ADDRSTRLEN];

    if ((size_t)(d->end - d->at) != size || !inet_ntop(family, d->at, text, sizeof(text)))
        return false;
    strbuf_adds(out, text);
    return true;
}

static bool show_a(struct part *d, struct strbuf *out)
{
    return show_address(d, out, AF_INET, 4);
}

static bool show_aaaa(struct part *d, struct strbuf *out)
{
    return show_address(d, out, AF_INET6, 16);
}

static bool show_name(struct part *d, struct strbuf *out)
{
    return add_name(d, out);
}

static bool show_numbers_and_name(struct part *d, struct strbuf *out, int n)
{
    unsigned number;

    while (n--) {
        if (!get_16(d, &number))
            return false;
        strbuf_addf(out, "%u ", number);
    }
    return add_name(d, out);
}

static bool show_mx(struct part *d, struct strbuf *out)
{
    return show_numbers_and_name(d, out, 1);
}

static bool show_srv(struct part *d, struct strbuf *out)
{
    return show_numbers_and_name(d, out, 3);
}

/* Bytes of text; a line end would make two values of one. */
static void add_text(struct strbuf *out, const unsigned char *bytes, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++)
        strbuf_addc(out, bytes[i] && bytes[i] != '\n' ? (char)bytes[i] : ' ');
}

static bool show_txt(struct part *d, struct strbuf *out)
{
    while (d->at < d->end) {
        size_t length = *d->at++;

        if ((size_t)(d->end - d->at) < length)
            return false;
        add_text(out, d->at, length);
        d->at += length;
    }
    return true;
}

static bool show_soa(struct part *d, struct strbuf *out)
{
    if (!add_name(d, out))
        return false;
    strbuf_addc(out, ' ');
    if (!add_name(d, out) || d->end - d->at < 4)
        return false;
    strbuf_addf(out, " %lu", (unsigned long)d->at[0] << 24 | (unsigned long)d->at[1] << 16 | (unsigned long)d->at[2] << 8 |
                             d->at[3]);
    return true;
}

static bool show_caa(struct part *d, struct strbuf *out)
{
    size_t length;

    if (d->end - d->at < 2)
        return false;
    strbuf_addf(out, "%u ", d->at[0]);
    length = d->at[1];
    d->at += 2;
    if ((size_t)(d->end - d->at) < length)
        return false;
    add_text(out, d->at, length);
    strbuf_addc(out, ' ');
    add_text(out, d->at + length, (size_t)(d->end - d->at) - length);
    return true;
}

static const struct {
    int number;
    bool (*show)(struct part *d, struct strbuf *out);
} types[] = {
    { 1, show_a }, { 28, show_aaaa }, { 5, show_name }, { 15, show_mx }, { 2, show_name }, { 12, show_name },
    { 6, show_soa }, { 33, show_srv }, { 16, show_txt }, { 257, show_caa },
};
static const char *const names[] = { "A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT", "CAA" };
#define TYPES (sizeof(types) / sizeof(types[0]))

const char *const *dns_type_names(size_t *n)
{
    *n = TYPES;
    return names;
}

int dns_type(const char *name, size_t length)
{
    size_t i;

    for (i = 0; i < TYPES; i++)
        if (strlen(names[i]) == length && !strncasecmp(names[i], name, length))
            return types[i].number;
    return 0;
}

static bool show_value(struct part *d, int type, struct strbuf *out)
{
    size_t i;

    for (i = 0; i < TYPES; i++)
        if (types[i].number == type)
            return types[i].show(d, out);
    return false;
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

/* The question must be the one that was asked. */
static bool is_question(struct part *d, const char *name, int type)
{
    struct strbuf asked = STRBUF_INIT;
    unsigned their_type = 0, their_class = 0;
    size_t length = strlen(name);
    bool same = add_name(d, &asked) && get_16(d, &their_type) && get_16(d, &their_class);

    length -= length && name[length - 1] == '.';
    same = same && (int)their_type == type && their_class == CLASS_IN && asked.length == length &&
           !strncasecmp(asked.text, name, length);
    strbuf_release(&asked);
    return same;
}

/* One record; its value goes into values when it is of this type. False: it is broken. */
static bool take_record(struct part *d, int type, struct strbuf *values, size_t *nvalue)
{
    struct part value = *d;
    unsigned their_type = 0, their_class = 0, length = 0;

    if (!add_name(d, NULL) || d->end - d->at < RECORD_SIZE)
        return false;
    get_16(d, &their_type);
    get_16(d, &their_class);
    d->at += 4;
    get_16(d, &length);
    if ((size_t)(d->end - d->at) < length)
        return false;
    value.at = d->at;
    value.end = d->at + length;
    d->at += length;
    if ((int)their_type != type || their_class != CLASS_IN)
        return true;
    if (!show_value(&value, type, values))
        return false;
    strbuf_addc(values, '\n');
    ++*nvalue;
    return true;
}

static enum outcome take_records(struct part *d, unsigned n, int type, struct strbuf *values)
{
    size_t nvalue = 0;

    if (n > RECORDS_MOST)
        return OUTCOME_PROTOCOL;
    while (n--)
        if (!take_record(d, type, values, &nvalue))
            return OUTCOME_PROTOCOL;
    if (values->failed)
        return OUTCOME_LOCAL_MEMORY;
    return nvalue ? OUTCOME_OK : OUTCOME_NO_RECORD;
}

enum dns_reply dns_read_answer(const unsigned char *bytes, size_t length, uint16_t id, const char *name, int type,
                               enum outcome *outcome, struct strbuf *values)
{
    static const enum outcome codes[] = { OUTCOME_OK, OUTCOME_PROTOCOL, OUTCOME_DNS_FAILED, OUTCOME_NO_NAME,
                                          OUTCOME_PROTOCOL, OUTCOME_DNS_REFUSED };
    struct part d = { bytes, length, bytes + HEADER_SIZE, bytes + length };
    unsigned code;

    if (length < HEADER_SIZE || length > UINT16_MAX || DNS_HEADER_QID(bytes) != id || !DNS_HEADER_QR(bytes) ||
        DNS_HEADER_QDCOUNT(bytes) != 1 || !is_question(&d, name, type))
        return DNS_NOT_OURS;
    if (DNS_HEADER_TC(bytes))
        return DNS_CUT_OFF;
    code = DNS_HEADER_RCODE(bytes);
    *outcome = code < sizeof(codes) / sizeof(codes[0]) ? codes[code] : OUTCOME_PROTOCOL;
    if (*outcome == OUTCOME_OK)
        *outcome = take_records(&d, DNS_HEADER_ANCOUNT(bytes), type, values);
    return DNS_READ;
}

static size_t without_dot(const char *text, size_t length)
{
    return length > 1 && text[length - 1] == '.' ? length - 1 : length;
}

bool dns_has_value(const char *values, const char *wanted)
{
    size_t length = without_dot(wanted, strlen(wanted));

    while (*values) {
        size_t line = strcspn(values, "\n");

        if (without_dot(values, line) == length && !strncasecmp(values, wanted, length))
            return true;
        values += line + (values[line] == '\n');
    }
    return false;
}
