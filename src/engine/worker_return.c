/* The returner: gives results back, each together with the acknowledgement of its job, so that a job is only forgotten when what
 * came of it is kept, and tells Redis that this worker lives. */
#include "worker_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/evidence.h"

#define HEARTBEAT_LIVES_MS 6000

/* MULTI, XADD of the result, XACK and XDEL of the job, EXEC: all or nothing. */
static void queue_returned(struct worker *w, const struct returned *r)
{
    static const char *const multi[] = { "MULTI" }, *const exec[] = { "EXEC" };
    const char *stream = w->stream[r->task.stream];
    const char *ack[] = { "XACK", stream, GROUP_WORKERS, r->task.id }, *del[] = { "XDEL", stream, r->task.id };
    struct evidence *evidence = evidence_take(r->result.job_id);
    struct message m;

    message_begin(&m, "XADD", w->results);
    message_add(&m, "MAXLEN");
    message_add(&m, "~");
    message_add(&m, STREAM_RESULTS_MOST);
    message_add(&m, "*");
    message_put_result(&m, &r->task.envelope, w->region, w->id, &r->result);
    if (evidence)
        message_put_evidence(&m, evidence);
    free(evidence);
    redis_link_queue(w->out, 1, multi, NULL);
    redis_link_queue(w->out, m.nword, m.word, m.length);
    redis_link_queue(w->out, 4, ack, NULL);
    redis_link_queue(w->out, 3, del, NULL);
    redis_link_queue(w->out, 1, exec, NULL);
    message_release(&m);
}

/* False when it has to be done again: the connection is gone, or Redis refused. */
static bool return_batch(struct worker *w, const struct returned *batch, size_t n)
{
    bool good = true;
    size_t i;

    for (i = 0; i < n; i++)
        queue_returned(w, &batch[i]);
    for (i = 0; i < 5 * n; i++) {
        redisReply *r = redis_link_reply(w->out);

        if (!r)
            return false;
        good = good && r->type != REDIS_REPLY_ERROR;
        freeReplyObject(r);
    }
    if (good)
        atomic_fetch_add(&w->given, n);
    return good;
}

static void beat(struct worker *w)
{
    static const char script[] =
        "redis.call('HSET', KEYS[1], 'region', ARGV[1], 'in_flight', ARGV[2], 'taken', ARGV[3], 'returned', ARGV[4], "
        "'version', ARGV[5]) redis.call('PEXPIRE', KEYS[1], ARGV[6]) "
        "redis.call('ZADD', KEYS[2], ARGV[7], ARGV[8]) redis.call('ZREMRANGEBYSCORE', KEYS[2], 0, ARGV[9])";
    int64_t now_ms = redis_link_clock_ms(w->out);
    char number[5][24];

    w->heartbeat_ns = clock_mono_ns() + HEARTBEAT_NS;
    snprintf(number[0], sizeof(number[0]), "%zu", worker_tasks(w));
    snprintf(number[1], sizeof(number[0]), "%" PRIu64, atomic_load(&w->taken));
    snprintf(number[2], sizeof(number[0]), "%" PRIu64, atomic_load(&w->given));
    snprintf(number[3], sizeof(number[0]), "%" PRId64, now_ms);
    snprintf(number[4], sizeof(number[0]), "%" PRId64, now_ms - MS_PER_DAY);
    freeReplyObject(redis_link_call(w->out, "EVAL %s 2 %s %s %s %s %s %s %s %d %s %s %s", script, w->heartbeat, w->workers,
                                    w->region, number[0], number[1], number[2], UPTIME_VERSION, HEARTBEAT_LIVES_MS,
                                    number[3], w->id, number[4]));
}

void *worker_return_results(void *context)
{
    struct worker *w = context;
    struct returned *batch = calloc(WORKER_BATCH, sizeof(*batch));
    size_t n = 0;

    while (batch && !(atomic_load(&w->ended) && !n && !queue_length(w->done))) {
        bool fresh, ready = redis_link_ready(w->out, &fresh);

        if (ready && (fresh || clock_mono_ns() >= w->heartbeat_ns))
            beat(w);
        if (!n && queue_pop(w->done, &batch[0], clock_mono_ns() + HEARTBEAT_NS / 10) == ERR_OK)
            n = 1;
        if (n)
            n += queue_drain(w->done, batch + n, WORKER_BATCH - n);
        if (n && ready && return_batch(w, batch, n))
            n = 0;
        else if (atomic_load(&w->ended))
            break; /* Redis is away: others will do what we can not give back */
        else if (n)
            worker_wait_a_little(w);
    }
    free(batch);
    return NULL;
}
