/* watch: the live grid. When a monitor runs on the same database, a screen on that; else one process does both: the monitor
 * checks, this thread draws. Into a pipe, on a terminal that is dumb or unknown, and with --once it answers as `check`
 * does. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "monitoring.h"
#include "remote/screen.h"
#include "tui/tui.h"

/* What is no terminal, or a dumb one, is so on purpose; of one that is not known here a person is told. */
static bool on_a_screen(const struct args *a)
{
    const char *term = getenv("TERM");
    struct errmsg why;

    if (a->value[FLAG_ONCE] || tui_probe(&why) == ERR_OK)
        return !a->value[FLAG_ONCE];
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0)
        complain(a, EXIT_TROUBLE, "%s; this is what `check` answers", why.text);
    return false;
}

static void block_signals(void)
{
    sigset_t signals;

    tui_signals(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before the first thread */
    log_open(LEVEL_WARNING, NULL, NULL);
}

static enum err show(struct monitoring *m, struct monitor *monitor, bool elsewhere, struct errmsg *why)
{
    struct tui_options options = {
        .ascii = m->args->value[FLAG_ASCII] != NULL,
        .no_color = m->args->value[FLAG_NO_COLOR] != NULL,
        .elsewhere = elsewhere,
        .no_mouse = m->args->value[FLAG_NO_MOUSE] != NULL,
        .readonly = m->args->value[FLAG_READONLY] != NULL,
        .log_level = LEVEL_INFO,
    };

    return tui_run(monitor, &m->settings, &options, why);
}

/* Checks and shows. */
static int run_here(struct monitoring *m)
{
    struct errmsg why = ERRMSG_INIT;
    int code = monitoring_lock(m);
    enum err err;

    if (code)
        return code;
    err = monitoring_open(m, &why);
    if (!err)
        err = show(m, m->monitor, false, &why);
    monitoring_close(m);
    return err ? complain(m->args, EXIT_TROUBLE, "%s", why.text) : EXIT_WELL;
}

static int run_elsewhere(struct monitoring *m, struct monitor *monitor)
{
    struct errmsg why = ERRMSG_INIT;
    enum err err;

    if (m->nextra || m->options.engine || m->options.workers)
        err = err_set(&why, ERR_INVALID, "a monitor runs already on '%s': this would be a screen on it, and URLs, --engine and "
                      "--workers are for one that checks by itself", m->settings->database);
    else
        err = show(m, monitor, true, &why);
    monitor_close(monitor);
    if (err)
        return complain(m->args, err == ERR_INVALID ? EXIT_USAGE : EXIT_TROUBLE, "%s", why.text);
    return EXIT_WELL;
}

static int run(struct monitoring *m)
{
    bool readonly = m->args->value[FLAG_READONLY] != NULL;
    enum err err = ERR_UNAVAILABLE;
    struct errmsg why = ERRMSG_INIT;
    struct monitor *monitor;

    block_signals();
    if (m->settings->path)
        err = remote_screen_open(&monitor, m->settings, readonly, &why);
    if (!err)
        return run_elsewhere(m, monitor);
    if (err == ERR_INVALID) /* another version has the database: there is nothing to watch by ourselves */
        return complain(m->args, EXIT_TROUBLE, "%s", why.text);
    if (readonly)
        return complain(m->args, EXIT_TROUBLE, "--readonly: %s to look at", why.text);
    return run_here(m);
}

int command_watch(const struct args *a)
{
    struct monitoring m = { .args = a };
    int code;

    if (!on_a_screen(a))
        return command_check(a);
    code = monitoring_take_arguments(&m);
    if (!code)
        code = run(&m);
    monitoring_release(&m);
    return finish_output(a, code);
}
