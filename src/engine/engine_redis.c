/* A distributed task queue on Redis: checks go out by streams to workers on any number of machines (engine/worker.h), one for
 * each region a site names, and what the regions find is made one result. Two threads, each with a connection: the sender
 * also holds the lock that makes us the only monitor of this prefix; the reader takes results. Jobs under way stand in a table
 * under one leaf lock, in which each ends once: by its regions' answers, or by its time running out. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "check/evidence.h"
#include "ops.h"
#include "redis_keys.h"
#include "redis_link.h"
#include "redis_message.h"

#define BATCH 100                              /* messages in a row: the best there is (54,000 jobs a second) */
#define TICK_NS (250 * NS_PER_MS)              /* how often the sender looks for jobs whose time is over */
#define LEASE_MS 10000
#define RENEW_NS (3 * NS_PER_S)
#define SLACK_NS (2 * NS_PER_S)                /* beyond the last moment a worker may answer */
#define UNSENT_MOST_NS (5 * NS_PER_S)          /* a job that can not even be sent waits no longer */
#define RETRY_NS (20 * NS_PER_MS)
#define STRAGGLERS_NS (2 * NS_PER_S)           /* once the verdict stands, silent regions are waited for so long */
#define BLOCK_MS 2000

/* A job in flight. */
struct flight {
    struct job job;                            /* with a reference on its site; id 0: a free place */
    uint64_t number;                           /* under which it travels: its place, and how often that was used */
    int64_t  expires_ns;
    bool     sent;
    uint8_t  asked, answered, failed, good;    /* regions */
    struct region_result region[REGIONS_MOST];
    bool excused;                              /* bad_result is a fault of ours, for want of a worse one */
    struct result bad_result, good_result;     /* the first of each */
};

struct redis {
    struct engine_env env;
    char *prefix;
    struct strings regions;                    /* of sites that name none */
    int quorum;                                /* 0: most of the regions */
    char token[64];                            /* who we are to the lock */
    size_t slots;
    pthread_t sender, reader;
    struct redis_link *out, *in;               /* the sender's, the reader's; the closer's in the end */
    struct queue *inbox;                       /* of uint32_t: places in flight[] to be sent */
    _Atomic bool closing;
    _Atomic uint64_t term;                     /* of our leadership; 0: we do not lead */
    int64_t renew_ns;                          /* the sender's; likewise */
    bool told_trouble, told_rival;             /* the sender's: said so already */

    struct mutex lock;                         /* leaf */
    struct cond stop;                          /* closing began */
    struct flight *flight;                     /* under lock */
    uint64_t number;                           /* under lock; places given out so far */
    uint32_t *free_place;                      /* under lock; a stack */
    size_t nfree;                              /* under lock */
    char trouble[256];                         /* under lock; why jobs end without an answer */
};

/* --- ends of jobs ------------------------------------------------------------------------------------------------- */

/* Most of the regions, unless settings say otherwise. */
static int quorum_of(const struct redis *e, const struct flight *f)
{
    int quorum = e->quorum ? e->quorum : f->asked / 2 + 1;

    return quorum > f->asked ? f->asked : quorum;
}

/* Where some regions found nothing, what the others say may still be enough. */
static void sum_up(const struct redis *e, const struct flight *f, struct result *out)
{
    if (f->failed >= quorum_of(e, f))
        *out = f->bad_result;
    else if (f->good && f->good + f->failed > f->asked - quorum_of(e, f))
        *out = f->good_result; /* those that are silent could not make a quorum with those that failed */
    else if (f->excused && !f->failed)
        *out = f->bad_result;
    else {
        result_fail(out, &f->job, OUTCOME_LOCAL_WORKER, clock_mono_ns(), clock_wall_ms());
        snprintf(out->detail, sizeof(out->detail), "%.120s", f->answered ? "too few regions answered" : e->trouble);
    }
    out->job_id = f->job.id;
    out->site_id = f->job.site_id;
    out->generation = f->job.generation;
    out->attempt = f->job.attempt;
    out->due_ns = f->job.due_ns;
    out->nregion = f->asked;
    memcpy(out->region, f->region, sizeof(out->region));
}

/* Frees the place; the site is for the caller to let go of, outside the lock. */
static void take_out_locked(struct redis *e, uint32_t place, struct result *out, const struct site **site) NEEDS(e->lock)
{
    struct flight *f = &e->flight[place];

    sum_up(e, f, out);
    *site = f->job.site;
    memset(f, 0, sizeof(*f));
    e->free_place[e->nfree++] = place;
}

