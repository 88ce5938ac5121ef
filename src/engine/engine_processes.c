/* A pool of processes: helpers of our own program (engine/helper.h), each running one check at a time and holding no other: a job
 * behind one that hangs would wait for it. One thread, the keeper, owns the helpers: it hands jobs out over socketpairs, reads
 * results, and replaces a helper that crashed, hung or was killed.
 * A job of a dead helper is given to another one once; then it is ours to answer for, and inconclusive.
 *
 * Programs of uptime.cfg (exec) are no work for helpers: they would inherit what a helper gave up (no file written, nothing gained
 * by exec), and find another result than with every other engine. They run in a process of their own anyway, driven by an events
 * engine in here. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/queue.h"
#include "base/text.h"
#include "check/evidence.h"
#include "check/kind.h"
#include "engine/helper.h"
#include "ops.h"
#include "wire.h"

#define WORKERS 16
#define JOBS_A_HELPER 2                    /* so many may be handed in for each; the second waits with us for whoever is free first */
#define GRACE_NS (5 * NS_PER_S)            /* beyond its timeout a check may take so long before its helper counts as hung */
#define RESPAWN_FIRST_NS (100 * NS_PER_MS) /* a helper that died is replaced after so long, doubled each time ... */
#define RESPAWN_MOST_NS (10 * NS_PER_S)
#define TRIES 2                            /* helpers a job is given to */

/* Set for helpers. A program that does not know HELPER_WORD would take itself for a fresh start, and start helpers. */
#define HELPER_MARK "UPTIMESQUIRREL_HELPER"

extern char **environ;

struct task {
    struct job job;                        /* with a reference on its site */
    int tries;
};

struct helper {
    pid_t pid;                             /* 0: not running */
    int fd;
    struct task task;                      /* while busy: what it runs */
    bool busy;
    int64_t deadline_ns;                   /* of its task */
    int64_t respawn_ns;                    /* not running: when to start it */
    int64_t respawn_wait_ns;
};

struct processes {
    struct engine_env env;
    struct engine *programs;               /* runs what helpers do not */
    pthread_t keeper;
    int wake;                              /* eventfd, written by whoever submits */
    _Atomic bool poked, closing;
    _Atomic size_t in_flight;
    size_t slots;
    char **environment;                    /* of helpers: ours, and the mark; strings are borrowed */
    struct queue *inbox;                   /* of struct task, from the submitter */
    struct task *again;                    /* the keeper's: tasks of dead helpers, to be given out first */
    size_t nagain;
    int nhelper;
    struct helper helper[];
};

/* --- helpers come and go ------------------------------------------------------------------------------------------ */

