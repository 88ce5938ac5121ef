/* One pass over a list: submits as the engine has room, retries what fails, and settles each site once. Runs on the caller's
 * thread, which alone owns everything here but the queue of results. */
#include "monitor/pass.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "engine/engine.h"
#include "model/network.h"
#include "heap.h"
#include "monitor/limits.h"
#include "method.h"
#include "watch.h"

#define TICK_NS (100 * NS_PER_MS)
#define BATCH 64                    /* results taken at once */
#define PATIENCE_NS (2 * NS_PER_MS) /* how long results are gathered before they are looked at */

struct pass {
    const struct pass_options *options;
    const struct site *const *site;
    struct pass_result *out;
    struct method_memory *method;    /* by index */
    size_t n, next, settled, in_flight;
    struct heap retries;             /* by index: when to ask again */
    struct queue *results;           /* of struct result; as many places as engine slots */
    struct engine *engine;
    uint64_t checks;
};

static void on_done(void *context, const struct result *result)
{
    struct pass *p = context;

    queue_push(p->results, result); /* fits: never more in flight than it has places */
}

static void settle(struct pass *p, size_t i, enum state state)
{
    p->out[i].state = state;
    p->settled++;
    if (p->options->settled)
        p->options->settled(p->options->context, i, &p->out[i]);
}

static int retries_of(const struct pass *p, size_t i)
{
    return p->options->retries >= 0 ? p->options->retries : p->site[i]->options->retries;
}

/* A good answer is judged as it stands: slow at once, a certificate near its end at once. */
static enum state good_state(const struct pass *p, size_t i)
{
    struct pass_result *r = &p->out[i];
    const struct options *o = p->site[i]->options;

    r->degraded = DEGRADED_NOT;
    if (o->slow_above_ms && r->result.took_ns > o->slow_above_ms * NS_PER_MS)
        r->degraded = DEGRADED_SLOW;
    else if (r->result.warning)
        r->degraded = DEGRADED_WARNING;
    else if (certificate_is_near(o, &r->result))
        r->degraded = DEGRADED_CERTIFICATE;
    return r->degraded ? STATE_DEGRADED : STATE_UP;
}

static enum err take_result(struct pass *p, const struct result *result)
{
    size_t i = result->site_id;
    const struct options *o = p->site[i]->options;
    int64_t wait_ns = o->retry_interval_ms * NS_PER_MS;

    p->in_flight--;
    p->out[i].result = *result;
    p->out[i].attempts = result->attempt;
    method_note(&p->method[i], o, result, clock_mono_ns());
    if (outcome_is_local(result->outcome)) {
        settle(p, i, STATE_INCONCLUSIVE);
    } else if (result_good(result)) {
        settle(p, i, good_state(p, i));
    } else if ((int)result->attempt > retries_of(p, i)) {
        settle(p, i, STATE_DOWN);
    } else {
        if (wait_ns > p->options->retry_wait_most_ns)
            wait_ns = p->options->retry_wait_most_ns;
        return heap_set(&p->retries, (uint32_t)i, clock_mono_ns() + wait_ns);
    }
    return ERR_OK;
}

/* ERR_FULL: the engine has no room now. */
static enum err submit(struct pass *p, size_t i)
{
    int64_t now = clock_mono_ns();
    struct job job = {
        .id = p->checks + 1,
        .site_id = (uint32_t)i,
        .attempt = p->out[i].attempts + 1,
        .method = method_choose(&p->method[i], p->site[i]->options, now),
        .due_ns = now,
        .site = p->site[i],
    };
    enum err err;

    if (p->in_flight == engine_room(p->engine)->slots)
        return ERR_FULL;
    err = engine_submit(p->engine, &job);
    if (!err) {
        p->checks++;
        p->in_flight++;
    }
    return err;
}

/* Hands out what is due, retries first. */
static enum err submit_due(struct pass *p)
{
    enum err err = ERR_OK;
    int64_t due_ns;
    uint32_t i;

    while (!err && heap_first(&p->retries, &i, &due_ns) && due_ns <= clock_mono_ns()) {
        err = submit(p, i);
        if (!err)
            heap_remove(&p->retries, i);
    }
    while (!err && p->next < p->n) {
        if (p->site[p->next]->options->paused) {
            settle(p, p->next++, STATE_PAUSED);
            continue;
        }
        if (watch_reports(p->site[p->next])) {
            settle(p, p->next++, STATE_NEW); /* nobody can be asked */
            continue;
        }
        err = submit(p, p->next);
        if (!err)
            p->next++;
    }
    return err == ERR_FULL ? ERR_OK : err;
}