static void tell_end(struct redis *e, const struct result *result, const struct site *site)
{
    site_unref(site);
    e->env.done(e->env.context, result);
}

/* Ends what has run out of time, or all. One at a time, so that done() is called without the lock. */
static void end_overdue(struct redis *e, bool all, enum outcome outcome)
{
    int64_t now = clock_mono_ns();
    uint32_t i;

    for (i = 0; i < e->slots; i++) {
        const struct site *site = NULL;
        struct result result;

        mutex_lock(&e->lock);
        if (e->flight[i].job.id && (all || now >= e->flight[i].expires_ns))
            take_out_locked(e, i, &result, &site);
        mutex_unlock(&e->lock);
        if (!site)
            continue;
        if (outcome == OUTCOME_CANCELLED)
            result.outcome = outcome;
        tell_end(e, &result, site);
    }
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

static void set_trouble(struct redis *e, const char *text)
{
    mutex_lock(&e->lock);
    snprintf(e->trouble, sizeof(e->trouble), "%s", text);
    mutex_unlock(&e->lock);
}

/* What a job needs to be sent, copied out of the table with a reference on its site. */
static bool copy_out(struct redis *e, uint32_t place, struct job *job, uint64_t *number)
{
    bool there;

    mutex_lock(&e->lock);
    there = e->flight[place].job.id != 0 && !e->flight[place].sent;
    if (there) {
        *job = e->flight[place].job;
        *number = e->flight[place].number;
        site_ref(job->site);
    }
    mutex_unlock(&e->lock);
    return there;
}

static void mark_sent(struct redis *e, uint32_t place, uint64_t number, int64_t expires_ns)
{
    mutex_lock(&e->lock);
    if (e->flight[place].number == number) {
        e->flight[place].sent = true;
        e->flight[place].expires_ns = expires_ns;
    }
    mutex_unlock(&e->lock);
}

static const struct strings *region_list(const struct redis *e, const struct site *site)
{
    return site->options->regions.n ? &site->options->regions : &e->regions;
}

static size_t regions_of(const struct redis *e, const struct site *site)
{
    size_t n = region_list(e, site)->n;

    return n < 1 ? 1 : n > REGIONS_MOST ? REGIONS_MOST : n;
}

static const char *region_name(const struct redis *e, const struct site *site, size_t i)
{
    const struct strings *list = region_list(e, site);

    return list->n ? list->item[i] : ANYWHERE;
}

/* Queues one XADD for each region; how many. */
static int queue_job(struct redis *e, const struct job *job, uint64_t number)
{
    struct envelope envelope = { .job_id = number, .generation = job->generation, .attempt = job->attempt,
                                 .term = atomic_load(&e->term),
                                 .begin_by_ms = redis_link_clock_ms(e->out) + BEGIN_WITHIN_MS };
    size_t i;
    int n = 0;

    for (i = 0; i < regions_of(e, job->site); i++) {
        struct message m;
        char key[KEY_SIZE];

        key_format(key, e->prefix, "jobs:%s%s", region_name(e, job->site, i), job->attempt > 1 ? ":hi" : "");
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
            set_trouble(e, text);
            good = false;
        }
        freeReplyObject(r);
    }
    return good;
}

/* Sends up to a batch of places that wait; false when it has to be tried again later. */
static bool send_batch(struct redis *e, const uint32_t *place, size_t n)
{
    struct job job[BATCH];
    uint64_t number[BATCH];
    bool there[BATCH], good;
    int queued = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        there[i] = copy_out(e, place[i], &job[i], &number[i]);
        if (there[i])
            queued += queue_job(e, &job[i], number[i]);
    }
    good = take_replies(e, queued);
    for (i = 0; i < n; i++) {
        if (!there[i])
            continue;
        if (good)
            mark_sent(e, place[i], number[i], clock_mono_ns() + job[i].site->options->timeout_ms * NS_PER_MS +
                                                  BEGIN_WITHIN_MS * NS_PER_MS + SLACK_NS);
        site_unref(job[i].site);
    }
    return good;
}

/* --- the lock ----------------------------------------------------------------------------------------------------- */

/* Renewed, and taken when free, by a script each, so that nobody can come between looking and doing. */
static const char renew_script[] =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0";
static const char take_script[] =
    "if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return redis.call('INCR', KEYS[2]) end return 0";
