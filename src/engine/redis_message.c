/* Jobs and results as entries of Redis streams. Pure; any thread. */
#include "redis_message.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/kind.h"

/* --- building ----------------------------------------------------------------------------------------------------- */

void message_begin(struct message *m, const char *command, const char *key)
{
    m->nword = 0;
    m->used = 0;
    m->full = false;
    m->spec = NULL;
    message_add(m, command);
    message_add(m, key);
}

void message_release(struct message *m)
{
    free(m->spec);
    m->spec = NULL;
}

void message_add(struct message *m, const char *word)
{
    if (m->nword == MESSAGE_FIELDS) {
        m->full = true;
        return;
    }
    m->word[m->nword] = word;
    m->length[m->nword++] = strlen(word);
}

void message_addf(struct message *m, const char *field, const char *format, ...)
{
    char *at = m->text + m->used;
    size_t room = sizeof(m->text) - m->used;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(at, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room) {
        m->full = true;
        return;
    }
    m->used += (size_t)n + 1;
    message_add(m, field);
    message_add(m, at);
}

/* --- secrets ------------------------------------------------------------------------------------------------------ */

/* user:password@ in the URL itself. */
static bool url_signs_in(const char *url)
{
    const char *host;
    size_t length = site_host(url, &host);

    return length && host > url && (host[-1] == '@' || (host[-1] == '[' && host - url > 1 && host[-2] == '@'));
}

/* What only a machine's own settings may have it run. */
static bool is_own_only(const char *url)
{
    const struct check_kind *kind = check_kind_of(url, NULL);

    return kind && kind->own_only;
}

bool site_has_secrets(const struct site *site)
{
    const struct options *o = site->options;

    return is_own_only(site->url) || o->user || o->password || o->headers.n || o->proxy_url || o->ca_file || url_signs_in(site->url);
}

struct site *site_with_secrets(const struct site *sent, const struct site *own)
{
    const struct options *shared = NULL;
    struct options o, *mine = &o;
    struct site *site = NULL;

    if (options_copy(mine, own->options) != ERR_OK)
        return NULL;
    mine->timeout_ms = sent->options->timeout_ms; /* the monitor waits as long as it said */
    mine->body_limit = sent->options->body_limit;
    mine->expect_status = sent->options->expect_status;
    shared = options_share(mine);
    if (shared)
        site = site_new(own->name, own->url, shared);
    options_unref(shared);
    return site;
}

/* --- jobs --------------------------------------------------------------------------------------------------------- */

static void set_text(json_t *o, const char *key, const char *text)
{
    if (text)
        json_object_set_new(o, key, json_string(text));
}

/* What is asked, as compact JSON without secrets; NULL when it can not be written. */
static char *spec_of(const struct site *site)
{
    const struct options *o = site->options;
    char statuses[STATUS_SET_TEXT_SIZE];
    json_t *spec = json_object();
    char *text = NULL;
    bool secret = site_has_secrets(site);

    if (!url_signs_in(site->url) && !is_own_only(site->url))
        set_text(spec, "url", site->url);
    json_object_set_new(spec, "timeout_ms", json_integer(o->timeout_ms));
    json_object_set_new(spec, "body_limit", json_integer(o->body_limit));
    if (o->expect_status.nrange)
        set_text(spec, "expect_status", status_set_format(statuses, &o->expect_status));
    set_text(spec, "expect_body", o->expect_body);
    set_text(spec, "expect_body_regex", o->expect_body_regex);
    set_text(spec, "reject_body", o->reject_body);
    set_text(spec, "user_agent", o->user_agent);
    json_object_set_new(spec, "ip", json_integer(o->ip));
    json_object_set_new(spec, "proxy", json_integer(o->proxy));
    json_object_set_new(spec, "follow", json_boolean(o->follow_redirects));
    json_object_set_new(spec, "verify", json_boolean(o->tls_verify));
    json_object_set_new(spec, "secret", json_boolean(secret));
    if (!o->expect_body || json_object_get(spec, "expect_body"))
        text = json_dumps(spec, JSON_COMPACT);
    json_decref(spec);
    return text;
}

