/* webhook: the letter's JSON, to any URL. With a secret it is signed: the receiver computes the HMAC-SHA256 of timestamp, "."
 * and body, compares, and refuses timestamps that are old. */
#include <inttypes.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/clock.h"
#include "http.h"

static void sign(struct http_request *r, const char *secret)
{
    int64_t now_s = clock_wall_ms() / MS_PER_S;
    struct strbuf text = STRBUF_INIT;
    unsigned char digest[EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE + 1] = "";
    unsigned length = 0, i;

    strbuf_addf(&text, "%" PRId64 ".", now_s);
    strbuf_add(&text, r->body.text, r->body.length);
    if (text.failed || !HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text.text, text.length,
                             digest, &length))
        r->failed = true;
    strbuf_release(&text);
    for (i = 0; i < length; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    http_add_header(r, "X-Squirrel-Timestamp: %" PRId64, now_s);
    http_add_header(r, "X-Squirrel-Signature: sha256=%s", hex);
}

static enum err build(struct http_request *r, const struct destination *to, const char *address,
                      const struct letter *letter, struct errmsg *why)
{
    (void)why;
    strbuf_adds(&r->url, address);
    strbuf_adds(&r->body, letter->json ? letter->json : "{}");
    http_add_header(r, "Idempotency-Key: %s", letter->id);
    if (to->owner->webhook_secret.text)
        sign(r, to->owner->webhook_secret.text);
    return ERR_OK;
}

static void hide(struct transfer *t, const struct destination *to, const char *address)
{
    transfer_hide(t, to->owner->webhook_secret.text);
    http_hide_path(t, address);
}

static const struct http_row row = { .type = "application/json", .is_owners = true, .build = build, .hide = hide };

const struct notifier_ops notifier_webhook_ops = { HTTP_NOTIFIER(webhook, "JSON to any URL, signed if you like", &row) };
