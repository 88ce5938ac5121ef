/* What only the distributed engine promises: workers and brokers come and go, regions agree or not, and nothing is lost, run
 * for somebody who is gone, or told to strangers. A real Redis. */
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "check/check.h"
#include "check/evidence.h"
#include "engine/engine.h"
#include "engine/worker.h"
#include "redis_message.h"
#include "support/dns.h"
#include "support/redis.h"
#include "support/server.h"

#define JOBS 1000

extern char **environ;

struct returned {
    struct mutex lock;
    struct cond more;
    unsigned done[JOBS + 1];
    struct result result[JOBS + 1];
    unsigned n;
};

static struct returned back;
static struct server *server;
static struct dns *dns;
static struct redis_server *redis;
static struct engine_broker broker;
static struct engine *engine;

static void say_nothing(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    (void)line;
}

static int setup(void **state)
{
    (void)state;
    log_open(LEVEL_ERROR, say_nothing, NULL);
    mutex_init(&back.lock);
    cond_init(&back.more);
    dns = dns_for_checks();
    server = server_start(NULL);
    return check_open(NULL) || !server;
}

static int teardown(void **state)
{
    (void)state;
    server_stop(server);
    check_close();
    dns_stop(dns);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    server_forget(server);
    redis = redis_start();
    broker = (struct engine_broker){ .url = redis_url(redis) };
    memset(back.done, 0, sizeof(back.done));
    back.n = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    engine_close(engine);
    engine = NULL;
    redis_stop(redis);
    return 0;
}

static void on_done(void *context, const struct result *r)
{
    struct returned *b = context;

    mutex_lock(&b->lock);
    b->done[r->job_id]++;
    b->result[r->job_id] = *r;
    b->n++;
    mutex_unlock(&b->lock);
    cond_broadcast(&b->more);
}

static void wait_for(unsigned n)
{
    mutex_lock(&back.lock);
    while (back.n < n)
        cond_wait(&back.more, &back.lock, COND_FOREVER);
    mutex_unlock(&back.lock);
}

static void open_engine(void)
{
    struct engine_env env = { .slots = JOBS, .broker = &broker, .done = on_done, .context = &back };

    assert_int_equal(engine_open(&engine, "redis", &env, NULL), ERR_OK);
}

static const struct site *own_site(void *context, const char *name)
{
    const struct site *site = context;

    return !strcmp(site->name, name) ? site_ref(site) : NULL;
}

static struct worker *open_worker(const char *region, const struct site *own)
{
    struct worker_options o = { .broker = broker, .region = region, .threads = 1, .slots = 50,
                                .own_site = own ? own_site : NULL, .context = (void *)(uintptr_t)own };
    struct worker *w;

    assert_int_equal(worker_open(&w, &o, NULL), ERR_OK);
    return w;
}

/* Takes what o holds. */
static void submit(uint64_t id, const char *path, struct options *o)
{
    const struct options *shared = options_share(o);
    char url[SERVER_URL_SIZE];
    struct site *site = site_new("shop", server_url(server, path, url), shared);
    struct job job = { .id = id, .site_id = (uint32_t)id, .generation = 3, .attempt = 1, .site = site,
                       .due_ns = clock_mono_ns() };

    assert_int_equal(engine_submit(engine, &job), ERR_OK);
    site_unref(site);
    options_unref(shared);
}

static void submit_plain(uint64_t id, const char *path, int64_t timeout_ms)
{
    struct options o;

    options_init(&o);
    o.timeout_ms = timeout_ms;
    submit(id, path, &o);
}

static void submit_regions(uint64_t id, const char *path, const char *const regions[])
{
    struct options o;
    size_t i;

    options_init(&o);
    o.timeout_ms = 5000;
    for (i = 0; regions[i]; i++)
        strings_add(&o.regions, regions[i]);
    submit(id, path, &o);
}

static void assert_each_done_once(unsigned n)
{
    unsigned i;

    for (i = 1; i <= n; i++)
        assert_int_equal(back.done[i], 1);
}

/* A worker in a process of its own, which can be killed: this program again. */
#define WORKER_WORD "--worker"

static int worker_main(const char *url)
{
    broker = (struct engine_broker){ .url = url };
    if (check_open(NULL) != ERR_OK)
        return 1;
    open_worker(NULL, NULL);
    for (;;)
        pause();
}

