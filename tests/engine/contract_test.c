/* What every engine promises (engine/engine.h), asked of each row of the table. */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "check/check.h"
#include "engine/engine.h"
#include "engine/helper.h"
#include "engine/worker.h"
#include "support/dns.h"
#include "support/ports.h"
#include "support/redis.h"
#include "support/server.h"

#define JOBS 1000

/* What came back: under lock, waited for by the test. */
struct returned {
    struct mutex lock;
    struct cond  more;
    unsigned done[JOBS + 1];
    struct result result[JOBS + 1];
    unsigned n;
    bool closed;                  /* nothing may come any more */
};

static struct server *server;
static struct dns *dns;
static struct returned back;
static struct engine *engine;
static const struct engine_ops *kind;  /* the row being judged */
static struct redis_server *redis;     /* of the engine of that name */
static struct worker *worker;
static struct engine_broker broker;

static void on_done(void *context, const struct result *r)
{
    struct returned *b = context;

    mutex_lock(&b->lock);
    if (b->closed || r->job_id < 1 || r->job_id > JOBS)
        abort();
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

static bool distributed(void)
{
    return !strcmp(kind->name, "redis");
}

/* A program that warns, and tells of files it may write and of what its starter was forbidden: nothing of that may differ from
 * engine to engine. */
#define PROGRAM "f=$(mktemp) && echo wrote > $f && echo $(cat $f) $(rm $f) $(ulimit -Hf) $(ulimit -Hc) $(grep NoNew /proc/self/status)"
static char said_here[256];

static void learn_what_a_program_says(void)
{
    FILE *program = popen(PROGRAM, "r");

    assert_non_null(program);
    assert_non_null(fgets(said_here, sizeof(said_here), program));
    pclose(program);
    said_here[strcspn(said_here, "\n")] = '\0';
}

/* What the uptime.cfg of a worker's machine has: without it no worker runs a program. */
static const struct site *own_program(void *context, const char *name)
{
    const struct options *shared;
    struct options o;
    struct site *site;

    (void)context;
    options_init(&o);
    strings_add(&o.arguments, "-c");
    strings_add(&o.arguments, PROGRAM "; exit 1");
    shared = options_share(&o);
    site = strcmp(name, "x") ? NULL : site_new("x", "exec:///bin/sh", shared);
    options_unref(shared);
    return site;
}

static struct worker *open_worker(const char *region, int threads, size_t slots)
{
    struct worker_options o = { .broker = broker, .region = region, .threads = threads, .slots = slots,
                                .own_site = own_program };
    struct errmsg why = ERRMSG_INIT;
    struct worker *w;

    if (worker_open(&w, &o, &why) != ERR_OK)
        fail_msg("worker: %s", why.text);
    return w;
}

static void open_engine(int workers, size_t slots)
{
    struct engine_env env = { .workers = workers, .slots = slots, .broker = &broker, .done = on_done, .context = &back };
    struct errmsg why = ERRMSG_INIT;

    if (distributed())
        worker = open_worker(NULL, workers, slots);

    memset(back.done, 0, sizeof(back.done));
    back.n = 0;
    back.closed = false;
    if (engine_open(&engine, kind->name, &env, &why) != ERR_OK)
        fail_msg("%s: %s", kind->name, why.text);
}

static void close_engine(void)
{
    engine_close(engine);
    back.closed = true;
    worker_close(worker);
    worker = NULL;
}

static enum err submit(uint64_t id, const char *path, int64_t timeout_ms)
{
    const struct options *shared;
    char url[SERVER_URL_SIZE];
    struct options o;
    struct site *site;
    struct job job = { .id = id, .site_id = (uint32_t)id, .generation = 9, .attempt = 1, .method = METHOD_HEAD };
    enum err err;

    options_init(&o);
    o.timeout_ms = timeout_ms;
    strings_add(&o.arguments, "-c");
    strings_add(&o.arguments, PROGRAM "; exit 1");
    shared = options_share(&o);
    site = site_new("x", strstr(path, "://") ? path : server_url(server, path, url), shared);
    job.site = site;
    job.due_ns = clock_mono_ns();
    err = engine_submit(engine, &job);
    site_unref(site); /* the engine has its own, or has no need of it */
    options_unref(shared);
    return err;
}

/* Waits for room as long as it takes. */
static void submit_surely(uint64_t id, const char *path, int64_t timeout_ms)
{
    enum err err;
    unsigned seen;

    for (;;) {
        mutex_lock(&back.lock);
        seen = back.n;
        mutex_unlock(&back.lock);
        err = submit(id, path, timeout_ms);
        if (err != ERR_FULL)
            break;
        wait_for(seen + 1);
    }
    assert_int_equal(err, ERR_OK);
}

static void assert_each_done_once(unsigned n)
{
    unsigned i;

    for (i = 1; i <= n; i++)
        if (back.done[i] != 1)
            fail_msg("%s: job %u was done %u times", kind->name, i, back.done[i]);
}

/* --- the promises ------------------------------------------------------------------------------------------------- */

static void a_thousand_jobs_are_each_done_once(void)
{
    unsigned i;

    open_engine(4, 100);
    for (i = 1; i <= JOBS; i++)
        submit_surely(i, i % 5 ? "/ok" : "/status/500", 30000);
    wait_for(JOBS);
    assert_each_done_once(JOBS);
    for (i = 1; i <= JOBS; i++) {
        assert_int_equal(back.result[i].outcome, i % 5 ? OUTCOME_OK : OUTCOME_STATUS);
        assert_int_equal(back.result[i].site_id, i);
        assert_int_equal(back.result[i].generation, 9);
        assert_int_equal(back.result[i].attempt, 1);
        assert_true(back.result[i].begun_ns >= back.result[i].due_ns);
    }
    close_engine();
}

static void it_finds_what_every_other_engine_finds(void)
{
    size_t i;

    open_engine(16, 200);
    for (i = 0; i < nfault; i++) {
        bool slow = faults[i].error && !strcmp(faults[i].error, "timeout");
        char path[128];

        snprintf(path, sizeof(path), "/fault/%s", faults[i].name);
        submit_surely(i + 1, path, slow ? 200 : 30000);
    }
    wait_for((unsigned)nfault);
    assert_each_done_once((unsigned)nfault);
    for (i = 0; i < nfault; i++) {
        const char *found = outcome_class(back.result[i + 1].outcome);

        if (strcmp(found ? found : "-", faults[i].error ? faults[i].error : "-") != 0)
            fail_msg("%s, %s: found %s", kind->name, faults[i].name, outcome_name(back.result[i + 1].outcome));
        if (faults[i].status)
            assert_int_equal(back.result[i + 1].status, faults[i].status);
    }
    close_engine();
}

static void no_more_jobs_are_taken_than_there_are_slots(void)
{
    unsigned accepted = 0;
    size_t slots;

    open_engine(2, 10);
    slots = engine_room(engine)->slots;
    assert_in_range(slots, 1, 10);
    while (accepted < 20 && submit(accepted + 1, "/hang", 30000) == ERR_OK)
        accepted++;
    assert_int_equal(accepted, slots);
    assert_int_equal(submit(JOBS, "/ok", 30000), ERR_FULL);
    close_engine();
    assert_each_done_once(accepted);
}

static void closing_in_the_middle_ends_every_job_once(void)
{
    unsigned accepted = 0, i;

    open_engine(4, 50);
    server_forget(server);
    while (accepted < 50 && submit(accepted + 1, accepted % 2 ? "/hang" : "/delay/50", 30000) == ERR_OK)
        accepted++;
    server_wait_hits(server, NULL, NULL, 1);
    close_engine();
    assert_each_done_once(accepted);
    for (i = 1; i <= accepted; i++)
        assert_true(back.result[i].outcome == OUTCOME_CANCELLED || back.result[i].outcome == OUTCOME_OK);
}

/* A wake-up for a job may hide the one that says "close": the jobs hang, so nothing else would end the wait. */
static void closing_right_after_a_job_ends_at_once(void)
{
    unsigned rounds = distributed() ? 1 : 100, round; /* Redis is given seconds to bring the last results */

    for (round = 0; round < rounds; round++) {
        int64_t until_ns;

        open_engine(1, 2);
        submit_surely(1, "/hang", 300000);
        server_wait_hits(server, NULL, "/hang", 1);
        submit_surely(2, "/hang", 300000);
        for (until_ns = clock_mono_ns() + round * 2000; clock_mono_ns() < until_ns;)
            ; /* shorter than any sleep */
        close_engine();
        assert_each_done_once(2);
        server_forget(server);
    }
}

static void a_hanging_site_ends_by_its_own_timeout(void)
{
    open_engine(1, 2);
    submit_surely(1, "/hang", 300);
    wait_for(1);
    assert_int_equal(back.result[1].outcome, OUTCOME_WAIT_TIMEOUT);
    assert_true(back.result[1].took_ns >= 298 * NS_PER_MS); /* libcurl counts in whole milliseconds */
    close_engine();
}

/* No job waits behind one that hangs while another worker is free. */
static void a_hanging_job_holds_one_worker(void)
{
    unsigned i;

    if (!strcmp(kind->name, "serial"))
        return; /* that is its lesson */
    open_engine(2, 4);
    submit_surely(1, "/hang", 30000);
    for (i = 2; i <= 9; i++)
        submit_surely(i, "/ok", 30000);
    wait_for(8);
    assert_int_equal(back.done[1], 0);
    close_engine();
    assert_each_done_once(9);
}

static void cancelling_is_a_hint_that_hurts_nobody(void)
{
    open_engine(2, 4);
    submit_surely(1, "/delay/100", 30000);
    engine_cancel(engine, 1);
    engine_cancel(engine, 999);
    submit_surely(2, "/ok", 30000);
    wait_for(2);
    assert_each_done_once(2);
    assert_int_equal(back.result[2].outcome, OUTCOME_OK);
    close_engine();
}

static unsigned open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned n = 0;

    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static void opening_and_closing_leaves_nothing_behind(void)
{
    unsigned before, i;

    open_engine(2, 8);
    close_engine();
    before = open_files();
    for (i = 0; i < 20; i++) {
        open_engine(3, 8);
        submit_surely(1, "/ok", 30000);
        wait_for(1);
        close_engine();
    }
    assert_int_equal(open_files(), before);
}

/* --- of events alone ---------------------------------------------------------------------------------------------- */

static void hanging_sites_delay_nobody(void **state)
{
    unsigned i;

    (void)state;
    kind = engine_find("events");
    open_engine(2, 400);
    for (i = 1; i <= 60; i++)
        submit_surely(i, "/hang", 30000);
    for (; i <= 200; i++)
        submit_surely(i, "/ok", 30000);
    wait_for(140); /* while 60 still hang */
    for (i = 61; i <= 200; i++)
        assert_int_equal(back.done[i], 1);
    close_engine();
    assert_each_done_once(200);
}

/* --- of processes alone ------------------------------------------------------------------------------------------- */

/* The process that started pid; 0 when it is gone, or a Redis. */
static int parent_of(const char *pid)
{
    char path[64], line[512], *end;
    FILE *file;
    int parent = 0;

    snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
    file = fopen(path, "r");
    if (file && fgets(line, sizeof(line), file) && !strstr(line, "(redis") && (end = strrchr(line, ')')))
        sscanf(end + 1, " %*c %d", &parent);
    if (file)
        fclose(file);
    return parent;
}

/* Sends sig to every helper of ours; how many there were. */
static int signal_children(int sig)
{
    DIR *dir = opendir("/proc");
    struct dirent *entry;
    int n = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && parent_of(entry->d_name) == getpid())
            n += kill(atoi(entry->d_name), sig) == 0;
    closedir(dir);
    return n;
}

