/* Programs run through pipes. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "place.h"
#include "whole.h"

struct process {
    struct process *older;
    char *name;
    pid_t pid;                       /* 0: it ended */
    int in, out, err;                /* our ends; -1: closed */
    char *input;
    size_t written;
    struct strbuf said, told;        /* standard output and error */
    struct ran ran;
};

static struct process *newest;

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void make_pipe(int *ours, int *theirs, bool we_read)
{
    int fd[2];

    if (pipe2(fd, O_CLOEXEC) != 0)
        abort();
    *ours = fd[we_read ? 0 : 1];
    *theirs = fd[we_read ? 1 : 0];
    fcntl(*ours, F_SETFL, O_NONBLOCK);
}

/* Signals are as in a shell's child, whatever is blocked here. */
static void be_as_a_shell(posix_spawnattr_t *attributes)
{
    sigset_t none, all;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(attributes);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

struct process *process_start(const struct how *how, const char *const argv[])
{
    static const struct how plain;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    struct process *p = calloc(1, sizeof(*p));
    char **environment;
    int in = -1, out, err, number;

    if (!p)
        abort();
    how = how ? how : &plain;
    p->name = strdup(argv[0]);
    p->input = how->input ? strdup(how->input) : NULL;
    p->said = p->told = (struct strbuf)STRBUF_INIT;
    p->in = -1;
    posix_spawn_file_actions_init(&actions);
    if (how->input)
        make_pipe(&p->in, &in, false);
    else
        in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    make_pipe(&p->out, &out, true);
    make_pipe(&p->err, &err, true);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_adddup2(&actions, err, 2);
    posix_spawn_file_actions_addchdir_np(&actions, place_directory());
    be_as_a_shell(&attributes);
    environment = place_environment(how->changes);
    number = posix_spawnp(&p->pid, argv[0], &actions, &attributes, (char *const *)argv, environment);
    place_free_environment(environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close_fd(&in);
    close_fd(&out);
    close_fd(&err);
    if (number)
        fail_msg("cannot run %s: %s", argv[0], strerror(number));
    p->older = newest;
    newest = p;
    return p;
}

pid_t process_id(const struct process *p)
{
    return p->pid;
}

void process_signal(struct process *p, int number)
{
    if (p->pid && kill(p->pid, number) != 0)
        fail_msg("cannot send signal %d: %s", number, strerror(errno));
}

/* --- while it runs ------------------------------------------------------------------------------------------------ */

static void write_some(struct process *p)
{
    size_t left = strlen(p->input) - p->written;
    ssize_t n = left ? write(p->in, p->input + p->written, left) : 0;

    if (n > 0)
        p->written += (size_t)n;
    if (!p->input[p->written] || (n < 0 && errno != EAGAIN && errno != EINTR))
        close_fd(&p->in);            /* who does not want to read it all need not */
}

static void read_some(int *fd, struct strbuf *into)
{
    char chunk[16384];
    ssize_t n = read(*fd, chunk, sizeof(chunk));

    if (n > 0)
        strbuf_add(into, chunk, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        close_fd(fd);
}

static void serve_pipes(struct process *p)
{
    struct pollfd fds[3] = { { p->in, POLLOUT, 0 }, { p->out, POLLIN, 0 }, { p->err, POLLIN, 0 } };

    poll(fds, 3, 1000);
    if (fds[0].revents)
        write_some(p);
    if (fds[1].revents)
        read_some(&p->out, &p->said);
    if (fds[2].revents)
        read_some(&p->err, &p->told);
}

static bool has_ended(void *context)
{
    struct process *p = context;
    int status;

    if (waitpid(p->pid, &status, WNOHANG) != p->pid)
        return false;
    p->pid = 0;
    p->ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return true;
}

static void keep_text(struct strbuf *b, char **text, size_t *length)
{
    *length = b->length;
    *text = strbuf_detach(b);
}

const struct ran *process_end(struct process *p)
{
    long until_ms = whole_now_ms() + SERVER_PATIENCE_S * 1000L;

    signal(SIGPIPE, SIG_IGN);
    while ((p->out >= 0 || p->err >= 0) && whole_now_ms() < until_ms)
        serve_pipes(p);
    close_fd(&p->in);
    if (p->out >= 0 || p->err >= 0 || !whole_wait(has_ended, p))
        fail_msg("%s does not end; it wrote:\n%s\n%s", p->name, p->said.text, p->told.text);
    keep_text(&p->said, &p->ran.out, &p->ran.out_length);
    keep_text(&p->told, &p->ran.err, &p->ran.err_length);
    return &p->ran;
}

const struct ran *process_run(const struct how *how, const char *const argv[])
{
    return process_end(process_start(how, argv));
}

static void release(struct process *p)
{
    if (p->pid) {
        kill(p->pid, SIGKILL);
        waitpid(p->pid, NULL, 0);
    }
    close_fd(&p->in);
    close_fd(&p->out);
    close_fd(&p->err);
    strbuf_release(&p->said);
    strbuf_release(&p->told);
    free(p->ran.out);
    free(p->ran.err);
    free(p->input);
    free(p->name);
    free(p);
}

void process_forget(const struct ran *r)
{
    struct process **at, *p;

    for (at = &newest; *at && &(*at)->ran != r; at = &(*at)->older)
        ;
    p = *at;
    if (p) {
        *at = p->older;
        release(p);
    }
}

void process_release_all(void)
{
    while (newest)
        process_forget(&newest->ran);
}
