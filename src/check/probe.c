/* One check as a sequence of requests. One thread drives a probe at a time. */
#include "probe.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "certificate.h"
#include "check/kind.h"
#include "ops.h"
#include "talk.h"

/* Asking a failed certificate for its date may take so long beyond the verdict, never more. */
#define CERTIFICATE_WAIT_NS (2 * NS_PER_S)

struct probe *probe_new(void)
{
    struct probe *p = calloc(1, sizeof(*p));

    if (!p)
        return NULL;
    p->body.kept = p->seen_header = p->seen_body = (struct strbuf)STRBUF_INIT;
    p->talk.fd = -1;
    p->easy = curl_easy_init();
    p->share = curl_share_init();
    if (!p->easy || !p->share || curl_share_setopt(p->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS) != CURLSHE_OK) {
        probe_free(p);
        return NULL;
    }
    return p;
}

void probe_free(struct probe *p)
{
    if (!p)
        return;
    probe_end(p);
    curl_easy_cleanup(p->easy);
    curl_share_cleanup(p->share);
    curl_slist_free_all(p->resolve);
    curl_slist_free_all(p->headers);
    options_unref(p->prepared);
    body_release(&p->body);
    strbuf_release(&p->seen_header);
    strbuf_release(&p->seen_body);
    free(p);
}

static uint64_t url_hash(const char *url)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

    for (; *url && *url != '#'; url++)
        h = (h ^ (unsigned char)*url) * UINT64_C(1099511628211);
    return h;
}

const char *probe_ca_file(const struct probe *p)
{
    return p->job.site->options->ca_file;
}

/* Puts the chain back to the site's own URL. */
static void start_chain(struct probe *p)
{
    free(p->url);
    p->url = NULL;
    p->foreign = false;
    p->hops = 0;
    p->seen[0] = url_hash(p->job.site->url);
}

const char *probe_url(const struct probe *p)
{
    return p->url ? p->url : p->job.site->url;
}

/* --- names -------------------------------------------------------------------------------------------------------- */

size_t probe_host(const struct probe *p, const char **host)
{
    return site_host(probe_url(p), host);
}

/* A proxy is libcurl's to look up, and looks the host up itself. */
static bool name_is_needed(const struct probe *p)
{
    const char *host;
    size_t length = probe_host(p, &host);

    return p->job.site->options->proxy == PROXY_NONE && !names_is_address(host, length);
}

/* Sets the handle up for the next request, whose host is known. */
static enum probe_want set_up(struct probe *p)
{
    const char *cause;
    CURLcode code;
    int64_t now = clock_mono_ns();

    if (now >= (p->asking == ASKING_CERTIFICATE ? p->certificate_deadline_ns : p->deadline_ns))
        return PROBE_OVER;
    code = probe_setup(p, now);
    if (code == CURLE_OK)
        return PROBE_DRIVE;
    cause = curl_easy_strerror(code);
    p->result.outcome = code == CURLE_OUT_OF_MEMORY ? OUTCOME_LOCAL_MEMORY : OUTCOME_LOCAL_SETTINGS;
    text_clean(p->result.detail, sizeof(p->result.detail), cause, strlen(cause));
    return PROBE_OVER;
}

/* Begins with the host of the next request. */
static enum probe_want prepare(struct probe *p)
{
    p->looked_up_ns = PHASE_NOT_REACHED;
    p->query.answer.n = 0;
    if (!name_is_needed(p))
        return set_up(p);
    p->asked_ns = clock_mono_ns();
    return PROBE_NAME;
}

/* --- kinds that talk by themselves -------------------------------------------------------------------------------- */

static enum probe_want talk(struct probe *p)
{
    p->talk = (struct talk){ .fd = -1, .next_ns = INT64_MAX };
    return p->ops->begin(p);
}

/* An address is an answer of its own; "127.1" and its like are addresses, too. */
static bool take_address(struct probe *p)
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM }, *list = NULL;
    char text[INET6_ADDRSTRLEN + 1];
    const char *host;
    size_t length = probe_host(p, &host);

    if (!length)
        return true;
    if (length >= sizeof(text))
        return false;
    memcpy(text, host, length);
    text[length] = '\0';
    if (getaddrinfo(text, NULL, &hints, &list) != 0)
        return false;
    names_add_address(&p->query.answer, list->ai_addr);
    freeaddrinfo(list);
    return p->query.answer.n == 1;
}

static enum probe_want begin_talk(struct probe *p)
{
    const char *host;
    size_t length = probe_host(p, &host);

    p->talk.fd = -1;
    p->looked_up_ns = PHASE_NOT_REACHED;
    p->query.answer.n = 0;
    if (!names_is_address(host, length)) {
        p->asked_ns = clock_mono_ns();
        return PROBE_NAME;
    }
    if (take_address(p))
        return talk(p);
    return talk_over(p, OUTCOME_LOCAL_SETTINGS, "its host is no address and no name in ASCII");
}

