/* The thread that takes results out of their stream and acknowledges them. */
#include "redis_inside.h"

#include <string.h>

#define BLOCK_MS 2000

static void take_result(struct redis *e, const redisReply *fields)
{
    char region[REGION_NAME_SIZE];
    struct envelope envelope;
    struct result found;

    if (message_get_result(fields, &envelope, region, &found) != ERR_OK || envelope.term != atomic_load(&e->term))
        return; /* no result, or one for a monitor before us */
    found.begun_ns = clock_mono_ns() - found.took_ns; /* by our own clock: its was another machine's */
    flight_take(e, &envelope, region, &found, fields);
}

/* Takes a reply of XREADGROUP apart: [[stream, [[id, fields], ...]]]. The ids are collected to be acknowledged. */
static size_t take_entries(struct redis *e, const redisReply *reply, const char *id[], size_t most)
{
    const redisReply *entries;
    size_t n = 0, i;

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 1 || reply->element[0]->elements != 2)
        return 0;
    entries = reply->element[0]->element[1];
    for (i = 0; i < entries->elements && n < most; i++) {
        const redisReply *entry = entries->element[i];

        if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 || entry->element[0]->type != REDIS_REPLY_STRING)
            continue;
        take_result(e, entry->element[1]);
        id[n++] = entry->element[0]->str;
    }
    return n;
}

/* XACK and XDEL of what was taken. */
static void acknowledge(struct redis *e, const char *key, const char *const id[], size_t n)
{
    const char *word[REDIS_BATCH + 3] = { "XACK", key, GROUP_MONITOR };
    int i;

    if (!n)
        return;
    memcpy(word + 3, id, n * sizeof(id[0]));
    redis_link_queue(e->in, (int)n + 3, word, NULL);
    word[0] = "XDEL";
    memmove(word + 2, id, n * sizeof(id[0]));
    redis_link_queue(e->in, (int)n + 2, word, NULL);
    for (i = 0; i < 2; i++)
        freeReplyObject(redis_link_reply(e->in));
}

static void read_once(struct redis *e, const char *key)
{
    const char *id[REDIS_BATCH];
    redisReply *r = redis_link_call(e->in, "XREADGROUP GROUP %s %s COUNT %d BLOCK %d STREAMS %s >", GROUP_MONITOR, e->token,
                                    REDIS_BATCH, BLOCK_MS, key);

    if (!r)
        return; /* the connection is gone */
    if (redis_is_error(r, "NOGROUP")) /* new, or all its data was lost */
        freeReplyObject(redis_link_call(e->in, "XGROUP CREATE %s %s 0 MKSTREAM", key, GROUP_MONITOR));
    else if (r->type == REDIS_REPLY_ERROR)
        redis_wait_a_little(e);
    else
        acknowledge(e, key, id, take_entries(e, r, id, REDIS_BATCH));
    freeReplyObject(r);
}

void *redis_read_results(void *context)
{
    struct redis *e = context;
    char key[KEY_SIZE];

    key_format(key, e->prefix, "results");
    while (!atomic_load(&e->closing)) {
        if (redis_link_ready(e->in, NULL))
            read_once(e, key);
        else
            redis_wait_a_little(e);
    }
    return NULL;
}
