/* What is wanted of the reader's thread, and what it left: the main thread, which never waits for it. */
#include <stdlib.h>
#include <string.h>

#include "lookback_inside.h"
#include "replay_read.h"
#include "since_read.h"

void lookback_want_log(struct lookback_reader *r, int64_t before_ms)
{
    mutex_lock(&r->lock);
    r->before_ms = before_ms;
    r->wants_log = !r->log;
    mutex_unlock(&r->lock);
    cond_signal(&r->news);
}

struct past_log *lookback_take_log(struct lookback_reader *r)
{
    struct past_log *log;

    mutex_lock(&r->lock);
    log = r->log;
    r->log = NULL;
    mutex_unlock(&r->lock);
    return log;
}

void lookback_want_since(struct lookback_reader *r, int64_t from_ms)
{
    mutex_lock(&r->lock);
    r->since_ms = from_ms;
    r->wants_since = true;
    mutex_unlock(&r->lock);
    cond_signal(&r->news);
}

struct since *lookback_take_since(struct lookback_reader *r)
{
    struct since *s;

    mutex_lock(&r->lock);
    s = r->since;
    r->since = NULL;
    mutex_unlock(&r->lock);
    return s;
}

void lookback_want_replay(struct lookback_reader *r, struct replay_want *want)
{
    struct replay_want *before;
    struct replay_asks *asks;

    mutex_lock(&r->lock);
    before = r->replay;
    asks = r->asks;                  /* those were of another moment */
    r->replay = want;
    r->asks = NULL;
    mutex_unlock(&r->lock);
    cond_signal(&r->news);
    replay_want_free(before);
    replay_asks_free(asks);
}

void lookback_want_figures(struct lookback_reader *r, struct replay_asks *asks)
{
    struct replay_asks *before;

    mutex_lock(&r->lock);
    before = r->asks;
    r->asks = asks;
    mutex_unlock(&r->lock);
    cond_signal(&r->news);
    replay_asks_free(before);
}

struct replay_picture *lookback_take_replay(struct lookback_reader *r)
{
    struct replay_picture *p;

    mutex_lock(&r->lock);
    p = r->picture;
    r->picture = NULL;
    mutex_unlock(&r->lock);
    return p;
}

struct replay_chunk *lookback_take_figures(struct lookback_reader *r)
{
    struct replay_chunk *first;

    mutex_lock(&r->lock);
    first = r->first;
    r->first = NULL;
    r->last = &r->first;
    mutex_unlock(&r->lock);
    return first;
}

void lookback_want(struct lookback_reader *r, const char *name, int64_t window_ms, int64_t until_ms)
{
    size_t length = strnlen(name, LOOKBACK_NAME_SIZE - 1);

    if (!r)
        return;
    mutex_lock(&r->lock);
    memcpy(r->name, name, length);
    r->name[length] = '\0';
    r->window_ms = window_ms;
    r->until_ms = until_ms;
    r->wanted = true;
    mutex_unlock(&r->lock);
    cond_signal(&r->news);
}

void lookback_want_evidence(struct lookback_reader *r, int64_t incident)
{
    if (!r)
        return;
    mutex_lock(&r->lock);
    r->incident = incident;
    r->wants_evidence = true;
    mutex_unlock(&r->lock);
    cond_signal(&r->news);
}

bool lookback_take(struct lookback_reader *r, struct lookback *out)
{
    bool has;

    if (!r)
        return false;
    mutex_lock(&r->lock);
    has = r->has_read;
    if (has)
        *out = r->read;
    r->has_read = false;
    mutex_unlock(&r->lock);
    return has;
}

bool lookback_take_evidence(struct lookback_reader *r, struct evidence *out)
{
    bool has;

    if (!r)
        return false;
    mutex_lock(&r->lock);
    has = r->has_evidence;
    if (has)
        *out = r->evidence;
    r->has_evidence = false;
    mutex_unlock(&r->lock);
    return has;
}
