/* The ways the lab runs its tasks in. The main thread calls them. */
#include "lab_ways.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/executor.h"
#include "base/mutex.h"

extern char **environ;

/* --- one after the other ------------------------------------------------------------------------------------------ */

static enum err run_serial(enum lab_kind kind, struct lab_task *task, int n, struct errmsg *why)
{
    int i;

    (void)why;
    for (i = 0; i < n; i++)
        lab_run(kind, &task[i]);
    return ERR_OK;
}

/* --- threads ------------------------------------------------------------------------------------------------------ */

struct threaded {
    pthread_t thread;
    enum lab_kind kind;
    int number;
    struct lab_task *task;
};

static void *run_in_thread(void *context)
{
    struct threaded *t = context;
    char name[24];

    snprintf(name, sizeof(name), "thread-%d", t->number + 1);
    name[15] = '\0'; /* the kernel keeps no more */
    pthread_setname_np(pthread_self(), name);
    lab_run(t->kind, t->task);
    return NULL;
}

static enum err run_threads(enum lab_kind kind, struct lab_task *task, int n, struct errmsg *why)
{
    struct threaded t[LAB_TASKS_MOST];
    int started, number = 0, i;

    for (started = 0; started < n; started++) {
        t[started] = (struct threaded){ .kind = kind, .number = started, .task = &task[started] };
        number = pthread_create(&t[started].thread, NULL, run_in_thread, &t[started]);
        if (number)
            break;
    }
    for (i = 0; i < started; i++)
        pthread_join(t[i].thread, NULL);
    return number ? err_errno(why, ERR_UNAVAILABLE, number, "cannot start a thread") : ERR_OK;
}

/* --- futures ------------------------------------------------------------------------------------------------------ */

static void *run_in_future(void *context)
{
    struct threaded *t = context;

    pthread_setname_np(pthread_self(), "executor");
    lab_run(t->kind, t->task);
    return t->task;
}

static enum err run_futures(enum lab_kind kind, struct lab_task *task, int n, struct errmsg *why)
{
    struct executor *e = executor_new(n);
    struct future *f[LAB_TASKS_MOST];
    struct threaded t[LAB_TASKS_MOST];
    enum err err = e ? ERR_OK : ERR_NOMEM;
    int handed = 0, i;

    for (; !err && handed < n; handed++) {
        t[handed] = (struct threaded){ .kind = kind, .task = &task[handed] };
        err = executor_submit(e, run_in_future, &t[handed], NULL, NULL, &f[handed]);
        if (err)
            break;
    }
    for (i = 0; i < handed; i++) {
        future_wait(f[i], COND_FOREVER);
        future_drop(f[i]);
    }
    executor_close(e);
    return err ? err_set(why, err, "cannot run the tasks by futures: %s", err_name(err)) : ERR_OK;
}

/* --- processes ---------------------------------------------------------------------------------------------------- */

static int start_process(enum lab_kind kind, pid_t *pid, int *out)
{
    char number[8], *const argv[] = { "uptimesquirrel", "lab", "--one-task", number, NULL };
    posix_spawn_file_actions_t actions;
    int pipes[2], error;

    snprintf(number, sizeof(number), "%d", (int)kind);
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return errno;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
    error = posix_spawn(pid, "/proc/self/exe", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[1]);
    if (error)
        close(pipes[0]);
    *out = pipes[0];
    return error;
}

static enum err run_processes(enum lab_kind kind, struct lab_task *task, int n, struct errmsg *why)
{
    int fd[LAB_TASKS_MOST], started, error = 0, i;
    pid_t pid[LAB_TASKS_MOST];

    for (started = 0; started < n && !error; started++)
        error = start_process(kind, &pid[started], &fd[started]);
    if (error)
        started--;
    for (i = 0; i < started; i++) {
        if (read(fd[i], &task[i], sizeof(task[i])) != (ssize_t)sizeof(task[i]) && !error)
            error = ECHILD;
        close(fd[i]);
        waitpid(pid[i], NULL, 0);
    }
    return error ? err_errno(why, ERR_UNAVAILABLE, error, "cannot run a task in a process") : ERR_OK;
}

int lab_one_task(int kind)
{
    struct lab_task task;

    lab_run(kind == LAB_CRUNCH ? LAB_CRUNCH : LAB_SLEEP, &task);
    return write(STDOUT_FILENO, &task, sizeof(task)) == (ssize_t)sizeof(task) ? 0 : 3;
}

/* --- an event loop ------------------------------------------------------------------------------------------------ */

/* Sleeping is only waiting for a timer, and a loop waits for any number of them at once. */
static enum err sleep_in_loop(struct lab_task *task, int n, struct errmsg *why)
{
    struct itimerspec second = { .it_value.tv_sec = LAB_SLEEP_MS / 1000 };
    int epoll = epoll_create1(EPOLL_CLOEXEC), fd[LAB_TASKS_MOST], made, i, left;
    int64_t begun_ns = clock_mono_ns();
    struct epoll_event event = { .events = EPOLLIN };

    for (made = 0; epoll >= 0 && made < n; made++) {
        lab_introduce(&task[made]);
        fd[made] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
        event.data.u32 = (uint32_t)made;
        if (fd[made] < 0 || timerfd_settime(fd[made], 0, &second, NULL) != 0 ||
            epoll_ctl(epoll, EPOLL_CTL_ADD, fd[made], &event) != 0)
            break;
    }
    for (left = made == n ? n : 0; left; left--) {
        if (epoll_wait(epoll, &event, 1, -1) != 1)
            break;
        task[event.data.u32].took_s = (double)(clock_mono_ns() - begun_ns) / NS_PER_S;
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd[event.data.u32], NULL);
    }
    for (i = 0; i < made; i++)
        close(fd[i]);
    if (epoll >= 0)
        close(epoll);
    return made == n && !left ? ERR_OK : err_set(why, ERR_UNAVAILABLE, "cannot make an event loop");
}

static enum err run_events(enum lab_kind kind, struct lab_task *task, int n, struct errmsg *why)
{
    return kind == LAB_SLEEP ? sleep_in_loop(task, n, why) : run_serial(kind, task, n, why);
}

const struct lab_way lab_ways[] = {
    { "serial", run_serial,
      { "every sleep waits for the one before", "one core works, the others look on" } },
    { "threads", run_threads,
      { "sleeps overlap: a thread that sleeps costs nothing", "threads run on all cores; in Python, one lock keeps them to one" } },
    { "futures", run_futures,
      { "as threads, which the executor starts when there is work", "as threads: what is handed in is only put differently" } },
    { "processes", run_processes,
      { "sleeps overlap; starting a process takes longer than starting a thread",
        "processes run on all cores, too: what Python needs them for, here threads do as well" } },
    { "events", run_events,
      { "one thread, one loop, as many timers as there are sleeps",
        "a loop can not overlap work, only waiting: no better than serial" } },
};
const int nlab_way = (int)(sizeof(lab_ways) / sizeof(lab_ways[0]));