static pid_t start_worker(void)
{
    char *const argv[] = { "worker", WORKER_WORD, (char *)(uintptr_t)redis_url(redis), NULL };
    pid_t pid;

    assert_int_equal(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ), 0);
    return pid;
}

/* --- workers and brokers come and go ------------------------------------------------------------------------------ */

static void jobs_of_a_killed_worker_are_done_by_another(void **state)
{
    struct worker *w;
    pid_t pid;
    unsigned i;

    (void)state;
    pid = start_worker();
    open_engine();
    server_route(server, "/held", HOLD, ANSWER(200, NULL, ""));
    for (i = 1; i <= 10; i++)
        submit_plain(i, "/held", 30000);
    assert_true(server_wait_held(server, 10));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_true(server_wait_held(server, 0));
    server_route(server, "/held", ANSWER(200, NULL, ""));
    w = open_worker(NULL, NULL);
    wait_for(10);
    assert_each_done_once(10);
    for (i = 1; i <= 10; i++)
        assert_int_equal(back.result[i].outcome, OUTCOME_OK);
    worker_close(w);
}

static void what_a_failing_check_met_comes_back_with_its_result(void **state)
{
    struct evidence *e;
    pid_t pid;

    (void)state;
    evidence_keep(true);
    pid = start_worker();
    open_engine();
    server_route(server, "/broken", ANSWER(500, "X-Trace: 7\r\n", "a stack trace"));
    submit_plain(1, "/broken", 30000);
    wait_for(1);
    e = evidence_take(1);
    assert_non_null(e);
    assert_non_null(memmem(e->header, e->header_bytes, "X-Trace: 7\r\n", 12));
    assert_int_equal(e->body_bytes, 13);
    assert_memory_equal(e->body, "a stack trace", 13);
    free(e);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    evidence_keep(false);
}

static void without_a_worker_a_job_ends_as_inconclusive(void **state)
{
    (void)state;
    open_engine();
    submit_plain(1, "/ok", 50);
    wait_for(1);
    assert_int_equal(back.result[1].outcome, OUTCOME_LOCAL_WORKER);
    assert_string_equal(back.result[1].detail, "no worker answered");
}

static void without_redis_a_job_ends_as_inconclusive_and_says_why(void **state)
{
    (void)state;
    redis_kill(redis);
    open_engine();
    submit_plain(1, "/ok", 50);
    wait_for(1);
    assert_int_equal(back.result[1].outcome, OUTCOME_LOCAL_WORKER);
    assert_non_null(strstr(back.result[1].detail, "Redis at /"));
}

static void work_goes_on_by_itself_when_redis_is_back(void **state)
{
    struct worker *w;
    unsigned i;

    (void)state;
    open_engine();
    w = open_worker(NULL, NULL);
    submit_plain(1, "/ok", 30000);
    wait_for(1);
    redis_kill(redis);
    submit_plain(2, "/ok", 30000);
    redis_revive(redis); /* all it knew is gone: groups, jobs, the lock */
    wait_for(2);
    for (i = 3; i <= 50; i++)
        submit_plain(i, "/ok", 30000);
    wait_for(50);
    assert_each_done_once(50);
    assert_int_equal(back.result[1].outcome, OUTCOME_OK);
    assert_int_equal(back.result[50].outcome, OUTCOME_OK);
    worker_close(w);
}

static void everything_flushed_hurts_nobody(void **state)
{
    struct worker *w;

    (void)state;
    open_engine();
    w = open_worker(NULL, NULL);
    submit_plain(1, "/ok", 30000);
    wait_for(1);
    free(redis_ask(redis, "FLUSHALL"));
    submit_plain(2, "/ok", 30000);
    wait_for(2);
    submit_plain(3, "/ok", 30000);
    wait_for(3);
    assert_int_equal(back.result[3].outcome, OUTCOME_OK);
    worker_close(w);
}

/* --- one monitor a prefix ----------------------------------------------------------------------------------------- */

static struct returned second;