static const char drop_script[] = /* and nobody need begin what we have sent */
    "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('INCR', KEYS[2]) return redis.call('DEL', KEYS[1]) end return 0";

static int64_t call_script(struct redis *e, const char *script)
{
    char key[KEY_SIZE], term[KEY_SIZE];
    redisReply *r;
    int64_t value = 0;

    key_format(key, e->prefix, "leader");
    key_format(term, e->prefix, "leader:term");
    r = redis_link_call(e->out, "EVAL %s 2 %s %s %s %d", script, key, term, e->token, LEASE_MS);
    if (r && r->type == REDIS_REPLY_INTEGER)
        value = r->integer;
    freeReplyObject(r);
    return value;
}

static void tell_rival(struct redis *e)
{
    char text[256];

    snprintf(text, sizeof(text), "another monitor uses the keys {%.40s} of %s; waiting for it to end", e->prefix,
             redis_link_name(e->out));
    set_trouble(e, text);
    if (!e->told_rival)
        log_line(LEVEL_WARNING, "%s", text);
    e->told_rival = true;
}

/* True while we are the only monitor of this prefix. */
static bool lead(struct redis *e)
{
    int64_t now = clock_mono_ns(), term;

    if (now < e->renew_ns)
        return atomic_load(&e->term) != 0;
    e->renew_ns = now + RENEW_NS;
    if (atomic_load(&e->term) && call_script(e, renew_script))
        return true;
    atomic_store(&e->term, 0);
    term = call_script(e, take_script);
    if (term <= 0) {
        if (!redis_link_trouble(e->out)[0])
            tell_rival(e);
        e->renew_ns = now + NS_PER_S;
        return false;
    }
    atomic_store(&e->term, (uint64_t)term);
    if (e->told_rival)
        log_line(LEVEL_WARNING, "the other monitor has ended: going on");
    e->told_rival = false;
    set_trouble(e, "no worker answered");
    return true;
}

/* True when there is a connection and we lead. */
static bool ready(struct redis *e)
{
    bool fresh;

    if (!redis_link_ready(e->out, &fresh)) {
        set_trouble(e, redis_link_trouble(e->out));
        if (!e->told_trouble)
            log_line(LEVEL_WARNING, "%s; trying again", redis_link_trouble(e->out));
        e->told_trouble = true;
        return false;
    }
    if (fresh) {
        e->renew_ns = 0;
        if (e->told_trouble)
            log_line(LEVEL_WARNING, "%s is back", redis_link_name(e->out));
        e->told_trouble = false;
        set_trouble(e, "no worker answered");
    }
    return lead(e);
}

/* Until the next try, or the end. */
static void wait_a_little(struct redis *e)
{
    int64_t until_ns = clock_mono_ns() + RETRY_NS;
    bool in_time = true;

    mutex_lock(&e->lock);
    while (!atomic_load(&e->closing) && in_time)
        in_time = cond_wait(&e->stop, &e->lock, until_ns);
    mutex_unlock(&e->lock);
}

