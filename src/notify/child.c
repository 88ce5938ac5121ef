/* A program run to its end. The calling thread waits for it, on a pidfd, the pipe it prints to and a clock. Input comes from
 * a file in memory: a child that does not read it can not block us, nor raise SIGPIPE. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define LOOK_MS 200                  /* how often stop is looked at */
#define GRACE_NS (NS_PER_S / 2)      /* from SIGTERM to SIGKILL */

/* --- starting --------------------------------------------------------------------------------------------------- */

static int input_file(const struct child_run *run)
{
    int fd = memfd_create("input", MFD_CLOEXEC);

    if (fd < 0)
        return -1;
    if (write(fd, run->input, run->input_length) == (ssize_t)run->input_length && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    return -1;
}

/* As the program's own start would be: no signal blocked or ignored, no descriptor but the three. */
static int spawn(const struct child_run *run, int input, int output, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int failed;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    failed = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) ||
             posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) ||
             posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO) ||
             posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1) ||
             (run->directory && posix_spawn_file_actions_addchdir_np(&actions, run->directory)) ||
             posix_spawnattr_setsigmask(&attributes, &none) || posix_spawnattr_setsigdefault(&attributes, &all) ||
             posix_spawnattr_setpgroup(&attributes, 0) ||
             posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    failed = failed ? ENOMEM : posix_spawnp(pid, run->argv[0], &actions, &attributes, run->argv, run->environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

/* --- waiting ---------------------------------------------------------------------------------------------------- */

static void take_output(int fd, struct child_result *out)
{
    char bytes[512];
    size_t used = strlen(out->said), room = sizeof(out->said) - 1 - used;
    ssize_t n = read(fd, bytes, sizeof(bytes));
    size_t i;

    for (i = 0; n > 0 && i < (size_t)n && i < room; i++)
        out->said[used++] = bytes[i] ? bytes[i] : ' ';
    out->said[used] = '\0';
}

static bool must_end(const struct child_run *run, int64_t now_ns)
{
    return now_ns >= run->until_ns || (run->stop && atomic_load(run->stop));
}

static void signal_all(pid_t pid, int number)
{
    kill(-pid, number);
    kill(pid, number); /* it may have left its group */
}

/* Until the child has ended, but is not reaped: its process group is its own until then. */
static bool wait_for_end(const struct child_run *run, pid_t pid, int pidfd, int output, struct child_result *out)
{
    struct pollfd polls[] = { { .fd = pidfd, .events = POLLIN }, { .fd = output, .events = POLLIN } };
    int64_t killed_ns = 0;

    for (;;) {
        int64_t now_ns = clock_mono_ns();

        if (poll(polls, 2, LOOK_MS) > 0 && polls[1].revents & POLLIN)
            take_output(output, out);
        else if (polls[1].revents & (POLLHUP | POLLERR))
            polls[1].fd = -1;
        if (polls[0].revents)
            return killed_ns != 0;
        if (!killed_ns && must_end(run, now_ns)) {
            killed_ns = now_ns;
            signal_all(pid, SIGTERM);
        } else if (killed_ns && now_ns - killed_ns >= GRACE_NS) {
            signal_all(pid, SIGKILL);
        }
    }
}

static void finish(const struct child_run *run, pid_t pid, int output, struct child_result *out)
{
    struct pollfd more = { .fd = output, .events = POLLIN };
    int pidfd = pidfd_open(pid, 0), status = 0;
    bool killed;

    if (pidfd < 0) { /* no descriptor: it can not be waited for in time */
        signal_all(pid, SIGKILL);
        killed = true;
    } else {
        killed = wait_for_end(run, pid, pidfd, output, out);
        close(pidfd);
    }
    if (killed)
        kill(-pid, SIGKILL); /* whatever it left behind */
    while (poll(&more, 1, 0) > 0 && more.revents & POLLIN && strlen(out->said) < sizeof(out->said) - 1)
        take_output(output, out);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    out->end = killed ? CHILD_KILLED : WIFEXITED(status) ? CHILD_EXITED : CHILD_SIGNALLED;
    out->number = WIFEXITED(status) ? WEXITSTATUS(status) : WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

enum err child_run(const struct child_run *run, struct child_result *out, struct errmsg *why)
{
    int ends[2] = { -1, -1 }, input = input_file(run), failed;
    pid_t pid = 0;

    *out = (struct child_result){ .end = CHILD_NOT_STARTED };
    if (input < 0 || pipe2(ends, O_CLOEXEC)) {
        err_errno(why, ERR_IO, errno, "cannot start '%s'", run->argv[0]);
        close(input);
        return ERR_IO;
    }
    failed = spawn(run, input, ends[1], &pid);
    close(input);
    close(ends[1]);
    if (failed)
        out->number = failed;
    else
        finish(run, pid, ends[0], out);
    close(ends[0]);
    return ERR_OK;
}
