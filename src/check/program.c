/* Programs that end when we do. posix_spawn(3) can not ask for that, and a start of our own program in between, which could, costs
 * more than most plugins do (10 ms of CPU time: libraries). So it is done in the child, between vfork(2) and execve(2): nothing but
 * system calls, with all signals blocked, since memory is the parent's until then. */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 1000
#define FAILURE 3                   /* the descriptor on which the child tells why it could not */

struct start {
    const char *path;
    char *const *argv, *const *environment;
    int output, failure;
    pid_t parent;
};

static bool set_descriptors(struct start *s)
{
    int in, nowhere;

    if (dup2(s->output, STDOUT_FILENO) < 0 || (in = open("/dev/null", O_RDONLY)) < 0 || dup2(in, STDIN_FILENO) < 0 ||
        (nowhere = open("/dev/null", O_WRONLY)) < 0 || dup2(nowhere, STDERR_FILENO) < 0)
        return false;
    if (s->failure == FAILURE ? fcntl(FAILURE, F_SETFD, FD_CLOEXEC) < 0 : dup3(s->failure, FAILURE, O_CLOEXEC) < 0)
        return false;
    s->failure = FAILURE;
    closefrom(FAILURE + 1);
    return true;
}

static void set_signals(void)
{
    const struct sigaction usual = { .sa_handler = SIG_DFL };
    sigset_t none;
    int number;

    for (number = 1; number <= SIGRTMAX; number++)
        sigaction(number, &usual, NULL); /* not of those that can not be changed, or the library's own */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static __attribute__((noreturn, noinline)) void become(struct start *s)
{
    int number;

    if (setpgid(0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && set_descriptors(s)) {
        if (getppid() != s->parent)
            _exit(127); /* it ended before we could ask */
        set_signals();
        execve(s->path, s->argv, s->environment);
    }
    number = errno;
    _exit(write(s->failure, &number, sizeof(number)) < 0 ? 126 : 127);
}

/* 0 when the child is the program now, or what it says went wrong: it has said so already, but for sanitizers that make a fork of
 * a vfork. The other end may be open in somebody else's child on its way to its own program, which is not waited for for long. */
static int hear(pid_t pid, int failure)
{
    struct pollfd p = { .fd = failure, .events = POLLIN };
    int number = 0;
    ssize_t n = 0;

    if (poll(&p, 1, PATIENCE_MS) > 0)
        n = read(failure, &number, sizeof(number));
    if (n == 0)
        return 0;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return n == (ssize_t)sizeof(number) ? number : EIO;
}

int program_start(pid_t *pid, const char *path, char *const argv[], char *const environment[], int output)
{
    struct start start = { path, argv, environment, output, -1, getpid() };
    sigset_t all, before;
    int failure[2], number;
    pid_t child;

    if (pipe2(failure, O_CLOEXEC) != 0)
        return errno;
    start.failure = failure[1];
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    child = vfork();
    if (!child)
        become(&start);
    number = child < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(failure[1]);
    if (!number)
        number = hear(child, failure[0]);
    close(failure[0]);
    if (!number)
        *pid = child;
    return number;
}
