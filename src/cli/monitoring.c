/* Opens and closes all that checks a list. The main thread. */
#include "monitoring.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "args.h"
#include "base/log.h"
#include "engine/engine.h"
#include "lines.h"

static int take_flags(struct monitoring *m)
{
    const struct args *a = m->args;

    m->options.engine = a->value[FLAG_ENGINE];
    if (!args_number(a, FLAG_WORKERS, 1, 1024, &m->options.workers))
        return EXIT_USAGE;
    if (m->options.engine && !engine_find(m->options.engine))
        return complain_engine(a, FLAG_ENGINE, m->options.engine);
    return EXIT_WELL;
}

static int take_sites(struct monitoring *m)
{
    const struct args *a = m->args;
    struct faults faults = { 0 };
    struct strings urls;
    int code = load_settings(a, a->noperand == 0, &m->settings);

    if (code)
        return code;
    if (!m->settings && !(m->settings = settings_new()))
        return complain(a, EXIT_TROUBLE, "out of memory");
    code = read_urls(a, &urls);
    if (!code && settings_url_sites(&m->extra, &m->nextra, m->settings, (const char *const *)urls.item, urls.n, &faults))
        code = complain_faults(a, &faults);
    faults_release(&faults);
    strings_release(&urls);
    return code;
}

int monitoring_take_arguments(struct monitoring *m)
{
    int code = take_flags(m);

    return code ? code : take_sites(m);
}

int monitoring_lock(struct monitoring *m)
{
    const char *database = m->settings->database;
    struct errmsg why;
    enum err err;

    if (!m->settings->path)
        return EXIT_WELL;
    err = history_make_directory(database, &why);
    if (!err)
        err = monitor_lock_take(&m->lock, database, &why);
    if (!err || err == ERR_IO) /* a disk that can not be used: the history says so, and tries again */
        return EXIT_WELL;
    return complain(m->args, EXIT_TROUBLE, "%s", why.text);
}

/* Both screens and `run` read the file again on SIGHUP; the door's thread may not wait for that. */
static void ask_for_reload(void *context)
{
    (void)context;
    kill(getpid(), SIGHUP);
}

static void open_door(struct monitoring *m)
{
    struct errmsg why;

    if (m->settings->path &&
        remote_server_open(&m->door, m->monitor, m->settings, ask_for_reload, NULL, &why) != ERR_OK)
        log_line(LEVEL_WARNING, "%s: no other screen and no command can reach this monitor", why.text);
}

enum err monitoring_open(struct monitoring *m, struct errmsg *why)
{
    enum err err = telling_open(&m->telling, m->settings, &m->lock, &m->options, why);

    if (!err)
        err = monitor_open(&m->monitor, m->settings, m->extra, m->nextra, &m->options, why);
    if (!err)
        err = published_open(&m->published, m->settings, m->monitor, why);
    if (!err)
        open_door(m);
    return err;
}

void monitoring_close(struct monitoring *m)
{
    remote_server_close(m->door);
    published_close(&m->published);
    monitor_close(m->monitor);
    telling_close(&m->telling);
}

void monitoring_release(struct monitoring *m)
{
    size_t i;

    for (i = 0; i < m->nextra; i++)
        site_unref(m->extra[i]);
    free(m->extra);
    monitor_lock_release(m->lock);
    settings_free(m->settings);
}
