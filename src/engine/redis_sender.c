/* The thread that sends jobs, a batch in one round trip, and ends those whose time is over. */
#include "redis_inside.h"

#include <stdio.h>

#define TICK_NS (250 * NS_PER_MS)              /* how often it looks for jobs whose time is over */
#define SLACK_NS (2 * NS_PER_S)                /* beyond the last moment a worker may answer */
#define RETRY_NS (20 * NS_PER_MS)

/* Queues one XADD for each region; how many. */
static int queue_job(struct redis *e, const struct job *job, uint64_t number)
{
    struct envelope envelope = { .job_id = number, .generation = job->generation, .attempt = job->attempt,
                                 .term = atomic_load(&e->term),
                                 .begin_by_ms = redis_link_clock_ms(e->out) + BEGIN_WITHIN_MS };
    size_t i;
    int n = 0;

    for (i = 0; i < flight_regions(e, job->site); i++) {
        struct message m;
        char key[KEY_SIZE];

        key_format(key, e->prefix, "jobs:%s%s", flight_region(e, job->site, i), job->attempt > 1 ? ":hi" : "");
        message_begin(&m, "XADD", key);
        message_add(&m, "MAXLEN");
        message_add(&m, "~");
        message_add(&m, STREAM_JOBS_MOST);
        message_add(&m, "*");
        if (message_put_job(&m, &envelope, job))
            n += redis_link_queue(e->out, m.nword, m.word, m.length);
        message_release(&m);
    }
    return n;
}

static bool take_replies(struct redis *e, int n)
{
    bool good = true;

    while (n--) {
        redisReply *r = redis_link_reply(e->out);

        if (!r)
            return false;
        if (r->type == REDIS_REPLY_ERROR) {
            char text[256];

            snprintf(text, sizeof(text), "%s: %.150s", redis_link_name(e->out), r->str);
            flight_set_trouble(e, text);
            good = false;
        }
        freeReplyObject(r);
    }
    return good;
}

/* Sends up to a batch of places that wait; false when it has to be tried again later. */
static bool send_batch(struct redis *e, const uint32_t *place, size_t n)
{
    struct job job[REDIS_BATCH];
    uint64_t number[REDIS_BATCH];
    bool there[REDIS_BATCH], good;
    int queued = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        there[i] = flight_copy(e, place[i], &job[i], &number[i]);
        if (there[i])
            queued += queue_job(e, &job[i], number[i]);
    }
    good = take_replies(e, queued);
    for (i = 0; i < n; i++) {
        if (!there[i])
            continue;
        if (good)
            flight_mark_sent(e, place[i], number[i], clock_mono_ns() + job[i].site->options->timeout_ms * NS_PER_MS +
                                                  BEGIN_WITHIN_MS * NS_PER_MS + SLACK_NS);
        site_unref(job[i].site);
    }
    return good;
}

void redis_wait_a_little(struct redis *e)
{
    int64_t until_ns = clock_mono_ns() + RETRY_NS;
    bool in_time = true;

    mutex_lock(&e->lock);
    while (!atomic_load(&e->closing) && in_time)
        in_time = cond_wait(&e->stop, &e->lock, until_ns);
    mutex_unlock(&e->lock);
}

void *redis_send_jobs(void *context)
{
    struct redis *e = context;
    uint32_t place[REDIS_BATCH];
    size_t n = 0;                              /* places taken from the inbox and not sent yet */
    int64_t tick_ns = 0;

    while (!atomic_load(&e->closing)) {
        int64_t now = clock_mono_ns();

        if (now >= tick_ns) {
            flight_end_overdue(e, false, OUTCOME_LOCAL_WORKER);
            tick_ns = now + TICK_NS;
        }
        if (!n && queue_pop(e->inbox, &place[0], tick_ns) == ERR_OK)
            n = 1;
        if (n && n < REDIS_BATCH)
            n += queue_drain(e->inbox, place + n, REDIS_BATCH - n);
        if (leader_is_ready(e) && n && send_batch(e, place, n))
            n = 0;
        else if (n)
            redis_wait_a_little(e);
    }
    return NULL;
}
