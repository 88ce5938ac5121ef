/* tmux takes OSC 52 from programs in it only if it was told to (set-clipboard on), so it is handed the text by a client of its
 * own. */
#include "clipboard.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void clipboard_reap(struct clipboard *c)
{
    if (c->child && waitpid(c->child, NULL, WNOHANG) != 0)
        c->child = 0;
}

/* input -1: nothing to read. */
static pid_t start(char *const argv[], int input)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    pid_t child = 0;
    int failed;

    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_init(&actions);
    if (input >= 0)
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    failed = posix_spawnp(&child, argv[0], &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed ? 0 : child;
}

static bool is_in_tmux(void)
{
    const char *around = getenv("TMUX");

    return around && *around;
}

/* tmux expands formats in a message: a '#' of the text is doubled. */
void clipboard_tell(struct clipboard *c, const char *text)
{
    char message[256];
    char *const argv[] = { (char *)"tmux", (char *)"display-message", (char *)"--", message, NULL };
    size_t n = 0;

    clipboard_reap(c);
    if (!is_in_tmux() || c->child)
        return;
    for (; *text && n < sizeof(message) - 3; text++) {
        if (*text == '#')
            message[n++] = '#';
        message[n++] = *text;
    }
    message[n] = '\0';
    c->child = start(argv, -1);
}

bool clipboard_send(struct clipboard *c, const char *text)
{
    char *const argv[] = { (char *)"tmux", (char *)"load-buffer", (char *)"-w", (char *)"-", NULL };
    size_t length = strlen(text);
    int ends[2];
    bool sent;

    clipboard_reap(c);
    if (!is_in_tmux() || c->child || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    sent = write(ends[1], text, length) == (ssize_t)length; /* a pipe holds far more than a line */
    close(ends[1]);
    fcntl(ends[0], F_SETFL, 0);      /* tmux expects to wait for what it reads */
    c->child = sent ? start(argv, ends[0]) : 0;
    close(ends[0]);
    return c->child != 0;
}