static void *send_jobs(void *context)
{
    struct redis *e = context;
    uint32_t place[BATCH];
    size_t n = 0;                              /* places taken from the inbox and not sent yet */
    int64_t tick_ns = 0;

    while (!atomic_load(&e->closing)) {
        int64_t now = clock_mono_ns();

        if (now >= tick_ns) {
            end_overdue(e, false, OUTCOME_LOCAL_WORKER);
            tick_ns = now + TICK_NS;
        }
        if (!n && queue_pop(e->inbox, &place[0], tick_ns) == ERR_OK)
            n = 1;
        if (n && n < BATCH)
            n += queue_drain(e->inbox, place + n, BATCH - n);
        if (ready(e) && n && send_batch(e, place, n))
            n = 0;
        else if (n)
            wait_a_little(e);
    }
    return NULL;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void note_region(struct flight *f, const char *region, const struct result *r)
{
    int i;

    for (i = 0; i < f->asked; i++) {
        struct region_result *to = &f->region[i];

        if (strcmp(to->name, region) != 0 || to->latency_us != UINT32_MAX)
            continue;
        to->outcome = (uint8_t)r->outcome;
        to->status = (uint16_t)r->status;
        to->latency_us = (uint32_t)(r->took_ns / NS_PER_US);
        f->answered++;
        if (outcome_is_local(r->outcome)) {
            if (!f->failed && !f->excused)
                f->bad_result = *r;
            f->excused = true;
            return;
        }
        if (result_good(r) && !f->good++)
            f->good_result = *r;
        else if (!result_good(r) && !f->failed++)
            f->bad_result = *r;
        return;
    }
}

/* When the regions that answered decide it already, those that are silent are not waited for much longer. */
static bool decided(const struct redis *e, const struct flight *f)
{
    int quorum = quorum_of(e, f);

    return f->failed >= quorum || (f->good && f->good + f->failed > f->asked - quorum);
}

static void take_result(struct redis *e, const redisReply *fields)
{
    const struct site *site = NULL;
    struct result found, result;
    struct envelope envelope;
    char region[REGION_NAME_SIZE];
    struct evidence evidence;
    uint64_t failed_job = 0;
    struct flight *f;

    if (message_get_result(fields, &envelope, region, &found) != ERR_OK || envelope.term != atomic_load(&e->term))
        return; /* no result, or one for a monitor before us */
    found.begun_ns = clock_mono_ns() - found.took_ns; /* by our own clock: its was another machine's */
    mutex_lock(&e->lock);
    f = &e->flight[envelope.job_id % e->slots];
    if (f->job.id && f->number == envelope.job_id && f->job.generation == envelope.generation) {
        note_region(f, region, &found);
        failed_job = result_good(&found) ? 0 : f->job.id;
        if (f->answered == f->asked)
            take_out_locked(e, (uint32_t)(envelope.job_id % e->slots), &result, &site);
        else if (decided(e, f) && f->expires_ns > clock_mono_ns() + STRAGGLERS_NS)
            f->expires_ns = clock_mono_ns() + STRAGGLERS_NS;
    }
    mutex_unlock(&e->lock);
    if (failed_job && evidence_is_kept() && message_get_evidence(fields, &evidence))
        evidence_put(failed_job, &evidence);
    if (site)
        tell_end(e, &result, site);
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
    const char *word[BATCH + 3] = { "XACK", key, GROUP_MONITOR };
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
    const char *id[BATCH];
    redisReply *r = redis_link_call(e->in, "XREADGROUP GROUP %s %s COUNT %d BLOCK %d STREAMS %s >", GROUP_MONITOR, e->token,
                                    BATCH, BLOCK_MS, key);

    if (!r)
        return; /* the connection is gone */
    if (redis_is_error(r, "NOGROUP")) /* new, or all its data was lost */
        freeReplyObject(redis_link_call(e->in, "XGROUP CREATE %s %s 0 MKSTREAM", key, GROUP_MONITOR));
    else if (r->type == REDIS_REPLY_ERROR)
        wait_a_little(e);
    else
        acknowledge(e, key, id, take_entries(e, r, id, BATCH));
    freeReplyObject(r);
}

static void *read_results(void *context)
{
    struct redis *e = context;
    char key[KEY_SIZE];

    key_format(key, e->prefix, "results");
    while (!atomic_load(&e->closing)) {
        if (redis_link_ready(e->in, NULL))
            read_once(e, key);
        else
            wait_a_little(e);
    }
    return NULL;
}

/* --- open, submit, close ------------------------------------------------------------------------------------------ */

static void redis_free(struct redis *e)
{
    redis_link_free(e->out);
    redis_link_free(e->in);
    queue_free(e->inbox);
    cond_release(&e->stop);
    mutex_release(&e->lock);
    free(e->flight);
    free(e->free_place);
    free(e->prefix);
    strings_release(&e->regions);
    free(e);
}

/* Joins; a thread that waits for a server which does not answer loses its connection. */
static void join_soon(pthread_t thread, struct redis_link *link)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 500 * NS_PER_MS;
    until.tv_sec += until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    if (pthread_timedjoin_np(thread, NULL, &until) == 0)
        return;
    redis_link_break(link);
    pthread_join(thread, NULL);
}

static void stop_threads(struct redis *e)
{
    mutex_lock(&e->lock);
    atomic_store(&e->closing, true);
    mutex_unlock(&e->lock);
    cond_broadcast(&e->stop);
    queue_close(e->inbox);
    redis_link_break(e->in);
    join_soon(e->sender, e->out);
    redis_link_break(e->in); /* it may have been between two connections */
    join_soon(e->reader, e->in);
}

static void close_redis(void *self)
{
    struct redis *e = self;

    if (!e)
        return;
    stop_threads(e);
    end_overdue(e, true, OUTCOME_CANCELLED);
    if (atomic_load(&e->term))
        call_script(e, drop_script); /* whoever waits for our place need not wait for its expiry */
    redis_free(e);
}