static void a_second_monitor_waits_until_the_first_has_ended(void **state)
{
    struct engine_env env = { .slots = 10, .broker = &broker, .done = on_done, .context = &second };
    struct worker *w;
    struct engine *other, *first;

    (void)state;
    mutex_init(&second.lock);
    cond_init(&second.more);
    open_engine();
    w = open_worker(NULL, NULL);
    submit_plain(1, "/ok", 30000);
    wait_for(1); /* the first leads */
    assert_int_equal(engine_open(&other, "redis", &env, NULL), ERR_OK);
    first = engine;
    engine = other;
    submit_plain(1, "/ok", 30000);
    mutex_lock(&second.lock);
    while (second.n < 1)
        cond_wait(&second.more, &second.lock, COND_FOREVER);
    mutex_unlock(&second.lock);
    assert_int_equal(second.result[1].outcome, OUTCOME_LOCAL_WORKER);
    assert_non_null(strstr(second.result[1].detail, "another monitor"));

    engine_close(first);
    submit_plain(2, "/ok", 30000);
    mutex_lock(&second.lock);
    while (second.n < 2)
        cond_wait(&second.more, &second.lock, COND_FOREVER);
    mutex_unlock(&second.lock);
    assert_int_equal(second.result[2].outcome, OUTCOME_OK);
    worker_close(w);
}

static void jobs_of_a_monitor_that_has_ended_are_not_begun(void **state)
{
    struct worker *w;
    char *length;
    unsigned i;

    (void)state;
    open_engine();
    for (i = 1; i <= 20; i++)
        submit_plain(i, "/ok", 30000);
    do {
        length = redis_ask(redis, "XLEN {us}:jobs:any");
    } while (!strstr(length, ":20") && (free(length), true)); /* until all are out */
    free(length);
    engine_close(engine);
    engine = NULL;
    assert_each_done_once(20);
    w = open_worker(NULL, NULL);
    open_engine();
    submit_plain(21, "/ok?mine", 30000);
    wait_for(21);
    assert_int_equal(back.result[21].outcome, OUTCOME_OK);
    assert_int_equal(server_hits(server, NULL, NULL), 1);
    worker_close(w);
}

/* --- regions ------------------------------------------------------------------------------------------------------ */

static const char *const eu_us[] = { "eu", "us", NULL };

static void a_site_is_checked_from_each_of_its_regions(void **state)
{
    struct worker *eu, *us;

    (void)state;
    eu = open_worker("eu", NULL);
    us = open_worker("us", NULL);
    open_engine();
    submit_regions(1, "/ok", eu_us);
    wait_for(1);
    assert_int_equal(back.result[1].outcome, OUTCOME_OK);
    assert_int_equal(back.result[1].nregion, 2);
    assert_string_equal(back.result[1].region[0].name, "eu");
    assert_string_equal(back.result[1].region[1].name, "us");
    assert_int_equal(back.result[1].region[1].outcome, OUTCOME_OK);
    assert_int_equal(back.result[1].region[1].status, 200);
    assert_true(back.result[1].region[0].latency_us < UINT32_MAX);
    assert_int_equal(server_hits(server, NULL, "/ok"), 2);
    worker_close(eu);
    worker_close(us);
}

/* A worker's own idea of the site "shop": what it is asked about when secrets are needed. */
static struct site *own_shop(const char *path)
{
    const struct options *shared;
    char url[SERVER_URL_SIZE];
    struct options o;
    struct site *site;

    options_init(&o);
    strings_add(&o.headers, "X-Secret: hush");
    shared = options_share(&o);
    site = site_new("shop", server_url(server, path, url), shared);
    options_unref(shared);
    return site;
}

static void submit_secret(uint64_t id, const char *const regions[])
{
    struct options o;
    size_t i;

    options_init(&o);
    o.timeout_ms = 5000;
    strings_add(&o.headers, "X-Secret: hush");
    o.user = strdup("probe");
    o.password = strdup("geheim");
    for (i = 0; regions[i]; i++)
        strings_add(&o.regions, regions[i]);
    submit(id, "/ok", &o);
}

/* eu finds eu_path, us finds us_path; a region without a path has no worker. */
static struct result ask_regions(int quorum, const char *eu_path, const char *us_path)
{
    struct site *eu_site = own_shop(eu_path ? eu_path : "/"), *us_site = own_shop(us_path ? us_path : "/");
    struct worker *eu = eu_path ? open_worker("eu", eu_site) : NULL, *us = us_path ? open_worker("us", us_site) : NULL;
    unsigned n = back.n + 1;

