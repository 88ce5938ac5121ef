/* watch: the live grid. One process: the monitor checks, this thread draws. Into a pipe, on a terminal that is
 * dumb or unknown, and with --once it answers as `check` does. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "engine/engine.h"
#include "lines.h"
#include "monitor/lock.h"
#include "monitor/monitor.h"
#include "published.h"
#include "tui/tui.h"

struct watch {
    const struct args *args;
    struct settings *settings;
    const struct site **extra;       /* given on the command line */
    size_t nextra;
    struct monitor_options options;
    struct monitor_lock *lock;
    struct history *history;
    struct monitor *monitor;
    struct published published;
};

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

static int take_flags(struct watch *w)
{
    const struct args *a = w->args;

    w->options.engine = a->value[FLAG_ENGINE];
    if (!args_number(a, FLAG_WORKERS, 1, 1024, &w->options.workers))
        return EXIT_USAGE;
    if (w->options.engine && !engine_find(w->options.engine))
        return complain(a, EXIT_USAGE, "--engine: there is no engine '%.40s' in this program", w->options.engine);
    return EXIT_WELL;
}

static int take_sites(struct watch *w)
{
    const struct args *a = w->args;
    struct faults faults = { 0 };
    struct strings urls;
    int code = load_settings(a, a->noperand == 0, &w->settings);

    if (code)
        return code;
    if (!w->settings && !(w->settings = settings_new()))
        return complain(a, EXIT_TROUBLE, "out of memory");
    code = read_urls(a, &urls);
    if (!code && settings_url_sites(&w->extra, &w->nextra, w->settings, (const char *const *)urls.item, urls.n, &faults))
        code = complain_faults(a, &faults);
    faults_release(&faults);
    strings_release(&urls);
    return code;
}

/* One monitor a database. Without a file of settings nothing is kept, and nothing to be locked. */
static int lock_database(struct watch *w)
{
    const char *database = w->settings->database;
    struct errmsg why;

    if (!w->settings->path)
        return EXIT_WELL;
    if (history_make_directory(database, &why) == ERR_OK && monitor_lock_take(&w->lock, database, &why) == ERR_OK)
        return EXIT_WELL;
    return complain(w->args, EXIT_TROUBLE, "%s", why.text);
}

static enum err open_history(struct watch *w, struct errmsg *why)
{
    struct history_options o = { .path = w->settings->database, .samples_ms = w->settings->history.samples_ms,
                                 .hourly_ms = w->settings->history.hourly_ms };
    enum err err = w->settings->path ? history_open(&w->history, &o, why) : ERR_OK;

    w->options.history = w->history;
    return err;
}

static int run(struct watch *w)
{
    struct tui_options options = {
        .ascii = w->args->value[FLAG_ASCII] != NULL,
        .no_color = w->args->value[FLAG_NO_COLOR] != NULL,
        .log_level = LEVEL_INFO,
    };
    struct errmsg why = ERRMSG_INIT;
    enum err err;
    sigset_t signals;

    tui_signals(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before the first thread */
    log_open(LEVEL_WARNING, NULL, NULL);
    err = open_history(w, &why);
    if (!err)
        err = monitor_open(&w->monitor, w->settings, w->extra, w->nextra, &w->options, &why);
    if (!err)
        err = published_open(&w->published, w->settings, monitor_table(w->monitor), &why);
    if (!err)
        err = tui_run(w->monitor, &w->settings, &options, &why);
    published_close(&w->published);
    monitor_close(w->monitor);
    history_close(w->history);
    return err ? complain(w->args, EXIT_TROUBLE, "%s", why.text) : EXIT_WELL;
}

static void release(struct watch *w)
{
    size_t i;

    for (i = 0; i < w->nextra; i++)
        site_unref(w->extra[i]);
    free(w->extra);
    monitor_lock_release(w->lock);
    settings_free(w->settings);
}

int command_watch(const struct args *a)
{
    struct watch w = { .args = a };
    int code;

    if (!on_a_screen(a))
        return command_check(a);
    code = take_flags(&w);
    if (!code)
        code = take_sites(&w);
    if (!code)
        code = lock_database(&w);
    if (!code)
        code = run(&w);
    release(&w);
    return finish_output(a, code);
}
