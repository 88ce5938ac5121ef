/* What the end of a request says: from libcurl's code, the state of the socket and the answer, to an outcome. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "certificate.h"
#include "ops.h"
#include "probe.h"

/* --- phases and address ------------------------------------------------------------------------------------------- */

static int64_t time_of(CURL *easy, CURLINFO info)
{
    curl_off_t us = 0;

    curl_easy_getinfo(easy, info, &us);
    return us * NS_PER_US;
}

/* libcurl counts each phase from the start of the request, and leaves 0 where it never came. */
static void take_phases(struct probe *p)
{
    static const CURLINFO ends[PHASE_COUNT] = {
        CURLINFO_NAMELOOKUP_TIME_T, CURLINFO_CONNECT_TIME_T, CURLINFO_APPCONNECT_TIME_T,
        CURLINFO_STARTTRANSFER_TIME_T, CURLINFO_TOTAL_TIME_T,
    };
    int64_t before = 0;
    int i;

    p->result.request_ns = time_of(p->easy, CURLINFO_TOTAL_TIME_T);

    for (i = 0; i < PHASE_COUNT; i++) {
        int64_t end = i == PHASE_BODY && !p->header.whole ? 0 : time_of(p->easy, ends[i]);

        p->result.phase_ns[i] = end > 0 && end >= before ? end - before : PHASE_NOT_REACHED;
        if (end > before)
            before = end;
    }
    if (p->looked_up_ns != PHASE_NOT_REACHED) { /* by us, before libcurl began to count */
        p->result.request_ns += p->looked_up_ns;
        p->result.phase_ns[PHASE_DNS] = p->looked_up_ns + (p->result.phase_ns[PHASE_DNS] > 0 ? p->result.phase_ns[PHASE_DNS] : 0);
    }
}

static void take_address(struct probe *p)
{
    const char *address = NULL;

    curl_easy_getinfo(p->easy, CURLINFO_PRIMARY_IP, &address);
    if (!address || !*address)
        address = p->tried;
    snprintf(p->result.address, sizeof(p->result.address), "%s", address);
}

/* --- failures ----------------------------------------------------------------------------------------------------- */

static void set_detail(struct probe *p, const char *text)
{
    text_clean(p->result.detail, sizeof(p->result.detail), text, strlen(text));
}

static void detail_host(struct probe *p)
{
    const char *host;
    size_t length = probe_host(p, &host);

    text_clean(p->result.detail, sizeof(p->result.detail), host, length);
}

/* A look-up also fails when it is us who can open nothing any more. */
static enum outcome judge_lookup(struct probe *p)
{
    int fd = eventfd(0, EFD_CLOEXEC);

    detail_host(p);
    if (fd < 0) {
        p->result.detail[0] = '\0';
        return OUTCOME_LOCAL_FILES;
    }
    close(fd);
    return OUTCOME_DNS;
}

static enum outcome judge_connect(struct probe *p)
{
    static const struct { int number; enum outcome outcome; } causes[] = {
        { ECONNREFUSED, OUTCOME_REFUSED }, { ENETUNREACH, OUTCOME_NO_NETWORK }, { ENETDOWN, OUTCOME_NO_NETWORK },
        { EHOSTUNREACH, OUTCOME_UNREACHABLE }, { EHOSTDOWN, OUTCOME_UNREACHABLE }, { ETIMEDOUT, OUTCOME_CONNECT_TIMEOUT },
        { EADDRNOTAVAIL, OUTCOME_NO_NETWORK },
    };
    long number = 0;
    size_t i;

    if (p->no_files)
        return OUTCOME_LOCAL_FILES;
    curl_easy_getinfo(p->easy, CURLINFO_OS_ERRNO, &number);
    for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
        if (causes[i].number == number)
            return causes[i].outcome;
    if (number)
        set_detail(p, strerror((int)number));
    return OUTCOME_CONNECT;
}

bool probe_has_tls(const struct probe *p)
{
    return p->ops->handshake_only || !strncasecmp(probe_url(p), "https:", 6);
}

static enum outcome judge_timeout(struct probe *p)
{
    if (p->header.bytes)
        return OUTCOME_BODY_TIMEOUT;
    if (!p->opened) {
        detail_host(p);
        return OUTCOME_DNS_TIMEOUT;
    }
    if (p->result.phase_ns[PHASE_CONNECT] < 0 && !p->connected)
        return OUTCOME_CONNECT_TIMEOUT;
    if (probe_has_tls(p) && p->result.phase_ns[PHASE_TLS] < 0)
        return OUTCOME_TLS_TIMEOUT;
    return OUTCOME_WAIT_TIMEOUT;
}