bool message_put_job(struct message *m, const struct envelope *e, const struct job *job)
{
    m->spec = spec_of(job->site);
    if (!m->spec)
        return false;
    message_add(m, "v");
    message_add(m, MESSAGE_VERSION);
    message_addf(m, "job", "%" PRIu64, e->job_id);
    message_addf(m, "gen", "%" PRIu32, e->generation);
    message_addf(m, "try", "%" PRIu32, e->attempt);
    message_addf(m, "term", "%" PRIu64, e->term);
    message_addf(m, "exp", "%" PRId64, e->begin_by_ms);
    message_addf(m, "method", "%s", job->method == METHOD_GET ? "GET" : "HEAD");
    message_addf(m, "site", "%s", job->site->name);
    message_add(m, "spec");
    message_add(m, m->spec);
    return !m->full;
}

/* --- reading fields ----------------------------------------------------------------------------------------------- */

const char *field_text(const redisReply *fields, const char *name)
{
    size_t i;

    if (!fields || fields->type != REDIS_REPLY_ARRAY)
        return NULL;
    for (i = 0; i + 1 < fields->elements; i += 2) {
        const redisReply *key = fields->element[i], *value = fields->element[i + 1];

        if (key->type == REDIS_REPLY_STRING && value->type == REDIS_REPLY_STRING && !strcmp(key->str, name))
            return strlen(value->str) == (size_t)value->len ? value->str : NULL;
    }
    return NULL;
}

/* A whole number within bounds. */
static bool field_number(const redisReply *fields, const char *name, int64_t least, int64_t most, int64_t *out)
{
    const char *text = field_text(fields, name);
    char *end;
    int64_t value;

    if (!text || !*text)
        return false;
    value = strtoll(text, &end, 10);
    if (*end || value < least || value > most)
        return false;
    *out = value;
    return true;
}

static bool right_version(const redisReply *fields)
{
    const char *version = field_text(fields, "v");

    return version && !strcmp(version, MESSAGE_VERSION);
}

static bool get_envelope(const redisReply *fields, struct envelope *e)
{
    int64_t job, generation, attempt, term;

    if (!right_version(fields) || !field_number(fields, "job", 1, INT64_MAX, &job) ||
        !field_number(fields, "gen", 0, UINT32_MAX, &generation) || !field_number(fields, "try", 1, UINT32_MAX, &attempt) ||
        !field_number(fields, "term", 0, INT64_MAX, &term))
        return false;
    *e = (struct envelope){ .job_id = (uint64_t)job, .generation = (uint32_t)generation, .attempt = (uint32_t)attempt,
                            .term = (uint64_t)term };
    return true;
}

/* --- reading a job ------------------------------------------------------------------------------------------------ */

static int64_t spec_number(const json_t *spec, const char *key, int64_t least, int64_t most, int64_t standard)
{
    const json_t *j = json_object_get(spec, key);
    int64_t value = json_is_integer(j) ? json_integer_value(j) : standard;

    return value < least || value > most ? standard : value;
}

static bool spec_text(const json_t *spec, const char *key, char **out)
{
    const char *text = json_string_value(json_object_get(spec, key));

    *out = text ? strdup(text) : NULL;
    return !text || *out;
}

static bool get_options(const json_t *spec, struct options *o)
{
    const char *statuses = json_string_value(json_object_get(spec, "expect_status"));

    options_init(o);
    o->timeout_ms = spec_number(spec, "timeout_ms", 50, 5 * MS_PER_MIN, o->timeout_ms);
    o->body_limit = spec_number(spec, "body_limit", 1, INT64_C(1) << 30, o->body_limit);
    o->ip = (enum ip_family)spec_number(spec, "ip", IP_ANY, IP_V6, IP_ANY);
    o->proxy = (enum proxy_use)spec_number(spec, "proxy", PROXY_NONE, PROXY_ENV, PROXY_NONE);
    o->follow_redirects = !json_is_false(json_object_get(spec, "follow"));
    o->tls_verify = !json_is_false(json_object_get(spec, "verify"));
    return (!statuses || status_set_parse(&o->expect_status, statuses, NULL) == ERR_OK) &&
           spec_text(spec, "expect_body", &o->expect_body) && spec_text(spec, "expect_body_regex", &o->expect_body_regex) &&
           spec_text(spec, "reject_body", &o->reject_body) && spec_text(spec, "user_agent", &o->user_agent);
}

