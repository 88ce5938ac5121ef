/* Targets that are no sites. A check's end is told on the engine's thread, which writes the result and wakes the connection;
 * everything else is libmicrohttpd's thread. Whoever closes waits until that is not just handing a job in. */
#include "probing.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "check/evidence.h"
#include "config/settings.h"
#include "engine/engine.h"
#include "model/status.h"
#include "reply.h"
#include "web/pages.h"

#define JOBS_OF_OURS (UINT64_C(1) << 63) /* the monitor's engine counts from 1: evidence is kept by the job's number */
#define SPARE_MS 500                 /* of the time a scraper waits, so that it hears of a timeout */
#define TIMEOUT_LEAST_MS 50

struct asked {
    bool taken;                      /* libmicrohttpd's thread's */
    struct MHD_Connection *connection;
    const struct site *site;
    _Atomic bool over;               /* result is written */
    struct result result;
};

struct probing {
    struct engine *engine;
    struct options options;
    uint64_t jobs;
    struct asked asked[PROBING_MOST];

    struct mutex lock;               /* leaf */
    struct cond free;                /* not submitting any more */
    bool submitting, stopped;        /* under lock */
};

/* --- the engine's thread ------------------------------------------------------------------------------------------ */

static void on_done(void *context, const struct result *result)
{
    struct probing *p = context;
    struct asked *a = &p->asked[result->site_id];

    free(evidence_take(result->job_id)); /* nobody will look at it */
    a->result = *result;
    atomic_store(&a->over, true);
    MHD_resume_connection(a->connection);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

/* How long the scraper waits, in ms; INT64_MAX: it does not say. */
static int64_t patience_ms(struct MHD_Connection *c)
{
    const char *text = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "X-Prometheus-Scrape-Timeout-Seconds");
    double seconds;

    if (!text || !*text || strspn(text, "0123456789.") != strlen(text))
        return INT64_MAX;
    seconds = strtod(text, NULL);
    return seconds > 0 && seconds < 1e6 ? (int64_t)(seconds * MS_PER_S) - SPARE_MS : INT64_MAX;
}

/* What is checked; NULL: memory ran out. */
static const struct site *make_site(const struct probing *p, const char *url, int64_t most_ms)
{
    const struct options *shared;
    const struct site *site;
    struct options o;

    if (options_copy(&o, &p->options) != ERR_OK)
        return NULL;
    if (most_ms < o.timeout_ms)
        o.timeout_ms = most_ms < TIMEOUT_LEAST_MS ? TIMEOUT_LEAST_MS : most_ms;
    shared = options_share(&o);
    site = shared ? site_new(url, url, shared) : NULL;
    options_unref(shared);
    return site;
}

/* Nobody submits once probing_stop() has begun. */
static bool may_submit(struct probing *p)
{
    bool may;

    mutex_lock(&p->lock);
    may = p->submitting = !p->stopped;
    mutex_unlock(&p->lock);
    return may;
}

static void submitted(struct probing *p)
{
    mutex_lock(&p->lock);
    p->submitting = false;
    cond_broadcast(&p->free);
    mutex_unlock(&p->lock);
}

static void submit(struct probing *p, struct asked *a)
{
    const struct job job = { .id = JOBS_OF_OURS + p->jobs++, .site_id = (uint32_t)(a - p->asked), .generation = 1, .attempt = 1,
                             .method = a->site->options->method, .due_ns = clock_mono_ns(), .site = a->site };

    MHD_suspend_connection(a->connection);
    if (engine_submit(p->engine, &job) == ERR_OK)
        return;
    result_fail(&a->result, &job, OUTCOME_LOCAL_MEMORY, clock_mono_ns(), clock_wall_ms());
    atomic_store(&a->over, true);
    MHD_resume_connection(a->connection);
}

static struct asked *free_place(struct probing *p)
{
    size_t i;

    for (i = 0; i < PROBING_MOST; i++)
        if (!p->asked[i].taken)
            return &p->asked[i];
    return NULL;
}