static void killed_helpers_lose_no_job(void **state)
{
    unsigned i, round;

    (void)state;
    kind = engine_find("processes");
    open_engine(4, 8);
    server_forget(server);
    for (round = 0; round < 5; round++) {
        for (i = 1; i <= 8; i++)
            submit_surely(round * 8 + i, "/delay/100", 30000);
        assert_true(server_wait_hits(server, NULL, "/delay/100", 1));
        assert_true(signal_children(SIGKILL) >= 1);
        wait_for(round * 8 + 8);
    }
    assert_each_done_once(40);
    for (i = 1; i <= 40; i++)
        assert_true(back.result[i].outcome == OUTCOME_OK || back.result[i].outcome == OUTCOME_LOCAL_WORKER);
    submit_surely(41, "/ok", 30000);
    wait_for(41);
    assert_int_equal(back.result[41].outcome, OUTCOME_OK);
    close_engine();
    assert_int_equal(signal_children(0), 0);
}

static void a_helper_that_hangs_is_replaced(void **state)
{
    (void)state;
    kind = engine_find("processes");
    open_engine(1, 2);
    submit_surely(1, "/ok", 30000);
    wait_for(1);
    signal_children(SIGSTOP);
    submit_surely(2, "/ok", 50);
    submit_surely(3, "/ok", 30000);
    wait_for(3);
    assert_each_done_once(3);
    assert_int_equal(back.result[2].outcome, OUTCOME_LOCAL_WORKER);
    assert_int_equal(back.result[3].outcome, OUTCOME_OK);
    close_engine();
}

