/* This program, started again. The main thread. */
#include "again.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A file in memory that holds the input; -1: errno says why. */
static int input_file(const char *input, size_t length)
{
    int fd = input ? memfd_create("input", MFD_CLOEXEC) : open("/dev/null", O_RDONLY | O_CLOEXEC);
    size_t written = 0;

    while (fd >= 0 && input && written < length) {
        ssize_t n = write(fd, input + written, length - written);

        if (n <= 0) {
            close(fd);
            return -1;
        }
        written += (size_t)n;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

static int spawn(pid_t *pid, char *const argv[], int in, int out)
{
    posix_spawn_file_actions_t actions;
    int number;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    number = posix_spawn(pid, "/proc/self/exe", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return number;
}

static void read_all(struct strbuf *b, int fd)
{
    char bytes[65536];
    ssize_t n;

    while ((n = read(fd, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            strbuf_add(b, bytes, (size_t)n);
}

enum err run_again(struct again *out, char *const argv[], const char *input, size_t length, struct errmsg *why)
{
    int in = input_file(input, length), pipes[2] = { -1, -1 }, status = 0, number;

    *out = (struct again){ .output = STRBUF_INIT, .exit_code = -1 };
    if (in < 0 || pipe2(pipes, O_CLOEXEC) != 0) {
        number = errno;
    } else {
        number = spawn(&out->pid, argv, in, pipes[1]);
        close(pipes[1]);
    }
    if (in >= 0)
        close(in);
    if (!number)
        read_all(&out->output, pipes[0]);
    if (pipes[0] >= 0)
        close(pipes[0]);
    if (number)
        return err_errno(why, ERR_UNAVAILABLE, number, "cannot start this program again");
    while (waitpid(out->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status))
        out->exit_code = WEXITSTATUS(status);
    return ERR_OK;
}
