/* One check at a time, blocking: a probe and the multi handles of one thread. The thread that opened it owns it; only
 * check_runner_stop() is for others. */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "check/check.h"
#include "lanes.h"
#include "probe.h"

struct check_runner {
    struct probe *probe;
    struct lane  *lanes;
    _Atomic(CURLM *) running;        /* the multi handle that may have to be woken */
    _Atomic bool stopped;
    int stop;                        /* eventfd: readable once stopped */
    struct mutex lock;               /* leaf: for named */
    struct cond  wake;               /* named, or stopped */
    bool named;                      /* under lock; the query was answered */
};

enum err check_runner_open(struct check_runner **out, struct errmsg *why)
{
    struct check_runner *r = calloc(1, sizeof(*r));

    if (r)
        r->probe = probe_new();
    if (!r || !r->probe) {
        free(r);
        return err_set(why, ERR_NOMEM, "cannot make a runner of checks: out of memory");
    }
    r->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (r->stop < 0) {
        probe_free(r->probe);
        free(r);
        return err_errno(why, ERR_IO, errno, "cannot make a runner of checks");
    }
    mutex_init(&r->lock);
    cond_init(&r->wake);
    *out = r;
    return ERR_OK;
}

void check_runner_close(struct check_runner *r)
{
    if (!r)
        return;
    probe_free(r->probe);
    close(r->stop);
    lanes_free(r->lanes);
    cond_release(&r->wake);
    mutex_release(&r->lock);
    free(r);
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static void on_named(struct name_query *q)
{
    struct check_runner *r = PROBE_OF(q)->owner;

    mutex_lock(&r->lock);
    r->named = true;
    cond_broadcast(&r->wake); /* under the lock: r may be gone a moment later */
    mutex_unlock(&r->lock);
}

/* Waits until the query is answered, until_ns has passed or we are stopped; true: answered. */
static bool wait_named(struct check_runner *r, int64_t until_ns)
{
    bool in_time = true, named;

    mutex_lock(&r->lock);
    while (!r->named && in_time && !(until_ns != COND_FOREVER && atomic_load(&r->stopped)))
        in_time = cond_wait(&r->wake, &r->lock, until_ns);
    named = r->named;
    mutex_unlock(&r->lock);
    return named;
}

static enum probe_want look_up(struct check_runner *r)
{
    struct probe *p = r->probe;
    const char *host;
    size_t length = probe_host(p, &host);

    r->named = false;
    p->query.answered = on_named;
    if (names_ask(&p->query, host, length, p->job.site->options->ip) || wait_named(r, p->deadline_ns))
        return probe_named(p);
    if (!names_take_back(&p->query))
        wait_named(r, COND_FOREVER); /* it is being answered at this moment */
    probe_name_timeout(p);
    return PROBE_OVER;
}

/* --- requests ----------------------------------------------------------------------------------------------------- */

static CURLcode drive_handle(struct check_runner *r, CURLM *multi)
{
    CURLcode code = CURLE_FAILED_INIT;
    int running = 1, left;
    CURLMsg *message;

    while (running && !atomic_load(&r->stopped)) {
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            break;
        if (running && curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK)
            break;
    }
    while ((message = curl_multi_info_read(multi, &left)))
        if (message->msg == CURLMSG_DONE)
            code = message->data.result;
    return code;
}

static enum probe_want drive(struct check_runner *r, CURLM *multi)
{
    struct probe *p = r->probe;
    CURLcode code;

    if (curl_multi_add_handle(multi, p->easy) != CURLM_OK) {
        p->result.outcome = OUTCOME_LOCAL_MEMORY;
        return PROBE_OVER;
    }
    code = drive_handle(r, multi);
    curl_multi_remove_handle(multi, p->easy);
    return atomic_load(&r->stopped) ? PROBE_OVER : probe_next(p, code);
}

/* A kind that talks by itself: waits for its descriptor. */
static enum probe_want wait_socket(struct check_runner *r)
{
    struct probe *p = r->probe;
    struct pollfd fds[] = { { .fd = p->talk.fd, .events = p->talk.events }, { .fd = r->stop, .events = POLLIN } };
    int64_t left_ns = probe_next_ns(p) - clock_mono_ns();
    int64_t ms = left_ns > 0 ? (left_ns + NS_PER_MS - 1) / NS_PER_MS : 0;

    poll(fds, 2, ms > 60000 ? 60000 : (int)ms);
    return atomic_load(&r->stopped) ? PROBE_OVER : probe_ready(p);
}

/* Does what the probe wants next. */
static enum probe_want step(struct check_runner *r, struct lane *lane, enum probe_want want)
{
    switch (want) {
    case PROBE_NAME:
        return look_up(r);
    case PROBE_SOCKET:
        return wait_socket(r);
    default:
        return drive(r, lane->multi);
    }
}

void check_run(struct check_runner *r, const struct job *job, struct result *out)
{
    struct lane *lane = lane_for(&r->lanes, job->site->options->ca_file, NULL, NULL);
    struct probe *p = r->probe;
    enum probe_want want;

    p->owner = r;
    probe_take(p, job);
    want = probe_begin(p);
    if (!lane) {
        p->result.outcome = OUTCOME_LOCAL_MEMORY;
        want = PROBE_OVER;
    } else {
        atomic_store(&r->running, lane->multi);
    }
    while (want != PROBE_OVER && !atomic_load(&r->stopped))
        want = step(r, lane, want);
    if (atomic_load(&r->stopped))
        probe_cancel(p);
    probe_keep_evidence(p);
    *out = p->result;
    probe_end(p);
}

void check_runner_stop(struct check_runner *r)
{
    CURLM *multi;

    atomic_store(&r->stopped, true);
    eventfd_write(r->stop, 1);
    multi = atomic_load(&r->running);
    if (multi)
        curl_multi_wakeup(multi);
    mutex_lock(&r->lock); /* so that it is not between looking and waiting */
    mutex_unlock(&r->lock);
    cond_broadcast(&r->wake);
}
