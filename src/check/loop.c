/* Many checks at a time on one thread: probes driven by curl_multi_socket_action over epoll. The thread that opened it owns
 * everything here; check_loop_wake() alone is for others. */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "check/check.h"
#include "lanes.h"
#include "probe.h"

#define STARTS_A_TURN 32   /* more at once cost a third of the rate: the sockets' answers grow cold meanwhile */
#define EVENTS_A_TURN 256
#define IDLE_PROBES 64     /* kept for the next checks; the rest of a flood is given back */
#define WAKE_UP UINT64_MAX
#define TALKING (UINT64_C(1) << 63)   /* an event's key: this, the serial of who waits, its descriptor */

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
    struct chain naming;           /* their host is being looked up */
    struct chain active;           /* their handles are in a lane */
    struct chain talking;          /* wait for a descriptor of their own */
    struct chain idle;
    struct probe **by_fd;          /* who waits for a descriptor; NULL: nobody */
    size_t nby_fd;
    uint32_t serial;               /* of the wait begun last: an event of an older one comes too late */
    int64_t talking_due_ns;        /* no time of theirs comes before that */
    bool finished;                 /* some check ended in this turn: its caller will want to know, so do not sleep */
    int64_t naming_due_ns;         /* no look-up runs out of time before that */

    struct mutex lock;             /* leaf: for named */
    struct name_query *named;      /* under lock; answered, not dealt with yet */
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

/* A socket that was not connected yet libcurl closes first and tells of its removal later, when the number may be another
 * thread's: our epoll then does not know it, which is fine. The call is made raw, or tools that watch descriptors would
 * take it for a use of that thread's. */