    broker.quorum = quorum;
    open_engine();
    submit_secret(n, eu_us);
    wait_for(n);
    engine_close(engine);
    engine = NULL;
    worker_close(eu);
    worker_close(us);
    site_unref(eu_site);
    site_unref(us_site);
    return back.result[n];
}

static void only_a_quorum_of_regions_finds_a_site_down(void **state)
{
    static const struct { int quorum; const char *eu, *us; enum outcome outcome; } rows[] = {
        { 2, "/status/500", "/status/503", OUTCOME_STATUS },
        { 2, "/status/500", "/ok", OUTCOME_OK },
        { 1, "/status/500", "/ok", OUTCOME_STATUS },
        { 0, "/status/500", "/ok", OUTCOME_OK },       /* most of two are two */
        { 2, "/ok", "/ok", OUTCOME_OK },
        { 2, "/ok", NULL, OUTCOME_OK },                /* whatever us would say, there is no quorum against it */
        { 2, "/status/500", NULL, OUTCOME_LOCAL_WORKER }, /* us could have made it two: nobody knows */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct result r = ask_regions(rows[i].quorum, rows[i].eu, rows[i].us);

        if (r.outcome != rows[i].outcome)
            fail_msg("row %zu: %s '%s'", i, outcome_name(r.outcome), r.detail);
        assert_int_equal(r.nregion, 2);
    }
}

/* --- secrets ------------------------------------------------------------------------------------------------------ */

static void secrets_never_come_near_redis(void **state)
{
    static const char *const anywhere[] = { NULL };
    struct site *own = own_shop("/auth/probe/geheim");
    struct worker *w;
    char *all;

    (void)state;
    open_engine();
    submit_secret(1, anywhere);
    do {
        all = redis_ask(redis, "XRANGE {us}:jobs:any - +");
    } while (!strstr(all, "\r\nshop\r\n") && (free(all), true));
    assert_null(strstr(all, "hush"));
    assert_null(strstr(all, "geheim"));
    free(all);
    w = open_worker(NULL, own);
    wait_for(1);
    assert_string_equal(outcome_class(back.result[1].outcome), "status"); /* it used its own, which has no password */
    worker_close(w);
    site_unref(own);
}

static void a_worker_without_the_secrets_says_so(void **state)
{
    static const char *const anywhere[] = { NULL };
    struct worker *w;

    (void)state;
    open_engine();
    w = open_worker(NULL, NULL);
    submit_secret(1, anywhere);
    wait_for(1);
    assert_int_equal(back.result[1].outcome, OUTCOME_LOCAL_SETTINGS);
    assert_non_null(strstr(back.result[1].detail, "has no such site"));
    worker_close(w);
}

/* A monitor may ask a worker to run a program, but it is the worker's uptime.cfg that says which, if any. */
static void nobody_makes_a_worker_run_what_its_own_settings_do_not_say(void **state)
{
    static const char *const said[] = { "true", "false" };
    struct worker *w;
    struct options o;
    const struct options *shared;
    struct site *site;
    struct job job = { .id = 1, .site_id = 1, .generation = 3, .attempt = 1 };
    char path[] = "/tmp/redis_test.XXXXXX", command[512];
    char *term, *all;
    size_t i;

    (void)state;
    assert_non_null(mkdtemp(path));
    options_init(&o);
    o.timeout_ms = 5000;
    strings_add(&o.arguments, "hush");
    shared = options_share(&o);
    job.site = site = site_new("disk", "exec:///bin/sh", shared);
    job.due_ns = clock_mono_ns();
    open_engine();
    assert_int_equal(engine_submit(engine, &job), ERR_OK);
    do {
        all = redis_ask(redis, "XRANGE {us}:jobs:any - +");
    } while (!strstr(all, "\r\ndisk\r\n") && (free(all), true));
    assert_null(strstr(all, "hush"));
    assert_null(strstr(all, "/bin/sh"));
    free(all);
    term = redis_ask(redis, "GET {us}:leader:term");
    for (i = 0; i < 2; i++) {
        snprintf(command, sizeof(command),
                 "XADD {us}:jobs:any * v 1 job 9%zu gen 1 try 1 term %d exp 99999999999999 method HEAD site disk spec "
                 "'{\"url\":\"exec:///bin/rmdir\",\"arguments\":[\"%s\"],\"secret\":%s}'",
                 i, atoi(strchr(term, '\n') ? strchr(term, '\n') + 1 : "1"), path, said[i]);
        free(redis_ask(redis, command));
    }
    free(term);
    w = open_worker(NULL, NULL);
    wait_for(1);
    assert_int_equal(back.result[1].outcome, OUTCOME_LOCAL_SETTINGS);
    do {
        all = redis_ask(redis, "XLEN {us}:dead");
    } while (!strchr("23456789", all[1]) && (free(all), true));
    free(all);
    assert_int_equal(rmdir(path), 0); /* still there */
    worker_close(w);
    site_unref(site);
    options_unref(shared);
}

