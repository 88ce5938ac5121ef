/* One handshake, looked at from within: OpenSSL tells us when it is done. Whatever thread looks; it has a handle of its own. */
#include "check/chain.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "check/kind.h"

#define TURN_MS 100                  /* so soon a stop is seen */

bool chain_is_there(const struct site *site)
{
    const struct check_kind *kind = check_kind_of(site->url, NULL);

    return !strncasecmp(site->url, "https:", 6) || (kind && !strcmp(kind->name, "tls"));
}

/* --- certificates ------------------------------------------------------------------------------------------------- */

static bool name_part(char text[CHAIN_NAME_SIZE], const X509_NAME *name, int nid)
{
    int at = X509_NAME_get_index_by_NID(name, nid, -1), length;
    unsigned char *utf8 = NULL;

    text[0] = '\0';
    if (at < 0)
        return false;
    length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (length > 0)
        text_clean(text, CHAIN_NAME_SIZE, (const char *)utf8, (size_t)length);
    OPENSSL_free(utf8);
    return length > 0;
}

static void name_text(char text[CHAIN_NAME_SIZE], const X509_NAME *name)
{
    if (!name_part(text, name, NID_commonName) && !name_part(text, name, NID_organizationName))
        snprintf(text, CHAIN_NAME_SIZE, "?");
}

static int64_t seconds(const ASN1_TIME *time)
{
    struct tm tm;

    return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static void take_certificate(struct chain *c, X509 *x)
{
    struct chain_certificate *to = &c->certificate[c->n++];

    name_text(to->subject, X509_get_subject_name(x));
    name_text(to->issuer, X509_get_issuer_name(x));
    name_part(to->organisation, X509_get_issuer_name(x), NID_organizationName);
    to->from = seconds(X509_get0_notBefore(x));
    to->until = seconds(X509_get0_notAfter(x));
}

static void on_handshake(const SSL *ssl, int where, int result)
{
    struct chain *c = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    STACK_OF(X509) *sent = SSL_get_peer_cert_chain(ssl);
    const char *group;
    int i;

    (void)result;
    if (!(where & SSL_CB_HANDSHAKE_DONE) || c->n)
        return;
    for (i = 0; i < sk_X509_num(sent) && c->n < CHAIN_MOST; i++)
        take_certificate(c, sk_X509_value(sent, i));
    snprintf(c->protocol, sizeof(c->protocol), "%s", SSL_get_version(ssl));
    group = SSL_group_to_name((SSL *)ssl, (int)SSL_get_negotiated_group((SSL *)ssl));
    snprintf(c->group, sizeof(c->group), "%s", group ? group : "");
}

static CURLcode on_context(CURL *easy, void *context, void *chain)
{
    (void)easy;
    SSL_CTX_set_app_data(context, chain);
    SSL_CTX_set_info_callback(context, on_handshake);
    return CURLE_OK;
}

/* --- the connection ------------------------------------------------------------------------------------------------- */

#define SET(option, value)                                           \
    do {                                                             \
        CURLcode code_ = curl_easy_setopt(easy, (option), (value));  \
        if (code_ != CURLE_OK)                                       \
            return code_;                                            \
    } while (0)

static CURLcode set_up(CURL *easy, struct chain *out, const struct site *site, char *error)
{
    static const long families[] = { [IP_ANY] = CURL_IPRESOLVE_WHATEVER, [IP_V4] = CURL_IPRESOLVE_V4,
                                     [IP_V6] = CURL_IPRESOLVE_V6 };
    const struct options *o = site->options;
    bool tls = !strncasecmp(site->url, "tls:", 4);
    struct strbuf url = STRBUF_INIT;
    CURLcode code;

    strbuf_addf(&url, "%s%s", tls ? "https" : "", site->url + (tls ? 3 : 0));
    code = url.failed ? CURLE_OUT_OF_MEMORY : curl_easy_setopt(easy, CURLOPT_URL, url.text);
    strbuf_release(&url);
    if (code)
        return code;
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L);
    SET(CURLOPT_ERRORBUFFER, error);
    SET(CURLOPT_PROTOCOLS_STR, "https,smtp,smtps,imap,imaps,pop3,pop3s");
    SET(CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    SET(CURLOPT_CONNECT_ONLY, 1L);
    SET(CURLOPT_SSL_VERIFYPEER, 0L); /* what nobody should trust is to be seen, too */
    SET(CURLOPT_SSL_VERIFYHOST, 0L);
    SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_CTX_FUNCTION, on_context);
    SET(CURLOPT_SSL_CTX_DATA, out);
    SET(CURLOPT_TIMEOUT_MS, (long)o->timeout_ms);
    SET(CURLOPT_IPRESOLVE, families[o->ip]);
    if (o->proxy != PROXY_ENV)
        SET(CURLOPT_PROXY, o->proxy == PROXY_URL ? o->proxy_url : "");
    if (o->proxy == PROXY_URL)
        SET(CURLOPT_NOPROXY, "");
    return CURLE_OK;
}

static CURLcode drive(CURLM *multi, const atomic_bool *stop)
{
    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    CURLMsg *message;
    int running = 1, left;

    while (running && !atomic_load(stop)) {
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            break;
        if (running && curl_multi_poll(multi, NULL, 0, TURN_MS, NULL) != CURLM_OK)
            break;
    }
    while ((message = curl_multi_info_read(multi, &left)))
        if (message->msg == CURLMSG_DONE)
            code = message->data.result;
    return code;
}

void chain_look(struct chain *out, const struct site *site, const atomic_bool *stop)
{
    char error[CURL_ERROR_SIZE] = "";
    CURL *easy = curl_easy_init();
    CURLM *multi = curl_multi_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;

    memset(out, 0, sizeof(*out));
    if (easy && multi) {
        code = set_up(easy, out, site, error);
        if (!code && curl_multi_add_handle(multi, easy) == CURLM_OK) {
            code = drive(multi, stop);
            curl_multi_remove_handle(multi, easy);
        }
    }
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    if (code && !out->n) {
        const char *why = *error ? error : curl_easy_strerror(code);

        text_clean(out->trouble, sizeof(out->trouble), why, strlen(why));
    }
}