/* Our own program, with the socket on HELPER_SOCKET and nothing else above standard error. */
static int spawn(const struct processes *e, pid_t *pid, int fd)
{
    char *const argv[] = { "uptimesquirrel", HELPER_WORD, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none;
    int number;

    sigemptyset(&none);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setpgroup(&attr, 0); /* a Ctrl-C at the terminal is not for it */
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, fd, HELPER_SOCKET);
    posix_spawn_file_actions_addclosefrom_np(&actions, HELPER_SOCKET + 1);
    number = posix_spawn(pid, "/proc/self/exe", &actions, &attr, argv, e->environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    return number;
}

static enum err start_helper(const struct processes *e, struct helper *h, struct errmsg *why)
{
    int pair[2], number;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return err_errno(why, ERR_UNAVAILABLE, errno, "cannot start a helper process");
    number = spawn(e, &h->pid, pair[1]);
    close(pair[1]);
    if (number) {
        close(pair[0]);
        h->pid = 0;
        return err_errno(why, ERR_UNAVAILABLE, number, "cannot start a helper process");
    }
    h->fd = pair[0];
    return ERR_OK;
}

static void tell(void *context, const struct result *result)
{
    struct processes *e = context;

    atomic_fetch_sub(&e->in_flight, 1);
    e->env.done(e->env.context, result);
}

static void end_task(struct processes *e, struct task *t, const struct result *result)
{
    site_unref(t->job.site);
    tell(e, result);
}

static void fail_task(struct processes *e, struct task *t, enum outcome outcome)
{
    struct result result;

    result_fail(&result, &t->job, outcome, clock_mono_ns(), clock_wall_ms());
    end_task(e, t, &result);
}

/* Its job is done elsewhere, or ends here; `hung`: it hung on that job, which is given to nobody else. */
static void bury_helper(struct processes *e, struct helper *h, bool hung)
{
    int status = 0;

    kill(h->pid, SIGKILL);
    while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR)
        ;
    close(h->fd);
    h->respawn_wait_ns = h->respawn_wait_ns ? 2 * h->respawn_wait_ns : RESPAWN_FIRST_NS;
    if (h->respawn_wait_ns > RESPAWN_MOST_NS)
        h->respawn_wait_ns = RESPAWN_MOST_NS;
    h->respawn_ns = clock_mono_ns() + h->respawn_wait_ns;
    if (!atomic_load(&e->closing))
        log_line(LEVEL_WARNING, "helper process %ld %s; another is started in %lld ms", (long)h->pid,
                 hung ? "hung and was killed" : WIFSIGNALED(status) ? "was killed" : "ended",
                 (long long)(h->respawn_wait_ns / NS_PER_MS));
    h->pid = 0;
    if (!h->busy)
        return;
    h->busy = false;
    if (hung || h->task.tries >= TRIES)
        fail_task(e, &h->task, OUTCOME_LOCAL_WORKER);
    else
        e->again[e->nagain++] = h->task;
}

/* --- jobs out, results in ----------------------------------------------------------------------------------------- */

/* False when there is nothing to hand out. */
static bool next_task(struct processes *e, struct task *t)
{
    if (e->nagain) {
        *t = e->again[0];
        memmove(e->again, e->again + 1, --e->nagain * sizeof(e->again[0]));
        return true;
    }
    return queue_drain(e->inbox, t, 1) == 1;
}

static void hand_out(struct processes *e, struct helper *h, struct task *t, int64_t now_ns)
{
    static _Thread_local char bytes[WIRE_JOB_MOST];
    size_t length = wire_put_job(bytes, &t->job);

    if (!length) {
        fail_task(e, t, OUTCOME_LOCAL_SETTINGS);
        return;
    }
    t->tries++;
    h->task = *t;
    h->busy = true;
    h->deadline_ns = now_ns + t->job.site->options->timeout_ms * NS_PER_MS + GRACE_NS;
    if (send(h->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)length)
        bury_helper(e, h, false);
}

/* NULL when all are busy, or gone. */
static struct helper *free_helper(struct processes *e)
{
    int i;

    for (i = 0; i < e->nhelper; i++)
        if (e->helper[i].pid && !e->helper[i].busy)
            return &e->helper[i];
    return NULL;
}

static void hand_out_all(struct processes *e)
{
    struct helper *h;
    struct task t;

    while ((h = free_helper(e)) && next_task(e, &t))
        hand_out(e, h, &t, clock_mono_ns());
}

static void take_results(struct processes *e, struct helper *h)
{
    struct wire_answer answer;
    ssize_t length;

    while ((length = recv(h->fd, &answer, sizeof(answer), MSG_DONTWAIT)) > 0) {
        struct wire_result message = answer.result;
        struct task t = h->task;

        if (!wire_is_answer(&answer, (size_t)length) || !h->busy || message.version != WIRE_VERSION || message.result.job_id != t.job.id) {
            length = 0; /* it speaks nonsense */
            break;
        }
        text_clean(message.result.address, sizeof(message.result.address), answer.result.result.address,
                   strlen(answer.result.result.address));
        text_clean(message.result.detail, sizeof(message.result.detail), answer.result.result.detail,
                   strlen(answer.result.result.detail));
        h->busy = false;
        h->respawn_wait_ns = 0;
        if ((size_t)length > sizeof(answer.result))
            evidence_put(t.job.id, &answer.evidence);
        end_task(e, &t, &message.result);
    }
    if (length >= 0 || (errno != EAGAIN && errno != EINTR))
        bury_helper(e, h, false);
}

