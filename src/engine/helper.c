/* A helper of the processes engine: reads jobs from its socket, runs one check at a time, writes results. It is what reads
 * what strangers send, so that it gives up what it does not need before the first check. One thread; a process of its own. */
#include "engine/helper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check/check.h"
#include "check/evidence.h"
#include "wire.h"

/* Sockets, a look-up's pair and threads, the CA file: few are needed, and none more can be opened. */
#define FILES 64

static void limit(int what, rlim_t most)
{
    struct rlimit l;

    if (getrlimit(what, &l) != 0 || (l.rlim_max != RLIM_INFINITY && l.rlim_max <= most))
        return;
    l.rlim_cur = l.rlim_max = most;
    setrlimit(what, &l);
}

/* Nothing gained by exec, no core file with secrets in it, no file written, and no life after the program that started us. */
static void give_up_rights(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, FILES);
}

/* Who started us may have died before we asked to die with it: then nobody holds the other end, and a job that waits in the
 * socket is for nobody. */
static bool is_orphan(void)
{
    struct pollfd end = { .fd = HELPER_SOCKET };

    return poll(&end, 1, 0) == 1 && end.revents & (POLLHUP | POLLNVAL);
}

/* A failing check's evidence goes behind its result. */
static int write_result(const struct result *result)
{
    static struct wire_answer answer;
    struct evidence *evidence = evidence_take(result->job_id);
    size_t length = evidence ? sizeof(answer) : sizeof(answer.result);

    memset(&answer, 0, length);
    answer.result.version = WIRE_VERSION;
    answer.result.bytes = sizeof(answer.result);
    answer.result.result = *result;
    if (evidence)
        answer.evidence = *evidence;
    free(evidence);
    return send(HELPER_SOCKET, &answer, length, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -1;
}

static int run_jobs(struct check_runner *runner)
{
    static char bytes[WIRE_JOB_MOST];
    const struct options *cache = NULL;
    int code = 0;

    for (;;) {
        ssize_t length = recv(HELPER_SOCKET, bytes, sizeof(bytes), 0);
        struct result result;
        struct site *site;
        struct job job;

        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            break; /* who started us is gone, or wants no more */
        if (wire_get_job(bytes, (size_t)length, &job, &site, &cache) != ERR_OK) {
            code = 1;
            break;
        }
        check_run(runner, &job, &result);
        site_unref(site);
        if (write_result(&result) != 0)
            break;
    }
    options_unref(cache);
    return code;
}

int helper_main(void)
{
    struct check_runner *runner;
    int code;

    give_up_rights();
    signal(SIGINT, SIG_IGN); /* Ctrl-C is for who started us */
    if (is_orphan())
        return 0;
    if (check_open(NULL) != ERR_OK || check_runner_open(&runner, NULL) != ERR_OK)
        return 1;
    evidence_keep(true); /* who started us says whether it is wanted */
    code = run_jobs(runner);
    check_runner_close(runner);
    check_close();
    return code;
}
