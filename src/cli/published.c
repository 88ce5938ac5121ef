/* Opens and closes what the table is told through. The main thread. */
#include "published.h"

#include <string.h>

#include "base/log.h"

static enum err on_report(void *context, uint32_t site_id, uint32_t generation, bool good)
{
    return monitor_send(context, &(struct command){ .kind = good ? COMMAND_REPORT : COMMAND_REPORT_FAILED, .site_id = site_id,
                                                    .generation = generation });
}

static enum err open_web(struct published *p, const struct settings *s, struct monitor *m, struct errmsg *why)
{
    const struct web_options web = { .listen = s->listen, .hosts = &s->hosts, .database = s->database,
                                     .probe = s->probe_any == PROBE_ANY_OFF ? NULL : s->defaults,
                                     .probe_for_all = s->probe_any == PROBE_ANY_ALL, .report = on_report, .context = m };

    return s->listen ? web_open(&p->web, monitor_table(m), &web, why) : ERR_OK;
}

static enum err open_files(struct published *p, const struct settings *s, struct monitor *m, struct errmsg *why)
{
    return s->status_dir ? web_files_open(&p->files, monitor_table(m), s->status_dir, why) : ERR_OK;
}

enum err published_open(struct published *p, const struct settings *s, struct monitor *m, struct errmsg *why)
{
    enum err err = open_web(p, s, m, why);

    return err ? err : open_files(p, s, m, why);
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static bool same_web(const struct settings *a, const struct settings *b)
{
    return same_text(a->listen, b->listen) && strings_equal(&a->hosts, &b->hosts) &&
           a->probe_any == b->probe_any && (a->probe_any == PROBE_ANY_OFF || options_equal(a->defaults, b->defaults));
}

void published_reload(struct published *p, const struct settings *old, const struct settings *s, struct monitor *m)
{
    struct errmsg why;

    if (!same_web(old, s) || (s->listen && !p->web)) {
        web_close(p->web);
        p->web = NULL;
        if (open_web(p, s, m, &why) != ERR_OK)
            log_line(LEVEL_ERROR, "%s: nobody can ask there", why.text);
    }
    if (!same_text(old->status_dir, s->status_dir) || (s->status_dir && !p->files)) {
        web_files_close(p->files);
        p->files = NULL;
        if (open_files(p, s, m, &why) != ERR_OK)
            log_line(LEVEL_ERROR, "%s: nothing is written there", why.text);
    }
}

void published_close(struct published *p)
{
    web_close(p->web);
    web_files_close(p->files);
}
