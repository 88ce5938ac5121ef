/* A program of this machine that judges (monitoring-plugins.org: exit codes, one line of text, performance data): run with the
 * arguments of the settings, without a shell, in a process group of its own that outlives neither the time limit nor us. Its
 * environment is made anew: what is secret in ours is not its to know. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/environment.h"
#include "base/text.h"
#include "ops.h"
#include "plugin.h"
#include "program.h"
#include "reap.h"
#include "talk.h"

#define READS_A_TURN 16             /* of 4 KiB each: a pipe holds no more, and who prints without end must not hold this thread */

struct running {
    pid_t pid;                      /* and its group; 0: not running, or reaped */
    int pidfd, output;
    char first[PLUGIN_OUTPUT_MOST]; /* the beginning of what it says */
    size_t nfirst;
};

/* --- starting ----------------------------------------------------------------------------------------------------- */

/* Variables a plugin may need; the rest of ours is none of its business. */
static const char *const passed_on[] = { "PATH", "HOME", "USER", "TZ" };
#define PASSED_ON (sizeof(passed_on) / sizeof(passed_on[0]))

static char **make_arguments(char *program, const struct strings *arguments)
{
    char **all = calloc(arguments->n + 2, sizeof(*all));
    size_t i;

    if (!all)
        return NULL;
    all[0] = program;
    for (i = 0; i < arguments->n; i++)
        all[i + 1] = arguments->item[i];
    return all;
}

/* 0, or an errno. */
static int start(pid_t *pid, char *path, const struct strings *arguments, int output)
{
    char **argv = make_arguments(path, arguments), **environment = environment_of("LC_ALL=C", passed_on, PASSED_ON);
    int number = argv && environment ? program_start(pid, path, argv, environment, output) : ENOMEM;

    free(argv);
    environment_free(environment);
    return number;
}

/* Our end of the pipe and the process itself, in one epoll that is waited for. */
static int watch(struct probe *p, struct running *r)
{
    struct epoll_event event = { .events = EPOLLIN };

    r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);
    if (r->pidfd < 0)
        return errno;
    fcntl(r->pidfd, F_SETFD, FD_CLOEXEC);
    p->talk.fd = epoll_create1(EPOLL_CLOEXEC);
    if (p->talk.fd < 0 || epoll_ctl(p->talk.fd, EPOLL_CTL_ADD, r->pidfd, &event) != 0 ||
        epoll_ctl(p->talk.fd, EPOLL_CTL_ADD, r->output, &event) != 0)
        return errno;
    return 0;
}

static enum probe_want fail(struct probe *p, const char *program, int number)
{
    char text[RESULT_DETAIL_SIZE];

    if (number == EMFILE || number == ENFILE)
        return talk_over(p, OUTCOME_LOCAL_FILES, NULL);
    if (number == ENOMEM || number == EAGAIN)
        return talk_over(p, OUTCOME_LOCAL_MEMORY, NULL);
    snprintf(text, sizeof(text), "cannot run '%s': %s", program, strerror(number));
    return talk_over(p, OUTCOME_LOCAL_SETTINGS, text);
}

static enum probe_want begin(struct probe *p)
{
    struct running *r = p->talk.state = calloc(1, sizeof(*r));
    char program[PLUGIN_PATH_SIZE];
    int ends[2], number;

    if (!r)
        return talk_over(p, OUTCOME_LOCAL_MEMORY, NULL);
    r->pidfd = r->output = -1;
    reap_again();
    if (plugin_path(program, p->job.site->url, NULL) != ERR_OK)
        return talk_over(p, OUTCOME_LOCAL_SETTINGS, "its URL names no program");
    body_begin(&p->body, p->job.site->options, options_want_body(p->job.site->options));
    if (pipe2(ends, O_CLOEXEC) != 0)
        return fail(p, program, errno);
    r->output = ends[0];
    fcntl(r->output, F_SETFL, O_NONBLOCK);
    p->talk.begun_ns = clock_mono_ns();
    number = start(&r->pid, program, &p->job.site->options->arguments, ends[1]);
    close(ends[1]);
    if (number)
        r->pid = 0;
    else
        number = watch(p, r);
    return number ? fail(p, program, number) : talk_wait(p, POLLIN, INT64_MAX);
}

/* --- its end ------------------------------------------------------------------------------------------------------ */

/* What there is to read now. Everything is read, so that it can write on, a pipeful a turn; no more is kept than is needed. */
static void read_output(struct probe *p, struct running *r)
{
    char bytes[4096];
    ssize_t n = -1;
    int turn;

    for (turn = 0; r->output >= 0 && turn < READS_A_TURN && (n = read(r->output, bytes, sizeof(bytes))) > 0; turn++) {
        size_t kept = sizeof(r->first) - r->nfirst;

        kept = (size_t)n < kept ? (size_t)n : kept;
        memcpy(r->first + r->nfirst, bytes, kept);
        r->nfirst += kept;
        if (!p->body.limited)
            body_take(&p->body, bytes, (size_t)n);
    }
    if (r->output >= 0 && n == 0) {
        close(r->output); /* it has closed it; that it ends is another matter */
        r->output = -1;
    }
}

static enum probe_want judge(struct probe *p, struct running *r, const siginfo_t *end)
{
    char text[RESULT_DETAIL_SIZE];
    enum outcome outcome = plugin_judge(end, r->first, r->nfirst, text, &p->result.warning);
    enum outcome said = outcome == OUTCOME_OK ? body_verdict(&p->body) : OUTCOME_OK;

    if (said != OUTCOME_OK)
        p->result.warning = false;
    p->talk.answered_ns = clock_mono_ns();
    return talk_over(p, said != OUTCOME_OK ? said : outcome, text);
}

static enum probe_want ready(struct probe *p)
{
    struct running *r = p->talk.state;
    siginfo_t end = { 0 };

    if (waitid(P_PID, (id_t)r->pid, &end, WEXITED | WNOHANG | WNOWAIT) != 0)
        return talk_over(p, OUTCOME_LOCAL_SETTINGS, "the program was taken from us");
    read_output(p, r);
    return end.si_pid ? judge(p, r, &end) : talk_wait(p, POLLIN, INT64_MAX);
}

static void expire(struct probe *p)
{
    talk_over(p, OUTCOME_NO_END, NULL);
}

/* Nothing that it started outlives the check. */
static void end(struct probe *p)
{
    struct running *r = p->talk.state;

    if (!r)
        return;
    if (r->pid) {
        kill(-r->pid, SIGKILL);
        reap_child(r->pid);
    }
    if (r->pidfd >= 0)
        close(r->pidfd);
    if (r->output >= 0)
        close(r->output);
    free(r);
}

static enum err examine(const char *url, struct errmsg *why)
{
    char program[PLUGIN_PATH_SIZE];

    return plugin_path(program, url, why);
}

static const struct check_scheme schemes[] = { { "exec", NULL }, { NULL, NULL } };

const struct check_ops check_exec_ops = {
    .kind = { .name = "exec", .summary = "a program of uptime.cfg judges, as Nagios plugins do",
              .example = "exec:///usr/lib/nagios/plugins/check_load", .schemes = schemes,
              .parts = URL_PATH | URL_ANY_HOST | URL_NO_HOST, .own_only = true, .examine = examine },
    .begin = begin,
    .ready = ready,
    .expire = expire,
    .end = end,
};