/* The reason at the end of "error:0A000102:SSL routines::unsupported protocol" or of any such text. */
static void detail_last_words(struct probe *p)
{
    const char *colon = strrchr(p->error, ':');

    set_detail(p, colon ? colon + 1 + strspn(colon + 1, " ") : p->error);
}

/* The numbers OpenSSL verifies with (X509_V_ERR_..., verify(1ssl)), and GnuTLS's bits where they say the same. */
static enum outcome judge_certificate(struct probe *p)
{
    long verify = 0;

    curl_easy_getinfo(p->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
    if (strstr(curl_version_info(CURLVERSION_NOW)->ssl_version, "GnuTLS"))
        verify = verify & 1024 ? 10 : verify & 512 ? 9 : verify & 64 ? 20 : verify;
    switch (verify) {
    case 0:
    case 1: /* not verified so far: libcurl looks at the host first */
        return OUTCOME_TLS_HOST;
    case 9:
        return OUTCOME_TLS_NOT_YET;
    case 10:
        return OUTCOME_TLS_EXPIRED;
    case 18:
        return OUTCOME_TLS_SELF_SIGNED;
    case 2:
    case 19:
    case 20:
    case 21:
        return OUTCOME_TLS_UNTRUSTED;
    default:
        detail_last_words(p);
        return OUTCOME_TLS_CERTIFICATE;
    }
}

static enum outcome judge_tls(struct probe *p)
{
    detail_last_words(p);
    return OUTCOME_TLS;
}

/* libcurl says "out of memory" of a header line it finds too long, too. */
static enum outcome judge_memory(struct probe *p)
{
    return p->connected || p->result.phase_ns[PHASE_CONNECT] >= 0 ? OUTCOME_HEADER_LARGE : OUTCOME_LOCAL_MEMORY;
}

static enum outcome judge_cut(struct probe *p)
{
    if (p->header_stop || strstr(p->error, "Too large response headers"))
        return OUTCOME_HEADER_LARGE;
    return p->header.bytes ? OUTCOME_CUT : OUTCOME_EMPTY;
}

/* Code 56 also covers a reset: in the handshake it is TLS's, before any byte of an answer it is a cut. */
static enum outcome judge_receive(struct probe *p)
{
    if (probe_has_tls(p) && p->result.phase_ns[PHASE_TLS] < 0)
        return judge_tls(p);
    return judge_cut(p);
}

static enum outcome judge_settings(struct probe *p)
{
    set_detail(p, *p->error ? p->error : "libcurl refused it");
    return p->url ? OUTCOME_REDIRECT_BAD : OUTCOME_LOCAL_SETTINGS;
}

/* libcurl names the whole path, and the system's beside it: the reason would be cut off on every screen. */
static enum outcome judge_ca_file(struct probe *p)
{
    const char *path = p->job.site->options->ca_file, *slash = path ? strrchr(path, '/') : NULL;
    char text[160];

