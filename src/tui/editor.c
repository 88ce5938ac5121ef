/* A program that has the terminal for a while: posix_spawn(3), and a wait that goes on hearing signals (pidfd_open(2)). */
#include "editor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MOST 16
#define LOOK_MS 1000                 /* so often it is looked whether the editor was stopped: nobody could start it again */

extern char **environ;

static const char *named_editor(void)
{
    const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");

    return visual && *visual ? visual : editor && *editor ? editor : "vi";
}

/* "vim -u NONE" and what is to be edited, as words; `text` is cut in pieces. False when there are too many, or none. */
static bool make_words(char *word[WORDS_MOST + 3], char *text, char *line, char *path)
{
    char *rest = text, *next;
    int n = 0;

    while ((next = strtok_r(n ? NULL : text, " \t", &rest)) != NULL && n < WORDS_MOST)
        word[n++] = next;
    if (!n || next)
        return false;
    word[n++] = line;
    word[n++] = path;
    word[n] = NULL;
    return true;
}

static int start(pid_t *child, char *const word[])
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int number;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    number = posix_spawnp(child, word[0], &files, &attributes, word, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return number;
}

/* Ctrl-C and its like are the editor's: it has them, too. */
static void drop_signals(int signals, pid_t child, bool *told_to_end)
{
    struct signalfd_siginfo info;

    while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
        if (info.ssi_signo == SIGTERM) {
            *told_to_end = true;
            kill(child, SIGTERM);
        }
}

/* Its status as waitpid(2) gives it; -1: nobody knows. */
static int wait_for_end(pid_t child, int signals, bool *told_to_end)
{
    int fd = pidfd_open(child, 0), status = -1;

    for (;;) {
        struct pollfd fds[2] = { { .fd = fd, .events = POLLIN }, { .fd = signals, .events = POLLIN } };
        pid_t pid;

        poll(fds, 2, LOOK_MS);
        pid = waitpid(child, &status, WNOHANG | WUNTRACED);
        if (pid == child && WIFSTOPPED(status))
            kill(child, SIGCONT);
        else if (pid == child || (pid < 0 && errno != EINTR))
            break;
        drop_signals(signals, child, told_to_end);
    }
    drop_signals(signals, child, told_to_end);
    if (fd >= 0)
        close(fd);
    return status;
}

enum err editor_run(const char *path, uint32_t line, int signals, bool *told_to_end, struct errmsg *why)
{
    char *text = strdup(named_editor()), *own_path = strdup(path), *word[WORDS_MOST + 3], at[16];
    enum err err = ERR_OK;
    pid_t child;
    int number;

    snprintf(at, sizeof(at), "+%u", line);
    if (!text || !own_path) {
        err = err_set(why, ERR_NOMEM, "out of memory");
    } else if (!make_words(word, text, at, own_path)) {
        err = err_set(why, ERR_UNAVAILABLE, "'%.60s' is no editor: set $EDITOR", named_editor());
    } else if ((number = start(&child, word)) != 0) {
        err = err_set(why, ERR_UNAVAILABLE, "cannot run the editor '%.60s': %s (set $EDITOR)", word[0], strerror(number));
    } else {
        int status = wait_for_end(child, signals, told_to_end);

        if (status != 0)
            err = err_set(why, ERR_UNAVAILABLE, "the editor '%.60s' ended badly (%s %d)", word[0],
                          WIFSIGNALED(status) ? "signal" : "exit code", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    free(text);
    free(own_path);
    return err;
}
