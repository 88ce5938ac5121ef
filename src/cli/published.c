/* Opens and closes what the table is told through. The main thread. */
#include "published.h"

enum err published_open(struct published *p, const struct settings *s, struct status_table *t, struct errmsg *why)
{
    enum err err = s->listen ? web_open(&p->web, t, s->database, s->listen, why) : ERR_OK;

    if (!err && s->status_dir)
        err = web_files_open(&p->files, t, s->status_dir, why);
    return err;
}

void published_close(struct published *p)
{
    web_close(p->web);
    web_files_close(p->files);
}
