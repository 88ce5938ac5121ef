/* One pass of a comparison: a process of its own, so that its CPU, memory and context switches are its own, too. */
#include "one_pass.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/broker.h"
#include "engine/worker.h"
#include "monitor/limits.h"
#include "monitor/monitor.h"
#include "monitor/pass.h"

#define LOCAL_REDIS "redis://127.0.0.1:6379/0"

static const char letters[STATE_COUNT] = {
    [STATE_NEW] = 'n', [STATE_UP] = 'u', [STATE_DEGRADED] = 's', [STATE_CHECKING] = 'c', [STATE_DOWN] = 'd',
    [STATE_INCONCLUSIVE] = '?', [STATE_MAINTENANCE] = 'm', [STATE_PAUSED] = 'p',
};

const char *one_pass_word(char letter)
{
    int s;

    for (s = 0; s < STATE_COUNT; s++)
        if (letters[s] == letter)
            return state_name((enum state)s);
    return "nothing";
}

/* --- what it costs ------------------------------------------------------------------------------------------------ */

struct cost {
    double cpu_s;
    int64_t switches, peak_kib;
};

static void add_usage(struct cost *c, int who)
{
    struct rusage u;

    getrusage(who, &u);
    c->cpu_s += (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
    c->switches += u.ru_nvcsw + u.ru_nivcsw;
}

/* VmHWM of this process: ru_maxrss would keep that of whoever started it. proc(5) */
static int64_t peak_kib(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[128];
    long kib = 0;

    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return kib;
}

/* Helpers are counted when they have ended: each as large as the largest of them. */
static int64_t helpers_kib(const char *engine, int workers)
{
    struct rusage u;

    if (strcmp(engine, "processes") != 0)
        return 0;
    getrusage(RUSAGE_CHILDREN, &u);
    return u.ru_maxrss * workers;
}

static struct cost cost_now(void)
{
    struct cost c = { 0 };

    add_usage(&c, RUSAGE_SELF);
    add_usage(&c, RUSAGE_CHILDREN);
    return c;
}

/* --- the pass ----------------------------------------------------------------------------------------------------- */

struct run {
    const struct chosen *chosen;
    struct pass_options options;
    struct pass_result *result;
    struct pass_stats stats;
    uint32_t *order;
    size_t n;
};

static void on_settled(void *context, size_t index, const struct pass_result *r)
{
    struct run *run = context;

    (void)r;
    run->order[run->n++] = (uint32_t)index;
}

static json_t *describe(const struct run *run, const struct cost *before, const struct cost *after)
{
    char *states = calloc(run->chosen->n + 1, 1);
    json_t *o = json_object(), *order = json_array();
    size_t i;

    for (i = 0; i < run->chosen->n; i++) {
        if (states)
            states[i] = letters[run->result[i].state];
        json_array_append_new(order, json_integer(run->order[i]));
    }
    json_object_set_new(o, "wall_s", json_real((double)run->stats.took_ns / NS_PER_S));
    json_object_set_new(o, "cpu_s", json_real(after->cpu_s - before->cpu_s));
    json_object_set_new(o, "peak_kib", json_integer(peak_kib() + helpers_kib(run->options.engine, run->stats.workers)));
    json_object_set_new(o, "switches", json_integer(after->switches - before->switches));
    json_object_set_new(o, "workers", json_integer(run->stats.workers));
    json_object_set_new(o, "states", json_string(states ? states : ""));
    json_object_set_new(o, "order", order);
    free(states);
    return o;
}

static int print_line(json_t *o)
{
    char *line = json_dumps(o, JSON_COMPACT);

    if (line)
        puts(line);
    free(line);
    json_decref(o);
    return fflush(stdout) == 0 && line ? EXIT_WELL : EXIT_TROUBLE;
}

static int cannot(const char *reason)
{
    json_t *o = json_object();

    json_object_set_new(o, "reason", json_string(reason));
    return print_line(o);
}

static int run_pass(struct run *run)
{
    struct cost before = cost_now(), after;
    struct errmsg why;

    if (pass_run(run->chosen->site, run->chosen->n, &run->options, run->result, &run->stats, &why) != ERR_OK)
        return cannot(why.text);
    after = cost_now();
    return print_line(describe(run, &before, &after));
}

/* --- Redis: a worker of our own, under a prefix of our own -------------------------------------------------------- */

static const struct site *own_site(void *context, const char *name)
{
    const struct chosen *chosen = context;
    size_t i;

    for (i = 0; i < chosen->n; i++)
        if (!strcmp(chosen->site[i]->name, name))
            return site_ref(chosen->site[i]);
    return NULL;
}

static int run_redis(struct run *run, struct engine_broker broker)
{
    struct worker_options o = { .slots = run->options.max_in_flight, .threads = run->options.workers, .own_site = own_site,
                                .context = (void *)(uintptr_t)run->chosen };
    struct worker *worker;
    struct errmsg why;
    char prefix[40];
    int code;

    if (!broker.url)
        broker.url = LOCAL_REDIS;
    snprintf(prefix, sizeof(prefix), "us-compare-%ld", (long)getpid());
    broker.prefix = prefix;
    broker.regions = NULL;
    if (broker_ping(&broker, &why) != ERR_OK)
        return cannot(why.text);
    o.broker = broker;
    run->options.broker = &broker;
    if (worker_open(&worker, &o, &why) != ERR_OK)
        return cannot(why.text);
    code = run_pass(run);
    worker_close(worker);
    broker_forget(&broker);
    return code;
}

int one_pass_run(const struct args *a, const struct chosen *chosen, const char *engine, int workers)
{
    struct engine_broker broker = monitor_broker(chosen->settings);
    struct run run = {
        .chosen = chosen,
        .options = { .engine = engine, .workers = workers, .retries = 0, .settled = on_settled, .context = &run },
        .result = calloc(chosen->n, sizeof(*run.result)),
        .order = calloc(chosen->n, sizeof(*run.order)),
    };
    int code;

    log_open(LEVEL_ERROR, NULL, NULL);
    run.options.max_in_flight = limits_slots((size_t)chosen->settings->max_in_flight, workers);
    if (!run.result || !run.order)
        code = complain(a, EXIT_TROUBLE, "out of memory");
    else if (!strcmp(engine, "redis"))
        code = run_redis(&run, broker);
    else
        code = run_pass(&run);
    free(run.result);
    free(run.order);
    return code;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool read_order(struct one_pass *p, const json_t *order, size_t n)
{
    size_t i;

    p->order = calloc(n, sizeof(*p->order));
    if (!p->order || json_array_size(order) != n)
        return false;
    for (i = 0; i < n; i++)
        p->order[i] = (uint32_t)json_integer_value(json_array_get(order, i));
    return true;
}

static bool read_figures(struct one_pass *p, const json_t *o, size_t n)
{
    const char *states = json_string_value(json_object_get(o, "states"));

    p->wall_s = json_number_value(json_object_get(o, "wall_s"));
    p->cpu_s = json_number_value(json_object_get(o, "cpu_s"));
    p->peak_kib = json_integer_value(json_object_get(o, "peak_kib"));
    p->switches = json_integer_value(json_object_get(o, "switches"));
    p->workers = (int)json_integer_value(json_object_get(o, "workers"));
    p->states = states && strlen(states) == n ? strdup(states) : NULL;
    return p->states && read_order(p, json_object_get(o, "order"), n);
}

enum err one_pass_read(struct one_pass *out, const char *line, size_t n)
{
    json_t *o = json_loads(line, 0, NULL);
    const char *reason = json_string_value(json_object_get(o, "reason"));
    bool good = false;

    *out = (struct one_pass){ 0 };
    if (reason)
        good = (out->reason = strdup(reason)) != NULL;
    else if (o)
        good = read_figures(out, o, n);
    json_decref(o);
    if (!good)
        one_pass_release(out);
    return good ? ERR_OK : ERR_INVALID;
}

void one_pass_release(struct one_pass *p)
{
    free(p->reason);
    free(p->states);
    free(p->order);
    *p = (struct one_pass){ 0 };
}
