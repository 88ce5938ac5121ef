/* A job that reports by itself, such as a backup: the monitor takes its reports and notices when one stays out. Whoever asks all the
 * same is told so. */
#include "ops.h"
#include "talk.h"

#include <string.h>

static enum err examine(const char *url, struct errmsg *why)
{
    const char *path = talk_path(url);

    if (*path == '/' && path[1] && !strpbrk(path, "?#"))
        return ERR_OK;
    return err_set(why, ERR_INVALID, "it names no job: write it like heartbeat:///backup");
}

static enum probe_want begin(struct probe *p)
{
    return talk_over(p, OUTCOME_LOCAL_SETTINGS, "its job reports to a monitor; nobody can be asked");
}

static enum probe_want ready(struct probe *p)
{
    return begin(p);
}

static void expire(struct probe *p)
{
    begin(p);
}

static const struct check_scheme schemes[] = { { "heartbeat", NULL }, { NULL, NULL } };

const struct check_ops check_heartbeat_ops = {
    .kind = { .name = "heartbeat", .summary = "a job reports that it is done", .example = "heartbeat:///backup",
              .schemes = schemes, .parts = URL_PATH | URL_ANY_HOST | URL_NO_HOST, .own_only = true, .reports = true, .examine = examine },
    .begin = begin,
    .ready = ready,
    .expire = expire,
};