    if (!path)
        return judge_settings(p);
    snprintf(text, sizeof(text), "no certificates in '%s'", slash ? slash + 1 : path);
    set_detail(p, text);
    return OUTCOME_LOCAL_SETTINGS;
}

/* Of a mail server, which is not to speak HTTP. */
static enum outcome judge_greeting(struct probe *p)
{
    return p->ops->handshake_only ? OUTCOME_PROTOCOL : OUTCOME_NOT_HTTP;
}

struct failure {
    CURLcode code;
    enum outcome outcome;                   /* without a function */
    enum outcome (*judge)(struct probe *p);
};

static const struct failure failures[] = {
    { CURLE_COULDNT_RESOLVE_HOST,      OUTCOME_DNS,            judge_lookup },
    { CURLE_COULDNT_RESOLVE_PROXY,     OUTCOME_PROXY_DNS,      NULL },
    { CURLE_COULDNT_CONNECT,           OUTCOME_CONNECT,        judge_connect },
    { CURLE_OPERATION_TIMEDOUT,        OUTCOME_WAIT_TIMEOUT,   judge_timeout },
    { CURLE_SSL_CONNECT_ERROR,         OUTCOME_TLS,            judge_tls },
    { CURLE_SSL_CERTPROBLEM,           OUTCOME_TLS,            judge_tls },
    { CURLE_SSL_CIPHER,                OUTCOME_TLS,            judge_tls },
    { CURLE_PEER_FAILED_VERIFICATION,  OUTCOME_TLS,            judge_certificate },
    { CURLE_SSL_ISSUER_ERROR,          OUTCOME_TLS_UNTRUSTED,  NULL },
    { CURLE_SSL_INVALIDCERTSTATUS,     OUTCOME_TLS,            judge_tls },
    { CURLE_SSL_PINNEDPUBKEYNOTMATCH,  OUTCOME_TLS,            judge_tls },
    { CURLE_SSL_SHUTDOWN_FAILED,       OUTCOME_TLS,            judge_tls },
    { CURLE_UNSUPPORTED_PROTOCOL,      OUTCOME_NOT_HTTP,       NULL },
    { CURLE_WEIRD_SERVER_REPLY,        OUTCOME_NOT_HTTP,       judge_greeting },
    { CURLE_USE_SSL_FAILED,            OUTCOME_NO_STARTTLS,    NULL },
    { CURLE_PARTIAL_FILE,              OUTCOME_CUT,            NULL },
    { CURLE_OUT_OF_MEMORY,             OUTCOME_LOCAL_MEMORY,   judge_memory },
    { (CURLcode)100,                   OUTCOME_HEADER_LARGE,   NULL }, /* CURLE_TOO_LARGE, since 8.6 */
    { CURLE_GOT_NOTHING,               OUTCOME_EMPTY,          judge_cut },
    { CURLE_SEND_ERROR,                OUTCOME_CUT,            judge_cut },
    { CURLE_RECV_ERROR,                OUTCOME_CUT,            judge_receive },
    { CURLE_WRITE_ERROR,               OUTCOME_HEADER_LARGE,   judge_cut },
    { CURLE_URL_MALFORMAT,             OUTCOME_LOCAL_SETTINGS, judge_settings },
    { CURLE_SSL_CACERT_BADFILE,        OUTCOME_LOCAL_SETTINGS, judge_ca_file },
    { CURLE_FAILED_INIT,               OUTCOME_LOCAL_SETTINGS, judge_settings },
    { CURLE_BAD_FUNCTION_ARGUMENT,     OUTCOME_LOCAL_SETTINGS, judge_settings },
    { CURLE_UNKNOWN_OPTION,            OUTCOME_LOCAL_SETTINGS, judge_settings },
    { CURLE_ABORTED_BY_CALLBACK,       OUTCOME_CANCELLED,      NULL },
};

static enum outcome judge_failure(struct probe *p, CURLcode code)
{
    size_t i;

    for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
        if (failures[i].code == code)
            return failures[i].judge ? failures[i].judge(p) : failures[i].outcome;
    set_detail(p, *p->error ? p->error : curl_easy_strerror(code));
    return OUTCOME_PROTOCOL;
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

static enum outcome judge_answer(struct probe *p)
{
    const char *wall = header_blocked_by(&p->header, p->result.status);

    if (!p->header.whole)
        return p->header.bytes ? OUTCOME_CUT : OUTCOME_EMPTY;
    if (status_set_has(&p->job.site->options->expect_status, p->result.status))
        return body_verdict(&p->body);
    if (wall) {
        snprintf(p->result.detail, sizeof(p->result.detail), "%s answers %d", wall, p->result.status);
        return OUTCOME_BLOCKED;
    }
    set_detail(p, p->header.reason);
    return OUTCOME_STATUS;
}

static void detail_expectation(struct probe *p)
{
    const struct options *o = p->job.site->options;
    const char *text = p->result.outcome == OUTCOME_BODY_MISSING    ? o->expect_body
                       : p->result.outcome == OUTCOME_BODY_NO_MATCH ? o->expect_body_regex
                       : p->result.outcome == OUTCOME_BODY_REJECTED ? o->reject_body
                                                                    : NULL;
    char shown[64];

    if (!text)
        return;
    text_clean(shown, sizeof(shown), text, strlen(text));
    snprintf(p->result.detail, sizeof(p->result.detail), "'%s'%s", shown,
             p->body.limited && p->result.outcome != OUTCOME_BODY_REJECTED ? ", looked at up to body_limit" : "");
}

void probe_judge(struct probe *p, CURLcode code)
{
    struct result *r = &p->result;
    long status = 0;

    curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status);
    r->status = p->header.whole ? (int)status : 0;
    r->detail[0] = '\0';
    take_phases(p);
    take_address(p);
    if (probe_has_tls(p) && r->phase_ns[PHASE_TLS] >= 0)
        r->certificate_until = certificate_until(p->easy);
    if (code == CURLE_OK && p->ops->handshake_only)
        r->outcome = OUTCOME_OK;
    else if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && p->body_stop))
        r->outcome = judge_answer(p);
    else
        r->outcome = judge_failure(p, code);
    detail_expectation(p);
}