static void forget_socket(const struct check_loop *l, curl_socket_t fd)
{
    syscall(SYS_epoll_ctl, l->epoll, EPOLL_CTL_DEL, fd, NULL);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    struct lane *lane = context;
    struct check_loop *l = lane->context;
    struct epoll_event event = { .data.u64 = (uint64_t)lane->number << 32 | (uint32_t)fd };

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        forget_socket(l, fd);
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
    l->naming_due_ns = l->talking_due_ns = INT64_MAX;
    mutex_init(&l->lock);
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

/* Hands the result over and keeps the probe for another check. */
static void finish(struct check_loop *l, struct probe *p)
{
    l->finished = true;
    probe_keep_evidence(p);
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

static void unwatch(struct check_loop *l, struct probe *p)
{
    epoll_ctl(l->epoll, EPOLL_CTL_DEL, p->talk.fd, NULL);
    l->by_fd[p->talk.fd] = NULL;
    chain_remove(&l->talking, p);
}

static void cancel_talking(struct check_loop *l, struct probe *p)
{
    unwatch(l, p);
    probe_cancel(p);
    finish(l, p);
}

/* One whose answer is on its way at this moment is cancelled when that has come. */
static void cancel_naming(struct check_loop *l, struct probe *p)
{
    if (p->given_up)
        return;
    probe_cancel(p);
    p->given_up = true;
    if (names_take_back(&p->query))
        finish(l, chain_remove(&l->naming, p));
}

static void cancel_waiting(struct check_loop *l, struct probe *p)
{
    result_fail(&p->result, &p->job, OUTCOME_CANCELLED, clock_mono_ns(), clock_wall_ms());
    finish(l, chain_remove(&l->waiting, p));
}

static void take_named(struct check_loop *l);

static void clear_wake(struct check_loop *l)
{
    uint64_t count;

    if (read(l->wake, &count, sizeof(count)) < 0)
        return; /* nobody wrote: fine */
}

static void cancel_all_naming(struct check_loop *l)
{
    struct probe *p, *next;

    for (p = l->naming.first; p; p = next) {
        next = p->next;
        cancel_naming(l, p);
    }
    while (l->naming.first) { /* being answered: that takes no time */
        struct epoll_event event;

        if (epoll_wait(l->epoll, &event, 1, -1) == 1 && event.data.u64 == WAKE_UP)
            clear_wake(l);
        take_named(l);
    }
}

void check_loop_close(struct check_loop *l)
{
    if (!l)
        return;
    while (l->waiting.first)
        cancel_waiting(l, l->waiting.first);
    while (l->active.first)
        cancel_active(l, l->active.first);
    while (l->talking.first)
        cancel_talking(l, l->talking.first);
    cancel_all_naming(l);
    chain_free(&l->idle);
    lanes_free(l->lanes);
    free(l->by_fd);
    if (l->wake >= 0)
        close(l->wake);
    if (l->epoll >= 0)
        close(l->epoll);
    mutex_release(&l->lock);
    free(l);
}

/* --- starting ----------------------------------------------------------------------------------------------------- */

size_t check_loop_active(const struct check_loop *l)
{
    return l->waiting.n + l->naming.n + l->active.n + l->talking.n;
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
static bool drive(struct check_loop *l, struct probe *p)
{
    struct lane *lane = lane_for(&l->lanes, probe_ca_file(p), setup_lane, l);

    if (!lane || curl_multi_add_handle(lane->multi, p->easy) != CURLM_OK) {
        p->result.outcome = OUTCOME_LOCAL_MEMORY;
        return false;
    }
    p->multi = lane->multi;
    chain_push(&l->active, p);
    return true;
}

/* On the thread of whoever answers. */
static void on_named(struct name_query *q)
{
    struct check_loop *l = PROBE_OF(q)->owner;
    uint64_t one = 1;

    mutex_lock(&l->lock);
    q->next = l->named;
    l->named = q;
    if (!q->next && write(l->wake, &one, sizeof(one)) < 0) { /* full: it is awake already */
    }
    mutex_unlock(&l->lock);
}

/* True: it is known already. */
static bool look_up(struct check_loop *l, struct probe *p)
{
    const char *host;
    size_t length = probe_host(p, &host);

    p->given_up = false;
    p->query.answered = on_named;
    chain_push(&l->naming, p); /* before anybody can answer */
    if (p->deadline_ns < l->naming_due_ns)
        l->naming_due_ns = p->deadline_ns;
    if (!names_ask(&p->query, host, length, p->job.site->options->ip))
        return false;
    chain_remove(&l->naming, p);
    return true;
}

/* A place for who waits for descriptor fd. */
static bool make_place(struct check_loop *l, int fd)
{
    size_t n = l->nby_fd ? l->nby_fd : 64;
    struct probe **more;

    if ((size_t)fd < l->nby_fd)
        return true;
    while (n <= (size_t)fd)
        n *= 2;
    more = realloc(l->by_fd, n * sizeof(*more));
    if (!more)
        return false;
    memset(more + l->nby_fd, 0, (n - l->nby_fd) * sizeof(*more));
    l->by_fd = more;
    l->nby_fd = n;
    return true;
}

/* Waits for the descriptor of a kind that talks by itself. */
static bool watch(struct check_loop *l, struct probe *p)
{
    struct epoll_event event = { .events = (p->talk.events & POLLIN ? EPOLLIN : 0u) |
                                           (p->talk.events & POLLOUT ? EPOLLOUT : 0u) };
    int64_t next_ns = probe_next_ns(p);

    p->serial = ++l->serial & INT32_MAX;
    event.data.u64 = TALKING | (uint64_t)p->serial << 32 | (uint32_t)p->talk.fd;
    if (!make_place(l, p->talk.fd) || epoll_ctl(l->epoll, EPOLL_CTL_ADD, p->talk.fd, &event) != 0) {
        p->result.outcome = OUTCOME_LOCAL_MEMORY;
        return false;
    }
    l->by_fd[p->talk.fd] = p;
    if (next_ns < l->talking_due_ns)
        l->talking_due_ns = next_ns;
    chain_push(&l->talking, p);
    return true;
}

/* Does what the probe, which is in no chain, wants next. */
static void go_on(struct check_loop *l, struct probe *p, enum probe_want want)
{
    while (want == PROBE_NAME) {
        if (!look_up(l, p))
            return;
        want = probe_named(p);
    }
    if (want == PROBE_OVER || !(want == PROBE_SOCKET ? watch(l, p) : drive(l, p)))
        finish(l, p);
}

/* What it waited for is there, or its time has come. */
static void go_on_talking(struct check_loop *l, struct probe *p)
{
    unwatch(l, p);
    go_on(l, p, probe_ready(p));
}

static void begin_waiting(struct check_loop *l)
{
    int i;

    for (i = 0; i < STARTS_A_TURN && l->waiting.first; i++) {
        struct probe *p = chain_remove(&l->waiting, l->waiting.first);

        go_on(l, p, probe_begin(p));
    }
}

void check_loop_cancel(struct check_loop *l, uint64_t job_id)
{
    static void (*const cancels[])(struct check_loop *, struct probe *) = { cancel_waiting, cancel_naming, cancel_active,
                                                                           cancel_talking };
    struct chain *chains[] = { &l->waiting, &l->naming, &l->active, &l->talking };
    size_t i;

    for (i = 0; i < 4; i++) {
        struct probe *p = chains[i]->first;

        while (p && p->job.id != job_id)
            p = p->next;
        if (p)
            cancels[i](l, p);
    }
}

/* --- ends of requests --------------------------------------------------------------------------------------------- */

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
        go_on(l, p, probe_next(p, code));
    }
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static void take_named(struct check_loop *l)
{
    struct name_query *q, *next;

    mutex_lock(&l->lock);
    q = l->named;
    l->named = NULL;
    mutex_unlock(&l->lock);
    for (; q; q = next) {
        struct probe *p = PROBE_OF(q);

        next = q->next;
        chain_remove(&l->naming, p);
        if (p->given_up)
            finish(l, p); /* its result was written when it was given up */
        else
            go_on(l, p, probe_named(p));
    }
}

/* Look-ups that ran out of time; looks at all of them, but only when the first of them is due. */
static void end_slow_names(struct check_loop *l)
{
    int64_t now = clock_mono_ns();
    struct probe *p, *next;

    if (now < l->naming_due_ns)
        return;
    l->naming_due_ns = INT64_MAX;
    for (p = l->naming.first; p; p = next) {
        next = p->next;
        if (p->given_up)
            continue;
        if (now < p->deadline_ns) {
            if (p->deadline_ns < l->naming_due_ns)
                l->naming_due_ns = p->deadline_ns;
            continue;
        }
        probe_name_timeout(p);
        p->given_up = true;
        if (names_take_back(&p->query))
            finish(l, chain_remove(&l->naming, p));
    }
}

/* Those that talk and whose time has come; looks at all of them, but only when the first of them is due. */
static void run_talks(struct check_loop *l)
{
    int64_t now = clock_mono_ns();
    struct probe *p, *next;
    size_t n = l->talking.n; /* who goes on talking comes to the end */

    if (now < l->talking_due_ns)
        return;
    l->talking_due_ns = INT64_MAX;
    for (p = l->talking.first; p && n--; p = next) {
        int64_t next_ns = probe_next_ns(p);

        next = p->next;
        if (now >= next_ns)
            go_on_talking(l, p);
        else if (next_ns < l->talking_due_ns)
            l->talking_due_ns = next_ns;
    }
}

/* --- turning ------------------------------------------------------------------------------------------------------ */

/* How long epoll may sleep, in whole milliseconds, rounded up so that a timer has run out when it ends. */
static int sleep_ms(const struct check_loop *l, int64_t until_ns)
{
    int64_t now = clock_mono_ns(), ms;
    const struct lane *lane;

    if (l->waiting.first || l->finished)
        return 0;
    for (lane = l->lanes; lane; lane = lane->next)
        if (lane->timer_ns < until_ns)
            until_ns = lane->timer_ns;
    if (l->naming.first && l->naming_due_ns < until_ns)
        until_ns = l->naming_due_ns;
    if (l->talking.first && l->talking_due_ns < until_ns)
        until_ns = l->talking_due_ns;
    if (until_ns == INT64_MAX)
        return -1;
    if (until_ns <= now)
        return 0;
    ms = (until_ns - now + NS_PER_MS - 1) / NS_PER_MS;
    return ms > 60000 ? 60000 : (int)ms;
}

/* An event of this turn may be of a wait that has ended meanwhile. */
static void deal_with_talk(struct check_loop *l, uint64_t key)
{
    struct probe *p = l->by_fd[(uint32_t)key];

    if (p && p->serial == (key >> 32 & INT32_MAX))
        go_on_talking(l, p);
}

static void deal_with(struct check_loop *l, const struct epoll_event *event)
{
    struct lane *lane;

    if (event->data.u64 == WAKE_UP) {
        clear_wake(l);
        return;
    }
    if (event->data.u64 & TALKING) {
        deal_with_talk(l, event->data.u64);
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

    l->finished = false;
    begin_waiting(l);
    n = epoll_wait(l->epoll, events, EVENTS_A_TURN, sleep_ms(l, until_ns));
    for (i = 0; i < n; i++)
        deal_with(l, &events[i]);
    take_named(l);
    end_slow_names(l);
    run_talks(l);
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
