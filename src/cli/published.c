/* Opens and closes what the table is told through. The main thread. */
#include "published.h"

static enum err on_report(void *context, uint32_t site_id, uint32_t generation, bool good)
{
    return monitor_send(context, &(struct command){ .kind = good ? COMMAND_REPORT : COMMAND_REPORT_FAILED, .site_id = site_id,
                                                    .generation = generation });
}

enum err published_open(struct published *p, const struct settings *s, struct monitor *m, struct errmsg *why)
{
    const struct web_options web = { .listen = s->listen, .hosts = &s->hosts, .database = s->database,
                                     .probe = s->probe_any == PROBE_ANY_OFF ? NULL : s->defaults,
                                     .probe_for_all = s->probe_any == PROBE_ANY_ALL, .report = on_report, .context = m };
    enum err err = s->listen ? web_open(&p->web, monitor_table(m), &web, why) : ERR_OK;

    if (!err && s->status_dir)
        err = web_files_open(&p->files, monitor_table(m), s->status_dir, why);
    return err;
}

void published_close(struct published *p)
{
    web_close(p->web);
    web_files_close(p->files);
}