/* Kinds the others do not meet in what is above. */
static void it_runs_every_kind_of_check(void)
{
    char tcp[64], name[96], refused[64];
    unsigned round;

    snprintf(tcp, sizeof(tcp), "tcp://127.0.0.1:%d", server_port(server));
    snprintf(refused, sizeof(refused), "tls://127.0.0.1:%d", port_refused());
    snprintf(name, sizeof(name), "dns://127.0.0.1:%d/four-7.example.org?type=A", dns_port(dns));
    open_engine(2, 20);
    for (round = 0; round < 3; round++) {
        submit_surely(round * 4 + 1, tcp, 30000);
        submit_surely(round * 4 + 2, name, 30000);
        submit_surely(round * 4 + 3, "exec:///bin/sh", 30000);
        submit_surely(round * 4 + 4, refused, 30000);
    }
    wait_for(12);
    assert_each_done_once(12);
    for (round = 0; round < 3; round++) {
        const struct result *r = &back.result[round * 4];

        assert_string_equal(outcome_name(r[1].outcome), "OK");
        assert_string_equal(outcome_name(r[2].outcome), "OK");
        assert_string_equal(r[2].detail, "127.0.0.7");
        assert_string_equal(outcome_name(r[3].outcome), "OK");
        assert_string_equal(r[3].detail, said_here);
        assert_true(r[3].warning);
        assert_string_equal(outcome_name(r[4].outcome), "REFUSED");
    }
    close_engine();
}