/* --- what others may write into Redis ----------------------------------------------------------------------------- */

static void nonsense_in_the_streams_stops_nobody(void **state)
{
    static const char *const nonsense[] = {
        "XADD {us}:jobs:any * a b", "XADD {us}:jobs:any * v 1 job 1 gen 1 try 1 term 1 exp 1 method HEAD site x spec {",
        "XADD {us}:jobs:any * v 2 job 1 gen 1 try 1 term 1 exp 1 method HEAD site x spec {}",
        "XADD {us}:results * a b", "XADD {us}:results * v 1 job 1 gen 1 try 1 term 1 outcome OK method GET",
        "XADD {us}:results * v 1 job 99999999999999999999 gen -1 try x term 1 outcome OK method GET",
    };
    struct worker *w;
    size_t i;

    (void)state;
    open_engine();
    w = open_worker(NULL, NULL);
    submit_plain(1, "/ok", 30000);
    wait_for(1);
    for (i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++)
        free(redis_ask(redis, nonsense[i]));
    submit_plain(2, "/ok", 30000);
    wait_for(2);
    assert_int_equal(back.result[2].outcome, OUTCOME_OK);
    assert_each_done_once(2);
    worker_close(w);
}

static void a_job_too_late_to_begin_is_not_begun(void **state)
{
    char command[512], *reply;
    struct worker *w;

    (void)state;
    open_engine();
    w = open_worker(NULL, NULL);
    submit_plain(1, "/ok", 30000);
    wait_for(1);
    snprintf(command, sizeof(command), "XADD {us}:jobs:any * v 1 job 1 gen 1 try 1 term 1 exp 1000 method HEAD site x spec "
                                       "{\"url\":\"http://127.0.0.1:%d/late\"}", server_port(server));
    free(redis_ask(redis, command));
    submit_plain(2, "/ok", 30000); /* comes after it */
    wait_for(2);
    do {
        reply = redis_ask(redis, "XLEN {us}:jobs:any");
    } while (!strstr(reply, ":0") && (free(reply), true));
    free(reply);
    assert_int_equal(server_hits(server, NULL, "/late"), 0);
    worker_close(w);
}

int main(int argc, char *argv[])
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(jobs_of_a_killed_worker_are_done_by_another),
        TEST(what_a_failing_check_met_comes_back_with_its_result),
        TEST(without_a_worker_a_job_ends_as_inconclusive),
        TEST(without_redis_a_job_ends_as_inconclusive_and_says_why),
        TEST(work_goes_on_by_itself_when_redis_is_back),
        TEST(everything_flushed_hurts_nobody),
        TEST(a_second_monitor_waits_until_the_first_has_ended),
        TEST(jobs_of_a_monitor_that_has_ended_are_not_begun),
        TEST(a_site_is_checked_from_each_of_its_regions),
        TEST(only_a_quorum_of_regions_finds_a_site_down),
        TEST(secrets_never_come_near_redis),
        TEST(a_worker_without_the_secrets_says_so),
        TEST(nobody_makes_a_worker_run_what_its_own_settings_do_not_say),
        TEST(nonsense_in_the_streams_stops_nobody),
        TEST(a_job_too_late_to_begin_is_not_begun),
    };

    if (argc == 3 && !strcmp(argv[1], WORKER_WORD))
        return worker_main(argv[2]);
    return cmocka_run_group_tests(tests, setup, teardown);
}