enum err probing_url(char **url, const char *target, struct errmsg *why)
{
    char whole[4200];
    int length;

    if (strstr(target, "://"))
        return url_normalize(url, target, why);
    length = snprintf(whole, sizeof(whole), "http://%s", target);
    return length < (int)sizeof(whole) ? url_normalize(url, whole, why) : err_set(why, ERR_INVALID, "the target is too long");
}

enum MHD_Result probing_ask(struct probing *p, struct MHD_Connection *c, const char *url, void **request)
{
    struct asked *a = free_place(p);

    if (!a)
        return reply_say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "too many targets are being checked\n");
    a->site = make_site(p, url, patience_ms(c));
    if (!a->site)
        return MHD_NO;
    if (!may_submit(p)) {
        site_unref(a->site);
        return reply_say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "the monitor is ending\n");
    }
    a->taken = true;
    a->connection = c;
    atomic_store(&a->over, false);
    *request = a;
    submit(p, a);
    submitted(p);
    return MHD_YES;
}

/* --- answering ---------------------------------------------------------------------------------------------------- */

bool probing_has(const struct probing *p, const void *request)
{
    const struct asked *a = request;

    return p && a >= p->asked && a < p->asked + PROBING_MOST;
}

enum MHD_Result probing_answer(struct MHD_Connection *c, void *request)
{
    struct asked *a = request;
    struct row row = { .generation = 1, .site = a->site, .certificate_until = CERTIFICATE_UNKNOWN };
    struct strbuf out = STRBUF_INIT;
    char text[RESULT_MESSAGE_SIZE];

    if (!atomic_load(&a->over))
        return MHD_NO;
    row_take_result(&row, &a->result, clock_mono_ns());
    if (a->result.outcome != OUTCOME_CANCELLED && metrics_probe(&out, &row))
        return reply_text(c, MHD_HTTP_OK, TYPE_METRICS, &out);
    strbuf_addf(&out, "it could not be checked: %s\n", result_message(text, &a->result));
    return reply_text(c, MHD_HTTP_SERVICE_UNAVAILABLE, TYPE_PLAIN, &out);
}

void probing_forget(void *request)
{
    struct asked *a = request;

    site_unref(a->site);
    a->site = NULL;
    a->taken = false;
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

/* What sites send along is for them alone. */
static void strip_secrets(struct options *o)
{
    char **const texts[] = { &o->user, &o->password, &o->password_file, &o->password_env };
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        free(*texts[i]);
        *texts[i] = NULL;
    }
    strings_release(&o->headers);
    strings_release(&o->arguments);
}

enum err probing_open(struct probing **out, const struct options *defaults, struct errmsg *why)
{
    struct probing *p = calloc(1, sizeof(*p));
    const struct engine_env env = { .workers = 1, .slots = PROBING_MOST, .done = on_done, .context = p };
    enum err err;

    if (!p || options_copy(&p->options, defaults) != ERR_OK) {
        free(p);
        return err_set(why, ERR_NOMEM, "cannot check targets of others: out of memory");
    }
    strip_secrets(&p->options);
    mutex_init(&p->lock);
    cond_init(&p->free);
    err = engine_open(&p->engine, "events", &env, why);
    if (err) {
        probing_free(p);
        return err;
    }
    *out = p;
    return ERR_OK;
}

void probing_stop(struct probing *p)
{
    if (!p)
        return;
    mutex_lock(&p->lock);
    p->stopped = true;
    while (p->submitting)
        cond_wait(&p->free, &p->lock, COND_FOREVER);
    mutex_unlock(&p->lock);
    engine_close(p->engine); /* tells everybody, who resumes */
    p->engine = NULL;
}

void probing_free(struct probing *p)
{
    if (!p)
        return;
    probing_stop(p);
    options_release(&p->options);
    cond_release(&p->free);
    mutex_release(&p->lock);
    free(p);
}