int64_t probe_next_ns(const struct probe *p)
{
    return p->talk.next_ns < p->deadline_ns ? p->talk.next_ns : p->deadline_ns;
}

enum probe_want probe_ready(struct probe *p)
{
    enum probe_want want = p->ops->ready(p);

    if (want == PROBE_SOCKET && clock_mono_ns() >= p->deadline_ns) {
        p->ops->expire(p);
        return PROBE_OVER;
    }
    return want;
}

static void end_talk(struct probe *p)
{
    if (!p->ops || p->ops->curl)
        return;
    if (p->ops->end)
        p->ops->end(p);
    p->talk.state = NULL;
    talk_close(p);
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static void fail_name(struct probe *p, enum outcome outcome)
{
    struct result *r = &p->result;
    const char *host;
    size_t length = probe_host(p, &host);
    int i;

    r->outcome = outcome;
    r->took_ns = clock_mono_ns() - r->begun_ns;
    r->request_ns = p->looked_up_ns;
    r->status = 0;
    r->address[0] = r->detail[0] = '\0';
    for (i = 0; i < PHASE_COUNT; i++)
        r->phase_ns[i] = PHASE_NOT_REACHED;
    if (!outcome_is_local(outcome))
        text_clean(r->detail, sizeof(r->detail), host, length);
    r->head_failed = p->head_asked;
}

enum probe_want probe_named(struct probe *p)
{
    enum probe_want want;

    p->looked_up_ns = clock_mono_ns() - p->asked_ns;
    if (p->query.answer.outcome != OUTCOME_OK) {
        fail_name(p, p->query.answer.outcome);
        return PROBE_OVER;
    }
    if (!p->ops->curl)
        return talk(p);
    want = set_up(p);
    if (want == PROBE_OVER && p->result.outcome == OUTCOME_OK)
        fail_name(p, OUTCOME_DNS_TIMEOUT); /* found, but too late for anything else */
    return want;
}

void probe_name_timeout(struct probe *p)
{
    p->looked_up_ns = clock_mono_ns() - p->asked_ns;
    fail_name(p, OUTCOME_DNS_TIMEOUT);
}

/* --- the sequence ------------------------------------------------------------------------------------------------- */

void probe_take(struct probe *p, const struct job *job)
{
    p->job = *job;
    site_ref(job->site);
    p->ops = check_ops_of(job->site->url);
    p->talk = (struct talk){ .fd = -1 };
    result_init(&p->result, job);
}

enum probe_want probe_begin(struct probe *p)
{
    const struct options *o = p->job.site->options;

    p->result.begun_ns = clock_mono_ns();
    p->result.checked_at_ms = clock_wall_ms();
    p->deadline_ns = p->result.begun_ns + o->timeout_ms * NS_PER_MS;
    if (!p->ops)
        return talk_over(p, OUTCOME_LOCAL_SETTINGS, "there is no check for this kind of URL");
    if (!p->ops->curl)
        return begin_talk(p);
    p->result.method = p->ops->handshake_only ? METHOD_HEAD : options_want_body(o) ? METHOD_GET : p->job.method;
    p->asking = ASKING_SITE;
    p->head_asked = false;
    start_chain(p);
    return prepare(p);
}

/* Where this answer sends us to, the caller's; NULL when it is none that is followed. */
static char *redirect_target(struct probe *p)
{
    static const int redirects[] = { 301, 302, 303, 307, 308 };
    char *target = NULL;
    size_t i;

    if (!p->job.site->options->follow_redirects || !p->header.whole)
        return NULL;
    for (i = 0; i < sizeof(redirects) / sizeof(redirects[0]); i++)
        if (p->result.status == redirects[i] &&
            curl_easy_getinfo(p->easy, CURLINFO_REDIRECT_URL, &target) == CURLE_OK && target && *target)
            return strdup(target);
    return NULL;
}

static void refuse_redirect(struct probe *p, enum outcome outcome, const char *target)
{
    p->result.outcome = outcome;
    text_mask_url(p->result.detail, sizeof(p->result.detail), target);
}

/* Scheme, host and port: secrets are for the origin they were written down for (RFC 6454, section 4). */
static bool same_origin(const char *a, const char *b)
{
    static const CURLUPart parts[] = { CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT };
    CURLU *ua = curl_url(), *ub = curl_url();
    bool same = ua && ub && !curl_url_set(ua, CURLUPART_URL, a, 0) && !curl_url_set(ub, CURLUPART_URL, b, 0);
    size_t i;

    for (i = 0; same && i < sizeof(parts) / sizeof(parts[0]); i++) {
        char *x = NULL, *y = NULL;

        same = !curl_url_get(ua, parts[i], &x, CURLU_DEFAULT_PORT) &&
               !curl_url_get(ub, parts[i], &y, CURLU_DEFAULT_PORT) && !strcasecmp(x, y);
        curl_free(x);
        curl_free(y);
    }
    curl_url_cleanup(ua);
    curl_url_cleanup(ub);
    return same;
}

static bool is_http(const char *url)
{
    return !strncasecmp(url, "http://", 7) || !strncasecmp(url, "https://", 8);
}

/* Whatever a server says, a check stays of its kind. Goes to the next hop; PROBE_OVER when the redirect is refused, with the reason in the result. */
static enum probe_want follow(struct probe *p, char *target)
{
    uint64_t hash = url_hash(target);
    enum probe_want want;
    int i;

    if (!is_http(target)) {
        refuse_redirect(p, strstr(target, ":") ? OUTCOME_REDIRECT_SCHEME : OUTCOME_REDIRECT_BAD, target);
        free(target);
        return PROBE_OVER;
    }
    for (i = 0; i <= p->hops; i++)
        if (p->seen[i] == hash) {
            refuse_redirect(p, OUTCOME_REDIRECT_LOOP, target);
            free(target);
            return PROBE_OVER;
        }
    if (p->hops == REDIRECTS_MOST) {
        refuse_redirect(p, OUTCOME_REDIRECT_MANY, target);
        free(target);
        return PROBE_OVER;
    }
    p->foreign = p->foreign || !same_origin(target, p->job.site->url);
    free(p->url);
    p->url = target;
    p->seen[++p->hops] = hash;
    p->result.outcome = OUTCOME_OK;
    want = prepare(p);
    if (want == PROBE_OVER && p->result.outcome == OUTCOME_LOCAL_SETTINGS)
        refuse_redirect(p, OUTCOME_REDIRECT_BAD, p->url); /* the site's own URL was fine: this one is not */
    else if (want == PROBE_OVER && p->result.outcome == OUTCOME_OK)
        p->result.outcome = OUTCOME_WAIT_TIMEOUT;
    return want;
}

/* HEAD's bad news is never believed alone, as long as an answer of some kind came. */
static bool head_is_doubtful(const struct probe *p)
{
    const char *class = outcome_class(p->result.outcome);

    return p->result.method == METHOD_HEAD && class && !p->ops->handshake_only &&
           (!strcmp(class, "status") || !strcmp(class, "blocked") || !strcmp(class, "redirect") ||
            !strcmp(class, "protocol"));
}

static enum probe_want ask_with_get(struct probe *p)
{
    struct result was = p->result;
    enum probe_want want;

    start_chain(p);
    p->result.method = METHOD_GET;
    p->result.outcome = OUTCOME_OK;
    p->head_asked = true;
    want = prepare(p);
    if (want == PROBE_OVER)
        p->result = was; /* no time left to ask again */
    return want;
}

static bool certificate_failed(enum outcome o)
{
    return o >= OUTCOME_TLS_EXPIRED && o <= OUTCOME_TLS_CERTIFICATE;
}

/* A certificate that fails is not shown to us: a second handshake without verification, in which no request is sent,
 * reads its dates. */
static enum probe_want ask_certificate(struct probe *p)
{
    p->asking = ASKING_CERTIFICATE;
    p->certificate_deadline_ns = clock_mono_ns() + CERTIFICATE_WAIT_NS;
    return set_up(p); /* the same host: its addresses are still known */
}

static void describe_expiry(struct result *r)
{
    time_t until = (time_t)r->certificate_until;
    struct tm tm;

    if (r->outcome != OUTCOME_TLS_EXPIRED || r->certificate_until == CERTIFICATE_UNKNOWN || !gmtime_r(&until, &tm))
        return;
    strftime(r->detail, sizeof(r->detail), "on %Y-%m-%d %H:%M UTC", &tm);
}

enum probe_want probe_next(struct probe *p, CURLcode code)
{
    struct result *r = &p->result;
    char *target;

    if (p->asking == ASKING_CERTIFICATE) {
        if (code == CURLE_OK)
            r->certificate_until = certificate_until(p->easy);
        describe_expiry(r);
        return PROBE_OVER;
    }
    r->took_ns = clock_mono_ns() - r->begun_ns;
    probe_judge(p, code);
    if (!outcome_is_local(r->outcome) && (target = redirect_target(p))) {
        enum probe_want want = follow(p, target);

        if (want != PROBE_OVER)
            return want;
    }
    if (head_is_doubtful(p)) {
        enum probe_want want = ask_with_get(p);

        if (want != PROBE_OVER)
            return want;
    }
    r->head_failed = p->head_asked;
    return certificate_failed(r->outcome) ? ask_certificate(p) : PROBE_OVER;
}

void probe_cancel(struct probe *p)
{
    p->result.outcome = OUTCOME_CANCELLED;
    p->result.detail[0] = '\0';
    p->result.took_ns = clock_mono_ns() - p->result.begun_ns;
}

void probe_end(struct probe *p)
{
    end_talk(p);
    p->ops = NULL;
    free(p->url);
    p->url = NULL;
    site_unref(p->job.site);
    p->job.site = NULL;
}
