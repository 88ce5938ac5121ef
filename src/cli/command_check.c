/* check: one pass over the file's sites, or over the URLs given, then an exit code. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "args.h"
#include "base/clock.h"
#include "chosen.h"
#include "engine/engine.h"
#include "monitor/monitor.h"
#include "monitor/pass.h"
#include "pass_print.h"

#define RETRY_WAIT_MOST (1 * NS_PER_S)

struct check {
    const struct args *args;
    struct chosen chosen;
    struct pass_options pass;
    int64_t timeout_ms;              /* 0: as each site says */
    bool json;
    struct pass_print print;
    struct pass_result *result;
    bool *settled;
    size_t done, printed;
    bool progress;                   /* is told */
    bool shown;                      /* stands on the screen */
};

/* --- what to check ------------------------------------------------------------------------------------------------ */

static int take_flags(struct check *c)
{
    const struct args *a = c->args;
    bool bad;

    c->json = args_json(a, &bad);
    c->pass.retries = -1;
    if (bad || !args_number(a, FLAG_WORKERS, 1, 1024, &c->pass.workers) ||
        !args_number(a, FLAG_RETRIES, 0, 10, &c->pass.retries) ||
        !args_duration(a, FLAG_TIMEOUT, 50, 5 * MS_PER_MIN, &c->timeout_ms))
        return EXIT_USAGE;
    if (a->value[FLAG_ENGINE] && !engine_find(a->value[FLAG_ENGINE]))
        return complain_engine(a, FLAG_ENGINE, a->value[FLAG_ENGINE]);
    return EXIT_WELL;
}

/* --timeout stands over every site's own. */
static int override_timeout(struct check *c)
{
    size_t i;

    for (i = 0; c->timeout_ms && i < c->chosen.n; i++) {
        const struct options *shared = NULL;
        struct site *site = NULL;
        struct options o;

        if (options_copy(&o, c->chosen.site[i]->options) == ERR_OK) {
            o.timeout_ms = c->timeout_ms;
            shared = options_share(&o);
        }
        if (shared)
            site = site_new(c->chosen.site[i]->name, c->chosen.site[i]->url, shared);
        options_unref(shared);
        if (!site)
            return complain(c->args, EXIT_TROUBLE, "out of memory");
        site_unref(c->chosen.site[i]);
        c->chosen.site[i] = site;
    }
    return EXIT_WELL;
}

/* --- while it runs ------------------------------------------------------------------------------------------------ */

static void clear_progress(struct check *c)
{
    if (c->shown)
        fprintf(stderr, "\r\033[K");
    c->shown = false;
}

static bool reader_left(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO };

    return poll(&out, 1, 0) > 0 && out.revents & POLLERR;
}

static void on_tick(void *context)
{
    struct check *c = context;

    if (reader_left())
        raise(SIGPIPE); /* as the next row would */
    if (c->progress)
        fprintf(stderr, "\r%zu of %zu checked ", c->done, c->chosen.n);
    c->shown = c->progress;
}

/* Rows come in the order given, each as soon as all before it are settled, and into a pipe, too. */
static void on_settled(void *context, size_t index, const struct pass_result *r)
{
    struct check *c = context;

    (void)r;
    c->settled[index] = true;
    c->done++;
    if (!c->settled[c->printed])
        return;
    clear_progress(c);
    while (c->printed < c->chosen.n && c->settled[c->printed]) {
        pass_print_site(&c->print, c->chosen.site[c->printed], &c->result[c->printed]);
        c->printed++;
    }
    fflush(stdout);
}

/* --- the verdict -------------------------------------------------------------------------------------------------- */

static int verdict(const struct check *c)
{
    int code = EXIT_WELL;
    size_t i;

    for (i = 0; i < c->chosen.n; i++) {
        if (c->result[i].state == STATE_DOWN)
            return EXIT_DOWN;
        if (c->result[i].state == STATE_INCONCLUSIVE)
            code = EXIT_TROUBLE;
    }
    return code;
}

static int run(struct check *c)
{
    struct engine_broker broker = monitor_broker(c->chosen.settings);
    struct pass_stats stats;
    struct errmsg why;

    c->result = calloc(c->chosen.n, sizeof(*c->result));
    c->settled = calloc(c->chosen.n + 1, sizeof(*c->settled));
    if (!c->result || !c->settled)
        return complain(c->args, EXIT_TROUBLE, "out of memory");
    c->pass.engine = c->args->value[FLAG_ENGINE] ? c->args->value[FLAG_ENGINE] : c->chosen.settings->engine;
    if (!c->pass.workers)
        c->pass.workers = c->chosen.settings->workers;
    c->pass.max_in_flight = (size_t)c->chosen.settings->max_in_flight;
    c->pass.retry_wait_most_ns = RETRY_WAIT_MOST;
    c->pass.broker = &broker;
    c->pass.settled = on_settled;
    c->pass.tick = on_tick;
    c->pass.context = c;
    c->progress = isatty(STDERR_FILENO);

    signal(SIGPIPE, SIG_DFL); /* `check | head -1` ends at once */
    pass_print_begin(&c->print, c->json, may_color(c->args, STDOUT_FILENO), c->chosen.site, c->chosen.n);
    if (pass_run(c->chosen.site, c->chosen.n, &c->pass, c->result, &stats, &why) != ERR_OK) {
        clear_progress(c);
        return complain(c->args, EXIT_TROUBLE, "%s", why.text);
    }
    clear_progress(c);
    pass_print_end(&c->print, c->result, c->chosen.n, &stats);
    if (pass_looks_offline(c->chosen.site, c->result, c->chosen.n))
        complain(c->args, EXIT_WELL, "nothing could be reached: this machine seems to be offline");
    return verdict(c);
}

int command_check(const struct args *a)
{
    struct check c = { .args = a };
    int code = take_flags(&c);

    if (!code)
        code = choose_sites(a, &c.chosen);
    if (!code)
        code = override_timeout(&c);
    if (!code)
        code = run(&c);
    chosen_release(&c.chosen);
    free(c.result);
    free(c.settled);
    return finish_output(a, code);
}
