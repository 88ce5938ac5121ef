/* worker: takes checks from Redis until SIGTERM or SIGINT, and tells on standard error what it does. */
#include "engine/worker.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "cli.h"
#include "monitor/limits.h"
#include "monitor/monitor.h"

#define TELL_EVERY_S 10

static const struct site *own_site(void *context, const char *name)
{
    const struct site *site = settings_site(context, name);

    return site ? site_ref(site) : NULL;
}

static int take_log_level(const struct args *a)
{
    const char *word = a->value[FLAG_LOG_LEVEL];
    int level = word ? log_level_parse(word) : LEVEL_INFO;
    char shown[40];

    if (level < 0) {
        text_clean(shown, sizeof(shown), word, strlen(word));
        return complain(a, EXIT_USAGE, "--log-level: '%s' is none of error, warning, info, debug", shown);
    }
    log_open((enum log_level)level, NULL, NULL);
    return EXIT_WELL;
}

/* A line now and then while there is work. */
static void tell(struct worker *w, struct worker_counts *last)
{
    struct worker_counts now;

    worker_counts(w, &now);
    if (now.taken != last->taken || now.returned != last->returned)
        log_line(LEVEL_INFO, "%llu checks taken, %llu returned, %zu under way%s", (unsigned long long)(now.taken - last->taken),
                 (unsigned long long)(now.returned - last->returned), now.in_flight,
                 now.lost != last->lost ? "; results were lost while Redis was away" : "");
    *last = now;
}

static void work_until_told(struct worker *w, const sigset_t *signals)
{
    const struct timespec patience = { TELL_EVERY_S, 0 };
    struct worker_counts last = { 0 };

    while (sigtimedwait(signals, NULL, &patience) < 0)
        tell(w, &last);
    tell(w, &last);
    log_line(LEVEL_INFO, "finishing what is under way");
    worker_close(w);
}

static int run(const struct args *a, const struct worker_options *o)
{
    struct worker *w;
    struct errmsg why;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before the first thread of ours */
    if (worker_open(&w, o, &why) != ERR_OK)
        return complain(a, EXIT_TROUBLE, "%s", why.text);
    work_until_told(w, &signals);
    return EXIT_WELL;
}

int command_worker(const struct args *a)
{
    struct worker_options o = { .region = a->value[FLAG_REGION], .own_site = own_site };
    struct settings *s = NULL;
    int code;

    if (a->noperand)
        return complain(a, EXIT_USAGE, "takes no arguments; name the file by -c FILE");
    if (!args_number(a, FLAG_WORKERS, 1, 1024, &o.threads))
        return EXIT_USAGE;
    if (o.region && (!*o.region || strlen(o.region) >= REGION_NAME_SIZE || !text_is_clean(o.region)))
        return complain(a, EXIT_USAGE, "--region: a name of 1 to %d bytes", REGION_NAME_SIZE - 1);
    code = take_log_level(a);
    if (!code)
        code = load_settings(a, true, &s);
    if (!code && !s->redis.url)
        code = complain(a, EXIT_USAGE, "%s has no redis.url: where are checks to be taken from?", s->path);
    if (!code) {
        o.broker = monitor_broker(s);
        o.slots = limits_slots((size_t)s->max_in_flight, o.threads);
        o.context = s;
        code = run(a, &o);
    }
    settings_free(s);
    return code;
}
