/* A look at a broker without an engine. The caller's thread. */
#include "engine/broker.h"

#include <stdio.h>
#include <string.h>

#include "redis_keys.h"
#include "redis_link.h"

enum err broker_ping(const struct engine_broker *b, struct errmsg *why)
{
    struct redis_link *l;
    enum err err = redis_link_new(&l, b, "uptimesquirrel", why);

    if (err)
        return err;
    if (!redis_link_ready(l, NULL))
        err = err_set(why, ERR_UNAVAILABLE, "%s", redis_link_trouble(l));
    redis_link_free(l);
    return err;
}

/* One step of SCAN; the cursor of the next. */
static void forget_some(struct redis_link *l, const char *pattern, char cursor[32])
{
    redisReply *r = redis_link_call(l, "SCAN %s MATCH %s COUNT 1000", cursor, pattern);
    size_t i;

    snprintf(cursor, 32, "0");
    if (r && r->type == REDIS_REPLY_ARRAY && r->elements == 2 && r->element[1]->type == REDIS_REPLY_ARRAY) {
        snprintf(cursor, 32, "%.31s", r->element[0]->str);
        for (i = 0; i < r->element[1]->elements; i++)
            freeReplyObject(redis_link_call(l, "UNLINK %s", r->element[1]->element[i]->str));
    }
    freeReplyObject(r);
}

void broker_forget(const struct engine_broker *b)
{
    char pattern[KEY_SIZE], cursor[32] = "0";
    struct redis_link *l;

    if (redis_link_new(&l, b, "uptimesquirrel", NULL) != ERR_OK)
        return;
    key_format(pattern, b->prefix ? b->prefix : PREFIX_BUILT_IN, "*");
    if (redis_link_ready(l, NULL))
        do
            forget_some(l, pattern, cursor);
        while (strcmp(cursor, "0") != 0);
    redis_link_free(l);
}