static enum err make_parts(struct redis *e, struct errmsg *why)
{
    const struct engine_broker *b = e->env.broker;
    char host[32] = "monitor", name[64];
    uint32_t i;
    enum err err;

    gethostname(host, sizeof(host) - 1);
    snprintf(e->token, sizeof(e->token), "%.24s:%ld:%" PRIx64, host, (long)getpid(), (uint64_t)clock_mono_ns());
    snprintf(name, sizeof(name), "uptimesquirrel-monitor");
    e->quorum = b->quorum;
    for (i = 0; b->regions && i < b->regions->n; i++)
        if (strings_add(&e->regions, b->regions->item[i]) != ERR_OK)
            return err_set(why, ERR_NOMEM, "cannot open engine 'redis': out of memory");
    e->prefix = strdup(b->prefix ? b->prefix : PREFIX_BUILT_IN);
    e->inbox = queue_new(e->slots, sizeof(uint32_t));
    e->flight = calloc(e->slots, sizeof(*e->flight));
    e->free_place = calloc(e->slots, sizeof(*e->free_place));
    if (!e->prefix || !e->inbox || !e->flight || !e->free_place)
        return err_set(why, ERR_NOMEM, "cannot open engine 'redis': out of memory");
    for (i = 0; i < e->slots; i++)
        e->free_place[e->nfree++] = (uint32_t)e->slots - 1 - i;
    err = redis_link_new(&e->out, b, name, why);
    return err ? err : redis_link_new(&e->in, b, name, why);
}

static enum err open_redis(void **self, const struct engine_env *env, struct engine_room *room, struct errmsg *why)
{
    struct redis *e;
    enum err err;
    int number;

    if (!env->broker || !env->broker->url)
        return err_set(why, ERR_UNAVAILABLE, "engine 'redis' needs redis.url in uptime.cfg");
    e = calloc(1, sizeof(*e));
    if (!e)
        return err_set(why, ERR_NOMEM, "cannot open engine 'redis': out of memory");
    e->env = *env;
    e->slots = env->slots;
    mutex_init(&e->lock);
    cond_init(&e->stop);
    err = make_parts(e, why);
    if (err) {
        redis_free(e);
        return err;
    }
    number = pthread_create(&e->sender, NULL, send_jobs, e);
    if (!number && (number = pthread_create(&e->reader, NULL, read_results, e))) {
        atomic_store(&e->closing, true);
        queue_close(e->inbox);
        pthread_join(e->sender, NULL);
    }
    if (number) {
        redis_free(e);
        return err_errno(why, ERR_UNAVAILABLE, number, "cannot start the threads of engine 'redis'");
    }
    room->workers = 1;
    room->slots = e->slots;
    *self = e;
    return ERR_OK;
}

static void fill_flight_locked(struct redis *e, uint32_t place, const struct job *job) NEEDS(e->lock)
{
    struct flight *f = &e->flight[place];
    size_t i;

    memset(f, 0, sizeof(*f));
    f->job = *job;
    f->number = ++e->number * e->slots + place;
    f->expires_ns = clock_mono_ns() + UNSENT_MOST_NS;
    f->asked = (uint8_t)regions_of(e, job->site);
    for (i = 0; i < f->asked; i++) {
        snprintf(f->region[i].name, REGION_NAME_SIZE, "%s", region_name(e, job->site, i));
        f->region[i].outcome = OUTCOME_LOCAL_WORKER;
        f->region[i].latency_us = UINT32_MAX;
    }
}

static enum err submit(void *self, const struct job *job)
{
    struct redis *e = self;
    enum err err = ERR_FULL;
    uint32_t place = 0;

    site_ref(job->site);
    mutex_lock(&e->lock);
    if (e->nfree) {
        place = e->free_place[--e->nfree];
        fill_flight_locked(e, place, job);
        err = ERR_OK;
    }
    mutex_unlock(&e->lock);
    if (!err)
        queue_push(e->inbox, &place); /* fits: it has as many places */
    else
        site_unref(job->site);
    return err;
}

static void cancel(void *self, uint64_t job_id)
{
    (void)self;
    (void)job_id; /* a worker may have begun; its answer is dropped by its generation */
}

const struct engine_ops engine_redis_ops = {
    .name = "redis",
    .summary = "a task queue on Redis, worked on by any number of machines",
    .lesson = "every check is two messages: too much on one machine, the only way over many, and from many places",
    .open = open_redis,
    .submit = submit,
    .cancel = cancel,
    .close = close_redis,
};
