/* Many checks at a time on one thread: probes driven by curl_multi_socket_action over epoll. The thread that opened it owns
 * everything here; check_loop_wake() alone is for others. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "check/check.h"
#include "lanes.h"
#include "names.h"
#include "probe.h"

#define STARTS_A_TURN 32   /* more at once cost a third of the rate: the sockets' answers grow cold meanwhile */
#define EVENTS_A_TURN 256
#define IDLE_PROBES 64     /* kept for the next checks; the rest of a flood is given back */
#define WAKE_UP UINT64_MAX

/* A chain of probes; each is in one chain at a time. */
struct chain {
    struct probe *first, *last;
    size_t n;
};

struct check_loop {
    int epoll;
    int wake;                      /* eventfd, written by any thread */
    size_t most;
    check_done_fn *done;
    void *context;
    struct lane *lanes;
    uint32_t nlane;
    struct chain waiting;          /* hold a job, not begun yet */
    struct chain nameless;         /* waiting, too, for a look-up of another to end */
    struct chain active;           /* their handles are in a lane */
    struct chain idle;
    struct names names;
};

/* --- chains ------------------------------------------------------------------------------------------------------- */

static void chain_push(struct chain *c, struct probe *p)
{
    p->next = NULL;
    p->previous = c->last;
    if (c->last)
        c->last->next = p;
    else
        c->first = p;
    c->last = p;
    c->n++;
}

static struct probe *chain_remove(struct chain *c, struct probe *p)
{
    if (p->previous)
        p->previous->next = p->next;
    else
        c->first = p->next;
    if (p->next)
        p->next->previous = p->previous;
    else
        c->last = p->previous;
    c->n--;
    return p;
}

static void chain_free(struct chain *c)
{
    while (c->first)
        probe_free(chain_remove(c, c->first));
}

/* --- what libcurl calls ------------------------------------------------------------------------------------------- */

static int on_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct lane *lane = context;

    (void)multi;
    lane->timer_ns = timeout_ms < 0 ? INT64_MAX : clock_mono_ns() + timeout_ms * NS_PER_MS;
    return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    struct lane *lane = context;
    struct check_loop *l = lane->context;
    struct epoll_event event = { .data.u64 = (uint64_t)lane->number << 32 | (uint32_t)fd };

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL); /* it may be closed already, and gone by that */
        return 0;
    }
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (known && epoll_ctl(l->epoll, EPOLL_CTL_MOD, fd, &event) == 0)
        return 0;
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &event) != 0 && errno == EEXIST)
        epoll_ctl(l->epoll, EPOLL_CTL_MOD, fd, &event);
    curl_multi_assign(lane->multi, fd, lane);
    return 0;
}

