/* Jobs as messages. Pure; any thread. */
#include "wire.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* All of fixed size; the texts follow, each behind its length. */
struct wire_job {
    uint32_t version;
    uint32_t bytes;                  /* of this struct */
    uint64_t id;
    uint32_t site_id, generation, attempt;
    uint32_t method;
    int64_t  due_ns;
    int64_t  timeout_ms, body_limit, slow_above_ms, certificate_warning_ms;
    uint32_t options_method, ip, proxy;
    uint32_t follow_redirects, tls_verify;
    uint32_t nheader, nargument;
    struct status_set expect_status;
};

#define NO_TEXT UINT32_MAX           /* the length of a text that is not set */

/* The texts a check needs, in the order they are sent. */
static const size_t texts[] = {
    offsetof(struct options, expect_body), offsetof(struct options, expect_body_regex),
    offsetof(struct options, reject_body), offsetof(struct options, user), offsetof(struct options, password),
    offsetof(struct options, ca_file), offsetof(struct options, proxy_url), offsetof(struct options, user_agent),
};
#define NTEXT (sizeof(texts) / sizeof(texts[0]))

/* --- writing ------------------------------------------------------------------------------------------------------ */

struct writer {
    char *at, *end;
    bool full;
};

static void put(struct writer *w, const void *bytes, size_t length)
{
    if ((size_t)(w->end - w->at) < length) {
        w->full = true;
        return;
    }
    memcpy(w->at, bytes, length);
    w->at += length;
}

static void put_text(struct writer *w, const char *text)
{
    uint32_t length = text ? (uint32_t)strlen(text) : NO_TEXT;

    put(w, &length, sizeof(length));
    if (text)
        put(w, text, length);
}