/* Ticks, if it is time to; when to do so next. */
static int64_t tick(struct pass *p, int64_t due_ns)
{
    if (clock_mono_ns() < due_ns)
        return due_ns;
    if (p->options->tick)
        p->options->tick(p->options->context);
    return clock_mono_ns() + TICK_NS;
}

/* Waits for results until until_ns, and a moment longer for several while the engine has enough to do. */
static size_t gather(struct pass *p, struct result batch[BATCH], int64_t until_ns)
{
    size_t least = engine_room(p->engine)->slots / 4, n = 0;
    int64_t soon_ns = clock_mono_ns() + PATIENCE_NS;

    least = least < BATCH ? least : BATCH;
    if (least > 1 && p->in_flight > 2 * least && until_ns > soon_ns)
        n = queue_take(p->results, batch, BATCH, least, soon_ns);
    return n ? n : queue_take(p->results, batch, BATCH, 1, until_ns);
}

static enum err run(struct pass *p)
{
    int64_t tick_ns = p->options->tick || p->options->stop ? clock_mono_ns() + TICK_NS : COND_FOREVER;
    struct result batch[BATCH];

    while (p->settled < p->n) {
        int64_t until_ns = COND_FOREVER;
        enum err err = submit_due(p);
        size_t n, k;
        uint32_t i;

        if (err)
            return err;
        if (p->in_flight < engine_room(p->engine)->slots && !heap_first(&p->retries, &i, &until_ns))
            until_ns = COND_FOREVER;
        if (p->settled == p->n)
            break;
        tick_ns = tick(p, tick_ns);
        if (p->options->stop && atomic_load(p->options->stop))
            return ERR_CLOSED;
        if (until_ns > tick_ns)
            until_ns = tick_ns;
        n = gather(p, batch, until_ns);
        for (k = 0; k < n; k++) {
            err = take_result(p, &batch[k]);
            if (err)
                return err;
        }
    }
    return ERR_OK;
}

static enum err open_pass(struct pass *p, struct errmsg *why)
{
    struct engine_env env = {
        .workers = p->options->workers,
        .slots = limits_slots(p->options->max_in_flight, p->options->workers),
        .broker = p->options->broker,
        .done = on_done,
        .context = p,
    };

    p->method = calloc(p->n ? p->n : 1, sizeof(*p->method));
    p->results = queue_new(env.slots, sizeof(struct result));
    if (!p->method || !p->results)
        return err_set(why, ERR_NOMEM, "cannot check %zu sites: out of memory", p->n);
    return engine_open(&p->engine, p->options->engine, &env, why);
}

enum err pass_run(const struct site *const *site, size_t n, const struct pass_options *options, struct pass_result *out,
                  struct pass_stats *stats, struct errmsg *why)
{
    struct pass p = { .options = options, .site = site, .out = out, .n = n, .retries = HEAP_INIT };
    enum err err = open_pass(&p, why);
    size_t i;

    for (i = 0; i < n; i++) {
        struct job nothing = { .site_id = (uint32_t)i, .site = site[i] };

        memset(&out[i], 0, sizeof(out[i]));
        result_init(&out[i].result, &nothing);
    }
    if (!err) {
        int64_t begun_ns = clock_mono_ns();

        err = run(&p);
        if (err)
            err_set(why, err, "cannot check %zu sites: %s", n, err_name(err));
        if (stats) {
            stats->took_ns = clock_mono_ns() - begun_ns;
            stats->workers = engine_room(p.engine)->workers;
            stats->checks = p.checks;
        }
    }
    engine_close(p.engine);
    queue_free(p.results);
    heap_release(&p.retries);
    free(p.method);
    return err;
}

bool pass_looks_offline(const struct site *const *site, const struct pass_result *r, size_t n)
{
    const char *first[NETWORK_HOSTS];
    size_t length[NETWORK_HOSTS], hosts = 0, i, j;

    for (i = 0; i < n; i++) {
        const char *host;
        size_t size;

        if (!r[i].attempts)
            continue;
        if (!outcome_is_network(r[i].result.outcome))
            return false;
        size = site_host(site[i]->url, &host);
        if (!size)
            continue; /* it was asked of nobody on the network */
        for (j = 0; j < hosts; j++)
            if (length[j] == size && !memcmp(first[j], host, size))
                break;
        if (j == hosts && hosts < NETWORK_HOSTS) {
            first[hosts] = host;
            length[hosts++] = size;
        }
    }
    return hosts >= NETWORK_HOSTS;
}
