/* The table of engines, and one of them opened. The monitor's thread calls these. */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ops.h"

static const struct engine_ops *const table[] = {
#define ENGINE(name) &engine_##name##_ops,
#include "engines.def"
#undef ENGINE
};

struct engine {
    const struct engine_ops *ops;
    void *self;
    struct engine_room room;
};

const struct engine_ops *const *engine_table(size_t *n)
{
    *n = sizeof(table) / sizeof(table[0]);
    return table;
}

const struct engine_ops *engine_find(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (!strcmp(table[i]->name, name))
            return table[i];
    return NULL;
}

enum err engine_unknown(const char *name, struct errmsg *why)
{
    const char *names[sizeof(table) / sizeof(table[0])], *nearest;
    size_t i;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        names[i] = table[i]->name;
    nearest = text_nearest(name, names, i);
    return err_set(why, ERR_INVALID, "there is no engine '%.40s' in this program%s%s%s", name, nearest ? " (did you mean '" : "",
                   nearest ? nearest : "", nearest ? "'?)" : "");
}

enum err engine_open(struct engine **out, const char *name, const struct engine_env *env, struct errmsg *why)
{
    const struct engine_ops *ops = engine_find(name);
    struct engine *e;
    enum err err;

    if (!ops)
        return engine_unknown(name, why);
    e = calloc(1, sizeof(*e));
    if (!e)
        return err_set(why, ERR_NOMEM, "cannot open engine '%s': out of memory", name);
    e->ops = ops;
    err = ops->open(&e->self, env, &e->room, why);
    if (err) {
        free(e);
        return err;
    }
    *out = e;
    return ERR_OK;
}

enum err engine_submit(struct engine *e, const struct job *job)
{
    return e->ops->submit(e->self, job);
}

void engine_cancel(struct engine *e, uint64_t job_id)
{
    e->ops->cancel(e->self, job_id);
}

void engine_close(struct engine *e)
{
    if (!e)
        return;
    e->ops->close(e->self);
    free(e);
}

const struct engine_ops *engine_kind(const struct engine *e)
{
    return e->ops;
}

const struct engine_room *engine_room(const struct engine *e)
{
    return &e->room;
}