size_t wire_put_job(char buffer[WIRE_JOB_MOST], const struct job *job)
{
    const struct options *o = job->site->options;
    struct writer w = { buffer, buffer + WIRE_JOB_MOST, false };
    struct wire_job fixed = {
        .version = WIRE_VERSION, .bytes = sizeof(fixed), .id = job->id, .site_id = job->site_id,
        .generation = job->generation, .attempt = job->attempt, .method = job->method, .due_ns = job->due_ns,
        .timeout_ms = o->timeout_ms, .body_limit = o->body_limit, .slow_above_ms = o->slow_above_ms,
        .certificate_warning_ms = o->certificate_warning_ms, .options_method = o->method, .ip = o->ip,
        .proxy = o->proxy, .follow_redirects = o->follow_redirects, .tls_verify = o->tls_verify,
        .nheader = (uint32_t)o->headers.n, .nargument = (uint32_t)o->arguments.n,
        .expect_status = o->expect_status,
    };
    size_t i;

    put(&w, &fixed, sizeof(fixed));
    for (i = 0; i < NTEXT; i++)
        put_text(&w, *(char *const *)((const char *)o + texts[i]));
    for (i = 0; i < o->headers.n; i++)
        put_text(&w, o->headers.item[i]);
    for (i = 0; i < o->arguments.n; i++)
        put_text(&w, o->arguments.item[i]);
    put_text(&w, job->site->url);
    return w.full ? 0 : (size_t)(w.at - buffer);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

struct reader {
    const char *at, *end;
    bool bad;
};

static void get(struct reader *r, void *bytes, size_t length)
{
    if ((size_t)(r->end - r->at) < length) {
        r->bad = true;
        return;
    }
    memcpy(bytes, r->at, length);
    r->at += length;
}

/* The next text, the caller's; NULL when it is not set, or r is bad now. */
static char *get_text(struct reader *r)
{
    uint32_t length = NO_TEXT;
    char *text;

    get(r, &length, sizeof(length));
    if (r->bad || length == NO_TEXT)
        return NULL;
    if ((size_t)(r->end - r->at) < length || memchr(r->at, '\0', length)) {
        r->bad = true;
        return NULL;
    }
    text = strndup(r->at, length);
    r->at += length;
    r->bad = r->bad || !text;
    return text;
}

static bool fixed_is_sane(const struct wire_job *f)
{
    return f->version == WIRE_VERSION && f->bytes == sizeof(*f) && f->method <= METHOD_GET &&
           f->options_method <= METHOD_GET && f->ip <= IP_V6 && f->proxy <= PROXY_URL && f->timeout_ms > 0 &&
           f->body_limit > 0 && f->nheader <= WIRE_JOB_MOST && f->nargument <= WIRE_JOB_MOST && f->expect_status.nrange <= STATUS_SET_RANGES;
}

static void get_list(struct reader *r, uint32_t n, struct strings *list)
{
    while (n-- && !r->bad) {
        char *text = get_text(r);

        r->bad = r->bad || !text || strings_add(list, text) != ERR_OK;
        free(text);
    }
}

static void get_options(struct reader *r, const struct wire_job *f, struct options *o)
{
    size_t i;

    options_init(o);
    o->timeout_ms = f->timeout_ms;
    o->body_limit = f->body_limit;
    o->slow_above_ms = f->slow_above_ms;
    o->certificate_warning_ms = f->certificate_warning_ms;
    o->method = (enum method)f->options_method;
    o->ip = (enum ip_family)f->ip;
    o->proxy = (enum proxy_use)f->proxy;
    o->follow_redirects = f->follow_redirects != 0;
    o->tls_verify = f->tls_verify != 0;
    o->expect_status = f->expect_status;
    for (i = 0; i < NTEXT; i++)
        *(char **)((char *)o + texts[i]) = get_text(r);
    get_list(r, f->nheader, &o->headers);
    get_list(r, f->nargument, &o->arguments);
    r->bad = r->bad || (o->proxy == PROXY_URL && !o->proxy_url);
}

enum err wire_get_job(const char *bytes, size_t length, struct job *job, struct site **site, const struct options **cache)
{
    struct reader r = { bytes, bytes + length, false };
    const struct options *shared;
    struct wire_job fixed;
    struct options o;
    char *url;

    get(&r, &fixed, sizeof(fixed));
    if (r.bad || !fixed_is_sane(&fixed))
        return ERR_INVALID;
    get_options(&r, &fixed, &o);
    url = get_text(&r);
    if (r.bad || !url || r.at != r.end) {
        options_release(&o);
        free(url);
        return ERR_INVALID;
    }
    shared = options_share_again(cache, &o);
    *site = shared ? site_new("", url, shared) : NULL;
    free(url);
    if (!*site)
        return ERR_NOMEM;
    *job = (struct job){ .id = fixed.id, .site_id = fixed.site_id, .generation = fixed.generation,
                         .attempt = fixed.attempt, .method = (enum method)fixed.method, .due_ns = fixed.due_ns,
                         .site = *site };
    return ERR_OK;
}

#define TIME_MOST (INT64_C(3600) * NS_PER_S) /* far beyond any time limit */

/* A helper reads what strangers send: what it tells when one of them has taken it over may not index or overrun here. */
static bool is_result(const struct result *r)
{
    unsigned char warning, head_failed;
    enum phase p;

    memcpy(&warning, &r->warning, 1);
    memcpy(&head_failed, &r->head_failed, 1);
    for (p = 0; p < PHASE_COUNT; p++)
        if (r->phase_ns[p] < PHASE_NOT_REACHED || r->phase_ns[p] > TIME_MOST)
            return false;
    return (unsigned)r->outcome < OUTCOME_COUNT && (unsigned)r->method <= METHOD_GET && r->status >= 0 && r->status <= 999 &&
           warning <= 1 && head_failed <= 1 && r->took_ns >= 0 && r->took_ns <= TIME_MOST && !r->nregion &&
           memchr(r->address, '\0', sizeof(r->address)) && memchr(r->detail, '\0', sizeof(r->detail));
}

bool wire_is_answer(const struct wire_answer *a, size_t length)
{
    if (length < sizeof(a->result) || !is_result(&a->result.result))
        return false;
    if (length == sizeof(a->result))
        return true;
    return length == sizeof(*a) && a->evidence.header_bytes <= EVIDENCE_HEADER_MOST &&
           a->evidence.body_bytes <= EVIDENCE_BODY_MOST && a->evidence.certificate_bytes <= EVIDENCE_CERTIFICATE_MOST;
}