/* --- the keeper --------------------------------------------------------------------------------------------------- */

static void look_after(struct processes *e, int64_t now_ns)
{
    int i;

    for (i = 0; i < e->nhelper; i++) {
        struct helper *h = &e->helper[i];

        if (h->pid && h->busy && now_ns >= h->deadline_ns)
            bury_helper(e, h, true);
        if (!h->pid && now_ns >= h->respawn_ns && start_helper(e, h, NULL) != ERR_OK)
            h->respawn_ns = now_ns + RESPAWN_MOST_NS;
    }
}

static int wait_ms(const struct processes *e, int64_t now_ns)
{
    int64_t until_ns = now_ns + 60 * NS_PER_S;
    int i;

    for (i = 0; i < e->nhelper; i++) {
        const struct helper *h = &e->helper[i];
        int64_t due_ns = !h->pid ? h->respawn_ns : h->busy ? h->deadline_ns : INT64_MAX;

        if (due_ns < until_ns)
            until_ns = due_ns;
    }
    return until_ns <= now_ns ? 0 : (int)((until_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS);
}

static void listen_to_all(struct processes *e, struct pollfd *polls)
{
    uint64_t count;
    int i;

    for (i = 0; i < e->nhelper; i++)
        polls[i] = (struct pollfd){ .fd = e->helper[i].pid ? e->helper[i].fd : -1, .events = POLLIN };
    polls[e->nhelper] = (struct pollfd){ .fd = e->wake, .events = POLLIN };
    if (poll(polls, (nfds_t)e->nhelper + 1, wait_ms(e, clock_mono_ns())) < 0)
        return;
    if (polls[e->nhelper].revents && read(e->wake, &count, sizeof(count)) < 0 && errno != EAGAIN)
        return;
    for (i = 0; i < e->nhelper; i++)
        if (polls[i].revents)
            take_results(e, &e->helper[i]);
}

static void bury_all(struct processes *e)
{
    struct task t;
    int i;

    for (i = 0; i < e->nhelper; i++) {
        struct helper *h = &e->helper[i];

        if (h->busy)
            fail_task(e, &h->task, OUTCOME_CANCELLED);
        h->busy = false;
        if (h->pid)
            bury_helper(e, h, false);
    }
    while (next_task(e, &t))
        fail_task(e, &t, OUTCOME_CANCELLED);
}

static void *keep(void *context)
{
    struct processes *e = context;
    struct pollfd *polls = calloc((size_t)e->nhelper + 1, sizeof(*polls));

    while (polls && !atomic_load(&e->closing)) {
        atomic_store(&e->poked, false);
        hand_out_all(e);
        listen_to_all(e, polls);
        look_after(e, clock_mono_ns());
    }
    free(polls);
    bury_all(e);
    return NULL;
}

/* --- the engine --------------------------------------------------------------------------------------------------- */

static void wake(struct processes *e)
{
    uint64_t one = 1;

    if (write(e->wake, &one, sizeof(one)) < 0)
        return; /* full: it is awake */
}

static void poke(struct processes *e)
{
    if (!atomic_exchange(&e->poked, true))
        wake(e);
}

static void processes_free(struct processes *e)
{
    int i;

    for (i = 0; i < e->nhelper; i++)
        if (e->helper[i].pid)
            bury_helper(e, &e->helper[i], false);
    if (e->wake >= 0)
        close(e->wake);
    engine_close(e->programs);
    queue_free(e->inbox);
    free(e->again);
    free(e->environment);
    free(e);
}

static void close_processes(void *self)
{
    struct processes *e = self;

    if (!e)
        return;
    atomic_store(&e->closing, true);
    wake(e); /* not a poke: one that came before may have been heard already */
    pthread_join(e->keeper, NULL);
    processes_free(e);
}

static char **marked_environment(void)
{
    static char mark[] = HELPER_MARK "=1";
    size_t n = 0;
    char **copy;

    while (environ[n])
        n++;
    copy = calloc(n + 2, sizeof(*copy));
    if (!copy)
        return NULL;
    memcpy(copy, environ, n * sizeof(*copy));
    copy[n] = mark;
    return copy;
}

static enum err open_parts(struct processes *e, int workers, struct errmsg *why)
{
    const struct engine_env programs = { .workers = 1, .slots = e->slots, .done = tell, .context = e };

    e->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    e->inbox = queue_new(e->slots, sizeof(struct task));
    e->again = calloc(e->slots, sizeof(*e->again));
    e->environment = marked_environment();
    if (e->wake < 0 || !e->inbox || !e->again || !e->environment)
        return err_set(why, ERR_NOMEM, "cannot open engine 'processes': out of memory or descriptors");
    while (e->nhelper < workers) {
        enum err err = start_helper(e, &e->helper[e->nhelper], why);

        if (err)
            return err;
        e->nhelper++;
    }
    return engine_open(&e->programs, "events", &programs, why);
}

static enum err open_processes(void **self, const struct engine_env *env, struct engine_room *room, struct errmsg *why)
{
    int workers = env->workers ? env->workers : WORKERS, number = 0;
    struct processes *e = calloc(1, sizeof(*e) + (size_t)workers * sizeof(e->helper[0]));
    enum err err;

    if (getenv(HELPER_MARK)) {
        free(e);
        return err_set(why, ERR_UNAVAILABLE, "a helper process can not have helpers of its own");
    }
    if (!e)
        return err_set(why, ERR_NOMEM, "cannot open engine 'processes': out of memory");
    e->env = *env;
    e->slots = (size_t)workers * JOBS_A_HELPER < env->slots ? (size_t)workers * JOBS_A_HELPER : env->slots;
    err = open_parts(e, workers, why);
    if (!err)
        number = pthread_create(&e->keeper, NULL, keep, e);
    if (number)
        err = err_errno(why, ERR_UNAVAILABLE, number, "cannot start the keeper of helper processes");
    if (err) {
        atomic_store(&e->closing, true);
        processes_free(e);
        return err;
    }
    room->workers = workers;
    room->slots = e->slots;
    *self = e;
    return ERR_OK;
}

/* Counted already. */
static enum err submit_program(struct processes *e, const struct job *job)
{
    enum err err = engine_submit(e->programs, job);

    if (err)
        atomic_fetch_sub(&e->in_flight, 1);
    return err;
}

static enum err submit(void *self, const struct job *job)
{
    const struct check_kind *kind = check_kind_of(job->site->url, NULL);
    struct processes *e = self;
    struct task t = { .job = *job };

    if (atomic_load(&e->in_flight) >= e->slots)
        return ERR_FULL;
    atomic_fetch_add(&e->in_flight, 1);
    if (kind && kind->own_only)
        return submit_program(e, job);
    site_ref(job->site);
    queue_push(e->inbox, &t); /* fits: it has as many places as slots */
    poke(e);
    return ERR_OK;
}

static void cancel(void *self, uint64_t job_id)
{
    struct processes *e = self;

    engine_cancel(e->programs, job_id); /* a helper's ends by its own timeout */
}

const struct engine_ops engine_processes_ops = {
    .name = "processes",
    .summary = "a pool of helper processes, each running one blocking check",
    .lesson = "as threads, but what one check breaks stays in one process; each costs memory and messages",
    .open = open_processes,
    .submit = submit,
    .cancel = cancel,
    .close = close_processes,
};