/* The site as the job tells it; NULL when it does not. */
static struct site *get_site(const json_t *spec, const char *name, bool needs_secrets, const struct options **cache)
{
    const char *url = json_string_value(json_object_get(spec, "url"));
    const struct options *shared = NULL;
    struct options o;

    if (url && is_own_only(url))
        return NULL; /* nobody makes us run what our own settings do not say */
    if (!url && needs_secrets)
        url = ""; /* it has a password in it: the worker's own is used */
    if (url && get_options(spec, &o))
        shared = options_share_again(cache, &o);
    else if (url)
        options_release(&o);
    return shared ? site_new(name, url, shared) : NULL;
}

enum err message_get_job(const redisReply *fields, struct envelope *e, struct job *job, struct site **site,
                         bool *needs_secrets, const struct options **cache)
{
    const char *name = field_text(fields, "site"), *text = field_text(fields, "spec"), *method = field_text(fields, "method");
    json_t *spec = NULL;

    *site = NULL;
    if (!name || !text || !method || !get_envelope(fields, e) ||
        !field_number(fields, "exp", 0, INT64_MAX, &e->begin_by_ms))
        return ERR_INVALID;
    spec = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (spec) {
        *needs_secrets = json_is_true(json_object_get(spec, "secret"));
        *site = get_site(spec, name, *needs_secrets, cache);
    }
    json_decref(spec);
    if (!*site)
        return ERR_INVALID;
    *job = (struct job){ .id = e->job_id, .generation = e->generation, .attempt = e->attempt,
                         .method = strcmp(method, "GET") ? METHOD_HEAD : METHOD_GET, .due_ns = clock_mono_ns(),
                         .site = *site };
    return ERR_OK;
}

/* --- results ------------------------------------------------------------------------------------------------------ */

static const char *const phase_fields[PHASE_COUNT] = { "dns", "tcp", "tls", "wait", "body" };

static int64_t to_us(int64_t ns)
{
    return ns < 0 ? -1 : ns / NS_PER_US;
}

void message_put_result(struct message *m, const struct envelope *e, const char *region, const char *worker,
                        const struct result *r)
{
    int i;

    message_add(m, "v");
    message_add(m, MESSAGE_VERSION);
    message_addf(m, "job", "%" PRIu64, e->job_id);
    message_addf(m, "gen", "%" PRIu32, e->generation);
    message_addf(m, "try", "%" PRIu32, e->attempt);
    message_addf(m, "term", "%" PRIu64, e->term);
    message_addf(m, "region", "%s", region);
    message_addf(m, "worker", "%s", worker);
    message_addf(m, "outcome", "%s", outcome_name(r->outcome));
    message_addf(m, "code", "%d", r->status);
    message_addf(m, "method", "%s", r->method == METHOD_GET ? "GET" : "HEAD");
    message_addf(m, "warning", "%d", r->warning);
    message_addf(m, "head_failed", "%d", r->head_failed);
    message_addf(m, "at", "%" PRId64, r->checked_at_ms);
    message_addf(m, "total", "%" PRId64, to_us(r->took_ns));
    message_addf(m, "request", "%" PRId64, to_us(r->request_ns));
    for (i = 0; i < PHASE_COUNT; i++)
        message_addf(m, phase_fields[i], "%" PRId64, to_us(r->phase_ns[i]));
    if (r->certificate_until != CERTIFICATE_UNKNOWN)
        message_addf(m, "cert", "%" PRId64, r->certificate_until);
    if (r->address[0])
        message_addf(m, "ip", "%s", r->address);
    if (r->detail[0])
        message_addf(m, "err", "%s", r->detail);
}

static void get_clean(const redisReply *fields, const char *name, char *out, size_t size)
{
    const char *text = field_text(fields, name);

    out[0] = '\0';
    if (text)
        text_clean(out, size, text, strlen(text));
}

#define TIME_MOST_US (INT64_C(3600) * 1000000)

