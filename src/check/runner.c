/* One check at a time, blocking: a probe and the multi handles of one thread. The thread that opened it owns it; only
 * check_runner_stop() is for others. */
#include <stdatomic.h>
#include <stdlib.h>

#include "check/check.h"
#include "lanes.h"
#include "probe.h"

struct check_runner {
    struct probe *probe;
    struct lane  *lanes;
    _Atomic(CURLM *) running;        /* the multi handle that may have to be woken */
    _Atomic int stopped;
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
    *out = r;
    return ERR_OK;
}

void check_runner_close(struct check_runner *r)
{
    if (!r)
        return;
    probe_free(r->probe);
    lanes_free(r->lanes);
    free(r);
}

/* Drives the probe's handle to the end of its request; false when it was stopped. */
static bool drive(struct check_runner *r, struct lane *lane, CURLcode *code)
{
    int running = 1, left;
    CURLMsg *message;

    while (running && !atomic_load(&r->stopped)) {
        if (curl_multi_perform(lane->multi, &running) != CURLM_OK)
            break;
        if (running && curl_multi_poll(lane->multi, NULL, 0, 1000, NULL) != CURLM_OK)
            break;
    }
    *code = CURLE_FAILED_INIT;
    while ((message = curl_multi_info_read(lane->multi, &left)))
        if (message->msg == CURLMSG_DONE)
            *code = message->data.result;
    return !atomic_load(&r->stopped);
}

void check_run(struct check_runner *r, const struct job *job, struct result *out)
{
    struct lane *lane = lane_for(&r->lanes, job->site->options->ca_file, NULL, NULL);
    struct probe *p = r->probe;
    bool more;

    probe_take(p, job);
    more = probe_begin(p);
    if (!lane) {
        p->result.outcome = OUTCOME_LOCAL_MEMORY;
        more = false;
    } else
        atomic_store(&r->running, lane->multi);
    if (atomic_load(&r->stopped)) {
        probe_cancel(p);
        more = false;
    }
    while (more) {
        CURLcode code;

        curl_multi_add_handle(lane->multi, p->easy);
        more = drive(r, lane, &code);
        curl_multi_remove_handle(lane->multi, p->easy);
        if (more)
            more = probe_next(p, code);
        else
            probe_cancel(p);
    }
    *out = p->result;
    probe_end(p);
}

void check_runner_stop(struct check_runner *r)
{
    CURLM *multi;

    atomic_store(&r->stopped, 1);
    multi = atomic_load(&r->running);
    if (multi)
        curl_multi_wakeup(multi);
}