static void setup_lane(struct lane *lane, void *context)
{
    struct check_loop *l = context;

    lane->number = l->nlane++;
    curl_multi_setopt(lane->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(lane->multi, CURLMOPT_SOCKETDATA, lane);
    curl_multi_setopt(lane->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(lane->multi, CURLMOPT_TIMERDATA, lane);
    curl_multi_setopt(lane->multi, CURLMOPT_MAXCONNECTS, 1L); /* nothing is ever reused */
}

static struct lane *lane_numbered(const struct check_loop *l, uint32_t number)
{
    struct lane *lane = l->lanes;

    while (lane && lane->number != number)
        lane = lane->next;
    return lane;
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

enum err check_loop_open(struct check_loop **out, size_t most, check_done_fn *done, void *context, struct errmsg *why)
{
    struct check_loop *l = calloc(1, sizeof(*l));
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = WAKE_UP };

    if (!l)
        return err_set(why, ERR_NOMEM, "cannot make a loop of checks: out of memory");
    l->most = most;
    l->done = done;
    l->context = context;
    l->wake = -1;
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (l->epoll >= 0)
        l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (l->wake < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->wake, &event) != 0) {
        enum err err = err_errno(why, ERR_IO, errno, "cannot make a loop of checks");

        check_loop_close(l);
        return err;
    }
    *out = l;
    return ERR_OK;
}

/* A look-up is over: another check may begin its own. */
static void leave_names(struct probe *p)
{
    struct check_loop *l = p->owner;

    if (p->looked_up)
        names_leave(&l->names);
    p->looked_up = NULL;
}

/* Hands the result over and keeps the probe for another check. */
static void finish(struct check_loop *l, struct probe *p)
{
    leave_names(p);
    l->done(l->context, &p->result);
    probe_end(p);
    if (l->idle.n < IDLE_PROBES)
        chain_push(&l->idle, p);
    else
        probe_free(p);
}

static void cancel_active(struct check_loop *l, struct probe *p)
{
    curl_multi_remove_handle(p->multi, p->easy);
    probe_cancel(p);
    finish(l, chain_remove(&l->active, p));
}

static void cancel_waiting(struct check_loop *l, struct chain *c, struct probe *p)
{
    p->result.begun_ns = clock_mono_ns();
    p->result.checked_at_ms = clock_wall_ms();
    probe_cancel(p);
    finish(l, chain_remove(c, p));
}

void check_loop_close(struct check_loop *l)
{
    if (!l)
        return;
    while (l->waiting.first)
        cancel_waiting(l, &l->waiting, l->waiting.first);
    while (l->nameless.first)
        cancel_waiting(l, &l->nameless, l->nameless.first);
    while (l->active.first)
        cancel_active(l, l->active.first);
    chain_free(&l->idle);
    lanes_free(l->lanes);
    if (l->wake >= 0)
        close(l->wake);
    if (l->epoll >= 0)
        close(l->epoll);
    free(l);
}

/* --- starting ----------------------------------------------------------------------------------------------------- */

size_t check_loop_active(const struct check_loop *l)
{
    return l->waiting.n + l->nameless.n + l->active.n;
}

enum err check_loop_start(struct check_loop *l, const struct job *job)
{
    struct probe *p;

    if (check_loop_active(l) >= l->most)
        return ERR_FULL;
    p = l->idle.first ? chain_remove(&l->idle, l->idle.first) : probe_new();
    if (!p)
        return ERR_NOMEM;
    p->owner = l;
    probe_take(p, job);
    chain_push(&l->waiting, p);
    return ERR_OK;
}

/* Puts the probe's next request into its lane. */
static void drive(struct check_loop *l, struct probe *p)
{
    struct lane *lane = lane_for(&l->lanes, probe_ca_file(p), setup_lane, l);

    if (lane && curl_multi_add_handle(lane->multi, p->easy) == CURLM_OK) {
        p->multi = lane->multi;
        chain_push(&l->active, p);
        return;
    }
    p->result.outcome = OUTCOME_LOCAL_MEMORY;
    finish(l, p);
}

/* Begins a check that waits; false when it has to wait for a look-up of another to end. */
static bool begin(struct check_loop *l, struct chain *from, struct probe *p)
{
    if (!names_is_address(p->job.site->url)) {
        if (!names_enter(&l->names))
            return false;
        p->looked_up = leave_names;
    }
    chain_remove(from, p);
    if (probe_begin(p))
        drive(l, p);
    else
        finish(l, p);
    return true;
}

static void begin_waiting(struct check_loop *l)
{
    int i;

    while (l->nameless.first && begin(l, &l->nameless, l->nameless.first))
        ;
    for (i = 0; i < STARTS_A_TURN && l->waiting.first; i++)
        if (!begin(l, &l->waiting, l->waiting.first))
            chain_push(&l->nameless, chain_remove(&l->waiting, l->waiting.first));
}

void check_loop_cancel(struct check_loop *l, uint64_t job_id)
{
    struct chain *chains[] = { &l->waiting, &l->nameless, &l->active };
    size_t i;

    for (i = 0; i < 3; i++) {
        struct probe *p = chains[i]->first;

        while (p && p->job.id != job_id)
            p = p->next;
        if (p && chains[i] == &l->active)
            cancel_active(l, p);
        else if (p)
            cancel_waiting(l, chains[i], p);
    }
}

/* --- turning ------------------------------------------------------------------------------------------------------ */

static void act(struct lane *lane, curl_socket_t fd, int what)
{
    int running;

    curl_multi_socket_action(lane->multi, fd, what, &running);
}

/* Takes out of a lane what has ended, and puts back what has another request to make. */
static void collect(struct check_loop *l, struct lane *lane)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(lane->multi, &left))) {
        CURLcode code = message->data.result;
        struct probe *p;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&p);
        curl_multi_remove_handle(lane->multi, p->easy); /* message is gone from here on */
        chain_remove(&l->active, p);
        if (probe_next(p, code))
            drive(l, p);
        else
            finish(l, p);
    }
}

/* How long epoll may sleep, in whole milliseconds, rounded up so that a timer has run out when it ends. */
static int sleep_ms(const struct check_loop *l, int64_t until_ns)
{
    int64_t now = clock_mono_ns(), ms;
    const struct lane *lane;

    if (l->waiting.first)
        return 0;
    for (lane = l->lanes; lane; lane = lane->next)
        if (lane->timer_ns < until_ns)
            until_ns = lane->timer_ns;
    if (until_ns == INT64_MAX)
        return -1;
    if (until_ns <= now)
        return 0;
    ms = (until_ns - now + NS_PER_MS - 1) / NS_PER_MS;
    return ms > 60000 ? 60000 : (int)ms;
}

static void deal_with(struct check_loop *l, const struct epoll_event *event)
{
    struct lane *lane;
    uint64_t count;

    if (event->data.u64 == WAKE_UP) {
        if (read(l->wake, &count, sizeof(count)) < 0)
            return; /* somebody read it before us: fine */
        return;
    }
    lane = lane_numbered(l, (uint32_t)(event->data.u64 >> 32));
    act(lane, (curl_socket_t)(uint32_t)event->data.u64,
        (event->events & EPOLLIN ? CURL_CSELECT_IN : 0) | (event->events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
        (event->events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0));
}

static void run_timers(struct check_loop *l)
{
    int64_t now = clock_mono_ns();
    struct lane *lane;

    for (lane = l->lanes; lane; lane = lane->next)
        if (lane->timer_ns <= now) {
            lane->timer_ns = INT64_MAX;
            act(lane, CURL_SOCKET_TIMEOUT, 0);
        }
}

void check_loop_turn(struct check_loop *l, int64_t until_ns)
{
    struct epoll_event events[EVENTS_A_TURN];
    struct lane *lane;
    int n, i;

    begin_waiting(l);
    n = epoll_wait(l->epoll, events, EVENTS_A_TURN, sleep_ms(l, until_ns));
    for (i = 0; i < n; i++)
        deal_with(l, &events[i]);
    run_timers(l);
    for (lane = l->lanes; lane; lane = lane->next)
        collect(l, lane);
}

void check_loop_wake(struct check_loop *l)
{
    uint64_t one = 1;

    if (write(l->wake, &one, sizeof(one)) < 0)
        return; /* full: it is awake already */
}
