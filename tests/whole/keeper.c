/* Who clears up after a test that was killed. Its sign is the end of a pipe whose other end the test alone holds; being
 * nobody's child, it is not killed together with the test. */
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int leash = -1;

/* Never returns. The test's output is given back, or whoever reads it would wait for us. */
static void keep(int fd, void (*clear)(void))
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC), i;
    char byte;

    setsid();
    for (i = 0; i <= STDERR_FILENO; i++)
        dup2(nothing, i);
    while (read(fd, &byte, 1) < 0 && errno == EINTR)
        ;
    clear();
    _exit(0);
}

void keeper_start(void (*clear)(void))
{
    int end[2];
    pid_t child;

    if (pipe2(end, O_CLOEXEC) != 0 || (child = fork()) < 0) {
        perror("keeper");
        abort();
    }
    if (!child) {
        close(end[1]);
        if (fork() == 0)
            keep(end[0], clear);
        _exit(0);
    }
    close(end[0]);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    leash = end[1];
}

void keeper_stop(void)
{
    close(leash);
    leash = -1;
}