/* --- every promise, of every engine ------------------------------------------------------------------------------- */

static void each_engine_keeps_each_promise(void **state)
{
    static const struct { const char *name; void (*ask)(void); } promises[] = {
#define PROMISE(f) { #f, f }
        PROMISE(a_thousand_jobs_are_each_done_once),
        PROMISE(it_finds_what_every_other_engine_finds),
        PROMISE(it_runs_every_kind_of_check),
        PROMISE(no_more_jobs_are_taken_than_there_are_slots),
        PROMISE(closing_in_the_middle_ends_every_job_once),
        PROMISE(closing_right_after_a_job_ends_at_once),
        PROMISE(a_hanging_site_ends_by_its_own_timeout),
        PROMISE(a_hanging_job_holds_one_worker),
        PROMISE(cancelling_is_a_hint_that_hurts_nobody),
        PROMISE(opening_and_closing_leaves_nothing_behind),
    };
    const struct engine_ops *const *table;
    size_t n, i, j;

    (void)state;
    learn_what_a_program_says();
    table = engine_table(&n);
    for (i = 0; i < n; i++)
        for (j = 0; j < sizeof(promises) / sizeof(promises[0]); j++) {
            kind = table[i];
            print_message("           %s: %s\n", kind->name, promises[j].name);
            promises[j].ask();
        }
}

static void the_table_is_in_order(void **state)
{
    const struct engine_ops *const *table;
    size_t n, i;

    (void)state;
    table = engine_table(&n);
    assert_true(n >= 3);
    for (i = 0; i < n; i++) {
        assert_ptr_equal(engine_find(table[i]->name), table[i]);
        assert_true(strlen(table[i]->summary) > 0);
    }
    assert_null(engine_find("nonsense"));
}

static void an_unknown_engine_is_refused_with_its_name(void **state)
{
    struct engine_env env = { .slots = 1, .done = on_done };
    struct errmsg why;
    struct engine *e;

    (void)state;
    assert_int_equal(engine_open(&e, "nonsense", &env, &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "'nonsense'"));
}

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
    server = server_start(NULL);
    dns = dns_for_checks();
    redis = redis_start();
    broker.url = redis_url(redis);
    return check_open(NULL) || !server;
}

static int teardown(void **state)
{
    (void)state;
    server_stop(server);
    redis_stop(redis);
    check_close();
    dns_stop(dns);
    return 0;
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_in_order),
        cmocka_unit_test(an_unknown_engine_is_refused_with_its_name),
        cmocka_unit_test(each_engine_keeps_each_promise),
        cmocka_unit_test(hanging_sites_delay_nobody),
        cmocka_unit_test(killed_helpers_lose_no_job),
        cmocka_unit_test(a_helper_that_hangs_is_replaced),
    };

    if (argc > 1 && !strcmp(argv[1], HELPER_WORD))
        return helper_main();
    return cmocka_run_group_tests(tests, setup, teardown);
}