/* Phases that can not be are dropped: a worker's clock or program may be wrong, ours must not believe it. */
static void get_times(const redisReply *fields, struct result *r)
{
    int64_t us = 0, sum = 0;
    int i;

    if (field_number(fields, "total", 0, TIME_MOST_US, &us))
        r->took_ns = us * NS_PER_US;
    us = 0;
    if (field_number(fields, "request", 0, TIME_MOST_US, &us))
        r->request_ns = us * NS_PER_US < r->took_ns ? us * NS_PER_US : r->took_ns;
    for (i = 0; i < PHASE_COUNT; i++) {
        if (!field_number(fields, phase_fields[i], 0, TIME_MOST_US, &us) || sum + us > r->request_ns / NS_PER_US)
            continue;
        sum += us;
        r->phase_ns[i] = us * NS_PER_US;
    }
}

enum err message_get_result(const redisReply *fields, struct envelope *e, char *region, struct result *r)
{
    const char *word = field_text(fields, "outcome"), *method = field_text(fields, "method");
    int outcome = word ? outcome_parse(word) : -1;
    struct job nothing = { 0 };
    int64_t number;

    if (!method || !get_envelope(fields, e))
        return ERR_INVALID;
    result_init(r, &nothing);
    r->outcome = outcome < 0 ? OUTCOME_LOCAL_WORKER : (enum outcome)outcome; /* a word of a version we do not know */
    r->method = strcmp(method, "GET") ? METHOD_HEAD : METHOD_GET;
    if (field_number(fields, "code", 100, 999, &number))
        r->status = (int)number;
    if (field_number(fields, "head_failed", 0, 1, &number))
        r->head_failed = number == 1;
    if (field_number(fields, "warning", 0, 1, &number))
        r->warning = number == 1;
    if (field_number(fields, "at", 0, INT64_MAX / 2, &number))
        r->checked_at_ms = number;
    if (field_number(fields, "cert", INT64_MIN / 2, INT64_MAX / 2, &number))
        r->certificate_until = number;
    get_times(fields, r);
    get_clean(fields, "ip", r->address, sizeof(r->address));
    get_clean(fields, "err", r->detail, sizeof(r->detail));
    get_clean(fields, "region", region, REGION_NAME_SIZE);
    return ERR_OK;
}

/* --- evidence ----------------------------------------------------------------------------------------------------- */

#define EVIDENCE_PART 2048u              /* of header and of body: a message holds little */

static void put_bytes(struct message *m, const char *field, const char *bytes, size_t length)
{
    char *at = m->text + m->used;

    if (length > EVIDENCE_PART)
        length = EVIDENCE_PART;
    if (!length || sizeof(m->text) - m->used < length || m->nword + 2 > MESSAGE_FIELDS)
        return; /* the result goes without it */
    memcpy(at, bytes, length);
    m->used += length;
    message_add(m, field);
    m->word[m->nword] = at;
    m->length[m->nword++] = length;
}

void message_put_evidence(struct message *m, const struct evidence *e)
{
    put_bytes(m, "header", e->header, e->header_bytes);
    put_bytes(m, "page", e->body, e->body_bytes);
    put_bytes(m, "chain", e->certificate, e->certificate_bytes);
}

static uint16_t get_bytes(const redisReply *fields, const char *name, char *out, size_t most)
{
    size_t i, n;

    for (i = 0; fields->type == REDIS_REPLY_ARRAY && i + 1 < fields->elements; i += 2) {
        const redisReply *key = fields->element[i], *value = fields->element[i + 1];

        if (key->type != REDIS_REPLY_STRING || value->type != REDIS_REPLY_STRING || strcmp(key->str, name) != 0)
            continue;
        n = (size_t)value->len < most ? (size_t)value->len : most;
        memcpy(out, value->str, n);
        return (uint16_t)n;
    }
    return 0;
}

bool message_get_evidence(const redisReply *fields, struct evidence *e)
{
    memset(e, 0, sizeof(*e));
    e->header_bytes = get_bytes(fields, "header", e->header, sizeof(e->header));
    e->body_bytes = get_bytes(fields, "page", e->body, sizeof(e->body));
    e->certificate_bytes = get_bytes(fields, "chain", e->certificate, sizeof(e->certificate));
    return e->header_bytes || e->body_bytes || e->certificate_bytes;
}
