/* run: the monitor without a screen, for service managers and those who like it quiet. One line an event on standard error.
 * SIGHUP reads the file again, as a change of it does; SIGTERM and SIGINT end in good order, a second one at once; SIGUSR1
 * tells how things stand. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/service.h"
#include "base/text.h"
#include "monitoring.h"

struct run {
    struct monitoring monitoring;
    uint64_t tried;                  /* what the files were when they were last found wrong */
    char status[96];                 /* what the service manager was last told of the sites */
};

static int take_log_level(const struct args *a)
{
    const char *word = a->value[FLAG_LOG_LEVEL];
    int level = word ? log_level_parse(word) : LEVEL_INFO;

    if (level < 0)
        return complain(a, EXIT_USAGE, "--log-level: '%.40s' is none of error, warning, info, debug", word);
    log_open((enum log_level)level, NULL, NULL);
    return EXIT_WELL;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static void tell_faults(const struct settings *s, const struct faults *f)
{
    size_t i;

    for (i = 0; i < f->line.n; i++)
        log_line(LEVEL_ERROR, "%s", f->line.item[i]);
    log_line(LEVEL_ERROR, "%s: %zu fault%s; the old settings go on", s->path, f->line.n, f->line.n == 1 ? "" : "s");
}

static void read_again(struct run *r)
{
    struct settings *old = r->monitoring.settings, *fresh = NULL;
    struct monitor_changes c = { 0 };
    struct faults faults = { 0 };

    service_reloading();
    if (settings_read(&fresh, old->path, &faults) != ERR_OK) {
        r->tried = settings_look(old);
        tell_faults(old, &faults);
    } else {
        r->tried = 0;
        r->monitoring.settings = fresh;
        if (monitor_apply(r->monitoring.monitor, fresh, &c) != ERR_OK)
            log_line(LEVEL_ERROR, "%s: out of memory; some sites are as they were", fresh->path);
        log_line(LEVEL_INFO, "%s reloaded: +%zu site%s, %zu removed, %zu changed", fresh->path, c.added,
                 c.added == 1 ? "" : "s", c.removed, c.changed);
        published_reload(&r->monitoring.published, old, fresh, r->monitoring.monitor);
        settings_free(old);
    }
    faults_release(&faults);
    service_notify("READY=1");
}

static void look_at_file(struct run *r)
{
    const struct settings *s = r->monitoring.settings;

    if (settings_changed(s) && !(r->tried && r->tried == settings_look(s)))
        read_again(r);
}

/* --- the service manager ------------------------------------------------------------------------------------------ */

/* "3 sites: 2 up, 1 down": what `systemctl status` shows; said when it changes. */
static void tell_status(struct run *r)
{
    struct status_table *t = monitor_table(r->monitoring.monitor);
    char status[sizeof(r->status)];
    struct status_counts n;
    struct health h;

    status_counts(t, &n);
    status_health(t, &h);
    snprintf(status, sizeof(status), "%u site%s: %u up, %u down%s%s", n.total, n.total == 1 ? "" : "s", n.state[STATE_UP] + n.state[STATE_DEGRADED],
             n.state[STATE_DOWN], h.offline ? "; OFFLINE" : "", health_is_well(&h) ? "" : "; the monitor is in trouble");
    if (!strcmp(status, r->status))
        return;
    memcpy(r->status, status, sizeof(status));
    service_notify("STATUS=%s", status);
}

/* --- signals ------------------------------------------------------------------------------------------------------ */

static void dump(const struct run *r)
{
    struct status_table *t = monitor_table(r->monitoring.monitor);
    struct status_counts n;
    struct health h;

    status_counts(t, &n);
    status_health(t, &h);
    log_line(LEVEL_INFO, "%u sites: %u down, %u checking, %u degraded, %u up, %u inconclusive, %u in maintenance, %u paused, %u new; "
             "%.1f checks/s by %s, %u in flight, %llu checks, %llu late%s%s", n.total, n.state[STATE_DOWN],
             n.state[STATE_CHECKING], n.state[STATE_DEGRADED], n.state[STATE_UP], n.state[STATE_INCONCLUSIVE],
             n.state[STATE_MAINTENANCE], n.state[STATE_PAUSED], n.state[STATE_NEW], h.checks_per_s, h.engine, h.in_flight,
             (unsigned long long)h.checks, (unsigned long long)h.late, *h.trouble ? "; " : "", h.trouble);
}

static const int signals[] = { SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2 };

static void block_signals(sigset_t *set)
{
    size_t i;

    sigemptyset(set);
    for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaddset(set, signals[i]);
    pthread_sigmask(SIG_BLOCK, set, NULL); /* before the first thread */
}

/* From now on a signal to end ends the program at once. */
static void stop_listening(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void run_until_told(struct run *r, const sigset_t *set)
{
    const struct timespec second = { 1, 0 };

    for (;;) {
        int number = sigtimedwait(set, NULL, &second);

        if (number == SIGTERM || number == SIGINT)
            return;
        if (number == SIGHUP)
            read_again(r);
        else if (number == SIGUSR1)
            dump(r);
        else if (number != SIGUSR2) /* there is no log file of ours to be opened again */
            look_at_file(r);
        tell_status(r);
    }
}

static int run(struct run *r)
{
    struct monitoring *m = &r->monitoring;
    struct errmsg why = ERRMSG_INIT;
    sigset_t set;
    enum err err;

    block_signals(&set);
    err = monitoring_open(m, &why);
    if (!err) {
        log_line(LEVEL_INFO, "watching %zu site%s of %s", m->settings->nsite, m->settings->nsite == 1 ? "" : "s",
                 m->settings->path);
        service_notify("READY=1\nSTATUS=watching %zu sites", m->settings->nsite);
        run_until_told(r, &set);
        service_notify("STOPPING=1");
        log_line(LEVEL_INFO, "ending: what is under way is taken back");
    }
    stop_listening();
    monitoring_close(m);
    return err ? complain(m->args, EXIT_TROUBLE, "%s", why.text) : EXIT_WELL;
}

int command_run(const struct args *a)
{
    struct run r = { .monitoring = { .args = a } };
    int code;

    if (a->noperand)
        return complain(a, EXIT_USAGE, "takes no arguments; name the file by -c FILE");
    code = take_log_level(a);
    if (!code)
        code = monitoring_take_arguments(&r.monitoring);
    if (!code)
        code = monitoring_lock(&r.monitoring);
    if (!code)
        code = run(&r);
    monitoring_release(&r.monitoring);
    return code;
}
