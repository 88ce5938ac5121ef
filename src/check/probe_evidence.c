/* What a failing check met, gathered from its last request and put on the shelf beside its result. The thread that drives the
 * probe. */
#include <stdlib.h>
#include <string.h>

#include "certificate.h"
#include "check/evidence.h"
#include "probe.h"

void probe_witness_begin(struct probe *p)
{
    strbuf_reset(&p->seen_header);
    strbuf_reset(&p->seen_body);
}

/* As much as there is room for. */
static void witness(struct strbuf *seen, const char *bytes, size_t length, size_t most)
{
    size_t room = most - seen->length;

    if (seen->length < most && evidence_is_kept())
        strbuf_add(seen, bytes, length < room ? length : room);
}

void probe_witness_header(struct probe *p, const char *line, size_t length)
{
    if (length >= 5 && !memcmp(line, "HTTP/", 5))
        strbuf_reset(&p->seen_header); /* what came before was an interim answer */
    witness(&p->seen_header, line, length, EVIDENCE_HEADER_MOST);
}

void probe_witness_body(struct probe *p, const char *bytes, size_t length)
{
    witness(&p->seen_body, bytes, length, EVIDENCE_BODY_MOST);
}

/* --- secrets ------------------------------------------------------------------------------------------------------ */

static void blot_text(struct evidence *e, const char *secret)
{
    if (secret)
        evidence_blot(e, secret, strlen(secret));
}

/* "user:password" as the Basic scheme sends it (RFC 7617). */
static void blot_sign_in(struct evidence *e, const char *user, const char *password)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct strbuf plain = STRBUF_INIT, coded = STRBUF_INIT;
    size_t i;

    strbuf_addf(&plain, "%s:%s", user ? user : "", password);
    for (i = 0; i < plain.length; i += 3) {
        size_t left = plain.length - i;
        unsigned long bits = (unsigned long)(unsigned char)plain.text[i] << 16;

        bits |= left > 1 ? (unsigned long)(unsigned char)plain.text[i + 1] << 8 : 0;
        bits |= left > 2 ? (unsigned long)(unsigned char)plain.text[i + 2] : 0;
        strbuf_addc(&coded, digits[bits >> 18 & 63]);
        strbuf_addc(&coded, digits[bits >> 12 & 63]);
        if (left > 1)
            strbuf_addc(&coded, digits[bits >> 6 & 63]);
        if (left > 2)
            strbuf_addc(&coded, digits[bits & 63]);
    }
    blot_text(e, coded.text);
    strbuf_release(&plain);
    strbuf_release(&coded);
}

/* "https://user:password@host/": the password alone. */
static void blot_url(struct evidence *e, const char *url)
{
    const char *begin = strstr(url, "://"), *end, *at, *colon;

    if (!begin)
        return;
    begin += 3;
    end = begin + strcspn(begin, "/?#");
    at = memrchr(begin, '@', (size_t)(end - begin));
    colon = at ? memchr(begin, ':', (size_t)(at - begin)) : NULL;
    if (colon)
        evidence_blot(e, colon + 1, (size_t)(at - colon - 1));
}

static void blot_secrets(struct evidence *e, const struct site *site)
{
    const struct options *o = site->options;
    size_t i;

    blot_text(e, o->password);
    if (o->password)
        blot_sign_in(e, o->user, o->password);
    blot_url(e, site->url);
    if (o->proxy_url)
        blot_url(e, o->proxy_url);
    for (i = 0; i < o->headers.n; i++) {
        const char *colon = strchr(o->headers.item[i], ':');

        if (colon)
            blot_text(e, colon + 1 + strspn(colon + 1, " \t"));
    }
    evidence_hide_cookies(e);
}

/* --- putting it on the shelf -------------------------------------------------------------------------------------- */

static uint16_t take(char *to, const struct strbuf *from, size_t most)
{
    size_t n = from->length < most ? from->length : most;

    memcpy(to, from->text, n);
    return (uint16_t)n;
}

void probe_keep_evidence(struct probe *p)
{
    struct strbuf certificate = STRBUF_INIT;
    struct evidence *e;

    if (!evidence_is_kept() || result_good(&p->result) || outcome_is_local(p->result.outcome))
        return;
    e = calloc(1, sizeof(*e));
    if (!e)
        return; /* the result is told without it */
    if (p->easy)
        certificate_describe(p->easy, &certificate);
    e->header_bytes = take(e->header, &p->seen_header, sizeof(e->header));
    e->body_bytes = take(e->body, &p->seen_body, sizeof(e->body));
    e->certificate_bytes = take(e->certificate, &certificate, sizeof(e->certificate));
    blot_secrets(e, p->job.site);
    if (e->header_bytes || e->body_bytes || e->certificate_bytes)
        evidence_put(p->job.id, e);
    strbuf_release(&certificate);
    free(e);
}
